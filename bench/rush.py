"""Many clients want the same slot at the same moment: how long each waits for its answer, yes or no."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from bench.crowd import Crowd, Member, gather
from bench.measures import Figure, Options, Timings
from bench.slots import apart, idle_patients
from bench.world import NOW, world
from orderly.appointments.actions.book import book
from orderly.appointments.inputs import BookingRequest
from orderly.appointments.models import Appointment
from orderly.core.errors import Conflict
from orderly.journal.actor import Actor

ROUNDS, FEWER_ROUNDS, WARM_UPS = 60, 30, 3
TARGETS = {"postgresql": {16: 100.0, 64: 300.0}, "sqlite": {16: 500.0, 64: 3000.0}}
CROWDS = (Crowd(16, 4), Crowd(64, 4))


class Rush(NamedTuple):
    """What the clients are told: the slots, a round each, and who each of them is."""

    requests: list[BookingRequest]
    patients: list[UUID]
    actor: Actor


class Try(NamedTuple):
    """What came of one client's try in one round."""

    round: int
    said: str
    seconds: float


def measure(options: Options) -> Iterator[Figure]:
    rounds = (FEWER_ROUNDS if options.quick else ROUNDS) + WARM_UPS
    place = world()
    free = iter(apart(place, days=60))
    for crowd in CROWDS:
        requests = [next(free) for _ in range(rounds)]
        rush = Rush(requests, idle_patients(place, crowd.clients), place.actor)
        tries = [one for made in gather(crowd, attempts, rush) for one in made if one.round >= WARM_UPS]
        yield _figure(crowd, tries, requests)


def attempts(member: Member) -> list[Try]:
    """One client's tries, one in each round."""
    rush: Rush = member.given
    connection.ensure_connection()
    made = []
    for number, request in enumerate(rush.requests):
        own = replace(request, patient=rush.patients[member.number])
        member.meet()
        made.append(_try(number, own, rush.actor))
    return made


def _try(number: int, request: BookingRequest, actor: Actor) -> Try:
    started, said = time.perf_counter(), "booked"
    try:
        book(request, actor=actor, now=NOW)
    except Conflict as refusal:
        said = str(refusal)
    return Try(number, said, time.perf_counter() - started)


def _figure(crowd: Crowd, tries: list[Try], requests: list[BookingRequest]) -> Figure:
    timings = Timings([one.seconds for one in tries])
    winners = Counter(one.round for one in tries if one.said == "booked")
    rounds = {one.round for one in tries}
    once = all(winners[number] == 1 for number in rounds) and all(map(_written_once, requests))
    words = "one winner each" if once else "NOT ONE WINNER EACH"
    said = ", ".join(f"{how_many} {word}" for word, how_many in Counter(one.said for one in tries).most_common())
    note = f"{len(rounds)} rounds, {words}, median {timings.median:.0f}; {said}"
    value = timings.quantile(0.99) if once else float("inf")
    target = TARGETS[connection.vendor][crowd.clients]
    return Figure(f"{crowd.clients} clients, one slot, p99", value, "ms", target, note=note)


def _written_once(request: BookingRequest) -> bool:
    """Whether the table says the same as the answers. Cancelled ones no longer have a claim."""
    there = Appointment.objects.filter(provider=request.provider, start=request.start, claim__isnull=False)
    return there.count() == 1
