"""What a clinic's services have to say when it opens, or wants another currency."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from orderly.catalogue.actions.services import add_service
from orderly.catalogue.inputs import ServiceDetails
from orderly.catalogue.models import Service
from orderly.clinics import actions as clinics
from orderly.clinics.inputs import ClinicDetails
from orderly.clinics.models import Clinic, FeeKind
from orderly.core.database import writing
from orderly.core.edits import refuse, wrong
from orderly.journal.actor import Actor

GENERAL_NAMES = {"en": "General appointment", "ru": "Общий приём", "ar": "موعد عام"}


def open_clinic(details: ClinicDetails, *, actor: Actor, now: datetime) -> Clinic:
    """A new clinic with its general service, named in the clinic's first language. Errors as for `clinics.add`."""
    with writing():
        clinic = clinics.add(details, actor=actor, now=now)
        general = ServiceDetails(name=GENERAL_NAMES[clinic.languages[0]], clinics=[clinic.pk], general=True)
        add_service(general, actor=actor, now=now)
    return clinic


def change_clinic(
    clinic: UUID, details: ClinicDetails, *, actor: Actor, now: datetime, version: int | None = None
) -> Clinic:
    """Write the given details. Another currency only before anything has a price: 12.50 of one isn't 12.50 of
    another.

    Errors as for `clinics.change`.
    """
    with writing():
        old = Clinic.objects.filter(pk=clinic).values_list("currency", flat=True).first()
        changed = clinics.change(clinic, details, actor=actor, now=now, version=version)
        if changed.currency != old and _has_prices(changed):
            refuse([wrong("currency", "priced")])
    return changed


def _has_prices(clinic: Clinic) -> bool:
    """Whether an amount is said anywhere, or a service is another clinic's too, which keeps its currency."""
    services = Service.objects.filter(clinics=clinic)
    priced = Q(price__gt=0) | Q(follow_up_price__isnull=False) | Q(offerings__price__isnull=False)
    shared = Service.clinics.through.objects.filter(service__in=services).exclude(clinic=clinic)
    fixed_fee = clinic.late_fee if clinic.late_fee_kind == FeeKind.FIXED else 0
    return bool(fixed_fee or clinic.no_show_fee) or services.filter(priced).exists() or shared.exists()
