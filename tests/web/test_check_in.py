"""VIS-3: checking in on the card, by the patient's link and at the kiosk."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from orderly.appointments.actions.check_in import make_link
from orderly.appointments.actions.screens import add_screen
from orderly.appointments.actions.visits import call
from orderly.appointments.models import Appointment, CheckInLink, VisitCheck
from orderly.people.queries import actor_for
from tests.factories import NOW, make_clinic
from tests.web.desk import Desk, errors, said, text
from tests.web.markup import inline

NINE = NOW + timedelta(hours=3)
PROOF = {"birth_date": "20/12/1988", "proof": "0123"}


@pytest.fixture
def made(desk: Desk) -> Iterator[Appointment]:
    desk.patient.birth_date = date(1988, 12, 20)
    desk.patient.save()
    booked = desk.book("10:00")
    with time_machine.travel(NINE, tick=False):
        desk.client.force_login(desk.user)
        yield booked


@pytest.fixture
def secret(desk: Desk, made: Appointment) -> str:
    return make_link(made.pk, actor=actor_for(desk.user), now=NOW)


@pytest.fixture
def kiosk(desk: Desk) -> str:
    return add_screen(desk.clinic.pk, "kiosk", "Door", actor=actor_for(desk.user), now=NOW)[1]


def status(made: Appointment) -> str:
    return Appointment.objects.get(pk=made.pk).status


def own(secret: str, **cookies: str) -> HttpResponse:
    client = Client()
    client.cookies.load(cookies)
    return client.get(reverse("check-in-own", args=[secret]))


def here(secret: str) -> HttpResponse:
    return Client().post(reverse("check-in-here"), {"secret": secret})


def test_the_card_asks_and_remembers(desk: Desk, made: Appointment) -> None:
    card = text(desk.get("appointment", made.pk))
    for word in ("Check-in at the desk", "Identity checked", "Consents signed", "Contact data confirmed"):
        assert word in card
    form = {"checked": ["identity", "contact"], "mobile": "07400 900 555", "email": "ann@example.org"}
    response = desk.post("check-in", made.pk, **form)
    assert (response.status_code, said(response)) == (200, f"{made.number}: Arrived")
    after = text(response)
    assert "Identity checked Dee Desk · Mon 2 Mar 2026, 09:00" in after
    assert "Still to be checked Consents signed Save" in after
    assert "Identity checked, Contact data confirmed" in after  # the history
    desk.patient.refresh_from_db()
    assert (desk.patient.mobile, desk.patient.email) == ("+447400900555", "ann@example.org")
    assert sorted(VisitCheck.objects.values_list("what", flat=True)) == ["contact", "identity"]


def test_what_is_wrong_comes_back_as_it_was_typed(desk: Desk, made: Appointment) -> None:
    desk.clinic.check_in_requires = ["identity"]
    desk.clinic.save()
    response = desk.post("check-in", made.pk, checked=["contact"], mobile="12", email="a@b.example")
    assert (response.status_code, status(made)) == (422, "confirmed")
    page = response.content.decode()
    assert ('value="12"' in page, re.search(r'value="contact" checked', page) is not None) == (True, True)
    response = desk.post("check-in", made.pk, checked=["contact"])
    assert errors(response) == ["Missing: identity checked."]
    assert desk.post("check-in", made.pk, checked=["shoes"]).status_code == 422
    assert desk.post("check-in", made.pk, version=9).status_code == 412


def test_a_link_for_the_patient(desk: Desk, made: Appointment) -> None:
    response = desk.post("check-in-link", made.pk)
    page = response.content.decode()
    [link] = re.findall(r'value="(http[^"]+)"', page)
    assert ("data:image/svg+xml" in page, CheckInLink.objects.count()) == (True, 1)
    assert text(own(link.rstrip("/").rpartition("/")[2])).count("I'm here") == 1
    desk.post("check-in", made.pk)
    assert desk.post("check-in-link", made.pk).status_code == 409


def test_opening_changes_nothing_the_button_does(desk: Desk, made: Appointment, secret: str) -> None:
    page = own(secret)
    assert (page.status_code, inline(page), status(made)) == (200, [], "confirmed")
    assert ("Ann" in text(page), "Consultation" in text(page), "10:00" in text(page)) == (False, False, True)
    pressed = here(secret)
    assert (pressed.status_code, status(made)) == (302, "arrived")
    after = text(own(secret))
    assert "You are checked in Your number 1 Please take a seat. Your number is called. You are next." in after
    assert here(secret).status_code == 302
    history = text(desk.get("appointment", made.pk))
    assert "By the patient's own link" in history
    call(made.pk, actor=actor_for(desk.user), now=NINE)
    state = Client().get(reverse("check-in-state", args=[secret]))
    assert "Please come in 1 Dr Smith" in text(state)
    desk.post("appointment-step", made.pk, "uncall")
    desk.post("appointment-step", made.pk, "confirm")
    assert (status(made), "Are you here?" in text(own(secret))) == ("confirmed", True)


def test_too_early_and_too_late(made: Appointment, secret: str) -> None:
    with time_machine.travel(NOW, tick=False):
        early = here(secret)
        assert (early.status_code, "from 08:00" in text(early)) == (409, True)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert "Please go to the desk" in text(own(secret))
        assert here(secret).status_code == 409
    assert status(made) == "confirmed"


def test_a_link_that_there_is_not() -> None:
    for answer in (own("nonsense"), here("nonsense"), here("")):
        assert (answer.status_code, "Please go to the desk" in text(answer)) == (404, True)
    assert Client().get(reverse("check-in-state", args=["x"])).status_code == 404


test_a_link_that_there_is_not = pytest.mark.django_db(test_a_link_that_there_is_not)


def test_in_the_patients_language_unless_they_chose(desk: Desk, made: Appointment, secret: str) -> None:
    """OPS-2"""
    desk.patient.language = "ar"
    desk.patient.save()
    assert '<html lang="ar" dir="rtl">' in own(secret).content.decode()
    assert '<html lang="ru" dir="ltr">' in own(secret, django_language="ru").content.decode()


def at_kiosk(desk: Desk, secret: str, **form: str) -> HttpResponse:
    return Client().post(reverse("kiosk-here", args=[desk.clinic.pk]), {"secret": secret, **PROOF, **form})


def test_at_the_kiosk(desk: Desk, made: Appointment, kiosk: str) -> None:
    page = Client().get(reverse("kiosk", args=[desk.clinic.pk, kiosk]))
    assert (page.status_code, inline(page), status(made)) == (200, [], "confirmed")
    answer = at_kiosk(desk, kiosk, birth_date="20121988")
    assert (answer.status_code, status(made)) == (200, "arrived")
    assert "You are checked in Your number 1" in text(answer)
    assert "Ann" not in text(answer)
    assert "By the patient at a kiosk" in text(desk.get("appointment", made.pk))


def test_the_kiosk_tells_nobody_who_is_known(desk: Desk, made: Appointment, kiosk: str) -> None:
    """A stranger, a patient who isn't expected, and a wrong number: one answer."""
    tries = [{"birth_date": "01/01/1950"}, {"proof": "9999"}, {"proof": "AP-1"}]
    answers = [at_kiosk(desk, kiosk, **form) for form in tries]
    with time_machine.travel(NOW, tick=False):
        answers.append(at_kiosk(desk, kiosk))  # too early
    pages = {
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", one.content.decode())
        for one in answers
    }
    assert ({one.status_code for one in answers}, len(pages), status(made)) == ({409}, 1, "confirmed")
    assert "Please go to the desk" in text(answers[0])


def test_what_is_not_filled_in(desk: Desk, made: Appointment, kiosk: str) -> None:
    answer = at_kiosk(desk, kiosk, birth_date="soon", proof="")
    assert (answer.status_code, len(errors(answer))) == (422, 2)
    assert at_kiosk(desk, "nonsense").status_code == 404
    assert Client().get(reverse("kiosk", args=[make_clinic().pk, kiosk])).status_code == 404


def test_it_cannot_be_tried_for_ever(desk: Desk, made: Appointment, kiosk: str, settings: Any) -> None:
    """ACC-5: thirty a minute from one address; the page stays a kiosk's, so that the next patient finds the form."""
    settings.RATE_LIMITS = True
    answers = [at_kiosk(desk, kiosk, proof=f"{number:04}").status_code for number in range(200, 232)]
    assert answers == [409] * 30 + [429] * 2
    assert "data-again" in at_kiosk(desk, kiosk, proof="0300").content.decode()
