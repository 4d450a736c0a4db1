"""APT-13 on screen: somebody is away, what that strands, the plan for it, and what becomes of what was ticked."""

import html
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse

from orderly.appointments.models import Appointment
from orderly.calendars.models import Rule, RuleKind
from orderly.journal.models import Entry
from orderly.resources.models import Provider
from tests.factories import MONDAY, NOW, make_patient, make_provider, make_user
from tests.web.desk import Desk, errors, said, text, value

pytestmark = pytest.mark.django_db

FIELD = re.compile(r'name="(at-[^"]+)" value="([^"]*)"')
AWAY = {"kind": "sick_leave", "first": str(MONDAY), "last": str(MONDAY)}


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def other(desk: Desk) -> Provider:
    return make_provider(desk.clinic, service=desk.service, name="Jones", title="Dr")


def ill(desk: Desk, **more: Any) -> HttpResponse:
    return desk.post("absence-note", desk.clinic.pk, **{**AWAY, "provider": desk.provider.pk, **more})


def sent(plan: HttpResponse) -> dict[str, Any]:
    """The plan's form as it is, everything ticked."""
    fields = dict(FIELD.findall(html.unescape(plan.content.decode())))
    return {**fields, "take": [name.removeprefix("at-") for name in fields]}


def lines(plan: HttpResponse) -> list[tuple[str, str, bool]]:
    """Where each goes, to whom, and whether it is ticked."""
    return [(line.after, line.who, line.ticked) for line in plan.context["plan"].lines]


def test_APT_13_from_the_sick_call_to_moved_visits(desk: Desk, other: Provider) -> None:
    mail = make_patient(desk.clinic, first_name="Bo", last_name="May", email="bo@example.org")
    first, _ = desk.book("10:00"), desk.book("11:00", patient=mail)
    noted = ill(desk, token="0192f0a0-0000-7000-8000-000000000000")
    again = ill(desk, token="0192f0a0-0000-7000-8000-000000000000")
    rule = Rule.objects.get(kind=RuleKind.SICK_LEAVE)
    assert (noted.status_code, noted["HX-Redirect"]) == (again.status_code, again["HX-Redirect"])
    plan = desk.client.get(noted["HX-Redirect"])
    assert "While Dr Smith is away" in text(plan)
    assert lines(plan) == [("10:00", "Dr Jones", True), ("11:00", "Dr Jones", True)]
    assert (plan.context["plan"].mailed, [one.pk for one in plan.context["plan"].called]) == (1, [first.pk])
    assert "Dr Jones" in plan.context["plan"].letter.text
    assert "To be rearranged" in text(desk.get("dashboard", desk.clinic.pk))
    assert text(desk.get("absences", desk.clinic.pk)).count("Dr Smith is away 06:00–24:00.") == 2
    form = {**sent(plan), "rule": rule.pk, "token": "t", "tell": "true"}
    done = [desk.post("absence-apply", desk.clinic.pk, **form) for _ in range(2)]
    assert [(one.status_code, one["HX-Redirect"]) for one in done] == [(204, f"/absences/{desk.clinic.pk}/")] * 2
    assert {one.provider for one in Appointment.objects.all()} == {other}
    assert [entry.ids["tell"] for entry in Entry.objects.filter(fact="appointment_rescheduled")] == [True, True]
    listed = text(desk.get("absences", desk.clinic.pk))
    assert "2 appointments were moved." in listed
    assert "Nothing has to be rearranged" in listed
    assert "Moved in the last hours, without an e-mail address: to be called 1 is still to be called. Ann Lee" in listed
    assert called(desk.get("absences", desk.clinic.pk)) == [(first.pk, False)]


def called(answer: HttpResponse) -> list[tuple[Any, bool]]:
    """Who is on the list, and whether they have been called."""
    return [(one.appointment.pk, one.done is not None) for one, _who in answer.context["to_call"]]


