"""A provider falls ill, with forty appointments on two days, or with sixty-four in two weeks in which nobody else has
time either; nine colleagues, and twelve chairs that all of them share: how long it takes to propose what is best for
all together.
"""

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from bench.measures import Figure, Options, repeat
from orderly.absences.inputs import Rearrangement
from orderly.absences.queries.proposal import Proposal, propose
from orderly.appointments.actions.book import book
from orderly.appointments.actions.set_up import add_time_off
from orderly.calendars.inputs import Stretch
from orderly.core.errors import CannotBook
from tests.factories import (
    MONDAY,
    NOW,
    at,
    booking,
    make_actor,
    make_asset,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
)

COLLEAGUES, CHAIRS = 9, 12
HALVES = 20  # half hours of a day, from eight to six


@dataclass(frozen=True, slots=True)
class Illness:
    """How many appointments on each of the first working days, and for how many half hours colleagues are booked then;
    `most` is in milliseconds.
    """

    name: str
    own: tuple[int, ...]
    taken: tuple[int, ...]
    most: float


ILLNESSES = (
    Illness("A plan for %s appointments on two days", (20, 20), (18, 18, 12, 12, 12), 2000.0),
    Illness("A plan for %s appointments in two weeks that are full", (7, 7, 6, 6, 6) * 2, (20,) * 10, 1000.0),
)


def measure(options: Options) -> Iterator[Figure]:
    for illness in ILLNESSES:
        yield _measured(illness, options)


def _measured(illness: Illness, options: Options) -> Figure:
    asked, desk = _town(illness, random.Random(7))
    found: list[Proposal] = []
    timings = repeat(lambda: found.append(propose(asked, actor=desk, now=NOW)), 2 if options.quick else 5)
    rows = found[-1].rows
    moved = [row.offered.shift for row in found[-1].placed if row.offered and row.offered.shift]
    note = (
        f"{len(found[-1].placed)} of {len(rows)} placed, {len(moved)} at another time ({sum(map(abs, moved))} minutes)"
    )
    note += ", proven best" if found[-1].proven else ", not proven best"
    return Figure(illness.name % len(rows), timings.median, target=illness.most, note=note)


def _town(illness: Illness, dice: random.Random):
    clinic = make_clinic()
    service = make_service(clinic, asset_kinds=("chair",), horizon_days=365)
    for _ in range(CHAIRS):
        make_asset(clinic)
    ill, *others = (make_provider(clinic, service=service, hours=(8 * 60, 18 * 60)) for _ in range(1 + COLLEAGUES))
    desk = make_actor("clinic_admin", clinic)
    days = [day for day in (MONDAY + timedelta(days=nth) for nth in range(14)) if day.weekday() < 5]
    for day, own in zip(days, illness.own, strict=False):
        for half in range(HALVES) if own == HALVES else dice.sample(range(HALVES), own):
            _book(clinic, service, ill, day, half, desk)
    for day, taken in zip(days, illness.taken, strict=False):
        for provider in others:
            for half in dice.sample(range(HALVES), taken):
                _book(clinic, service, provider, day, half, desk)
    away = Stretch(first=days[0], start=0, last=days[len(illness.own) - 1], end=1440)
    rule = add_time_off(ill.pk, clinic.pk, "sick_leave", away, actor=desk, now=NOW)
    return Rearrangement(clinic=clinic.pk, rule=rule.pk), desk


def _book(clinic, service, provider, day: date, half: int, desk) -> None:
    """Unless the chairs or the day are against it."""
    start = at(clinic, day, f"{8 + half // 2}:{half % 2 * 30:02}")
    with suppress(CannotBook):
        book(booking(clinic, service, provider, make_patient(clinic), start), actor=desk, now=NOW)
