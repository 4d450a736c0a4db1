"""Taking a merged record apart again: what moved goes back, what has changed since stays."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from orderly.appointments.models import Appointment
from orderly.billing.models import Invoice, Payment
from orderly.calendars.models import Hold
from orderly.core.database import writing
from orderly.core.edits import plain, wrong
from orderly.core.errors import Conflict, NotFound
from orderly.dossier.actions import moving
from orderly.dossier.actions.merge import touch
from orderly.dossier.facts import PatientsMerged, PatientsUnmerged
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.facts import kind
from orderly.journal.models import Entry
from orderly.journal.queries import changed, history
from orderly.patients.actions.change import named, typed, write
from orderly.patients.actions.index import index
from orderly.patients.models import Gender, LinkRequest, LinkStatus, Patient, Registration, ToldApart


def unmerge(kept: UUID, *, actor: Actor, now: datetime, version: int | None = None) -> Patient:
    """Undo the last merge into this record: the other is a patient again, with what it held, and what came from it goes
    back as far as it is still there. A field that hasn't changed since holds what it held before; one that has, stays.
    Answers the record that is again.

    Errors: NotFound, Forbidden (`patients:merge`) in a clinic that knew both; Stale; Conflict "not_merged" where there
    is nothing to undo, "both_booked" where the other's times can't be had, "drawn_by_both" where both have visits that
    the same package pays for.
    """
    with writing():
        entry = _last(kept, actor)
        moved = [UUID(one) for one in entry.ids["appointments"]]
        found = moving.locked((kept, UUID(entry.ids["other"])), moved)
        mine, other = found[kept], found[UUID(entry.ids["other"])]
        if other.merged_into_id != kept or mine.merged_into_id:
            raise moving.contended()
        clinic = _clinic(mine, entry, actor)
        moving.require_version(mine, version)
        _raise(other, active=entry.ids["active"])
        back = _move_back(mine, other, entry.ids, now)
        words = named(write(mine, former(mine, entry), actor, now))
        if not words:
            touch(mine)
        ids = {"other": str(other.pk), "merged": entry.pk, "appointments": [str(one) for one in back]}
        record(PatientsUnmerged(subject=kept, clinic=clinic, ids=ids, words=words), actor=actor, now=now)
    return other


def last_merge(kept: UUID) -> Entry | None:
    """The last merge into a record that stands."""
    there = {str(one) for one in Patient.objects.filter(merged_into=kept).values_list("pk", flat=True)}
    if not there:
        return None
    merges = history(kept).filter(fact=kind(PatientsMerged)).order_by("-id")
    return next((one for one in merges if one.ids["other"] in there), None)


def _last(kept: UUID, actor: Actor) -> Entry:
    if not Patient.objects.visible_to(actor).filter(pk=kept).exists():
        raise NotFound
    entry = last_merge(kept)
    if entry is None:
        places = Registration.objects.filter(patient=kept).values_list("clinic", flat=True)
        moving.shared_clinic(set(places), actor)
        raise Conflict(wrong("patient", "not_merged"))
    return entry


def _clinic(mine: Patient, entry: Entry, actor: Actor) -> UUID:
    places = set(mine.registrations.values_list("clinic", flat=True))
    return moving.shared_clinic(places & {UUID(one) for one in entry.ids["clinics"]}, actor)


def _raise(other: Patient, *, active: bool) -> None:
    other.merged_into = None
    other.version += 1
    other.save(update_fields=["merged_into", "version"])
    other.resource.active = active
    other.resource.save(update_fields=["active"])
    index(other)


def _move_back(mine: Patient, other: Patient, ids: dict[str, Any], now: datetime) -> list[UUID]:
    """What came from the other record and is still there; the appointments among it."""
    theirs = Appointment.objects.filter(pk__in=ids["appointments"], patient=mine).order_by("pk")
    appointments = list(theirs.values_list("pk", flat=True))
    holds = Hold.objects.filter(pk__in=ids["holds"], patient=mine)
    claims = {*theirs.values_list("claim", flat=True), *holds.values_list("claim", flat=True)}
    rows = [row for row in moving.taken(mine.resource_id) if row[5] in claims]
    moving.tidy(other.resource_id, now)
    moving.move_time(rows, other.resource_id)
    moving.move_appointments(appointments, mine, other)
    moving.move_holds(list(holds.values_list("pk", flat=True)), other)
    moving.move_invoices(_invoices_back(mine, other, ids.get("invoices", ())), other)
    _requests_back(mine, other, ids["requests"])
    _clinics_back(mine, other, ids["clinics"])
    _kin_back(mine, other, ids)
    for one in ids.get("apart", ()):
        ToldApart.objects.of(mine.pk, UUID(one)).delete()
    return appointments


def _invoices_back(mine: Patient, other: Patient, ids: Iterable[str]) -> list[UUID]:
    """Those on whose sessions no visit draws that stays with the survivor. Errors: Conflict "drawn_by_both" where one
    that went back does so too: a sale is one person's.
    """
    theirs = Invoice.objects.filter(pk__in=list(ids), patient=mine)
    drawn = Payment.objects.live().filter(credit__invoice__in=theirs)
    kept = drawn.filter(appointment__patient=mine).values("credit__invoice")
    if drawn.filter(appointment__patient=other, credit__invoice__in=kept).exists():
        raise Conflict(wrong("patient", "drawn_by_both"))
    return list(theirs.exclude(pk__in=kept).values_list("pk", flat=True))


def _requests_back(mine: Patient, other: Patient, ids: Iterable[str]) -> None:
    waiting = LinkRequest.objects.filter(patient=other, status=LinkStatus.OPEN).values_list("clinic", flat=True)
    double = set(waiting)
    for one in LinkRequest.objects.filter(pk__in=list(ids), patient=mine).order_by("pk"):
        if one.status != LinkStatus.OPEN or one.clinic_id not in double:
            LinkRequest.objects.filter(pk=one.pk).update(patient=other)


def _clinics_back(mine: Patient, other: Patient, clinics: dict[str, Any]) -> None:
    """Each clinic knows whom it knew; the survivor stays known also where something has been booked since."""
    for name, was in sorted(clinics.items()):
        clinic = UUID(name)
        moving.register_at(other, clinic, moving.last_seen(other, clinic, was["other"]))
        known = Registration.objects.filter(patient=mine, clinic=clinic)
        if was["both"] or Appointment.objects.filter(patient=mine, clinic=clinic).exists():
            known.update(last_visit_on=moving.last_seen(mine, clinic, was["own"]))
        else:
            known.delete()


def _kin_back(mine: Patient, other: Patient, ids: dict[str, Any]) -> None:
    """The other has their family again, and the survivor not those who came from it; wards whom nobody gave another
    guardian since.
    """
    other.family.add(*Patient.objects.filter(pk__in=ids["family"]))
    mine.family.remove(*Patient.objects.filter(pk__in=ids["family_new"]))
    Patient.objects.filter(pk__in=ids["wards"], guardian=mine).update(guardian=other)


def former(mine: Patient, entry: Entry) -> dict[str, Any]:
    """The fields that still hold what the merge gave them, as they were before. What has been erased isn't known."""
    values: dict[str, Any] = {}
    for name, (old, new) in changed(entry).items():
        attribute = "guardian_id" if name == "guardian" else name
        if (old, new) != (None, None) and plain(getattr(mine, attribute)) == new:
            values[attribute] = None if old is None else typed(name, old)
    if values.get("gender", mine.gender) == Gender.MALE:
        values |= {"gestation_weeks": None, "gestation_noted_on": None}
    return values
