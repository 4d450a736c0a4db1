"""AVL-2: the best days, times and providers for the sessions of a course."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from bench.itinerary import first_free, worth
from orderly.engine.itinerary import Booked, Itinerary, Reason, Rules, Session, Wish, effort, plan, within_reach
from orderly.engine.ranking import Slot
from tests.engine.courses import FIRST, ZONE, Asked, asked, best, slot

WISHES = pytest.mark.parametrize("wish", Wish)
RULES = Rules(ZONE, FIRST, FIRST + timedelta(days=13))
MORNINGS = sorted(slot(day, 540 + 30 * day, provider) for day in range(14) for provider in (1, 2))


def course(slots: list[Slot], count: int = 3) -> list[Session]:
    return [Session(number, slots) for number in range(1, count + 1)]


@WISHES
@given(one=asked())
@settings(max_examples=60)
def test_the_plan_is_the_best_of_all(one: Asked, wish: Wish):
    found = plan(one.sessions, one.rules, wish, one.booked)
    assert found.placed == best(one, wish)
    assert found.placed.keys() | found.unplaced.keys() == {session.number for session in one.sessions}


@WISHES
@given(one=asked(most=6))
@settings(max_examples=60)
def test_it_is_never_worse_than_the_first_time_that_fits(one: Asked, wish: Wish):
    mine = plan(one.sessions, one.rules, wish, one.booked).placed
    simple = first_free(one.sessions, one.rules, one.booked)
    assert valued(one, mine, wish) <= valued(one, simple, wish)


@WISHES
@given(one=asked())
@settings(max_examples=30)
def test_nothing_changes_in_a_plan_that_is_asked_for_again(one: Asked, wish: Wish):
    found = plan(one.sessions, one.rules, wish, one.booked)
    again = [replace(session, kept=found.placed.get(session.number)) for session in reversed(one.sessions)]
    assert plan(again, one.rules, wish, one.booked) == replace(found, changed=frozenset())


def valued(one: Asked, placed: dict[int, Slot], wish: Wish) -> tuple[int, ...]:
    return worth(placed, one.sessions, one.rules, one.booked).by(wish)


def test_each_wish_gets_what_it_wants():
    slots = sorted(
        [slot(0, 540, 1), slot(1, 540, 2), slot(1, 600, 2), slot(2, 540, 1), slot(5, 900, 2), slot(8, 560, 2)]
    )
    rules = replace(RULES, preferred=None, comes=frozenset({FIRST + timedelta(days=5), FIRST + timedelta(days=8)}))
    assert plan(course(slots), rules).placed == {1: slots[0], 2: slots[1], 3: slots[3]}
    assert plan(course(slots), rules, Wish.SAME_HANDS).placed == {1: slots[1], 2: slots[4], 3: slots[5]}
    assert plan(course(slots), rules, Wish.FEWEST_TRIPS).placed == {1: slots[0], 2: slots[4], 3: slots[5]}
    at_ten = replace(rules, preferred=600)
    assert plan(course(slots, 2), at_ten, Wish.PREFERRED_TIMES).placed == {1: slots[2], 2: slots[5]}
    assert plan(course(slots, 2), at_ten).placed == {1: slots[0], 2: slots[2]}


@pytest.mark.parametrize("wish", [Wish.SOONEST, Wish.FEWEST_TRIPS])
def test_whoever_came_comes_again_at_another_time_of_the_day_but_not_on_another_date(wish: Wish):
    slots = [slot(0, 540, 1), slot(0, 600, 2), slot(1, 540, 2), slot(1, 600, 1), slot(2, 540, 3), slot(3, 540, 2)]
    assert plan(course(slots), RULES, wish).placed == {1: slots[0], 2: slots[3], 3: slots[4]}
    booked = [Booked(0, *slot(-1, 540, 2))]
    assert plan(course(slots), RULES, wish, booked).placed == {1: slots[1], 2: slots[2], 3: slots[4]}


def test_sessions_follow_each_other_on_one_day_without_a_gap_and_rest_with_one():
    nine, half_past, ten = slot(0, 540), slot(0, 555, length=60), slot(0, 570)
    slots = [nine, half_past, ten, slot(2, 540), slot(5, 540)]
    assert plan(course(slots), replace(RULES, gap=0)).placed == {1: nine, 2: ten, 3: slots[3]}
    assert plan(course(slots), replace(RULES, gap=3)).placed == {1: slots[0], 2: slots[4]}
    assert plan(course(slots), replace(RULES, gap=2)).placed == {1: slots[0], 2: slots[3], 3: slots[4]}


def test_without_days_between_only_so_many_days_are_looked_at(monkeypatch: pytest.MonkeyPatch):
    """Whole days, counted from after what is booked before; what is pinned keeps its time."""
    late, rules = slot(13, 930), replace(RULES, gap=0)
    sessions = [*course(MORNINGS), Session(4, MORNINGS, pinned=late)]
    assert within_reach(sessions, rules) == (sessions, False)
    monkeypatch.setattr(effort, "MOST", 3 * 3 * 4)
    found, cut = within_reach(sessions, rules)
    assert (found[0].slots, found[3], cut) == (MORNINGS[:6], sessions[3], True)
    assert found[0].slots is found[2].slots
    assert plan(found, rules).placed == {1: slot(0, 540), 2: slot(1, 570), 3: slot(2, 600), 4: late}
    booked = [Booked(0, *slot(5, 900))]
    assert within_reach(sessions, rules, booked)[0][0].slots == MORNINGS[:18]
    assert within_reach(sessions, replace(rules, per_week=7))[0][0].slots == MORNINGS[:2]
    assert within_reach(sessions, replace(rules, gap=1)) == (sessions, False)


def test_weeks_begin_where_the_clinics_do():
    """The first date is a Thursday."""
    days = [one for one in MORNINGS if one[2] == 1]
    sundays = plan(course(days, 4), replace(RULES, per_week=2)).placed
    assert [days.index(one) for one in sundays.values()] == [0, 1, 3, 4]
    saturdays = plan(course(days, 4), replace(RULES, per_week=2, week_starts=6)).placed
    assert [days.index(one) for one in saturdays.values()] == [0, 1, 2, 3]


def test_what_is_booked_is_respected():
    """After those with lower numbers, as far as the gap from those with higher ones, on either side."""
    booked = [Booked(1, *slot(2, 600)), Booked(3, *slot(4, 600))]
    found = plan([Session(2, MORNINGS), Session(4, MORNINGS)], replace(RULES, gap=2), Wish.SOONEST, booked)
    assert found.placed == {2: slot(6, 720), 4: slot(8, 780)}
    busy = plan([Session(2, MORNINGS)], replace(RULES, per_week=2, week_starts=1), Wish.SOONEST, booked[:1])
    assert busy.placed == {2: slot(3, 630)}


def test_what_cannot_be_placed_is_left_out_and_the_rest_stands():
    sessions = [Session(1, MORNINGS), Session(2, []), Session(3, MORNINGS)]
    assert plan(sessions, RULES) == Itinerary({1: slot(0, 540), 3: slot(1, 570)}, {2: Reason.NO_TIME})


def test_a_pinned_session_stays_and_the_rest_changes_as_little_as_possible():
    first = plan(course(MORNINGS), RULES).placed
    assert first == {1: slot(0, 540), 2: slot(1, 570), 3: slot(2, 600)}
    kept = [Session(number, MORNINGS, kept=where) for number, where in first.items()]
    moved = [kept[0], replace(kept[1], pinned=slot(3, 630, 2)), kept[2]]
    found = plan(moved, RULES)
    assert found.placed == {1: slot(0, 540), 2: slot(3, 630, 2), 3: slot(4, 660, 2)}
    assert found.changed == {2, 3}


DAY_5, DAY_9 = slot(5, 540), slot(9, 540)


@pytest.mark.parametrize(
    ("session", "rules", "reason"),
    [
        (Session(2, MORNINGS, frozenset({7})), RULES, Reason.NO_TIME),
        (Session(2, [slot(0, 540)]), replace(RULES, gap=0), Reason.NO_TIME),
        (Session(2, [slot(1, 540)]), replace(RULES, weekdays=frozenset({0})), Reason.WEEKDAYS),
        (Session(2, [DAY_9]), replace(RULES, gap=2), Reason.TOO_CLOSE),
        (Session(2, [DAY_9]), replace(RULES, gap=0), Reason.TOO_CLOSE),
        (Session(2, MORNINGS[2:]), replace(RULES, gap=9), Reason.TOO_CLOSE),
        (Session(2, [slot(8, 540)]), replace(RULES, window=3), Reason.WINDOW),
        (Session(2, [slot(1, 540)]), replace(RULES, per_week=1), Reason.WEEK_FULL),
        (Session(2, [DAY_5], pinned=slot(5, 600)), RULES, Reason.TAKEN),
        (Session(2, [slot(0, 1080)], pinned=slot(0, 1080)), RULES, Reason.CLASH),
    ],
)
def test_who_has_no_time_is_told_why(session: Session, rules: Rules, reason: Reason):
    booked = [Booked(9, *DAY_9)]
    first = Session(1, [slot(0, 540)], pinned=slot(0, 540))
    assert plan([first, session], rules, Wish.SOONEST, booked).unplaced == {2: reason}


def test_too_late_and_giving_way():
    last = RULES.last - FIRST
    assert plan(course([slot(last.days, 540)], 2), RULES).unplaced == {2: Reason.TOO_LATE}
    sessions = [Session(1, [DAY_9]), Session(2, [slot(1, 540)]), Session(3, [slot(3, 540)])]
    assert plan(sessions, RULES).unplaced == {1: Reason.GIVES_WAY}
