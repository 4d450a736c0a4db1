"""ACC-5, APT-1: one form sent from many windows at the same moment makes one thing, however its twins are answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from orderly.appointments.actions.book import book
from orderly.appointments.models import Appointment
from orderly.edge import idempotency
from orderly.patients.actions import register
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Patient
from orderly.web import once
from tests.factories import NOW, booking
from tests.races.storm import codes, storm, winners
from tests.races.town import Town

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ZOE = {"first_name": "Zoe", "last_name": "Ray", "birth_date": NOW.date(), "gender": "other", "mobile": "+447400900555"}
WINDOWS = 6


def windows(town: Town, token: UUID) -> tuple[list[Callable[[], Any]], list[Callable[[], Any]]]:
    """The same person's booking form and registration, in several windows; each books another time."""
    clinic, times = town.clinic, [town.time(f"{hour}:00") for hour in range(10, 10 + WINDOWS)]

    def booked(start: int) -> UUID:
        request = booking(clinic, town.service, town.providers[0], town.patients[0], start)
        make = partial(book, request, actor=town.desk, now=NOW)
        return once.made_once("booking panel", token, clinic.pk, make, actor=town.desk, now=NOW).pk

    def registered() -> UUID:
        make = partial(register, PatientDetails(**ZOE), clinic=clinic.pk, actor=town.desk, now=NOW)
        return once.registered_once(token, clinic.pk, make, actor=town.desk, now=NOW).pk

    return [partial(booked, start) for start in times], [registered] * WINDOWS


@contextmanager
def unguarded() -> Iterator[None]:
    """Every form is taken for a new one."""
    kept = once.once
    once.once = lambda key, *args, **more: idempotency.once(None, *args, **more)
    try:
        yield
    finally:
        once.once = kept


def test_a_form_is_one_booking_and_one_record() -> None:
    """Whoever is told to come back gets what the first made."""
    town = Town(patients=1)
    forms, registrations = windows(town, uuid4())
    for acts, made in ((forms, Appointment.objects.all()), (registrations, Patient.objects.filter(first_name="Zoe"))):
        found = storm(acts)
        assert (len(winners(found)), len(set(winners(found))), made.count()) == (WINDOWS, 1, 1)


def test_a_twin_that_is_refused_says_so_by_no_field() -> None:
    """Those who don't come back are told that others are at work, never about a header they know nothing of."""
    town = Town(patients=1)
    found = storm(windows(town, uuid4())[0], insist=False)
    assert (len(set(winners(found))), codes(found) <= {"contended"}) == (1, True)


def test_without_the_guard_it_would_be_many() -> None:
    """The positive control."""
    town = Town(patients=1)
    forms, registrations = windows(town, uuid4())
    with unguarded():
        storm(forms)
        storm(registrations)
    assert Appointment.objects.count() == WINDOWS
    assert Patient.objects.filter(first_name="Zoe").count() == WINDOWS
