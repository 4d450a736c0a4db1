"""VIS-2: the numbers on the wall, for whoever has the link."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orderly.appointments.actions.progress import arrive
from orderly.appointments.actions.screens import add_screen, revoke_screen
from orderly.appointments.actions.visits import call
from orderly.people.queries import actor_for
from tests.factories import NOW, make_clinic, make_patient
from tests.web.desk import Desk, text
from tests.web.markup import inline

TEN = NOW + timedelta(hours=4)


@pytest.fixture
def wall(desk: Desk) -> tuple[Desk, str]:
    """Two are called, one waits."""
    actor = actor_for(desk.user)
    for clock in ("10:00", "10:30", "11:00"):
        patient = make_patient(desk.clinic, first_name="Secret", last_name="Person")
        arrive(desk.book(clock, patient=patient).pk, actor=actor, now=TEN)
    for number, one in enumerate(desk.clinic.appointments.order_by("start")[:2]):
        call(one.pk, actor=actor, now=TEN + timedelta(minutes=number))
    return desk, add_screen(desk.clinic.pk, "display", "Hall", actor=actor, now=NOW)[1]


def test_numbers_and_nothing_else(wall: tuple[Desk, str]) -> None:
    desk, secret = wall
    desk.clinic.languages = ["en", "ru", "ar"]
    desk.clinic.save()
    with time_machine.travel(TEN, tick=False):
        page = Client().get(reverse("display", args=[desk.clinic.pk, secret]))
        part = Client().get(reverse("display-numbers", args=[desk.clinic.pk, secret]))
    assert (page.status_code, inline(page), page["Cache-Control"]) == (200, [], "no-store")
    for response in (page, part):
        html = response.content.decode()
        assert re.findall(r'data-number="(\d+)"', html) == ["2", "1"]
        assert re.findall(r"<li>(\d+)</li>", html) == ["3"]
        assert re.findall(r'<h2><span lang="en".*lang="ru".*lang="ar" dir="rtl">', html)
        assert "Dr Smith" in text(response)
        for one in (*desk.clinic.appointments.all(), "Secret", "Person", "Consultation", "patient"):
            assert str(one) not in html
        for pk in desk.clinic.appointments.values_list("pk", flat=True):
            assert str(pk) not in html


def test_it_costs_little_however_many_wait(wall: tuple[Desk, str]) -> None:
    desk, secret = wall
    address = reverse("display-numbers", args=[desk.clinic.pk, secret])
    with time_machine.travel(TEN, tick=False):
        Client().get(address)
        with CaptureQueriesContext(connection) as asked:
            Client().get(address)
    assert len(asked) == 4


def test_only_with_the_link_and_while_it_lives(wall: tuple[Desk, str]) -> None:
    desk, secret = wall
    actor = actor_for(desk.user)
    kiosk = add_screen(desk.clinic.pk, "kiosk", "Door", actor=actor, now=NOW)[1]
    tries = [(make_clinic().pk, secret), (desk.clinic.pk, kiosk), (desk.clinic.pk, "x"), (desk.clinic.pk, "x" * 5000)]
    for args in tries:
        for name in ("display", "display-numbers"):
            assert desk.client.get(reverse(name, args=args)).status_code == 404
    revoke_screen(desk.clinic.screens.get(kind="display").pk, actor=actor, now=NOW)
    assert Client().get(reverse("display", args=[desk.clinic.pk, secret])).status_code == 404


def test_the_secret_is_in_no_log(wall: tuple[Desk, str], caplog: pytest.LogCaptureFixture) -> None:
    desk, secret = wall
    for given in (secret, "scr_wrong"):
        Client().get(reverse("display", args=[desk.clinic.pk, given]))
    ours = [record for record in caplog.records if record.name.startswith("orderly")]
    assert ours
    assert not any(secret in record.getMessage() or "scr_wrong" in record.getMessage() for record in ours)
