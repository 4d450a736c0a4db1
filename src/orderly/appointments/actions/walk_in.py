"""Somebody stands at the desk without having booked."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.book import book
from orderly.appointments.actions.place import stage_for
from orderly.appointments.actions.progress import arrived
from orderly.appointments.choices import UNBOOKED, Source
from orderly.appointments.inputs import BookingRequest, WalkIn, Wish
from orderly.appointments.models import Appointment
from orderly.appointments.queries.slots import soonest, takes_today, why
from orderly.catalogue.models import Service
from orderly.core.clock import minute_up
from orderly.core.database import writing
from orderly.core.errors import CannotBook, NotFound, invalid, missing
from orderly.engine.problems import Code
from orderly.journal.actor import Actor
from orderly.resources import locks

CREATE = "booking:create_appointment"
NOT_ASKED = frozenset({Code.NOTICE, Code.HORIZON, Code.PAST})


def walk_in(asked: WalkIn, *, actor: Actor, now: datetime) -> Appointment:
    """Book the first free time of today, exact to the minute, and note the arrival, in one transaction.

    Everybody who could take the patient is locked before that time is looked for, so that it is still free when it is
    taken; and whatever proposals could move to by then, so that all locks come at once. With a reason to overbook the
    time is now, with the named provider.
    Errors: as for `book`; CannotBook with the reasons against this very minute where nothing is free any more today.
    """
    if not actor.belongs_to(asked.clinic):
        raise NotFound("clinic")
    actor.require(CREATE, asked.clinic)
    if asked.visit not in UNBOOKED:
        raise invalid("type", "unknown")
    with writing():
        request = _request(asked, now)
        if not request.overbook_reason:
            request = _at_the_soonest(request, actor=actor, now=now)
        elif request.provider is None:
            raise missing("provider")
        return arrived(book(request, actor=actor, now=now), actor=actor, now=now)


def _request(asked: WalkIn, now: datetime) -> BookingRequest:
    return BookingRequest(
        clinic=asked.clinic,
        service=asked.service or _general(asked.clinic),
        patient=asked.patient,
        provider=asked.provider,
        start=minute_up(now),
        source=Source.WALK_IN,
        visit=asked.visit,
        notes=asked.notes,
        overbook_reason=asked.overbook_reason,
    )


def _general(clinic: UUID) -> UUID:
    found = Service.objects.filter(clinics=clinic, general=True).values_list("pk", flat=True).first()
    if found is None:
        raise missing("service")
    return found


def _at_the_soonest(request: BookingRequest, *, actor: Actor, now: datetime) -> BookingRequest:
    stage = stage_for(request, actor=actor)
    locks.lock(takes_today(stage, now=now))
    slot = soonest(stage, now=now)
    if slot is None:
        raise _none_left(request, now)
    start, _, provider = slot
    return replace(request, start=start, provider=stage.names[provider])


def _none_left(wish: Wish, now: datetime) -> CannotBook:
    return CannotBook(*(one for one in why(wish, now=now) if one.code not in NOT_ASKED), wish=wish)
