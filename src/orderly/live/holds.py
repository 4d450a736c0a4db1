"""Which times are held just now. Holds come, go and expire without a fact, so they are looked at as they are."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from orderly.calendars.models import Hold


def held_now(*, now: datetime) -> Mapping[UUID, frozenset[UUID]]:
    """The live holds by clinic; a clinic without any isn't there."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for clinic, hold in Hold.objects.filter(claim__expires_at__gt=now).values_list("clinic", "pk"):
        found[clinic].add(hold)
    return {clinic: frozenset(holds) for clinic, holds in found.items()}
