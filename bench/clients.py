"""What each of many clients does, run inside a child with the database open."""

from datetime import timedelta
from multiprocessing.synchronize import Barrier
from random import Random
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.searches import TOMORROW
from bench.stores import NOW
from orderly.appointments.actions.book import book
from orderly.appointments.inputs import BookingRequest, Search
from orderly.appointments.models import Appointment
from orderly.appointments.queries.slots import slots
from orderly.core.errors import Conflict
from orderly.journal.actor import Actor
from orderly.people.models import User
from orderly.people.queries import actor_for

Wish = tuple[str, str, str, str, int]
"""Clinic, service, provider, patient, start."""


def free_times(clinic: dict[str, Any], days: int) -> list[tuple[str, int]]:
    """Provider and start of half hours that can all be booked, one beside the other, in a random order."""
    search = Search(
        clinic=UUID(clinic["id"]),
        service=UUID(clinic["services"][0]),
        first=TOMORROW,
        last=TOMORROW + timedelta(days=days),
    )
    found = slots(search, now=NOW)
    ends: dict[int, int] = {}
    chosen = []
    for start, end, resource in found.slots:
        if start >= ends.get(resource, 0):
            ends[resource] = end
            chosen.append((str(found.givers[resource].id), start))
    Random(1).shuffle(chosen)
    return chosen


def attempt(wish: Wish, actor: Actor) -> tuple[str, float]:
    """How booking it ended, and how many milliseconds that took."""
    clinic, service, provider, patient, start = wish
    request = BookingRequest(
        clinic=UUID(clinic),
        service=UUID(service),
        provider=UUID(provider),
        patient=UUID(patient),
        start=start,
        source="phone",
    )
    began = perf_counter()
    try:
        book(request, actor=actor, now=NOW)
        outcome = "booked"
    except Conflict as refusal:
        outcome = str(refusal)
    return outcome, (perf_counter() - began) * 1000


def rush(barrier: Barrier, email: str, wishes: list[Wish]) -> list[tuple[str, float]]:
    """One attempt a round, all clients at the same moment."""
    actor = _actor(email)
    found = []
    for wish in wishes:
        barrier.wait()
        found.append(attempt(wish, actor))
    connection.close()
    return found


def book_all(barrier: Barrier, email: str, wishes: list[Wish]) -> tuple[float, float, list[tuple[str, float]]]:
    """One attempt after the other; when they began and ended, on the clock that all processes share."""
    actor = _actor(email)
    barrier.wait()
    began = perf_counter()
    found = [attempt(wish, actor) for wish in wishes]
    ended = perf_counter()
    connection.close()
    return began, ended, found


def statements(email: str, wishes: list[Wish]) -> list[str]:
    """What the second of two bookings sends to the database."""
    actor = _actor(email)
    attempt(wishes[0], actor)
    with CaptureQueriesContext(connection) as captured:
        outcome, _ = attempt(wishes[1], actor)
    assert outcome == "booked", outcome
    return [query["sql"] for query in captured]


def count() -> int:
    return Appointment.objects.count()


def _actor(email: str) -> Actor:
    return actor_for(User.objects.get(email=email))
