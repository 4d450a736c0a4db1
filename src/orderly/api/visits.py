"""The queue of a day: who waits, who comes next, and what everybody may see of it."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from orderly.api.appointments import CREATE, VIEW, seen
from orderly.api.auth import Bearer, DisplayToken, Session
from orderly.api.operations import reads, writes
from orderly.api.schemas import In, Nothing, Out
from orderly.api.shown import VisitOut, Whole, visit_out, whole
from orderly.api.types import Day, Id, Note, Text
from orderly.appointments.actions import cancel, visits
from orderly.appointments.actions.walk_in import walk_in
from orderly.appointments.choices import VisitType
from orderly.appointments.inputs import WalkIn
from orderly.appointments.models import Visit
from orderly.appointments.queries.queue import counts, queue, waited
from orderly.appointments.queries.screens import numbers
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.errors import NotFound
from orderly.edge.actors import actor_of, now_of
from orderly.edge.readlog import watched
from orderly.edge.scope import clinic_for
from orderly.edge.versions import expected_version
from orderly.engine.walltime import local
from orderly.journal.actor import Actor

router = Router(tags=["visits"])
ONE = "visits/{uuid:visit}"
MANAGE, NAMES = "queue:manage", "patients:view"


class QueueQuery(In):
    clinic: Id
    day: Day | None = Field(None, alias="date", description="the clinic's day; default: today")


class DisplayQuery(In):
    clinic: Id


class QueuedVisit(VisitOut):
    waiting_minutes: int | None = Field(description="from the arrival to the call; null for who hasn't come")


class Numbered(Out):
    id: UUID
    number: str
    version: int


class Named(Out):
    id: UUID
    name: str | None


class Waiting(Out):
    """A place in the queue. The patient's name is there for those who may look at patients."""

    visit: QueuedVisit
    appointment: Numbered
    patient: Named
    provider: Named | None
    service: Named


class Counts(Out):
    """`waiting` are all who are booked and not yet called; `arrived` all who came, whatever became of them."""

    waiting: int
    arrived: int
    called: int
    in_progress: int
    done: int
    left: int
    no_show: int
    cancelled: int


class Queue(Out):
    date: str
    counts: Counts
    items: list[Waiting]


class Called(Out):
    number: int
    where: str = Field(description="the room that was booked, else the provider")


class Display(Out):
    """What may hang on a wall: numbers. `called` begins with the last one called, `waiting` with the next; `calls` are
    those called with where they are to go.
    """

    date: str
    called: list[int]
    calls: list[Called]
    waiting: list[int]


class WalkInIn(In):
    clinic: Id
    patient: Id
    service: Id | None = Field(None, description="default: the clinic's general service")
    provider: Id | None = Field(None, description="default: whoever is free first")
    type: Literal[VisitType.WALK_IN, VisitType.EMERGENCY] = VisitType.WALK_IN
    notes: Annotated[str, Text(2000, lines=True)] = ""
    overbook_reason: Note = Field("", description="asks for the named provider at once")


class CallNextIn(In):
    clinic: Id
    provider: Id | None = Field(None, description="only those who wait for this one")


class LeftIn(In):
    note: Note = ""


@reads(router, "queue", needs=VIEW, shows="patients")
def list_queue(request: HttpRequest, asked: Query[QueueQuery]) -> Queue:
    """The queue of a day.

    First those who can be called, in turn: emergencies, then everybody from the later of their time and their arrival.
    Then those still expected, by their time; then who was called, is being treated, and is gone.
    """
    actor, now = actor_of(request), now_of(request)
    clinic = clinic_for(actor, VIEW, asked.clinic)
    day = asked.day or _today(clinic, now)
    found = queue(clinic.pk, day)
    named = actor.may(NAMES, clinic.pk)
    watched(request, "queue", clinic=clinic.pk, date=day)
    items = [_waiting(visit, clinic.timezone, now=now, named=named) for visit in found]
    return Queue(date=day.isoformat(), counts=Counts(**counts(found)), items=items)


