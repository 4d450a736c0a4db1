"""What becomes of a purchase because of what happens to its visits."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.billing.models import PaymentStatus
from orderly.journal.actions import later, record
from orderly.journal.actor import SYSTEM
from orderly.journal.facts import kind
from orderly.journal.models import Entry
from orderly.packages.actions.write import ids_of
from orderly.packages.choices import USING, PurchaseStatus
from orderly.packages.facts import PurchaseCompleted
from orderly.packages.models import Purchase

ENDS = ("appointment_completed", "appointment_cancelled")
ENDED = Q(fact__in=ENDS) | Q(fact="appointment_status_changed", changes__status__1=Status.NO_SHOW)


def uses(entry: Entry) -> bool:
    """Whether a visit may have used its session by this."""
    return entry.fact in ENDS or entry.changes.get("status", [None])[-1] == Status.NO_SHOW


@later(timedelta(), uses)
def note_completed(entry: Entry, now: datetime) -> None:
    """After a visit that used the last session: the purchase is completed, which is told by the last of the visits
    that have used one, and again only if a session was given back since.
    """
    mine = Purchase.objects.filter(invoice__credits__payments__appointment=entry.subject)
    found = Purchase.objects.filter(pk__in=mine.values("pk")).counted(now).first()
    if found is None or found.state != PurchaseStatus.COMPLETED:
        return
    visits = Appointment.objects.filter(payment__credit__invoice=found.invoice_id)
    using = visits.filter(status__in=USING).exclude(payment__status=PaymentStatus.VOID)
    last = Entry.objects.filter(ENDED, subject__in=_ids(using)).order_by("-pk").first()
    if last is not None and last.pk == entry.pk and not _told(found.pk, _ids(visits)):
        ids = {**ids_of(found), "appointment": str(entry.subject)}
        record(PurchaseCompleted(subject=found.pk, clinic=found.clinic_id, ids=ids), actor=SYSTEM, now=now)


def _told(purchase: UUID, visits: Iterable[UUID]) -> bool:
    """Whether it was told, and since then no visit that had used its session has become anything else."""
    told = Entry.objects.filter(subject=purchase, fact=kind(PurchaseCompleted)).order_by("-pk").first()
    if told is None:
        return False
    return not Entry.objects.filter(subject__in=visits, pk__gt=told.pk, changes__status__0__in=[*USING]).exists()


def _ids(visits: QuerySet[Appointment]) -> list[UUID]:
    return list(visits.values_list("pk", flat=True))
