"""Two records that look like one person and aren't: said once, so that nobody has to look at them again."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from orderly.core.database import writing
from orderly.core.errors import NotFound
from orderly.dossier.actions.moving import shared_clinic
from orderly.dossier.facts import PatientsComparable, PatientsToldApart
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.patients.actions.shared import lock_patients
from orderly.patients.models import Patient, Registration, ToldApart


def tell_apart(one: UUID, other: UUID, *, actor: Actor, now: datetime) -> None:
    """They are two people, though their records are alike: they are suggested as duplicates of each other no more.
    Nothing happens if that was said already.

    Errors: NotFound for one that no clinic of the actor's knows ("other" for the second, or the first once more), and
    where no clinic knows both; Forbidden (`patients:merge`).
    """
    with writing():
        clinic = _both(one, other, actor)
        if ToldApart.objects.mark(one, other, at=now, by=actor.user):
            _record(PatientsToldApart, one, other, clinic, actor, now)


def compare_again(one: UUID, other: UUID, *, actor: Actor, now: datetime) -> None:
    """They may be one person after all: as if nobody had told them apart. Errors: as for `tell_apart`."""
    with writing():
        clinic = _both(one, other, actor)
        gone, _ = ToldApart.objects.of(one, other).delete()
        if gone:
            _record(PatientsComparable, one, other, clinic, actor, now)


def _both(one: UUID, other: UUID, actor: Actor) -> UUID:
    """The clinic in which it is said. Both are locked, so that neither is merged meanwhile."""
    if one == other:
        raise NotFound("other")
    lock_patients(one, other)
    known = {patient: list(_places(patient, actor)) for patient in (one, other)}
    if not known[one]:
        raise NotFound
    if not known[other]:
        raise NotFound("other")
    return shared_clinic(set(known[one]).intersection(known[other]), actor)


def _places(patient: UUID, actor: Actor) -> QuerySet[Registration, UUID]:
    """The clinics that know them, if the actor does."""
    seen = Patient.objects.visible_to(actor).filter(pk=patient)
    return Registration.objects.filter(patient__in=seen).values_list("clinic", flat=True)


def _record(
    fact: type[PatientsToldApart | PatientsComparable],
    one: UUID,
    other: UUID,
    clinic: UUID,
    actor: Actor,
    now: datetime,
) -> None:
    """In the history of both."""
    for subject, beside in ((one, other), (other, one)):
        record(fact(subject=subject, clinic=clinic, ids={"other": str(beside)}), actor=actor, now=now)
