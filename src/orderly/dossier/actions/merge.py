"""Making two records of one person one. `unmerge.py` is the way back; decision 24 says what becomes of what."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from orderly.appointments.models import Appointment
from orderly.billing.models import Invoice
from orderly.calendars.models import Hold
from orderly.core.database import writing
from orderly.core.edits import Changes, refuse, wrong
from orderly.core.errors import Conflict, NotFound
from orderly.dossier.actions import moving
from orderly.dossier.facts import PatientsMerged
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.patients.actions.change import named, write
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Gender, Patient, Registration, SearchKey, ToldApart


class Side(StrEnum):
    """Whose value survives."""

    OWN = "own"
    OTHER = "other"


FOLLOWING: Final = {"gestation_weeks": "gestation_noted_on"}  # fields that mean nothing without the first
CHOOSABLE: Final = tuple(one.name for one in fields(PatientDetails) if one.name not in FOLLOWING.values())


def merge(
    keep: UUID,
    drop: UUID,
    choices: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
    keep_version: int | None = None,
    drop_version: int | None = None,
) -> Patient:
    """All that hangs on `drop` hangs on `keep` from now on: appointments with their visits and payments, held and
    booked time, invoices with the packages on them, the clinics that know the person, requests, family and wards.
    Whoever was told apart from `drop` is told apart from `keep`.
    `choices` says of a field whose value survives ("own" or "other"); of one that isn't named the own value does,
    unless there is none. The dropped record stays as it was, for `unmerge` and for what the journal says under its id,
    but nobody finds it any more.

    Errors: NotFound for one that no clinic of the actor's knows, for the same twice ("other"), and where no clinic
    knows both; Forbidden (`patients:merge`); Invalid for a choice that isn't one; Stale; Conflict "both_booked" with
    the visits that overlap.
    """
    refuse(wrong(name, "unknown") for name in sorted(choices.keys() - set(CHOOSABLE)))
    refuse(wrong(name, "enum") for name, side in sorted(choices.items()) if side not in list(Side))
    with writing():
        kept, dropped, clinic = _both(keep, drop, actor)
        moving.require_version(kept, keep_version)
        moving.require_version(dropped, drop_version)
        ids = {"other": str(drop), "active": dropped.resource.active, **_move(kept, dropped, actor, now)}
        changed = _write(kept, surviving(kept, dropped, choices), actor, now)
        _bury(dropped, kept)
        fact = PatientsMerged(subject=keep, clinic=clinic, ids=ids, words=named(changed))
        record(fact, actor=actor, now=now)
    return kept


def surviving(kept: Patient, dropped: Patient, choices: Mapping[str, str]) -> dict[str, Any]:
    """What the fields of the one record are to hold."""
    values: dict[str, Any] = {}
    for name in CHOOSABLE:
        if side_of(name, kept, dropped, choices) == Side.OTHER:
            for one in filter(None, (name, FOLLOWING.get(name))):
                values[f"{one}_id" if one == "guardian" else one] = getattr(dropped, _attribute(one))
    if values.get("guardian_id", kept.guardian_id) in (kept.pk, dropped.pk):
        values["guardian_id"] = None
    if values.get("gender", kept.gender) == Gender.MALE:
        values |= {"gestation_weeks": None, "gestation_noted_on": None}
    return values


def side_of(name: str, kept: Patient, dropped: Patient, choices: Mapping[str, str]) -> str:
    """Whose value of a field survives; a district goes with its region."""
    if name == "district" and kept.region and dropped.region and kept.region != dropped.region:
        name = "region"
    return choices.get(name) or (Side.OTHER if empty(getattr(kept, name)) else Side.OWN)


def empty(value: Any) -> bool:
    """Whether a field says nothing."""
    return value in (None, "") or value == {}


def _attribute(name: str) -> str:
    return f"{name}_id" if name == "guardian" else name


def _both(keep: UUID, drop: UUID, actor: Actor) -> tuple[Patient, Patient, UUID]:
    """Both records, locked with all that is to move, and the clinic in which they are made one."""
    if keep == drop:
        raise NotFound("other")
    theirs = Appointment.objects.filter(patient=drop).order_by("pk").values_list("pk", flat=True)
    seen = set(theirs)
    if not Patient.objects.visible_to(actor).filter(pk=keep).exists():
        raise NotFound
    if not Patient.objects.visible_to(actor).filter(pk=drop).exists():
        raise NotFound("other")
    found = moving.locked((keep, drop), seen)
    if found[keep].merged_into_id:
        raise NotFound
    if found[drop].merged_into_id:
        raise NotFound("other")
    if set(theirs.all()) != seen:  # booked while we waited: it isn't locked, and mustn't be waited for any more
        raise moving.contended()
    places = (set(one.registrations.values_list("clinic", flat=True)) for one in found.values())
    return found[keep], found[drop], moving.shared_clinic(set.intersection(*places), actor)


def _move(kept: Patient, dropped: Patient, actor: Actor, now: datetime) -> dict[str, Any]:
    """All that hangs on the one to the other; the ids of what moved."""
    mine, theirs = (moving.tidy(one.resource_id, now) for one in (kept, dropped))
    clashing = moving.clashes(mine, theirs, actor)
    if clashing:
        raise Conflict(*clashing)
    appointments = list(Appointment.objects.filter(patient=dropped).order_by("pk").values_list("pk", flat=True))
    holds = list(Hold.objects.filter(patient=dropped).order_by("pk").values_list("pk", flat=True))
    moving.move_time(theirs, kept.resource_id)
    moving.move_appointments(appointments, dropped, kept)
    moving.move_holds(holds, kept)
    invoices = list(Invoice.objects.filter(patient=dropped).order_by("pk").values_list("pk", flat=True))
    moving.move_invoices(invoices, kept)
    return {
        "appointments": [str(one) for one in appointments],
        "holds": [str(one) for one in holds],
        "invoices": [str(one) for one in invoices],
        "requests": moving.move_requests(dropped, kept),
        "clinics": _move_clinics(kept, dropped),
        **_move_kin(kept, dropped),
        "apart": _tell_apart(kept, dropped),
    }


def _move_clinics(kept: Patient, dropped: Patient) -> dict[str, Any]:
    """The clinics that knew the dropped one: when they saw them last, and when the other, if they knew them too."""
    known = {one.clinic_id: one for one in Registration.objects.filter(patient=kept)}
    moved: dict[str, Any] = {}
    for one in Registration.objects.filter(patient=dropped).order_by("clinic"):
        own = known.get(one.clinic_id)
        days = [day for day in (one.last_visit_on, own and own.last_visit_on) if day]
        theirs = one.last_visit_on and one.last_visit_on.isoformat()
        ours = own.last_visit_on.isoformat() if own and own.last_visit_on else None
        moved[str(one.clinic_id)] = {"other": theirs, "own": ours, "both": own is not None}
        one.delete()
        moving.register_at(kept, one.clinic_id, max(days, default=None))
    return moved


def _move_kin(kept: Patient, dropped: Patient) -> dict[str, list[str]]:
    """Family and wards; nobody is their own."""
    kin = set(dropped.family.values_list("pk", flat=True))
    new = kin - {kept.pk, *kept.family.values_list("pk", flat=True)}
    dropped.family.clear()
    kept.family.add(*Patient.objects.filter(pk__in=new))
    wards = Patient.objects.filter(guardian=dropped).exclude(pk=kept.pk)
    moved = sorted(wards.values_list("pk", flat=True))
    wards.update(guardian=kept)
    return {"family": _texts(kin), "family_new": _texts(new), "wards": _texts(moved)}


def _tell_apart(kept: Patient, dropped: Patient) -> list[str]:
    """Whoever isn't the one isn't the other either; those of whom that is new. What was said of the dropped one stays,
    and holds again once it is a record again.
    """
    marks = [one for one in ToldApart.objects.around(dropped.pk) if one.beside(dropped.pk) != kept.pk]
    new = [one for one in marks if ToldApart.objects.mark(kept.pk, one.beside(dropped.pk), at=one.at, by=one.by_id)]
    return _texts(one.beside(dropped.pk) for one in new)


def _texts(ids: Any) -> list[str]:
    return sorted(str(one) for one in ids)


def _write(kept: Patient, values: dict[str, Any], actor: Actor, now: datetime) -> Changes:
    changed = write(kept, values, actor, now)
    if not changed:
        touch(kept)
    return changed


def touch(patient: Patient) -> None:
    """The record's next version, though its own fields are as they were."""
    patient.version += 1
    patient.save(update_fields=["version"])


def _bury(dropped: Patient, kept: Patient) -> None:
    """Found by nothing, and refused to a booking that waits for its time."""
    dropped.merged_into = kept
    dropped.version += 1
    dropped.save(update_fields=["merged_into", "version"])
    dropped.resource.active = False
    dropped.resource.save(update_fields=["active"])
    SearchKey.objects.filter(resource=dropped.resource_id).delete()
