"""Booking a party."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.together import book_all
from orderly.appointments.inputs import BookingRequest
from orderly.appointments.models import Appointment
from orderly.core.database import writing
from orderly.core.errors import CannotBookAll, NotFound
from orderly.engine.problems import Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.parties.choices import PartyKind
from orderly.parties.facts import PartyBooked
from orderly.parties.inputs import PartyRequest, Placed
from orderly.parties.models import Member, Party
from orderly.parties.rules import check_request, is_family
from orderly.patients.models import Patient

CREATE = "booking:create_appointment"


class CannotBookParty(CannotBookAll):
    """Some of its steps can't be had. The edge looks for other times for all of `request`, after the roll-back."""

    def __init__(self, against: Mapping[int, tuple[Problem, ...]], request: PartyRequest) -> None:
        super().__init__(against)
        self.request = request


def book_party(request: PartyRequest, *, actor: Actor, now: datetime) -> Party:
    """Book all steps, each with its provider and chairs, and keep that they belong together.

    Errors: NotFound for what the actor can't see; Forbidden without `booking:create_appointment`; Invalid; where any of
    the steps can't be had, CannotBookParty with every reason against each.
    """
    if not actor.belongs_to(request.clinic):
        raise NotFound("clinic")
    actor.require(CREATE, request.clinic)
    check_request(request)
    try:
        with writing():
            made = book_all([_booking(request, step) for step in request.steps], actor=actor, now=now)
            return _keep(request, made, actor=actor, now=now)
    except CannotBookAll as refused:
        raise CannotBookParty(refused.against, request) from refused


def _booking(request: PartyRequest, step: Placed) -> BookingRequest:
    return BookingRequest(
        clinic=request.clinic,
        service=step.service,
        patient=step.patient,
        provider=step.provider,
        start=step.start,
        resources=step.resources,
        source=request.source,
        notes=request.notes,
        tell=request.tell,
    )


def _keep(request: PartyRequest, made: Iterable[Appointment], *, actor: Actor, now: datetime) -> Party:
    kind = kind_of({step.patient for step in request.steps})
    party = Party.objects.create(clinic_id=request.clinic, kind=kind, created_at=now, created_by_id=actor.user)
    members = [Member(party=party, appointment=one, place=place) for place, one in enumerate(made)]
    Member.objects.bulk_create(members)
    ids = {"appointments": [str(one.appointment_id) for one in members]}
    fact = PartyBooked(subject=party.pk, clinic=request.clinic, ids=ids, changes={"kind": (None, str(kind))})
    record(fact, actor=actor, now=now)
    return party


def kind_of(patients: set[UUID]) -> PartyKind:
    """What people who come together are to each other."""
    if len(patients) == 1:
        return PartyKind.VISIT
    family = Patient.family.through.objects.filter(from_patient__in=patients, to_patient__in=patients)
    links = [*family.values_list("from_patient", "to_patient")]
    wards = Patient.objects.filter(pk__in=patients, guardian__in=patients)
    links += [(one.pk, one.guardian_id) for one in wards.only("pk", "guardian") if one.guardian_id]
    return PartyKind.FAMILY if is_family(patients, links) else PartyKind.GROUP