@reads(router, "queue/display", needs=MANAGE, auth=[DisplayToken(), Bearer(), Session()])
def get_queue_display(request: HttpRequest, asked: Query[DisplayQuery]) -> Display:
    """Today's queue as the waiting room may see it: numbers, no patients and no ids.

    Besides those who manage the queue, the clinic's own displays may ask, with the secret of their address.
    """
    clinic, now = clinic_for(actor_of(request), MANAGE, asked.clinic), now_of(request)
    found = numbers(clinic.pk, now=now)
    return Display(
        date=_today(clinic, now).isoformat(),
        called=[call.number for call in found.called],
        calls=[Called(number=call.number, where=call.where) for call in found.called],
        waiting=found.waiting,
    )


@writes(router, "POST", "visits/walk-in", needs=CREATE, status=201)
def book_walk_in(request: HttpRequest, body: WalkInIn) -> Whole:
    """Take in somebody who hasn't booked: the first free time of today, and they have arrived."""
    actor, now = actor_of(request), now_of(request)
    clinic_for(actor, CREATE, body.clinic, service=body.service, provider=body.provider, patient=body.patient)
    asked = WalkIn(
        clinic=body.clinic,
        patient=body.patient,
        service=body.service,
        provider=body.provider,
        visit=body.type,
        notes=body.notes,
        overbook_reason=body.overbook_reason,
    )
    return whole(seen(actor, walk_in(asked, actor=actor, now=now).pk))


@writes(router, "POST", "queue/call-next", needs=MANAGE)
def call_next_visit(request: HttpRequest, body: CallNextIn) -> Whole:
    """Call in whose turn it is. Two who press at once call two different patients."""
    actor, now = actor_of(request), now_of(request)
    clinic_for(actor, MANAGE, body.clinic, provider=body.provider)
    return whole(visits.call_next(body.clinic, provider=body.provider, actor=actor, now=now))


@writes(router, "POST", f"{ONE}/call", needs=MANAGE, versioned=True)
def call_visit(request: HttpRequest, visit: UUID, body: Nothing | None = None) -> Whole:
    """Call in somebody who has arrived and waits."""
    actor = actor_of(request)
    appointment, version = _appointment(visit, actor), expected_version(request)
    return whole(visits.call(appointment, actor=actor, now=now_of(request), version=version))


@writes(router, "POST", f"{ONE}/uncall", needs=MANAGE, versioned=True)
def uncall_visit(request: HttpRequest, visit: UUID, body: Nothing | None = None) -> Whole:
    """Take a call back: the patient waits again, in the same place."""
    actor = actor_of(request)
    appointment, version = _appointment(visit, actor), expected_version(request)
    return whole(visits.uncall(appointment, actor=actor, now=now_of(request), version=version))


@writes(router, "POST", f"{ONE}/left", needs=MANAGE, versioned=True)
def mark_visit_left(request: HttpRequest, visit: UUID, body: LeftIn | None = None) -> Whole:
    """Note that somebody who had arrived went away without being seen.

    The appointment is cancelled without a fee, and the rest of its time is free. Reopening it takes that back.
    """
    actor = actor_of(request)
    appointment, version = _appointment(visit, actor), expected_version(request)
    note = body.note if body else ""
    return whole(cancel.left(appointment, note=note, actor=actor, now=now_of(request), version=version))


def _appointment(visit: UUID, actor: Actor) -> UUID:
    """Whose visit this is. NotFound where it isn't the actor's to see."""
    rows = Visit.objects.filter(pk=visit)
    if actor.clinics is not None:
        rows = rows.filter(clinic__in=actor.clinics)
    found = rows.values_list("appointment", flat=True).first()
    if found is None:
        raise NotFound
    return found


def _today(clinic: Clinic, now: datetime) -> date:
    return local(clinic.timezone, minute(now))[0]


def _waiting(visit: Visit, zone: str, *, now: datetime, named: bool) -> Waiting:
    about = visit.appointment
    patient, provider, service = about.patient, about.provider, about.service
    return Waiting(
        visit=QueuedVisit(**visit_out(visit, zone).model_dump(), waiting_minutes=waited(visit, now=now)),
        appointment=Numbered(id=about.pk, number=about.number, version=about.version),
        patient=Named(id=patient.pk, name=patient.full_name if named else None),
        provider=Named(id=provider.pk, name=str(provider)) if provider else None,
        service=Named(id=service.pk, name=service.name),
    )
