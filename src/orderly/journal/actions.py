"""Writing facts down, numbering them, and doing what is owed because of them."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction

from orderly.core import counts
from orderly.core.database import writing
from orderly.core.edits import plain
from orderly.core.errors import Fault, Forbidden, NotFound
from orderly.core.logs import told
from orderly.journal.actor import Actor
from orderly.journal.facts import Fact, ReactionRetried, kind
from orderly.journal.models import Concerned, Delivery, Entry, Head, Look, Shown, Words

Reaction = Callable[[Entry, datetime], None]
Reactions = Mapping[str, Sequence[Reaction]]

log = logging.getLogger(__name__)

BATCH = 500  # entries numbered at a time
AT_ONCE = 1000  # rows of one INSERT
ROUND = 50  # deliveries tried before the time is read again
LEASE = timedelta(seconds=60)
FIRST_RETRY = timedelta(seconds=10)
LAST_ATTEMPT = 10
MANAGE = "settings:manage"
OUTSIDE: set[str] = set()  # the names of reactions that reach beyond the database
LATER: dict[str, tuple[timedelta, Callable[[Entry], bool]]] = {}  # how long those wait that do, and for what they are


def outside(reaction: Reaction) -> Reaction:
    """Marks a reaction whose work isn't in our tables, such as sending a mail. It runs without a transaction, so that
    nobody waits for another's server; if the worker is killed after it and before that is noted, it runs again.
    """
    OUTSIDE.add(name_of(reaction))
    return reaction


def later(wait: timedelta, only: Callable[[Entry], bool]) -> Callable[[Reaction], Reaction]:
    """Marks a reaction that is due `wait` after its fact, so that what is taken back by then has done nothing; it is
    owed by those entries `only` of which this says so.
    """

    def mark(reaction: Reaction) -> Reaction:
        LATER[name_of(reaction)] = wait, only
        return reaction

    return mark


def _owed(entry: Entry, reaction: Reaction, now: datetime) -> Delivery | None:
    wait, only = LATER.get(name_of(reaction), (timedelta(), None))
    if only is not None and not only(entry):
        return None
    return Delivery(entry=entry, reaction=name_of(reaction), next_try=max(now, entry.at + wait))


def record(fact: Fact, *, actor: Actor, now: datetime) -> None:
    """Write one fact in the caller's transaction: it is there exactly if the change is."""
    [entry] = Entry.objects.bulk_create([entry_of(fact, actor=actor, now=now)])
    if fact.words:
        Words.objects.bulk_create(
            Words(entry=entry, field=name, old=plain(old), new=plain(new)) for name, (old, new) in fact.words.items()
        )
    transaction.on_commit(partial(counts.fact_happened, kind(type(fact)), fact.changes))


def entry_of(fact: Fact, *, actor: Actor, now: datetime) -> Entry:
    """The row that keeps `fact`."""
    return Entry(
        at=now,
        fact=kind(type(fact)),
        clinic=fact.clinic,
        subject=fact.subject,
        user=actor.user,
        address=actor.address,
        ids=dict(fact.ids),
        changes=dict.fromkeys(fact.words, (None, None)) | {name: list(pair) for name, pair in fact.changes.items()},
        note=fact.note,
    )


def look(look: Look, subjects: Sequence[UUID] = (), clinics: Collection[UUID] = ()) -> None:
    """Write down that somebody is about to be shown something; `subjects` are the things of a list, `clinics` those it
    concerns, whose audit logs have it: one stands in the look itself, several beside it.

    In a transaction of its own, so that it is there before the answer leaves. Errors: Conflict `contended` where
    others hold the database for longer than we wait; then nothing may be shown.
    """
    if len(clinics) == 1:
        [look.clinic] = clinics
    several = clinics if look.clinic is None else ()
    with writing():
        Look.objects.bulk_create([look])
        Concerned.objects.bulk_create(Concerned(look=look, clinic=clinic) for clinic in several)
        Shown.objects.bulk_create((Shown(look=look, subject=subject) for subject in subjects), batch_size=AT_ONCE)


def erase_words(*subjects: UUID) -> None:
    """Erase, in the caller's transaction, what the journal keeps of people's own words about these things: notes, and
    what personal fields held. That something was changed, by whom and when, stays.
    """
    Words.objects.filter(entry__subject__in=subjects).delete()
    Entry.objects.filter(subject__in=subjects).exclude(note="").update(note="")


def name_of(reaction: Reaction) -> str:
    """The name a reaction is known by in Delivery: stable as long as the function isn't moved."""
    return f"{reaction.__module__}.{reaction.__name__}"


