"""Facts and reactions that only these tests know. An effect is another entry, so that doing it twice would show."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from orderly.core.ids import uuid7
from orderly.journal.actions import record
from orderly.journal.actor import SYSTEM
from orderly.journal.facts import Fact
from orderly.journal.models import Delivery, Entry
from tests.factories import NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRung(Fact):
    """Somebody is at the door."""


def ring() -> UUID:
    """One fact, committed; its subject."""
    subject = uuid7()
    record(BellRung(subject=subject), actor=SYSTEM, now=NOW)
    return subject


def answer(entry: Entry, now: datetime) -> None:
    Entry.objects.create(at=now, fact="answered", subject=entry.subject)


def stumble(entry: Entry, now: datetime) -> None:
    """Writes, then fails."""
    answer(entry, now)
    raise LookupError("the stairs")


def write_nonsense(entry: Entry, now: datetime) -> None:
    """Writes something that the database refuses only at commit."""
    answer(entry, now)
    Delivery.objects.create(entry_id=entry.pk + 1_000_000, reaction="none", next_try=now)


def drop_dead(entry: Entry, now: datetime) -> None:
    """As when the process is told to end in the middle."""
    answer(entry, now)
    raise SystemExit


ANSWER = {"bell_rung": (answer,)}


def answered() -> list[UUID]:
    """The subjects of answered bells, each as often as it was answered."""
    return list(Entry.objects.filter(fact="answered").order_by("id").values_list("subject", flat=True))


def owed() -> list[dict[str, object]]:
    return list(Delivery.objects.order_by("id").values("reaction", "next_try", "attempts", "dead", "error"))


def wait_for_another(barrier: threading.Barrier) -> None:
    """Until another is as far, or the barrier's patience is at its end."""
    with suppress(threading.BrokenBarrierError):
        barrier.wait()


def together(*works: Callable[[], object]) -> list[object]:
    """Each in a thread with a connection of its own; what they returned or raised, in the order given."""
    outcomes: list[object] = [None] * len(works)

    def run(place: int) -> None:
        try:
            outcomes[place] = works[place]()
        except Exception as error:
            outcomes[place] = type(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return outcomes
