"""Whose time a clinic has to give."""

from uuid import UUID

from django.db.models import Q

from orderly.resources.models import Resource


def resources_of(clinic: UUID) -> frozenset[int]:
    """Every provider, chair, room and device of the clinic, active or not."""
    theirs = Resource.objects.filter(Q(provider__clinics=clinic) | Q(asset__clinic=clinic))
    return frozenset(theirs.values_list("pk", flat=True))
