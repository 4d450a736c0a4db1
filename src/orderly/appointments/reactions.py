"""What follows from what happens to appointments."""

from datetime import datetime, timedelta
from uuid import UUID

from orderly.appointments.choices import Status
from orderly.appointments.queries.seen import last_seen
from orderly.journal.actions import later
from orderly.journal.models import Entry
from orderly.patients.models import Registration
from orderly.patients.queries import survivor


def takes_back(entry: Entry) -> bool:
    """Whether a visit that was completed isn't any more."""
    return entry.changes.get("status", [""])[0] == Status.COMPLETED


@later(timedelta(), takes_back)
def unsee(entry: Entry, now: datetime) -> None:
    """After a completion was taken back: the clinic last saw the patient on the day of the last that still stands."""
    patient = survivor(UUID(entry.ids["patient"]))
    assert entry.clinic is not None
    day = last_seen(patient, entry.clinic)
    seen = Registration.objects.filter(patient=patient, clinic=entry.clinic, last_visit_on__isnull=False)
    (seen if day is None else seen.filter(last_visit_on__gt=day)).update(last_visit_on=day)
