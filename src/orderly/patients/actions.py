"""Registering patients and changing their records."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import DateField

from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.database import writing
from orderly.core.edits import Changes, locked, put, wrong
from orderly.core.errors import Conflict, NotFound, Stale
from orderly.engine.walltime import local
from orderly.journal.actions import record
from orderly.journal.actor import SYSTEM, Actor
from orderly.journal.queries import state_before
from orderly.patients.facts import (
    ExistenceTold,
    LinkAnswered,
    LinkAsked,
    LinkDecided,
    LinkRequested,
    PatientChanged,
    PatientLinked,
    PatientRegistered,
)
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import LinkRequest, LinkStatus, Patient, Registration
from orderly.patients.queries import asked_of, duplicates, elsewhere, history_for
from orderly.patients.rules import checked
from orderly.resources.models import Kind, Resource

FIELDS = frozenset(field.name for field in Patient._meta.concrete_fields)


def register(details: PatientDetails, *, clinic: UUID, actor: Actor, now: datetime) -> Patient:
    """A new record, known to `clinic`. Likely duplicates don't stop it, but the journal keeps that there were some.

    Errors: NotFound and Forbidden as everywhere (`patients:edit`); Invalid with every wrong or missing field.
    """
    actor.require("patients:edit", clinic)
    place = Clinic.objects.filter(pk=clinic).first()
    if place is None:
        raise NotFound("clinic")
    values = checked(details.given(), country=place.country, today=_today(place, now), whole=True)
    values = _resolved(values, actor)
    alike = [str(match.patient.pk) for match in duplicates(values, actor=actor)]
    with writing():
        patient = Patient.objects.create(
            resource=Resource.objects.create(kind=Kind.PATIENT),
            created_at=now,
            created_by_id=actor.user,
            updated_at=now,
            updated_by_id=actor.user,
            **values,
        )
        Registration.objects.create(patient=patient, clinic_id=clinic)
        record(
            PatientRegistered(subject=patient.pk, clinic=clinic, ids={"duplicates": alike} if alike else {}),
            actor=actor,
            now=now,
        )
    return patient


def change(
    patient: UUID, details: PatientDetails, *, actor: Actor, now: datetime, version: int | None = None
) -> Patient:
    """Write the given details. The journal says which fields changed; what they held is kept apart, erasably.

    Errors: NotFound, Forbidden, Invalid as for registering; Stale where somebody changed the record since `version`.
    """
    with writing():
        found, place = _editable(patient, actor, version)
        values = checked(details.given(), country=place.country, today=_today(place, now), gender=found.gender)
        if values.get("guardian") == patient:
            raise NotFound("guardian")
        _change(found, place, _resolved(values, actor), actor=actor, now=now, ids={})
    return found


def put_back(patient: UUID, entry: int, *, actor: Actor, now: datetime, version: int | None = None) -> Patient:
    """The record's fields as they were before that entry of its history, of those that changed with it or since. The
    same is checked as for a change; what is so already changes nothing.

    Errors: as for a change; NotFound "entry", also for one the actor may not know of; Conflict where nothing was before
    it, or it has been erased.
    """
    with writing():
        found, place = _editable(patient, actor, version)
        before = state_before(history_for(actor, patient), entry, fields=FIELDS)
        empty = {name: None for name, value in before.items() if value is None}
        given = {name: _typed(name, value) for name, value in before.items() if value is not None}
        values = checked(given, country=place.country, today=_today(place, now), gender=found.gender)
        values = {**_resolved(values, actor), **_emptied(empty)}
        _change(found, place, values, actor=actor, now=now, ids={"put_back": entry})
    return found


def register_with(patient: UUID, clinic: UUID, *, actor: Actor, now: datetime) -> None:
    """Make a patient known to one more clinic, inside the caller's transaction; nothing happens if they are."""
    _, new = Registration.objects.get_or_create(patient_id=patient, clinic_id=clinic)
    if new:
        record(PatientLinked(subject=patient, clinic=clinic), actor=actor, now=now)


def _editable(patient: UUID, actor: Actor, version: int | None) -> tuple[Patient, Clinic]:
    """The record, locked, and the clinic in which it is edited."""
    found = Patient.objects.visible_to(actor).select_for_update().filter(pk=patient).first()
    if found is None:
        raise NotFound
    place = _editable_in(found, actor)
    if version is not None and version != found.version:
        raise Stale
    return found, place


def _change(
    found: Patient, place: Clinic, values: dict[str, Any], *, actor: Actor, now: datetime, ids: Mapping[str, Any]
) -> None:
    changed = _write(found, values, actor, now)
    if changed:
        fact = PatientChanged(subject=found.pk, clinic=place.pk, words=_named(changed), ids=ids)
        record(fact, actor=actor, now=now)


def _typed(name: str, value: Any) -> Any:
    """A value as the record has it; the journal keeps JSON."""
    if name == "guardian":
        return UUID(value)
    return date.fromisoformat(value) if isinstance(Patient._meta.get_field(name), DateField) else value


