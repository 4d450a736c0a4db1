"""What tests owe an entry. An effect is another entry, so that doing it twice would show."""

import os
import time
from datetime import datetime
from uuid import UUID

from orderly.core.ids import uuid7
from orderly.journal import actions
from orderly.journal.models import Delivery, Entry

NOW = datetime.fromisoformat("2026-03-02T06:00:00+00:00")


def echo(entry: Entry, now: datetime) -> None:
    """Leaves its effect; in a child that is to be killed it then keeps its transaction open."""
    Entry.objects.create(at=now, fact="echoed", subject=entry.subject)
    if os.environ.get("ECHO_WAITS"):
        print("begun", flush=True)
        time.sleep(60)


def echo_slowly(entry: Entry, now: datetime) -> None:
    """Leaves its effect, and is likely to be killed before that is committed."""
    echo(entry, now)
    time.sleep(0.02)


def fail(entry: Entry, now: datetime) -> None:
    """Leaves something too, but never comes to an end."""
    Entry.objects.create(at=now, fact="echoed", subject=entry.subject)
    raise LookupError("no such thing")


def be_careless() -> None:
    """Deliver without leases, and without making sure that the delivery is still there."""

    def attempt(delivery: Delivery, reaction: actions.Reaction, now: datetime) -> None:
        reaction(delivery.entry, now)
        Delivery.objects.filter(pk=delivery.pk).delete()

    actions._lease = lambda delivery, now: True
    actions._attempt = attempt


ECHO = {"tested": (echo,)}
SLOW_ECHO = {"tested": (echo_slowly,)}


def happen(how_often: int = 1) -> list[UUID]:
    """As many facts; their subjects, sorted."""
    made = Entry.objects.bulk_create(Entry(at=NOW, fact="tested", subject=uuid7()) for _ in range(how_often))
    return sorted(entry.subject for entry in made)


def effects() -> list[UUID]:
    """The subjects whose facts were reacted to, as often as they were."""
    return list(Entry.objects.filter(fact="echoed").order_by("subject").values_list("subject", flat=True))


def owed() -> list[tuple[int, bool, str]]:
    """Attempts, whether dead, and the error of what isn't done."""
    return list(Delivery.objects.order_by("id").values_list("attempts", "dead", "error"))
