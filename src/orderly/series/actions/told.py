"""Noting that a patient was told of a series."""

from datetime import datetime

from orderly.appointments.actions.told import EMAIL
from orderly.core.database import writing
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.series.facts import SeriesTold
from orderly.series.models import Series


def note_series_told(series: Series, entry: int, kind: str, *, actor: Actor, now: datetime) -> None:
    """A message about its visits, of this `kind`, went out because of an entry of its history. No errors."""
    ids = {"entry": entry, "channel": EMAIL, "kind": str(kind)}
    with writing():
        record(SeriesTold(subject=series.pk, clinic=series.clinic_id, ids=ids), actor=actor, now=now)
