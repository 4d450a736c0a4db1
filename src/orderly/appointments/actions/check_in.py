"""Saying that somebody is here: at the desk with all that is checked there, or by the patient alone."""

import secrets
from datetime import date, datetime
from typing import Any
from uuid import UUID

from orderly.appointments.actions.checks import tick
from orderly.appointments.actions.progress import MODIFY, arrive, arrived
from orderly.appointments.actions.write import bad_transition, ids_of, locked, locked_of, save
from orderly.appointments.choices import ScreenKind, Status
from orderly.appointments.facts import CheckInLinkMade
from orderly.appointments.inputs import CheckIn
from orderly.appointments.models import Appointment, CheckInLink
from orderly.appointments.queries.check_in import Standing, at_kiosk, linked, standing
from orderly.appointments.queries.screens import screen_of
from orderly.core.database import writing
from orderly.core.errors import Conflict, NotFound
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.patients.actions import change as change_patient
from orderly.patients.inputs import PatientDetails
from orderly.people.queries import digest

BY_LINK, AT_KIOSK = "link", "kiosk"


def check_in(
    appointment: UUID, given: CheckIn, *, actor: Actor, now: datetime, version: int | None = None
) -> Appointment:
    """Somebody stands at the desk: they have arrived, if they hadn't, with what was checked; a new number or address is
    written into their record.

    Errors: as for `arrive`; as for changing a patient where their contact data are others by now.
    """
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=version)
        _reach(found, given, actor=actor, now=now)
        if found.visit.arrived_at is None:
            return arrive(appointment, checked=given.checked, actor=actor, now=now)
        if tick(found, given.checked, actor=actor, now=now):
            save(found)
        return found


def make_link(appointment: UUID, *, actor: Actor, now: datetime) -> str:
    """The secret of a link with which the patient checks in; earlier ones go on working.

    Errors: NotFound, Forbidden (`booking:modify_appointment`); Conflict where nobody is expected (any more).
    """
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=None)
        if found.status != Status.CONFIRMED:
            raise Conflict(bad_transition(found, Status.ARRIVED))
        secret = secrets.token_urlsafe(32)
        CheckInLink.objects.create(visit=found.visit, digest=digest(secret), made_at=now, made_by_id=actor.user)
        fact = CheckInLinkMade(subject=found.pk, clinic=found.clinic_id, ids=ids_of(found))
        record(fact, actor=actor, now=now)
        return secret


def by_link(secret: str, *, address: str, now: datetime) -> Appointment:
    """The patient says "I'm here"; again changes nothing.

    Errors: NotFound for a link that there isn't; Conflict `bad_transition` where it is too early, or over.
    """
    visit = linked(secret)
    if visit is None:
        raise NotFound
    return _here(visit.appointment_id, BY_LINK, address=address, now=now)


def by_kiosk(clinic: UUID, secret: str, birth_date: date, proof: str, *, address: str, now: datetime) -> Appointment:
    """Somebody at a kiosk is here: their birth date, with the last digits of their mobile number or the appointment's
    number, fits one person who is expected. Who fits twice, or not at all, gets the same answer.

    Errors: NotFound for a kiosk that there isn't (any more), and "visit" where nobody is meant beyond doubt.
    """
    screen = screen_of(clinic, secret, ScreenKind.KIOSK)
    if screen is None:
        raise NotFound
    found = at_kiosk(screen.clinic, birth_date, proof, now=now)
    if found is None:
        raise NotFound("visit")
    return _here(found, AT_KIOSK, address=address, now=now)


def _here(appointment: UUID, way: str, *, address: str, now: datetime) -> Appointment:
    with writing():
        found = locked_of(Appointment.objects.all(), appointment)
        stands = standing(found.visit, found.clinic.timezone, now=now)
        if stands is Standing.HERE:
            return found
        if stands is not Standing.EXPECTED:
            raise Conflict(bad_transition(found, Status.ARRIVED))
        return arrived(found, way=way, actor=Actor(user=None, address=address), now=now)


def _reach(found: Appointment, given: CheckIn, *, actor: Actor, now: datetime) -> None:
    """Write what differs. Nobody needs the right to edit patients for what doesn't."""
    known = {"mobile": found.patient.mobile, "email": found.patient.email}
    said = {"mobile": given.mobile, "email": given.email}
    new: dict[str, Any] = {
        name: value.strip() for name, value in said.items() if value is not None and value.strip() != known[name]
    }
    if new:
        change_patient(found.patient_id, PatientDetails(**new), actor=actor, now=now)
        found.patient.refresh_from_db(fields=["mobile", "email"])