def test_APT_13_who_was_called_is_ticked_off_and_can_be_taken_back(desk: Desk, other: Provider) -> None:
    first, second = desk.book("10:00"), desk.book("11:00", patient=make_patient(desk.clinic))
    ill(desk)
    desk.post("absence-apply", desk.clinic.pk, **sent(desk.get("absence-plan", desk.clinic.pk)))
    page = desk.get("absences", desk.clinic.pk)
    assert (called(page), "2 are still to be called." in text(page)) == ([(first.pk, False), (second.pk, False)], True)
    for _ in range(2):
        ticked = desk.post("absence-called", desk.clinic.pk, first.pk, called="1")
    assert called(ticked) == [(first.pk, True), (second.pk, False)]
    assert "1 is still to be called." in text(ticked)
    assert "Called · Dee Desk , Mon 2 Mar 2026, " in text(ticked)
    assert "The patient was told by telephone" in text(desk.get("appointment", first.pk))
    back = desk.post("absence-called", desk.clinic.pk, first.pk, called="0")
    assert called(back) == [(first.pk, False), (second.pk, False)]
    assert [one.fact for one in Entry.objects.filter(subject=first.pk).order_by("-id")[:2]] == [
        *("phoning_taken_back", "patient_phoned"),
    ]
    assert desk.post("absence-called", desk.clinic.pk, desk.patient.pk, called="1").status_code == 404


def test_APT_13_what_was_moved_is_taken_back_from_the_page_that_says_so(desk: Desk, other: Provider) -> None:
    """The toast offers it as long as it can be had, and only to who did it; refused, the panel says why."""
    desk.book("10:00")
    ill(desk)
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        desk.post("absence-apply", desk.clinic.pk, **sent(desk.get("absence-plan", desk.clinic.pk)))
        undo = desk.get("absences", desk.clinic.pk).context["undo"]
    deed = Entry.objects.get(fact="appointments_rearranged").pk
    assert (undo["text"], undo["undo"]["url"], undo["undo"]["deed"]) == (
        *("1 appointment was moved.", f"/absences/{desk.clinic.pk}/undo", deed),
    )
    assert undo["undo"]["seconds"] == 180
    mine = desk.user
    desk.client.force_login(make_user("front_desk", desk.clinic))
    assert desk.get("absences", desk.clinic.pk).context["undo"] is None
    others = desk.post("absence-undo", desk.clinic.pk, deed=deed)
    assert (others.status_code, errors(others)) == (409, ["Somebody else made the last change; only they can undo it."])
    desk.client.force_login(mine)
    done = desk.post("absence-undo", desk.clinic.pk, deed=deed, version="")
    assert (done.status_code, said(done), Appointment.objects.get().provider) == (200, "Undone.", desk.provider)
    part = desk.client.get(f"/absences/{desk.clinic.pk}/", headers={"HX-Request-Type": "full"})
    assert "Undone." not in text(part)  # what refreshes itself takes no message away
    page = desk.get("absences", desk.clinic.pk)
    assert ("Undone." in text(page), page.context["undo"], len(page.context["rows"])) == (True, None, 1)
    assert desk.post("absence-undo", desk.clinic.pk, deed="x").status_code == 404


def test_APT_13_pins_and_ticks_stay_while_the_rest_is_arranged_anew(desk: Desk, other: Provider) -> None:
    first, second = desk.book("10:00"), desk.book("11:00", patient=make_patient(desk.clinic))
    ill(desk)
    plan = desk.get("absence-plan", desk.clinic.pk)
    form = {**sent(plan), "take": [first.pk], f"pin-{second.pk}": f"{first.start} {other.pk}"}
    anew = desk.post("absence-anew", desk.clinic.pk, **form)
    assert lines(anew) == [("10:30", "Dr Jones", True), ("10:00", "Dr Jones", False)]
    assert anew.context["plan"].lines[1].pinned
    left = desk.post("absence-anew", desk.clinic.pk, **{**sent(plan), f"pin-{first.pk}": "stays", "days": "2"})
    assert lines(left) == [("", "", False), ("11:00", "Dr Jones", True)]
    kept = desk.post("absence-anew", desk.clinic.pk, **{**sent(plan), "keep": [first.pk]})
    assert lines(kept)[0][1] == "Dr Smith"


def test_APT_13_what_somebody_took_is_named_and_planned_anew(desk: Desk, other: Provider) -> None:
    first, _ = desk.book("10:00"), desk.book("11:00", patient=make_patient(desk.clinic))
    ill(desk)
    form = sent(desk.get("absence-plan", desk.clinic.pk))
    Rule.objects.create(
        resource=other.resource, clinic=desk.clinic, kind="meeting", first=MONDAY, last=MONDAY, start=600, end=630
    )
    refused = desk.post("absence-apply", desk.clinic.pk, **form)
    assert refused.status_code == 409
    assert [bool(line.refused) for line in refused.context["plan"].lines] == [True, False]
    assert lines(refused)[0] == ("10:30", "Dr Jones", True)
    assert {one.provider for one in Appointment.objects.all()} == {desk.provider}
    stale = sent(refused) | {f"at-{first.pk}": f"7 {first.start} {other.pk} -"}
    assert desk.post("absence-apply", desk.clinic.pk, **stale).status_code == 412
    nothing = desk.post("absence-apply", desk.clinic.pk)
    assert (nothing.status_code, "Tick what is to be moved." in text(nothing)) == (422, True)


