"""Reading the journal."""

from uuid import UUID

from django.db.models import QuerySet

from orderly.journal.models import Entry, Head


def history(subject: UUID) -> QuerySet[Entry]:
    """Everything that happened to one thing, oldest first."""
    return Entry.objects.filter(subject=subject).order_by("id")


def position() -> int:
    """The last position given; 0 before the first."""
    head = Head.objects.filter(pk=1).first()
    return head.position if head else 0
