"""PKG-4, PKG-5: what is left of a purchase is planned without writing anything, around what is booked."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.appointments.actions.book import book
from orderly.core.errors import Conflict, Forbidden, Invalid, NotFound
from orderly.engine.itinerary import Reason, Wish, effort
from orderly.engine.problems import Code
from orderly.engine.walltime import local
from orderly.journal.models import Entry
from orderly.packages.actions.draw import schedule
from orderly.packages.inputs import Planned, PlanRequest
from orderly.packages.models import Purchase
from orderly.packages.queries import plan as planning
from orderly.packages.queries.plan import Plan, outlook
from tests.factories import MONDAY, NOW, at, booking, make_actor, make_clinic, make_provider
from tests.packages.shop import Shop

SUNDAYS_TUESDAYS_THURSDAYS = frozenset({0, 2, 4})


def planned(shop: Shop, purchase: Purchase, wish: Wish = Wish.SOONEST, **asked: Any) -> Plan:
    return outlook(purchase.pk, PlanRequest(**{"start": MONDAY, **asked}), actor=shop.chief, now=NOW).plan(wish)


def visit(shop: Shop, start: int) -> None:
    """The patient comes, without the package."""
    book(booking(shop.clinic, shop.exercise, shop.provider, shop.patient, start), actor=shop.chief, now=NOW)


def times(shop: Shop, plan: Plan) -> dict[int, tuple[int, int]]:
    """By number: days from Monday, and the minute of the day."""
    found = {one.number: local(shop.clinic.timezone, one.start) for one in plan.visits}
    return {number: ((day - MONDAY).days, wall) for number, (day, wall) in found.items()}


def test_all_that_is_left_is_spread_by_the_wishes_and_nothing_is_written(shop: Shop) -> None:
    """PKG-4: massages, then exercises; one at 10:00 on each preferred day."""
    purchase, before = shop.sell(), Entry.objects.count()
    plan = planned(shop, purchase, weekdays=SUNDAYS_TUESDAYS_THURSDAYS, preferred=600)
    days = [nth for nth in range(40) if (MONDAY + timedelta(days=nth)).isoweekday() % 7 in {0, 2, 4}]
    assert times(shop, plan) == {number: (day, 600) for number, day in zip(range(1, 16), days, strict=False)}
    assert [one.service for one in plan.visits] == [shop.massage.pk] * 10 + [shop.exercise.pk] * 5
    assert (plan.unplaced, plan.trips, Entry.objects.count()) == ({}, 15, before)
    made = schedule(
        purchase.pk,
        [Planned(number=one.number, start=one.start, provider=one.provider) for one in plan.visits],
        actor=shop.chief,
        now=NOW,
    )
    assert len(made) == 15
    assert planned(shop, purchase) == Plan((), {}, 0, frozenset())


def test_what_is_booked_is_respected(shop: Shop) -> None:
    """PKG-4: of the purchase by gap and week, of the patient and of the provider by time."""
    purchase = shop.sell(package=shop.define([(shop.massage, 4)]))
    shop.book(purchase, shop.time("06:00", days=1))
    visit(shop, shop.time("06:00", days=3))
    plan = planned(shop, purchase, gap=2, per_week=2)
    assert times(shop, plan) == {2: (3, 390), 3: (7, 360), 4: (9, 360)}
    assert plan.trips == 2


def test_a_second_plan_keeps_what_it_can(shop: Shop) -> None:
    """PKG-5: one is moved by hand, and only what it is in the way of changes; a time taken meanwhile is told apart."""
    purchase = shop.sell(package=shop.define([(shop.massage, 4)]))
    first = planned(shop, purchase)
    kept = tuple(Planned(number=one.number, start=one.start, provider=one.provider) for one in first.visits)
    moved = replace(kept[1], start=shop.time("12:00", days=2))
    again = planned(shop, purchase, kept=kept, pinned=(moved,))
    assert (times(shop, again), again.changed) == ({1: (0, 360), 2: (2, 720), 3: (3, 360), 4: (4, 360)}, {2, 3, 4})
    visit(shop, moved.start)
    taken = planned(shop, purchase, kept=kept, pinned=(moved,))
    assert (taken.unplaced, [one.code for one in taken.against[2]]) == (
        {2: Reason.TAKEN},
        [Code.PROVIDER_BUSY, Code.PATIENT_BUSY],
    )


def test_a_pinned_time_that_cannot_be_had_says_everything_against_it(shop: Shop) -> None:
    purchase = shop.sell(package=shop.define([(shop.massage, 1)], validity_days=10))

    def against(start: int) -> list[str]:
        pin = Planned(number=1, start=start, provider=shop.provider.pk)
        return [str(one.code) for one in planned(shop, purchase, pinned=(pin,)).against[1]]

    assert against(shop.time("03:00", days=1)) == ["outside_hours"]
    assert against(shop.time("10:00", days=-1)) == ["past"]
    assert against(shop.time("03:00", days=12)) == ["package_unusable", "outside_hours"]


def test_a_start_in_the_past_counts_from_today(shop: Shop) -> None:
    """PKG-4: the ninety days that are looked through, too."""
    purchase = shop.sell(package=shop.define([(shop.massage, 1)]))
    assert planned(shop, purchase, start=MONDAY - timedelta(days=200)) == planned(shop, purchase)


def test_providers_are_chosen_for_all_or_for_one(shop: Shop) -> None:
    """PKG-4, PKG-5: whoever doesn't give it, or is elsewhere, is no answer."""
    purchase = shop.sell(package=shop.define([(shop.massage, 2), (shop.exercise, 1)]))
    other = make_provider(shop.clinic, service=shop.massage, hours=(600, 720), weekdays=127)
    plan = planned(shop, purchase, provider=shop.provider.pk, providers={2: other.pk, 3: other.pk})
    assert {one.number: one.provider for one in plan.visits} == {1: shop.provider.pk, 2: other.pk}
    assert plan.unplaced == {3: "not_offered"}
    hands = planned(shop, purchase, Wish.SAME_HANDS, preferred=600)
    assert {one.provider for one in hands.visits} == {shop.provider.pk}
    stranger = make_provider(Shop().clinic)
    with pytest.raises(NotFound, match="provider"):
        planned(shop, purchase, provider=stranger.pk)