def test_APT_13_nothing_booked_is_only_noted(desk: Desk) -> None:
    noted = ill(desk, start="9", end="12:30")
    told = "Noted: Dr Smith, Mon 2 Mar 2026, 09:00–12:30. Nothing is booked in that time."
    assert (noted.status_code, said(noted)) == (200, told)


@pytest.mark.parametrize(("day", "start"), [(MONDAY, 12 * 60), (MONDAY + timedelta(days=1), 0)])
def test_APT_13_without_a_time_it_begins_now_or_with_its_day(desk: Desk, day: date, start: int) -> None:
    with time_machine.travel(datetime.combine(MONDAY, time(12), UTC), tick=False):
        ill(desk, first=str(day), last=str(day))
    assert Rule.objects.get(kind=RuleKind.SICK_LEAVE).start == start


def test_APT_13_taken_back(desk: Desk, other: Provider) -> None:
    desk.book("10:00")
    ill(desk)
    listed = desk.get("absences", desk.clinic.pk)
    [(rule, who, when)] = listed.context["absent"]
    assert (who, when) == ("Dr Smith", "Mon 2 Mar 2026, 06:00–24:00")
    stranger = Desk()
    assert stranger.post("absence-back", stranger.clinic.pk, rule.pk).status_code == 404
    done = desk.post("absence-back", desk.clinic.pk, rule.pk)
    assert (done.status_code, done["HX-Redirect"]) == (204, f"/absences/{desk.clinic.pk}/")
    assert not Rule.objects.filter(kind=RuleKind.SICK_LEAVE).exists()
    again = text(desk.get("absences", desk.clinic.pk))
    assert "Taken back: Dr Smith, Mon 2 Mar 2026, 06:00–24:00." in again
    assert "Nothing has to be rearranged" in again
    assert desk.post("absence-back", desk.clinic.pk, rule.pk).status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"provider": ""}, "provider"),
        ({"first": ""}, "first"),
        ({"end": "25"}, "end"),
        ({"start": "9", "end": "8"}, "end"),
    ],
)
def test_APT_13_what_can_not_be_noted(desk: Desk, typed: dict[str, str], field: str) -> None:
    refused = ill(desk, **typed)
    assert (refused.status_code, set(refused.context["errors"])) == (422, {field})
    assert not Rule.objects.filter(kind=RuleKind.SICK_LEAVE).exists()


def test_APT_13_a_doctor_notes_only_their_own() -> None:
    doctor = Desk("doctor")
    doctor.provider.user = doctor.user
    doctor.provider.save()
    make_provider(doctor.clinic, service=doctor.service)
    panel = doctor.get("absence-away", doctor.clinic.pk)
    assert [one.pk for one in panel.context["providers"]] == [doctor.provider.pk]
    assert ill(doctor).status_code == 200
    assert ill(doctor, provider=make_provider(doctor.clinic).pk).status_code == 403


def test_APT_13_what_cannot_be_read_counts_as_not_said(desk: Desk, other: Provider) -> None:
    made = desk.book("10:00")
    ill(desk)
    rubbish = {"days": "x", "keep": "x", "take": "x", "at-x": "y", f"pin-{made.pk}": "7 x", f"at-{made.pk}": "a b c"}
    assert lines(desk.post("absence-anew", desk.clinic.pk, **rubbish)) == [("10:00", "Dr Jones", False)]
    assert desk.post("absence-apply", desk.clinic.pk, **rubbish, rule="z").status_code == 422


def test_APT_13_from_the_calendar_provider_and_day_are_filled_in(desk: Desk) -> None:
    for day, first in (("2026-03-04", "2026-03-04"), ("soon", "2026-03-02")):
        shown = desk.get("absence-away", desk.clinic.pk, provider=desk.provider.pk, day=day)
        typed = [value(shown, name) for name in ("first", "last")]
        assert (typed, f'value="{desk.provider.pk}" selected' in shown.content.decode()) == ([first, first], True)
