"""What a patient's record learns from what happens elsewhere."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from orderly.journal.models import Entry
from orderly.patients.models import Registration
from orderly.patients.queries import survivor


def note_last_visit(entry: Entry, now: datetime) -> None:
    """After a completed appointment: the clinic last saw the patient on that day. Never moves the day back."""
    day = date.fromisoformat(entry.ids["day"])
    patient = survivor(UUID(entry.ids["patient"]))
    seen = Registration.objects.filter(patient=patient, clinic=entry.clinic)
    seen.filter(Q(last_visit_on__lt=day) | Q(last_visit_on__isnull=True)).update(last_visit_on=day)
