"""Booking, and an appointment's way from confirmed to completed."""

from datetime import datetime
from typing import Annotated, Literal, TypedDict
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field, StrictInt

from orderly.api.holds import Resources
from orderly.api.operations import reads, writes
from orderly.api.refusals import in_words
from orderly.api.schemas import In, Nothing, Out, Page, ProblemOut
from orderly.api.shown import Whole, whole
from orderly.api.types import Id, Note, Reason, Text, Time, minute_of
from orderly.appointments.actions import assign, book, cancel, correct, progress, reschedule, undo
from orderly.appointments.choices import Source, VisitType
from orderly.appointments.inputs import BookingRequest, Correction, Move
from orderly.appointments.models import Appointment
from orderly.appointments.queries.candidates import candidates
from orderly.clinics.models import Check
from orderly.core.errors import NotFound
from orderly.edge.actors import actor_of, now_of
from orderly.edge.readlog import looked
from orderly.edge.scope import clinic_for
from orderly.edge.versions import expected_version
from orderly.journal.actor import Actor
from orderly.packages.actions.draw import book_session


class Who(TypedDict):
    """What every verb wants to know besides."""

    actor: Actor
    now: datetime
    version: int | None


router = Router(tags=["appointments"])
ONE = "appointments/{uuid:appointment}"
VIEW = "booking:view_calendar"
CREATE = "booking:create_appointment"
MODIFY = "booking:modify_appointment"
CANCEL = "booking:cancel_appointment"

Minutes = Annotated[StrictInt, Field(ge=1, le=1440)]


Tell = Annotated[
    bool | None,
    Field(description="whether the patient is told by e-mail, three minutes from now, of how things stand by then"),
]


class BookIn(In):
    clinic: Id
    service: Id
    patient: Id
    start: Time
    provider: Id | None = None
    resources: Resources = []
    duration_minutes: Minutes | None = None
    source: Source
    visit_type: Literal[VisitType.SCHEDULED, VisitType.FOLLOW_UP] = VisitType.SCHEDULED
    referral: Annotated[str, Text(200)] = ""
    notes: Annotated[str, Text(2000, lines=True)] = ""
    package_purchase: Id | None = Field(None, description="the patient's package that pays for it")
    hold: Id | None = None
    overbook_reason: Note = ""
    afterwards_reason: Note = Field("", description="for a record of a visit that has been; the start lies in the past")
    tell: Tell = None


class AssignIn(In):
    provider: Id


class RescheduleIn(In):
    start: Time
    provider: Id | None = None
    resources: Resources | None = None
    duration_minutes: Minutes | None = None
    overbook_reason: Note = ""
    tell: Tell = None


class CandidateOut(Out):
    """`free`: they could be assigned, once what is only proposed to them has moved. `problems` say why not."""

    provider: UUID
    free: bool
    proposed: bool
    assigned: bool
    duration_minutes: int
    problems: list[ProblemOut]


class CancelIn(In):
    reason: Reason = Field(description="a code or name from the clinic's list; other words are kept as the note")
    note: Note = ""
    tell: Tell = None


class ConfirmIn(In):
    tell: Tell = None


class CorrectIn(In):
    notes: Annotated[str, Text(2000, lines=True)] = ""
    referral: Annotated[str, Text(200)] = ""
    source: Source = Source.PHONE


class ReasonIn(In):
    reason: Reason


class ArriveIn(In):
    checked: list[Check] = Field([], max_length=len(Check), description="at the desk, by whoever calls")


class NoShowIn(In):
    reason: Note = ""


@writes(router, "POST", "appointments", needs=CREATE, status=201)
def book_appointment(request: HttpRequest, body: BookIn) -> Whole:
    """Book a patient with a provider, or without one: then it is a request, and a provider is only proposed.

    A request is accepted exactly if all who have been accepted before can still be served. Without a duration the
    visit is as long as the service. A hold of one's own becomes the booking. A package gives its lowest free session.
    """
    actor, now = actor_of(request), now_of(request)
    clinic = clinic_for(actor, CREATE, body.clinic, service=body.service, provider=body.provider, patient=body.patient)
    wish = BookingRequest(
        clinic=body.clinic,
        service=body.service,
        patient=body.patient,
        start=minute_of(clinic.timezone, body.start),
        provider=body.provider,
        resources=frozenset(body.resources),
        minutes=body.duration_minutes,
        source=body.source,
        visit=body.visit_type,
        referral=body.referral,
        notes=body.notes,
        hold=body.hold,
        overbook_reason=body.overbook_reason,
        afterwards_reason=body.afterwards_reason,
        tell=body.tell,
    )
    if body.package_purchase is None:
        made = book.book(wish, actor=actor, now=now)
    else:
        made = book_session(wish, body.package_purchase, actor=actor, now=now)
    return whole(seen(actor, made.pk))


def seen(actor: Actor, appointment: UUID) -> Appointment:
    """The appointment with all it is shown with, in one query. NotFound where it isn't the actor's to see."""
    found = Appointment.objects.visible_to(actor).whole().filter(pk=appointment).first()
    if found is None:
        raise NotFound
    return found


@reads(router, ONE, needs=VIEW, shows="appointments")
def get_appointment(request: HttpRequest, appointment: UUID) -> Whole:
    """One appointment with its visit and its payment."""
    actor = actor_of(request)
    found = seen(actor, appointment)
    actor.require(VIEW, found.clinic_id)
    looked(request, "appointment", found.pk, clinic=found.clinic_id)
    return whole(found)


