"""Reading the journal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from orderly.journal.models import Delivery, Entry, Head

NONE = timedelta()


def history(subject: UUID) -> QuerySet[Entry]:
    """Everything that happened to one thing, oldest first."""
    return Entry.objects.filter(subject=subject).order_by("id")


def position() -> int:
    """The last position given; 0 before the first."""
    head = Head.objects.filter(pk=1).first()
    return head.position if head else 0


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is owed because of the journal. `lag` is how long the oldest of it has been waiting; where nothing waits
    nothing is late, so a worker that has nothing to do needs to prove nothing.
    """

    unnumbered: int
    due: int
    dead: int
    lag: timedelta


def backlog(now: datetime) -> Backlog:
    """What the worker has before it; two queries."""
    waiting = Entry.objects.filter(position__isnull=True).aggregate(count=Count("id"), oldest=Min("at"))
    due = Q(dead=False, next_try__lte=now)
    owed = Delivery.objects.aggregate(
        due=Count("id", filter=due), oldest=Min("next_try", filter=due), dead=Count("id", filter=Q(dead=True))
    )
    lag = max((now - oldest for oldest in (waiting["oldest"], owed["oldest"]) if oldest), default=NONE)
    return Backlog(waiting["count"], owed["due"], owed["dead"], max(lag, NONE))
