"""Whether what a request names is the actor's to see, before anything is said about it."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, QuerySet

from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound
from orderly.journal.actor import Actor
from orderly.patients.models import Patient
from orderly.resources.models import Provider


def clinic_for(
    actor: Actor,
    permission: str,
    clinic: UUID,
    *,
    service: UUID | None = None,
    provider: UUID | None = None,
    patient: UUID | None = None,
) -> Clinic:
    """The clinic, in one query, if the actor holds `permission` there and may see all that is named with it.

    Errors: NotFound with the field; Forbidden.
    """
    if not actor.belongs_to(clinic):
        raise NotFound("clinic")
    actor.require(permission, clinic)
    named: dict[str, tuple[Any, UUID | None]] = {
        "service": (Service, service),
        "provider": (Provider, provider),
        "patient": (Patient, patient),
    }
    wanted = {
        name: Exists(_visible(model, actor).filter(pk=pk)) for name, (model, pk) in named.items() if pk is not None
    }
    place = (
        Clinic.objects.defer("logo")
        .annotate(**{f"sees_{name}": seen for name, seen in wanted.items()})
        .filter(pk=clinic)
        .first()
    )
    if place is None:
        raise NotFound("clinic")
    for name in wanted:
        if not getattr(place, f"sees_{name}"):
            raise NotFound(name)
    return place


def only_clinic(patient: Patient, actor: Actor) -> UUID | None:
    """The one clinic of the actor's that knows the patient; None where there are several."""
    clinics = [one.clinic_id for one in patient.registrations.all() if actor.belongs_to(one.clinic_id)]
    return clinics[0] if len(clinics) == 1 else None


def _visible(model: Any, actor: Actor) -> QuerySet[Any]:
    if model is Patient:
        return Patient.objects.viewable_by(actor)
    return model.objects.visible_to(actor)
