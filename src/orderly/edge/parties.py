"""What screens and API need of a party: whether all that it names may be seen, and when."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound
from orderly.edge.scope import clinic_for
from orderly.journal.actor import Actor
from orderly.parties.inputs import Wanted
from orderly.patients.models import Patient
from orderly.resources.models import Provider


def clinic_for_party(actor: Actor, permission: str, clinic: UUID, steps: Sequence[Wanted]) -> Clinic:
    """The clinic, if the actor holds `permission` there and may see all that the steps name; as many queries however
    many steps. Errors: NotFound with the field; Forbidden.
    """
    place = clinic_for(actor, permission, clinic)
    _all_seen("patient", Patient.objects.viewable_by(actor), {one.patient for one in steps})
    _all_seen("service", Service.objects.visible_to(actor), {one.service for one in steps})
    _all_seen("provider", Provider.objects.visible_to(actor), {one.provider for one in steps if one.provider})
    return place


def _all_seen(field: str, visible: QuerySet[Any], ids: Collection[UUID]) -> None:
    if visible.filter(pk__in=ids).values("pk").distinct().count() < len(ids):
        raise NotFound(field)
