"""Reading the journal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from orderly.core.edits import wrong
from orderly.core.errors import Conflict, NotFound
from orderly.journal.models import Delivery, Entry, Head, Look

NONE = timedelta()
READ_BACK = 500  # looks


def history(*subjects: UUID) -> QuerySet[Entry]:
    """Everything that happened to one thing, or to several that are one now, oldest first, with the words there are."""
    return Entry.objects.filter(subject__in=subjects).order_by("id").prefetch_related("words")


def changed(entry: Entry) -> dict[str, tuple[Any, Any]]:
    """Old and new values by field, personal ones included as long as they haven't been erased."""
    known = {name: (old, new) for name, (old, new) in entry.changes.items()}
    return known | {words.field: (words.old, words.new) for words in entry.words.all()}


def state_before(entries: QuerySet[Entry], entry: int, *, fields: Collection[str]) -> dict[str, Any]:
    """What held before that one of a thing's `entries`, of each of its `fields` that changed with it or since.

    `entries` are those the actor may know of: of any other nothing is said but that it isn't there. They may tell of
    more than the thing's own fields, which isn't for putting back.

    Errors: NotFound "entry"; Conflict where nothing was before it, or a field's words have been erased.
    """
    since = list(entries.filter(pk__gte=entry))
    if not since or since[0].pk != entry:
        raise NotFound("entry")
    first = since[0]
    if not first.changes or first.changes.get("number", ("", ""))[0] is None:
        raise Conflict(wrong("entry", "nothing_before"))
    before: dict[str, Any] = {}
    for one in since:
        for name, (old, new) in changed(one).items():
            if name not in fields:
                continue
            if old is None and new is None:
                raise Conflict(wrong(name, "erased"))
            before.setdefault(name, old)
    return before


def last_seen(what: str, clinic: UUID, *, by: UUID, most: int) -> list[UUID]:
    """The single things of a kind that a user has opened in a clinic, the latest first. Only the clinic's latest looks
    are read, so that it costs the same however many there have been.
    """
    latest = Look.objects.filter(clinic=clinic).order_by("-at", "-id").values_list("what", "user", "subject")
    seen = [subject for kind, user, subject in latest[:READ_BACK] if (kind, user) == (what, by) and subject]
    return list(dict.fromkeys(seen))[:most]


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