@writes(router, "PATCH", ONE, needs=MODIFY, versioned=True)
def correct_appointment(request: HttpRequest, appointment: UUID, body: CorrectIn) -> Whole:
    """Correct what was noted: notes, referral, source. What isn't given stays; "" clears a text."""
    correction = Correction(**body.model_dump(exclude_unset=True))
    return whole(correct.correct(appointment, correction, **_who(request)))


@writes(router, "POST", f"{ONE}/confirm", needs=MODIFY, versioned=True)
def confirm_appointment(request: HttpRequest, appointment: UUID, body: ConfirmIn | None = None) -> Whole:
    """Confirm a request whose provider has been chosen, or take back an arrival."""
    return whole(progress.confirm(appointment, tell=body.tell if body else None, **_who(request)))


@writes(router, "POST", f"{ONE}/unconfirm", needs=MODIFY, versioned=True)
def unconfirm_appointment(request: HttpRequest, appointment: UUID, body: Nothing | None = None) -> Whole:
    """Make a confirmed appointment a request again; its provider stays."""
    return whole(progress.unconfirm(appointment, **_who(request)))


@writes(router, "POST", f"{ONE}/assign", needs=MODIFY, versioned=True)
def assign_provider(request: HttpRequest, appointment: UUID, body: AssignIn) -> Whole:
    """Choose who is to serve a request, or choose somebody else. It stays a request until it is confirmed.

    What is only proposed to that provider at the time moves to somebody else, if it can.
    """
    return whole(assign.assign(appointment, body.provider, **_who(request)))


@reads(router, f"{ONE}/candidates", needs=VIEW)
def list_candidates(request: HttpRequest, appointment: UUID) -> Page[CandidateOut]:
    """Who could serve an appointment at its time: every provider of the service, and what is against each."""
    actor = actor_of(request)
    found = seen(actor, appointment)
    actor.require(VIEW, found.clinic_id)
    zone = found.clinic.timezone
    items = [
        CandidateOut(
            provider=one.provider,
            free=not one.problems,
            proposed=one.provider == found.proposed_provider_id,
            assigned=one.provider == found.provider_id,
            duration_minutes=one.minutes,
            problems=in_words(one.problems, zone),
        )
        for one in candidates(found, now=now_of(request))
    ]
    return Page[CandidateOut](items=items, next=None)


@writes(router, "POST", f"{ONE}/reschedule", needs=MODIFY, versioned=True)
def reschedule_appointment(request: HttpRequest, appointment: UUID, body: RescheduleIn) -> Whole:
    """Move an appointment to another time, length, provider or chair. What isn't given stays."""
    zone = seen(actor_of(request), appointment).clinic.timezone
    move = Move(
        start=minute_of(zone, body.start),
        provider=body.provider,
        resources=None if body.resources is None else frozenset(body.resources),
        minutes=body.duration_minutes,
        overbook_reason=body.overbook_reason,
        tell=body.tell,
    )
    return whole(reschedule.reschedule(appointment, move, **_who(request)))


@writes(router, "POST", f"{ONE}/cancel", needs=CANCEL, versioned=True)
def cancel_appointment(request: HttpRequest, appointment: UUID, body: CancelIn) -> Whole:
    """Cancel an appointment. Its time is free at once, an unpaid payment void."""
    return whole(cancel.cancel(appointment, body.reason, note=body.note, tell=body.tell, **_who(request)))


@writes(router, "POST", f"{ONE}/no-show", needs=MODIFY, versioned=True)
def mark_no_show(request: HttpRequest, appointment: UUID, body: NoShowIn | None = None) -> Whole:
    """Note that the patient didn't come."""
    return whole(progress.no_show(appointment, reason=body.reason if body else "", **_who(request)))


@writes(router, "POST", f"{ONE}/reopen", needs=MODIFY, versioned=True)
def reopen_appointment(request: HttpRequest, appointment: UUID, body: ReasonIn) -> Whole:
    """Take back a completion, a no-show or a cancellation.

    One that was cancelled needs the right to cancel, and its time must be free, with every check.
    """
    return whole(progress.reopen(appointment, body.reason, **_who(request)))


@writes(router, "POST", f"{ONE}/undo", needs=MODIFY, versioned=True)
def undo_last_change(request: HttpRequest, appointment: UUID, body: Nothing | None = None) -> Whole:
    """Take back one's own last change to an appointment, within three minutes and if nobody changed it since.

    A booking is called off without a fee; after all else it is as it was before, its time checked like any other.
    Refused with `not_undoable` where that isn't possible any more.
    """
    return whole(undo.undo(appointment, **_who(request)))


@writes(router, "POST", f"{ONE}/arrive", needs=MODIFY, versioned=True)
def mark_arrived(request: HttpRequest, appointment: UUID, body: ArriveIn | None = None) -> Whole:
    """Note that the patient is here, and what was checked of them. Some of it the clinic may require."""
    checked = body.checked if body else ()
    return whole(progress.arrive(appointment, checked=frozenset(checked), **_who(request)))


@writes(router, "POST", f"{ONE}/start", needs=MODIFY, versioned=True)
def start_appointment(request: HttpRequest, appointment: UUID, body: Nothing | None = None) -> Whole:
    """Begin the treatment."""
    return whole(progress.start(appointment, **_who(request)))


@writes(router, "POST", f"{ONE}/complete", needs=MODIFY, versioned=True)
def complete_appointment(request: HttpRequest, appointment: UUID, body: Nothing | None = None) -> Whole:
    """End the treatment; the steps before that nobody noted are noted too."""
    return whole(progress.complete(appointment, **_who(request)))


def _who(request: HttpRequest) -> Who:
    return {"actor": actor_of(request), "now": now_of(request), "version": expected_version(request)}
