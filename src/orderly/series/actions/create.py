"""Booking a series: all of its visits or none."""

from collections.abc import Mapping
from datetime import datetime

from orderly.appointments.actions.together import book_all
from orderly.appointments.actions.write import alone, told
from orderly.appointments.inputs import BookingRequest
from orderly.core.database import writing
from orderly.core.errors import CannotBookAll, NotFound
from orderly.engine.problems import Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.series.facts import SeriesCreated
from orderly.series.inputs import SeriesRequest
from orderly.series.models import Occurrence, Series
from orderly.series.queries.preview import Preview, checked
from orderly.series.queries.sight import Planned, conflicts, kept

CREATE = "booking:create_appointment"


def create(request: SeriesRequest, *, actor: Actor, now: datetime) -> Series:
    """Book what the preview of this request shows.

    Errors: NotFound for what the actor can't see; Forbidden without `booking:create_appointment`; Invalid for a wrong
    field; CannotBookAll with the reasons of each visit that can't be had, by its place in the preview.
    """
    if not actor.belongs_to(request.clinic):
        raise NotFound("clinic")
    actor.require(CREATE, request.clinic)
    found = checked(request, now=now)
    against = conflicts(found.rows)
    if against:
        raise CannotBookAll(against)
    booked = kept(found.rows)
    with writing():
        try:
            made = book_all([_booking(request, found.rows[nth]) for nth in booked], actor=actor, now=now)
        except CannotBookAll as refusal:
            raise CannotBookAll(placed(refusal.against, booked)) from refusal
        usual = next((one for one in made if one.provider_id == request.provider), made[0])
        series = _series(request, found, usual.end - usual.start)
        became = dict(zip(booked, made, strict=True))
        Occurrence.objects.bulk_create(
            Occurrence(series=series, day=row.day, appointment=became.get(nth)) for nth, row in enumerate(found.rows)
        )
        record(_created(series, [str(one.pk) for one in made], request.tell), actor=actor, now=now)
        return series


def placed(against: Mapping[int, tuple[Problem, ...]], places: list[int]) -> dict[int, tuple[Problem, ...]]:
    """What stands against some of a list, by their places in all of it."""
    return {places[nth]: problems for nth, problems in against.items()}


def _booking(request: SeriesRequest, row: Planned) -> BookingRequest:
    return BookingRequest(
        clinic=request.clinic,
        service=request.service,
        patient=request.patient,
        provider=row.by.provider,
        start=row.start,
        minutes=request.minutes,
        source=request.source,
        referral=request.referral,
        notes=request.notes,
        tell=alone(request.tell),
    )


def _series(request: SeriesRequest, found: Preview, minutes: int) -> Series:
    series = Series(
        clinic_id=request.clinic, provider_id=request.provider, rule=found.rule, wall=request.wall, minutes=minutes
    )
    series.chain = series.pk
    series.save(force_insert=True)
    return series


def _created(series: Series, appointments: list[str], tell: bool | None) -> SeriesCreated:
    shown = ("rule", "wall", "minutes")
    return SeriesCreated(
        subject=series.pk,
        clinic=series.clinic_id,
        ids={"appointments": appointments, "provider": str(series.provider_id), **told(tell)},
        changes={name: (None, getattr(series, name)) for name in shown},
    )