def _emptied(names: dict[str, None]) -> dict[str, None]:
    return {"guardian_id" if name == "guardian" else name: None for name in names}


def _editable_in(patient: Patient, actor: Actor) -> Clinic:
    """A clinic of the patient's where the actor may edit patients; Forbidden names the right if there is none."""
    clinics = list(Clinic.objects.visible_to(actor).filter(registrations__patient=patient))
    for clinic in clinics:
        if actor.may("patients:edit", clinic.pk):
            return clinic
    actor.require("patients:edit", clinics[0].pk)
    return clinics[0]


def _resolved(values: dict[str, Any], actor: Actor) -> dict[str, Any]:
    guardian = values.pop("guardian", None)
    if guardian is not None:
        if not Patient.objects.viewable_by(actor).filter(pk=guardian).exists():
            raise NotFound("guardian")
        values["guardian_id"] = guardian
    return values


def _write(patient: Patient, values: dict[str, Any], actor: Actor, now: datetime) -> Changes:
    changed = put(patient, values)
    if changed:
        patient.version += 1
        patient.updated_at, patient.updated_by_id = now, actor.user
        patient.save(update_fields=[*changed, "version", "updated_at", "updated_by"])
    return changed


def _named(changes: Changes) -> Changes:
    """Under the names that the API knows."""
    return {"guardian" if name == "guardian_id" else name: pair for name, pair in changes.items()}


def _today(clinic: Clinic, now: datetime) -> date:
    return local(clinic.timezone, minute(now))[0]


def tell_elsewhere(details: PatientDetails, *, clinic: UUID, actor: Actor, now: datetime) -> bool:
    """Whether the person described has a record that only other clinics know (see `queries.elsewhere`). A yes is
    written into the journal of the clinic that asks, so that curiosity shows. Errors: Invalid.
    """
    values = _described(details, clinic, now)
    found = elsewhere(values, clinic=clinic, actor=actor) is not None
    if found:
        with writing():
            record(ExistenceTold(subject=clinic, clinic=clinic), actor=actor, now=now)
    return found


def request_link(details: PatientDetails, *, clinic: UUID, actor: Actor, now: datetime) -> LinkRequest:
    """Ask the clinics that know the person described to let `clinic` know them too. A request that is open already is
    the answer again.

    Errors: NotFound where nobody elsewhere is beyond doubt that person; NotFound, Forbidden (`patients:edit`); Invalid.
    """
    actor.require("patients:edit", clinic)
    values = _described(details, clinic, now)
    found = elsewhere(values, clinic=clinic, actor=SYSTEM)  # who may look there may ask as well
    if found is None:
        raise NotFound
    with writing():
        made, new = LinkRequest.objects.get_or_create(
            clinic_id=clinic,
            patient=found,
            status=LinkStatus.OPEN,
            defaults={
                "name": f"{values['first_name']} {values['last_name']}",
                "birth_date": values["birth_date"],
                "created_at": now,
                "created_by_id": actor.user,
            },
        )
        if new:
            record(LinkRequested(subject=made.pk, clinic=clinic), actor=actor, now=now)
            ids = {"request": str(made.pk), "by": str(clinic)}
            for other in found.registrations.order_by("clinic").values_list("clinic", flat=True):
                record(LinkAsked(subject=found.pk, clinic=other, ids=ids), actor=SYSTEM, now=now)
    return made


def decide_link(request: UUID, approve: bool, *, clinic: UUID, actor: Actor, now: datetime) -> LinkRequest:
    """Answer for `clinic`, which knows the patient: approved, the asking clinic knows them from now on. Each clinic's
    journal says what it did itself; who did it in the other, and from where, stays there.

    Errors: NotFound, Forbidden (`patients:edit`); Conflict where it has been answered.
    """
    actor.require("patients:edit", clinic)
    with writing():
        found = locked(asked_of(clinic), request)
        if found.status != LinkStatus.OPEN:
            raise Conflict(wrong("request", "decided"))
        found.status = LinkStatus.APPROVED if approve else LinkStatus.DECLINED
        found.decided_at, found.decided_by_id = now, actor.user
        found.save(update_fields=["status", "decided_at", "decided_by"])
        changes = {"status": (LinkStatus.OPEN.value, str(found.status))}
        ids = {"request": str(request), "by": str(found.clinic_id)}
        record(LinkDecided(subject=found.patient_id, clinic=clinic, ids=ids, changes=changes), actor=actor, now=now)
        record(LinkAnswered(subject=request, clinic=found.clinic_id, changes=changes), actor=SYSTEM, now=now)
        if approve:
            register_with(found.patient_id, found.clinic_id, actor=SYSTEM, now=now)
    return found


def _described(details: PatientDetails, clinic: UUID, now: datetime) -> dict[str, Any]:
    place = Clinic.objects.filter(pk=clinic).first()
    if place is None:
        raise NotFound("clinic")
    return checked(details.given(), country=place.country, today=_today(place, now))
