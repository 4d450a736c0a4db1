"""PKG-3, PKG-6: many at once on one purchase. Each session is drawn on once, and used once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, QuerySet

from orderly.appointments.actions import progress
from orderly.appointments.actions.book import book
from orderly.appointments.actions.together import book_all
from orderly.billing.models import Credit, Payment
from orderly.dossier.actions.merge import merge
from orderly.packages.actions import close, sell
from orderly.packages.actions.close import cancel_purchase
from orderly.packages.actions.sell import pay
from orderly.packages.inputs import Sum
from orderly.packages.models import Purchase
from orderly.resources.models import Provider
from tests.factories import NOW, booking, make_patient, make_provider
from tests.packages.shop import Shop, count
from tests.races.audit import faults
from tests.races.storm import FORK, PATIENCE, Act, codes, storm, winners
from tests.races.unguarded import without_locks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CLIENTS = 12
INDEX = "payment_credit_once"


def bookings(shop: Shop, purchase: Purchase, clients: int = CLIENTS) -> list[Callable[[], Any]]:
    """Everybody at a time and with a provider of their own: the session is all they want from each other."""
    staff = employ(shop, clients)
    return [
        partial(shop.book, purchase.pk, shop.time("06:00") + 30 * nth, provider=who) for nth, who in enumerate(staff)
    ]


def employ(shop: Shop, many: int) -> list[Provider]:
    return [make_provider(shop.clinic, service=shop.massage, hours=(360, 1320), weekdays=127) for _ in range(many)]


def crowded_shop() -> Shop:
    shop = Shop(massages=1, exercises=0)
    employ(shop, CLIENTS)
    return shop


def drawn_twice() -> list[Any]:
    live = Payment.objects.live().filter(credit__isnull=False).values("credit").annotate(times=Count("pk"))
    return list(live.filter(times__gt=1))


@contextmanager
def without_index() -> Iterator[None]:
    """The database lets two draw on one session; what they did is deleted by the test."""
    [index] = [one for one in Payment._meta.constraints if one.name == INDEX]
    with connection.schema_editor() as editor:
        editor.execute(f"DROP INDEX {INDEX}")
    try:
        yield
    finally:
        Payment.objects.update(status="void", paid=0)
        with connection.schema_editor() as editor:
            editor.execute(index.create_sql(Payment, editor))


def unlocked(shop: Shop, nth: int = 0) -> list[Callable[[], Any]]:
    """Everybody draws on the only session of a purchase of their own accord, without asking for its lock."""
    credit = Credit.objects.get(invoice=shop.sell().invoice_id).pk
    staff = list(Provider.objects.filter(offerings__service=shop.massage))
    return [
        partial(
            book,
            booking(shop.clinic, shop.massage, who, shop.patient, shop.time("06:00", nth) + 30 * slot, cover=credit),
            actor=shop.chief,
            now=NOW,
        )
        for slot, who in enumerate(staff)
    ]


def test_the_last_session_is_drawn_on_once() -> None:
    shop = Shop(massages=1, exercises=0)
    purchase = shop.sell()
    found = storm(bookings(shop, purchase))
    assert (len(winners(found)), codes(found)) == (1, {"package_unusable"})
    assert (count(purchase), faults()) == (("active", 1, 0, 1, 0), {})


def test_the_index_alone_is_enough() -> None:
    """Locks off: the database refuses, and that is told as a refusal."""
    shop = crowded_shop()
    with without_locks():
        found = storm(unlocked(shop), insist=False)
    assert len(winners(found)) == 1
    assert codes(found) <= {"package_unusable", "contended"}
    assert drawn_twice() == []


def test_without_lock_and_index_it_is_drawn_on_twice() -> None:
    """The positive control."""
    shop = crowded_shop()
    with without_index(), without_locks():
        for nth in range(10):
            storm(unlocked(shop, nth), insist=False)
            if drawn_twice():
                break
        assert drawn_twice() != []


def test_completing_twenty_times_uses_one() -> None:
    shop = Shop(massages=2, exercises=0)
    purchase = shop.sell()
    visit = shop.book(purchase, shop.time("10:00"))
    found = storm([partial(progress.complete, visit.pk, actor=shop.chief, now=NOW)] * 20)
    assert (len(winners(found)), codes(found)) == (1, {"bad_transition"})
    assert (count(purchase), faults()) == (("active", 2, 1, 0, 1), {})


def test_booking_and_calling_it_off_at_once() -> None:
    """Whoever comes first: either the purchase is called off and nothing draws on it, or it stands with what is
    booked.
    """
    shop = Shop(massages=3, exercises=0)
    purchase = shop.sell()
    ends = [partial(cancel_purchase, purchase.pk, "moved", actor=shop.chief, now=NOW)] * 2
    found = storm([*bookings(shop, purchase, 4), *ends])
    state, _, used, booked, _ = count(purchase)
    assert codes(found) <= {"package_unusable", "invalid"}
    assert (state, booked) == ("cancelled", 0) if state == "cancelled" else (state, booked) == ("active", 3)
    assert (used, faults()) == (0, {})
    assert Credit.objects.free().count() == 3 - booked


HELD = 0.5  # seconds; long enough for the other to run into our locks, or past them


def meanwhile(
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    first: Act,
    second: Act,
    *,
    at: Any = None,
    insist: bool = False,
) -> list[Any]:
    """The second acts while the first is about to call what the module knows by this name (`at`: with this argument),
    and may end before it goes on if nothing stops it. A deadlock would be told as "contended".
    """
    begun, over, call = FORK.Event(), FORK.Event(), getattr(module, name)

    def held(*args: Any, **more: Any) -> Any:
        if not begun.is_set() and (at is None or at in args):
            begun.set()
            over.wait(HELD)
        return call(*args, **more)

    def other() -> Any:
        begun.wait(PATIENCE)
        try:
            return second()
        finally:
            over.set()

    monkeypatch.setattr(module, name, held)
    return winners(storm([first, other], insist=insist))


@pytest.mark.parametrize("guarded", [True, False], ids=["locked", "control"])
def test_selling_to_a_record_that_is_merged_meanwhile(monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    """PKG-2: the purchase goes with it. Without locks it would be left to a record that nobody finds."""
    shop = Shop()
    keep, drop = make_patient(shop.clinic), shop.patient
    sale = partial(shop.sell, paid=0)
    merging = partial(merge, keep.pk, drop.pk, {}, actor=shop.chief, now=NOW)
    if guarded:
        meanwhile(monkeypatch, sell, "issue", sale, merging, insist=True)
    else:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **more: rows)
        with without_locks():
            meanwhile(monkeypatch, sell, "issue", sale, merging)
    assert Purchase.objects.get().patient_id == (keep if guarded else drop).pk


def test_paying_for_what_is_merged_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """PKG-2: both take their locks in one order, and neither waits for ever."""
    shop = Shop()
    keep, purchase = make_patient(shop.clinic), shop.sell(paid=0)
    paying = partial(pay, purchase.pk, Sum(amount=10, method="card"), actor=shop.chief, now=NOW)
    merging = partial(merge, keep.pk, shop.patient.pk, {}, actor=shop.chief, now=NOW)
    assert len(meanwhile(monkeypatch, sell, "lock_invoice", paying, merging)) == 2
    assert Purchase.objects.get().patient_id == keep.pk


def test_calling_off_several_visits_while_others_book_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """PKG-2: the time of all of them is locked at once, in the order that everybody keeps."""
    shop = Shop()
    purchase, low, high = shop.sell(), *employ(shop, 2)
    shop.book(purchase, shop.time("10:00"), provider=high)
    last = shop.book(purchase, shop.time("12:00"), provider=low)
    other = make_patient(shop.clinic)
    wishes = [
        booking(shop.clinic, shop.massage, who, other, shop.time(f"{15 + nth}:00"))
        for nth, who in ((0, low), (1, high))
    ]
    ending = partial(cancel_purchase, purchase.pk, "moved", actor=shop.chief, now=NOW, visits=True)
    booking_all = partial(book_all, wishes, actor=shop.chief, now=NOW)
    assert len(meanwhile(monkeypatch, close, "cancel", ending, booking_all, at=last.pk)) == 2
    assert count(purchase)[3] == 0
