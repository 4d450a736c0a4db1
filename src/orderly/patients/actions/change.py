"""Changing patients' records, and putting them back as they were."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import DateField

from orderly.clinics.models import Clinic
from orderly.core.database import writing
from orderly.core.edits import Changes, put, refuse
from orderly.core.errors import Conflict, NotFound, Stale
from orderly.engine.problems import Code, Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.queries import state_before
from orderly.patients.actions.index import index
from orderly.patients.actions.shared import accepted, editable_in, lock_patients, resolved
from orderly.patients.facts import (
    PatientChanged,
)
from orderly.patients.inputs import PatientDetails
from orderly.patients.keys import FROM
from orderly.patients.models import Patient
from orderly.patients.queries import history_for

FIELDS = frozenset(field.name for field in Patient._meta.concrete_fields)
EMPTIABLE = frozenset({"guardian", "gestation_weeks", "gestation_noted_on"})
"""What a record may lack and has no empty text for"""


def change(
    patient: UUID,
    details: PatientDetails,
    *,
    empty: Collection[str] = (),
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Patient:
    """Write the given details, and take out what the fields named in `empty` hold (Invalid where they aren't of
    `EMPTIABLE`). The journal says which fields changed; what they held is kept apart, erasably.

    Errors: NotFound, Forbidden, Invalid as for registering; Stale where somebody changed the record since `version`.
    """
    refuse(Problem(Code.MISSING, name) for name in sorted(set(empty) - EMPTIABLE))
    with writing():
        given = details.given()
        found, place = _editable(patient, given.get("guardian"), actor, version)
        values = accepted(given, place, now, found=found)
        if values.get("guardian") == patient:
            raise NotFound("guardian")
        emptied = _emptied(dict.fromkeys(EMPTIABLE.intersection(empty)))
        _change(found, place, {**resolved(values, actor), **emptied}, actor=actor, now=now, ids={})
    return found


def put_back(patient: UUID, entry: int, *, actor: Actor, now: datetime, version: int | None = None) -> Patient:
    """The record's fields as they were before that entry of its history, of those that changed with it or since. The
    same is checked as for a change; what is so already changes nothing.

    Errors: as for a change; NotFound "entry", also for one the actor may not know of; Conflict where nothing was before
    it, or it has been erased.
    """
    with writing():
        guardian = _before(patient, entry, actor).get("guardian")
        found, place = _editable(patient, UUID(guardian) if guardian else None, actor, version)
        before = _before(patient, entry, actor)
        if before.get("guardian") != guardian:  # changed while we waited: they aren't locked
            raise Conflict(Problem(Code.CONTENDED))
        empty = {name: None for name, value in before.items() if value is None}
        given = {name: typed(name, value) for name, value in before.items() if value is not None}
        values = accepted(given, place, now, found=found)
        values = {**resolved(values, actor), **_emptied(empty)}
        _change(found, place, values, actor=actor, now=now, ids={"put_back": entry})
    return found


def _before(patient: UUID, entry: int, actor: Actor) -> dict[str, Any]:
    return state_before(history_for(actor, patient).filter(subject=patient), entry, fields=FIELDS)


def _editable(patient: UUID, guardian: UUID | None, actor: Actor, version: int | None) -> tuple[Patient, Clinic]:
    """The record, locked together with who is to be its guardian, and the clinic in which it is edited."""
    lock_patients(patient, guardian)
    found = Patient.objects.visible_to(actor).filter(pk=patient).first()
    if found is None:
        raise NotFound
    place = editable_in(found, actor)
    if version is not None and version != found.version:
        raise Stale
    return found, place


def _change(
    found: Patient, place: Clinic, values: dict[str, Any], *, actor: Actor, now: datetime, ids: Mapping[str, Any]
) -> None:
    changed = write(found, values, actor, now)
    if changed:
        fact = PatientChanged(subject=found.pk, clinic=place.pk, words=named(changed), ids=ids)
        record(fact, actor=actor, now=now)


def typed(name: str, value: Any) -> Any:
    """A value as the record has it; the journal keeps JSON."""
    if name == "guardian":
        return UUID(value)
    return date.fromisoformat(value) if isinstance(Patient._meta.get_field(name), DateField) else value


def _emptied(names: dict[str, None]) -> dict[str, None]:
    return {"guardian_id" if name == "guardian" else name: None for name in names}


def write(patient: Patient, values: dict[str, Any], actor: Actor, now: datetime) -> Changes:
    """Give a locked record these values and its next version, if they differ, and bring its search keys in line."""
    changed = put(patient, values)
    if changed:
        patient.version += 1
        patient.updated_at, patient.updated_by_id = now, actor.user
        patient.save(update_fields=[*changed, "version", "updated_at", "updated_by"])
        if FROM & changed.keys():
            index(patient)
    return changed


def named(changes: Changes) -> Changes:
    """Under the names that the API knows."""
    return {"guardian" if name == "guardian_id" else name: pair for name, pair in changes.items()}