def sequence(reactions: Reactions, *, now: datetime) -> int:
    """Give committed entries the next positions, without a gap, and owe each its reactions. Returns how many.

    One sequencer at a time (the lock on Head); an entry still uncommitted now gets a later position when it commits,
    so nobody who reads on from a position ever misses one.
    """
    waiting = Entry.objects.filter(position__isnull=True)
    if not waiting.exists():  # a look takes no lock; most looks find nothing
        return 0
    with writing():
        Head.objects.get_or_create(pk=1)
        head = Head.objects.select_for_update().get(pk=1)
        entries = list(waiting.order_by("id")[:BATCH])
        for position, entry in enumerate(entries, start=head.position + 1):
            entry.position = position
        Entry.objects.bulk_update(entries, ["position"])
        owed = (_owed(entry, reaction, now) for entry in entries for reaction in reactions.get(entry.fact, ()))
        Delivery.objects.bulk_create(filter(None, owed))
        Head.objects.filter(pk=1).update(position=head.position + len(entries))
        return len(entries)


def deliver(reactions: Reactions, *, now: datetime) -> int:
    """Run what is due, oldest first. Returns how many deliveries were tried."""
    by_name = {name_of(reaction): reaction for known in reactions.values() for reaction in known}
    tried = 0
    due = Delivery.objects.filter(dead=False, next_try__lte=now).select_related("entry").order_by("next_try", "id")
    for delivery in due[:ROUND]:
        if _lease(delivery, now):
            tried += 1
            _attempt(delivery, by_name.get(delivery.reaction), now)
    return tried


def _lease(delivery: Delivery, now: datetime) -> bool:
    """Take the delivery for a while: one conditional update, so two workers never both have it; a killed worker's
    lease runs out.
    """
    taken = Delivery.objects.filter(pk=delivery.pk, next_try=delivery.next_try, dead=False)
    if delivery.attempts >= LAST_ATTEMPT:  # each attempt was cut short: it may be what kills its workers
        taken.update(dead=True, error="no attempt came to an end")
        return False
    delivery.attempts += 1
    leased_until = now + LEASE
    if taken.update(next_try=leased_until, attempts=delivery.attempts) != 1:
        return False
    delivery.next_try = leased_until
    return True


def _attempt(delivery: Delivery, reaction: Reaction | None, now: datetime) -> None:
    """The reaction and its being done are one transaction: its effects on our own tables happen exactly once. One that
    works `outside` is done first: the lease keeps others away meanwhile.
    """
    try:
        if reaction is None:
            raise Fault(f"no reaction named {delivery.reaction}")
        if delivery.reaction in OUTSIDE:
            reaction(delivery.entry, now)
        with writing():
            held, _ = Delivery.objects.filter(pk=delivery.pk, next_try=delivery.next_try).delete()
            if held and delivery.reaction not in OUTSIDE:
                reaction(delivery.entry, now)
        counts.REACTIONS.labels("done").inc()
    except Exception as error:  # whatever a reaction raises must not stop the others
        _postpone(delivery, error, now)


def _postpone(delivery: Delivery, error: Exception, now: datetime) -> None:
    """Try again later, twice as late each time; after the last attempt it is dead and waits for a person."""
    wait, dead = FIRST_RETRY * 2 ** (delivery.attempts - 1), delivery.attempts >= LAST_ATTEMPT
    counts.REACTIONS.labels("dead" if dead else "failed").inc()
    log.log(
        logging.ERROR if dead else logging.WARNING,
        "%s of entry %s failed the %s. time: %s",
        *(delivery.reaction, delivery.entry_id, delivery.attempts, told(error)),
    )
    Delivery.objects.filter(pk=delivery.pk, next_try=delivery.next_try).update(
        next_try=now + wait,
        dead=dead,
        error=told(error)[:500],
    )


def retry(delivery: int, *, actor: Actor, now: datetime) -> None:
    """A reaction that was given up is due again, with as many attempts as a new one.

    Errors: NotFound for one that isn't dead or is of another clinic; Forbidden without `settings:manage` there.
    """
    with writing():
        dead = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery, dead=True)
        found = dead.select_related("entry").first()
        if found is None:
            raise NotFound
        _require(MANAGE, found.entry.clinic, actor)
        found.dead, found.attempts, found.next_try, found.error = False, 0, now, ""
        found.save(update_fields=["dead", "attempts", "next_try", "error"])
        ids = {"entry": found.entry_id, "reaction": found.reaction}
        fact = ReactionRetried(subject=found.entry.subject, clinic=found.entry.clinic, ids=ids)
        record(fact, actor=actor, now=now)


def _require(permission: str, clinic: UUID | None, actor: Actor) -> None:
    """What is of no clinic is for those who hold the right in all."""
    if clinic is not None:
        actor.require(permission, clinic)
    elif permission not in actor.everywhere:
        raise Forbidden(permission)
