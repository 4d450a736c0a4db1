"""Booking: an appointment, its visit and its payment, all or nothing."""

from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.place import Leave, Placed, place, stage_for
from orderly.appointments.actions.price import price
from orderly.appointments.actions.seat import seat
from orderly.appointments.actions.sessions import leave, resources_of, session_of
from orderly.appointments.actions.write import check_words, ids_of, next_queue_number, told
from orderly.appointments.choices import UNBOOKED, Status
from orderly.appointments.facts import AppointmentBooked
from orderly.appointments.inputs import BookingRequest
from orderly.appointments.models import Appointment, Session, Visit
from orderly.billing.actions import open_payment, open_prepaid
from orderly.billing.models import Payment
from orderly.calendars.actions.claims import release
from orderly.calendars.models import ClaimKind, Hold
from orderly.core.clock import minute, minute_up
from orderly.core.database import insert_numbered, writing
from orderly.core.errors import Forbidden, NotFound, missing
from orderly.engine.walltime import local
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.patients.actions import register_with

WORDS = ("source", "referral", "notes", "overbook_reason", "afterwards_reason")


def book(request: BookingRequest, *, actor: Actor, now: datetime) -> Appointment:
    """Book a patient with a provider: confirmed at once, since staff do it. Without one: requested, with a provider
    who is only proposed; possible exactly if everybody who was promised something can still be served.

    Errors: NotFound for what the actor can't see; Forbidden without `booking:create_appointment` (or, asking to
    overbook, `booking:overbook`); Invalid for a wrong field; CannotBook with every reason why the time can't be
    had; Conflict `package_unusable` for a credit that can't pay for it.
    """
    _authorise(request, actor)
    patient = _check(request)
    with writing():
        stage = stage_for(request, actor=actor)
        hold = live_hold(request.hold, actor=actor, now=now)
        held = session_of(hold)
        also_lock = resources_of(held) if held else frozenset()
        placed = place(request, stage, now=now, leave=_leave(request, hold, held, now), also_lock=also_lock)
        if stage.taker is not None and not stage.taker.registered:
            register_with(patient, request.clinic, actor=actor, now=now)
        if hold is not None:
            release([hold.claim_id])
        if held is not None and held != placed.session:
            leave(held, now=now)
        return _write(request, patient, placed, actor=actor, now=now)


def live_hold(hold: UUID | None, *, actor: Actor, now: datetime) -> Hold | None:
    """The actor's own hold while it lasts. Any other protects nothing: its time is checked like all time."""
    if hold is None or actor.user is None:
        return None
    mine = Hold.objects.select_related("service").filter(pk=hold, owner=actor.user, claim__expires_at__gt=now)
    return mine.first()


def _authorise(request: BookingRequest, actor: Actor) -> None:
    if not actor.belongs_to(request.clinic):
        raise NotFound("clinic")
    actor.require("booking:create_appointment", request.clinic)
    if request.overbook_reason and not actor.may("booking:overbook", request.clinic):
        raise Forbidden("booking:overbook")


def _check(request: BookingRequest) -> UUID:
    """The patient, if nothing that must be there is missing."""
    if request.patient is None:
        raise missing("patient")
    if request.provider is None and (request.overbook_reason or request.afterwards_reason):
        raise missing("provider")
    check_words(**{name: getattr(request, name) for name in WORDS})
    return request.patient


def _leave(request: BookingRequest, hold: Hold | None, held: Session | None, now: datetime) -> Leave:
    """A record made afterwards is let into the past, but no further than everything else that is checked."""
    return Leave(
        overbook=bool(request.overbook_reason),
        any_time=request.visit in UNBOOKED or (bool(request.afterwards_reason) and request.start < minute_up(now)),
        ignoring=frozenset() if hold is None else frozenset({hold.claim_id}),
        session=held,
        prefer=None if hold is None else hold.provider_id,
    )


def _write(request: BookingRequest, patient: UUID, placed: Placed, *, actor: Actor, now: datetime) -> Appointment:
    terms = placed.scene.terms
    taken = seat(placed, ClaimKind.APPOINTMENT, actor=actor, now=now)
    requested = request.provider is None
    appointment = Appointment(
        clinic_id=terms.clinic,
        patient_id=patient,
        provider_id=request.provider,
        proposed_provider_id=placed.giver.id if requested else None,
        service_id=terms.service,
        claim=taken.claim,
        session=taken.session,
        payment=_pay(request, patient, placed, now),
        start=placed.start,
        end=placed.end,
        uses=taken.uses,
        asked_minutes=request.minutes,
        asked_resources=sorted(placed.scene.resources_of(request.resources) or ()),
        status=Status.REQUESTED if requested else Status.CONFIRMED,
        source=request.source,
        referral=request.referral,
        notes=request.notes,
        overbook_reason=request.overbook_reason if placed.overbooked else "",
        afterwards_reason=request.afterwards_reason if placed.start < minute_up(now) else "",
        created_at=now,
        created_by_id=actor.user,
    )
    insert_numbered(appointment, f"AP-{local(terms.zone, minute(now))[0]:%Y%m%d}")
    record(_booked(appointment, request.tell), actor=actor, now=now)
    day, _ = local(terms.zone, placed.start)
    Visit.objects.create(
        appointment=appointment,
        clinic_id=terms.clinic,
        day=day,
        type=request.visit,
        planned=placed.start,
        queue_number=None if requested else next_queue_number(terms.clinic, day),
    )
    return appointment


def _pay(request: BookingRequest, patient: UUID, placed: Placed, now: datetime) -> Payment:
    terms = placed.scene.terms
    share = None if request.provider is None else placed.giver.share_percent
    if request.cover is None:
        total = price(patient, placed)
        return open_payment(total, share_percent=share, clinic=terms.clinic, currency=terms.currency, now=now)
    return open_prepaid(
        request.cover,
        patient=patient,
        service=terms.service,
        start=placed.start,
        share_percent=share,
        clinic=terms.clinic,
        currency=terms.currency,
        now=now,
    )


def _booked(appointment: Appointment, tell: bool | None) -> AppointmentBooked:
    shown = ("number", "status", "start", "end", "source")
    return AppointmentBooked(
        subject=appointment.pk,
        clinic=appointment.clinic_id,
        ids={**ids_of(appointment), **told(tell)},
        changes={name: (None, getattr(appointment, name)) for name in shown},
        note=appointment.overbook_reason or appointment.afterwards_reason,
    )
