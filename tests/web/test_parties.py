"""APT-14: several people, or several services, booked together on screen."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from orderly.appointments.actions.book import book
from orderly.appointments.models import Appointment
from orderly.catalogue.models import Service
from orderly.engine import succession
from orderly.parties.models import Party
from orderly.patients.models import Patient
from orderly.resources.models import Provider
from tests.factories import MONDAY, NOW, booking, make_actor, make_clinic, make_patient, make_provider
from tests.web.desk import Desk, errors, said, text, value

pytestmark = pytest.mark.django_db


class Front(Desk):
    """With a son and a second doctor."""

    def __init__(self) -> None:
        super().__init__()
        self.son = make_patient(self.clinic, first_name="Bob", last_name="Lee", guardian=self.patient, email="")
        self.other: Provider = make_provider(self.clinic, service=self.service, name="Young")
        Patient.objects.filter(pk=self.patient.pk).update(email="ann@example.org")

    def rows(self, *people: Patient, **more: Any) -> dict[str, Any]:
        return {
            "patient": [one.pk for one in people],
            "service": [self.service.pk] * len(people),
            "provider": [self.provider.pk] * len(people),
            "day": str(MONDAY),
            "days": 1,
            "order": "given",
            "wait": 0,
            **more,
        }

    def send(self, name: str, form: dict[str, Any]) -> HttpResponse:
        return self.post(f"party-{name}", self.clinic.pk, **form)

    def found(self, *people: Patient, **more: Any) -> dict[str, Any]:
        """The form with the first time that was found chosen."""
        form = self.rows(*people, **more)
        answer = self.send("find", form)
        return {**form, "chosen": chosen(answer)[0], "token": value(answer, "token"), "source": "phone"}

    def party(self) -> list[Appointment]:
        """Mother and son, from nine with one doctor."""
        self.send("book", self.found(self.patient, self.son))
        return list(Appointment.objects.order_by("start"))

    def card(self, verb: str, found: Appointment, **form: Any) -> HttpResponse:
        return self.post(f"appointment-{verb}", found.pk, version=found.version, **form)


def clocks() -> list[str]:
    return [f"{one.start // 60 % 24:02}:{one.start % 60:02}" for one in Appointment.objects.order_by("start")]


def chosen(answer: HttpResponse) -> list[str]:
    return re.findall(r'name="chosen" value="([^"]+)"', answer.content.decode())


@pytest.fixture
def front() -> Front:
    return Front()


def test_the_family_is_offered_first(front: Front) -> None:
    page = front.get("party-new", front.clinic.pk, patient=front.patient.pk)
    assert "Ann Lee" in text(page)
    assert "Bob Lee family" in text(page)
    again = front.send("people", {**front.rows(front.patient), "add": front.son.pk})
    assert text(again).count("Bob Lee") == 2  # in a row, and once more for another service
    assert re.findall(r'name="patient" value="([^"]+)"', again.content.decode()) == [
        str(front.patient.pk),
        str(front.son.pk),
    ]
    fewer = front.send("people", {**front.rows(front.patient, front.son, front.son), "remove": "1"})
    assert fewer.content.decode().count("person-row") == 2


def test_found_chosen_and_booked_once(front: Front) -> None:
    front.book("09:00", patient=make_patient(front.clinic))
    form = front.found(front.patient, front.son)
    answer = front.send("find", form)
    assert "09:30–10:30 no waiting 09:30 Ann Lee Consultation · Dr Smith 10:00 Bob Lee" in text(answer)
    assert "Tell them by e-mail ann@example.org" in text(answer)
    assert "to be called: Bob Lee" in text(answer)
    done = front.send("book", {**form, "tell": "true", "notes": "both nervous"})
    made = list(Party.objects.get().members.values_list("appointment__number", "appointment__notes"))
    assert said(done) == f"Booked: {made[0][0]}, {made[1][0]}"
    assert [notes for _, notes in made] == ["both nervous"] * 2
    front.send("book", form)
    assert (Party.objects.count(), Appointment.objects.count()) == (1, 3)


def test_refused_it_says_whom_and_offers_all_of_it_at_other_times(front: Front) -> None:
    form = front.found(front.patient, front.son)
    front.book("09:30", patient=make_patient(front.clinic))
    refused = front.send("book", form)
    assert (refused.status_code, errors(refused)) == (409, ["Bob Lee: Dr Smith is busy 09:30–10:00."])
    assert len(chosen(refused)) == 3
    assert front.send("book", {**form, "chosen": chosen(refused)[0], "token": uuid4()}).status_code == 200
    assert "10:00–11:00" in text(refused)


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"patient": []}, 422, "Choose at least two people, or one person twice."),
        ({"day": "soon"}, 422, "Choose a date."),
        ({"order": "at_once"}, 422, "nobody can be in two places at once"),
        ({"order": "given", "days": "400"}, 422, "Select a valid choice"),
        ({"day": "2026-03-01"}, 200, "There is no time at which all of it can be."),
    ],
)
def test_what_cannot_be_is_said(front: Front, change: dict[str, Any], status: int, words: str) -> None:
    answer = front.send("find", {**front.rows(front.patient, front.patient), **change})
    assert (answer.status_code, words in text(answer)) == (status, True)


def test_a_search_that_is_cut_short_says_so(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(succession, "MOST", 0)
    answer = front.send("find", front.rows(front.patient, front.patient))
    assert (answer.status_code, "too much to look through" in answer.content.decode()) == (200, True)


def test_nobody_of_another_clinic_is_booked_or_shown(front: Front) -> None:
    stranger = make_patient(make_clinic(), first_name="Zed")
    assert "Zed" not in text(front.send("people", front.rows(front.patient, stranger)))
    form = front.found(front.patient, front.son)
    assert (
        front.send("book", {**form, "chosen": form["chosen"].replace(str(front.son.pk), str(stranger.pk))}).status_code
        == 404
    )
    for nonsense in ("x", "a|b|c|d", f"{form['chosen']};", form["chosen"] * 9):
        assert front.send("book", {**form, "chosen": nonsense}).status_code == 422
    assert Appointment.objects.count() == 0


def test_as_many_queries_for_two_rows_as_for_four(front: Front) -> None:
    def sent(*people: Patient) -> int:
        with CaptureQueriesContext(connection) as found:
            front.send("people", front.rows(*people))
        return len(found)

    sent(front.patient)
    assert sent(front.patient, front.son) == sent(front.patient, front.son, make_patient(front.clinic), front.son)


def test_the_card_says_with_whom_and_offers_to_move_all(front: Front) -> None:
    mother, son = front.party()
    assert "Together with the family 09:30 Bob Lee Consultation · Dr Smith" in text(front.get("appointment", mother.pk))
    assert "Move 1 other by as much" in text(front.get("appointment-move", mother.pk))
    there = {"day": str(MONDAY), "provider": front.provider.pk}
    moved = front.card("move-to", mother, **there, time="14:00", along="1")
    assert (moved.status_code, clocks()) == (200, ["14:00", "14:30"])
    son.refresh_from_db()
    refused = front.card("move-to", son, **there, time="17:00", along="1")
    assert (refused.status_code, clocks()) == (409, ["14:00", "14:30"])
    assert errors(refused) == ["Bob Lee: Dr Smith doesn't work then (17:00–17:30)."]
    assert re.findall(r'data-time="([\d:]+)" data-provider="[^"]+">Mon', refused.content.decode()) == [
        "16:30",
        "16:15",
        "16:00",
    ]
    alone = front.card("move-to", son, **there, time="16:00")
    assert (alone.status_code, clocks()) == (200, ["14:00", "16:00"])


def test_the_card_offers_to_call_all_off(front: Front) -> None:
    mother, son = front.party()
    stale = front.post("appointment-cancel", mother.pk, reason="other", along="1", version=9)
    assert (stale.status_code, {one.status for one in Appointment.objects.all()}) == (412, {"confirmed"})
    assert "Call off 1 other too" in text(front.get("appointment", mother.pk))
    off = front.card("cancel", mother, reason="other", note="snow", along="1")
    assert {(one.status, one.cancel_note) for one in Appointment.objects.all()} == {("cancelled", "other – snow")}
    assert "Call off" not in text(off)
    assert front.card("cancel", son, reason="other").status_code == 412


def undo_of(answer: HttpResponse) -> dict[str, Any]:
    found = json.loads(answer["HX-Trigger"])["orderly:said"]["undo"]
    return {"path": found["url"], "data": {"version": found["version"], "deed": found["deed"]}}


def test_booking_moving_and_calling_off_all_is_undone_at_once(front: Front) -> None:
    """By the toast and by each of their cards; an older offer isn't taken, and nothing is undone twice."""
    undo = undo_of(front.send("book", front.found(front.patient, front.son)))
    mother, son = Appointment.objects.order_by("start")
    assert "All of them are undone at once." in text(front.get("appointment", son.pk))
    there = {"day": str(MONDAY), "provider": front.provider.pk, "time": "14:00", "along": "1"}
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        moved = front.card("move-to", mother, **there)
    assert errors(front.client.post(**undo)) == ["Some of its visits were changed since."]
    back = front.client.post(**undo_of(moved))
    assert (said(back), clocks()) == ("Undone.", ["09:00", "09:30"])
    mother.refresh_from_db()
    with time_machine.travel(NOW + timedelta(seconds=2), tick=False):
        off = front.card("cancel", mother, reason="other", along="1")
    again = undo_of(off)
    assert (value(off, "deed"), f'hx-post="{again["path"]}"' in off.content.decode()) == (
        *(str(again["data"]["deed"]), True),
    )
    front.client.post(**again)
    assert {one.status for one in Appointment.objects.all()} == {"confirmed"}
    twice = front.client.post(**again)
    assert (twice.status_code, errors(twice)) == (409, ["This was undone already."])
    assert front.post("party-undo", mother.pk, deed="x").status_code == 422
    assert front.post("party-undo", front.book("16:00").pk).status_code == 404


def test_the_card_of_a_group_says_who_is_in_it_and_takes_one_more(front: Front) -> None:
    """APT-14: places, participants with their states, requests, and the form filled in for one more."""
    Service.objects.filter(pk=front.service.pk).update(places=3)
    first = front.book("10:00")
    front.book("10:00", patient=front.son)
    page = front.get("appointment", first.pk)
    assert "Group 2 of 3 places taken Bob Lee Confirmed Add somebody 1 place free" in text(page)
    link = re.search(r'data-panel="([^"]+)"', page.content.decode())
    assert link is not None
    form = front.client.get(link[1].replace("&amp;", "&"))
    assert (value(form, "day"), value(form, "time")) == (str(MONDAY), "10:00")
    request = booking(front.clinic, front.service, None, make_patient(front.clinic), first.start)
    book(request, actor=make_actor("front_desk", front.clinic), now=NOW)
    full = text(front.get("appointment", first.pk))
    assert "3 of 3 places taken · 1 request" in full
    assert ("All places are taken." in full, "Add somebody" in full) == (True, False)