def test_no_plan_goes_beyond_the_expiry_and_each_says_what_is_left_out(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PKG-2, PKG-4."""
    purchase = shop.sell(package=shop.define([(shop.massage, 4)], validity_days=2))
    assert planned(shop, purchase, end=date(2027, 1, 1)).unplaced == {4: Reason.TOO_LATE}
    late = planned(shop, purchase, start=purchase.expires_on + timedelta(days=1))
    assert (late.visits, set(late.unplaced.values())) == ((), {Reason.TOO_LATE})
    monkeypatch.setattr(planning, "MOST_SESSIONS", 2)
    assert planned(shop, purchase).unplaced == {3: "next_time", 4: "next_time"}
    monkeypatch.setattr(effort, "MOST", 1)
    a_day = planned(shop, purchase, gap=0, per_week=1, preferred=600, end=MONDAY + timedelta(days=30))
    assert (times(shop, a_day), a_day.unplaced[2]) == ({1: (0, 600)}, "next_time")


def test_a_wish_that_makes_no_sense_is_refused(shop: Shop) -> None:
    """PKG-4: each field by its name."""
    there = Planned(number=99, start=0, provider=shop.provider.pk)
    wrong: dict[str, dict[str, Any]] = {
        "end": {"end": MONDAY - timedelta(days=1)},
        "min_gap_days": {"gap": -1},
        "max_per_week": {"per_week": 0},
        "preferred_time": {"preferred": 1440},
        "preferred_weekdays": {"weekdays": frozenset({7})},
        "providers": {"providers": {99: shop.provider.pk}},
        "pinned": {"pinned": (there,)},
        "kept": {"kept": (replace(there, number=1), replace(there, number=1))},
    }
    purchase = shop.sell()
    for field, asked in wrong.items():
        with pytest.raises(Invalid) as refused:
            planned(shop, purchase, **asked)
        assert [one.field for one in refused.value.problems] == [field]


def test_it_is_planned_where_it_was_sold_while_it_can_be_used(shop: Shop) -> None:
    """PKG-4."""
    purchase = shop.sell()
    with pytest.raises(NotFound):
        outlook(purchase.pk, PlanRequest(start=MONDAY), actor=make_actor("clinic_admin", Shop().clinic), now=NOW)
    Purchase.objects.update(status="cancelled")
    with pytest.raises(Conflict):
        planned(shop, purchase)


def test_one_for_all_clinics_is_planned_and_booked_in_any_that_knows_the_patient(shop: Shop) -> None:
    """PKG-3, PKG-4: on that clinic's clock and with its people, no later than it expires where it was sold."""
    there = make_clinic(timezone="America/New_York")
    there.services.add(shop.massage)
    away = make_provider(there, service=shop.massage, hours=(6 * 60, 22 * 60), weekdays=127)
    chief = shop.chief = make_actor("super_admin", shop.clinic)
    package = shop.define(((shop.massage, 3),), clinic=None, currency="GBP")
    purchase, here = shop.sell(package=package), shop.sell()
    asked = PlanRequest(start=MONDAY, clinic=there.pk, preferred=600)
    boss = make_actor("clinic_admin", there)
    with pytest.raises(NotFound):  # the patient isn't known there
        outlook(purchase.pk, asked, actor=boss, now=NOW)
    shop.patient.registrations.create(clinic=there)
    found = outlook(purchase.pk, asked, actor=boss, now=NOW)
    plan = found.plan(Wish.SOONEST)
    assert [(local("America/New_York", one.start)[1], one.provider) for one in plan.visits] == [(600, away.pk)] * 3
    last = replace(asked, start=purchase.expires_on)
    starts = [slot[0] for slot in outlook(purchase.pk, last, actor=boss, now=NOW).free[shop.massage.pk].slots]
    assert max(starts) < at(shop.clinic, purchase.expires_on + timedelta(days=1), "00:00")
    wanted = [Planned(number=one.number, start=one.start, provider=one.provider) for one in plan.visits]
    for sold, error in ((here, NotFound), (purchase, Forbidden)):
        with pytest.raises(error):
            schedule(sold.pk, wanted, clinic=there.pk, actor=make_actor("billing", there), now=NOW)
    made = schedule(purchase.pk, wanted, clinic=there.pk, actor=boss, now=NOW)
    assert {one.clinic_id for one in made} == {there.pk}
    with pytest.raises(Conflict, match="package_unusable"):
        outlook(here.pk, asked, actor=chief, now=NOW)
    with pytest.raises(Conflict, match="package_unusable"):
        schedule(here.pk, wanted, clinic=there.pk, actor=chief, now=NOW)
    assert times(shop, planned(shop, purchase)) == {}


def test_a_plan_asks_a_few_questions_however_many_sessions_and_days(shop: Shop) -> None:
    """PKG-4."""
    counted = []
    for sessions, days in ((2, 3), (9, 80)):
        purchase = shop.sell(package=shop.define([(shop.massage, sessions), (shop.exercise, sessions)]))
        with CaptureQueriesContext(connection) as sent:
            planned(shop, purchase, end=MONDAY + timedelta(days=days))
        counted.append(len(sent))
    assert counted[0] == counted[1] <= 16
