"""Listing, choosing and explaining agree with each other and with trying everything."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderly.engine.calendar import Calendar
from orderly.engine.plan import Need, Phase, Plan, Requirement, Role, compile_plan
from orderly.engine.problems import Code, Problem
from orderly.engine.rules import Layers
from orderly.engine.slots import Grid, Offer, Terms, Use, assign, find, problems, reach
from orderly.engine.walltime import to_minute
from tests.engine import made, model

OPEN = Layers(((0, 1000),), (), (), ())
ALWAYS = Layers(None, (), (), ())
ANY_TIME = Terms(0)


def provider(one: int, *busy: tuple[int, int]) -> Calendar:
    return Calendar(one, Role.PROVIDER, OPEN, busy)


def thing(one: int, *busy: tuple[int, int], capacity: int = 1) -> Calendar:
    return Calendar(one, Role.RESOURCE, OPEN, busy, capacity=capacity)


def known(*calendars: Calendar) -> dict[int, Calendar]:
    return {calendar.resource: calendar for calendar in calendars}


def visit(minutes: int, *needs: Need, before: int = 0, after: int = 0) -> Plan:
    return compile_plan((Phase(minutes, needs),), before, after)


def by(one: int) -> Need:
    return Need(Role.PROVIDER, (one,))


def of(*some: int, count: int = 1) -> Need:
    return Need(Role.RESOURCE, some, count)


TERMS = st.builds(Terms, st.integers(0, 20), st.integers(0, 10), st.none() | st.integers(0, 40))
WANTED = st.frozensets(st.integers(1, 7), max_size=2)


@settings(max_examples=300)
@given(
    made.plans(),
    made.calendars(),
    st.integers(0, 40),
    st.integers(0, 1),
    st.one_of(st.just(frozenset()), WANTED),
)
def test_a_choice_is_found_just_when_there_is_one(plan, calendars, start, overbook, wanted):
    ways = list(model.choices(plan, calendars, start, overbook))
    ways = [way for way in ways if wanted <= {one for chosen in way for one in chosen}]
    uses = assign(plan, calendars, start, overbook=overbook, wanted=wanted)
    expected = {
        tuple(
            Use(one, start + low, start + high, requirement.role)
            for requirement, chosen in zip(plan.requirements, way, strict=True)
            for one in chosen
            for low, high in requirement.parts
        )
        for way in ways
    }
    assert (uses in expected) if expected else uses is None
    if expected and not wanted:
        lowest = min(ways)
        assert [use.resource for use in uses or ()] == [
            one
            for requirement, chosen in zip(plan.requirements, lowest, strict=True)
            for one in chosen
            for _ in requirement.parts
        ]


@pytest.mark.slow
@settings(max_examples=300)
@given(made.plans(), made.calendars(), st.integers(0, 40), TERMS, st.integers(0, 1), WANTED)
def test_there_is_a_problem_just_when_it_cannot_be(plan, calendars, start, terms, overbook, wanted):
    timely = terms.now_minute + terms.notice <= start
    timely = timely and (terms.horizon_end is None or start < terms.horizon_end)
    found = problems(plan, calendars, start, terms, overbook=overbook, wanted=wanted)
    possible = assign(plan, calendars, start, overbook=overbook, wanted=wanted) is not None
    assert (found == ()) == (timely and possible)
    assert len(found) == len(set(found))


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(1, 3), made.plans()), max_size=2),
    made.calendars(),
    made.span(),
    st.integers(1, 7),
    TERMS,
)
def test_a_start_is_listed_just_when_it_can_be_booked(made_offers, calendars, window, step, terms):
    offers = [Offer(one, plan) for one, plan in made_offers]
    found = find(offers, calendars, window, Grid("UTC", step), terms)
    starts = [start for start in range(*window) if start % step == 0]
    possible = [
        (start, start + offer.plan.length, offer.provider)
        for start in starts
        for offer in sorted(offers, key=lambda it: it.provider)
        if problems(offer.plan, calendars, start, terms) == ()
    ]
    assert found == possible
    low = max(window[0], terms.now_minute + terms.notice)
    high = window[1] if terms.horizon_end is None else min(window[1], terms.horizon_end)
    assert found == [
        (start, start + offer.plan.length, offer.provider)
        for start in starts
        for offer in sorted(offers, key=lambda it: it.provider)
        if low <= start < high and list(model.choices(offer.plan, calendars, start))
    ]


def test_listing_is_by_start_then_provider_though_lengths_differ():
    offers = [Offer(2, visit(10, by(2))), Offer(1, visit(30, by(1)))]
    calendars = known(provider(1, (40, 50)), provider(2, (0, 10)))
    assert find(offers, calendars, (0, 60), Grid("UTC", 10), ANY_TIME) == [
        (0, 30, 1), (10, 40, 1), (10, 20, 2), (20, 30, 2), (30, 40, 2), (40, 50, 2),
        (50, 80, 1), (50, 60, 2),
    ]  # fmt: skip


def test_a_plan_without_a_provider_is_listed():
    plan = visit(20, of(5, 6))
    calendars = known(thing(5, (0, 30)), thing(6, (20, 90)))
    found = find([Offer(-1, plan)], calendars, (0, 60), Grid("UTC", 10), ANY_TIME)
    assert found == [(0, 20, -1), (30, 50, -1), (40, 60, -1), (50, 70, -1)]


def test_nobody_changes_chairs_midway():
    plan = visit(20, by(1), of(5, 6))
    calendars = known(provider(1), thing(5, (10, 60)), thing(6, (0, 10), (30, 60)))
    assert find([Offer(1, plan)], calendars, (0, 40), Grid("UTC", 5), ANY_TIME) == [(10, 30, 1)]


def test_one_who_does_both_cannot_do_both_at_once():
    team = visit(20, by(1), Need(Role.PROVIDER, (1, 2)))
    calendars = known(provider(1), provider(2, (0, 30)))
    assert find([Offer(1, team)], calendars, (0, 40), Grid("UTC", 10), ANY_TIME) == [(30, 50, 1)]
    assert problems(team, calendars, 0, ANY_TIME) == (Problem(Code.PROVIDER_BUSY, "provider", 2, (0, 30)),)


def test_one_may_do_two_things_one_after_the_other():
    relay = compile_plan((Phase(10, (Need(Role.PROVIDER, (1, 2)),)), Phase(10, (Need(Role.PROVIDER, (1, 3)),))))
    calendars = known(provider(1), provider(2, (0, 50)), provider(3, (0, 50)))
    assert assign(relay, calendars, 0) == (Use(1, 0, 10, Role.PROVIDER), Use(1, 10, 20, Role.PROVIDER))


def test_a_provider_runs_two_chairs_while_free_in_between():
    phases = (Phase(10, (by(1), of(5, 6))), Phase(20, (of(5, 6),)), Phase(10, (by(1), of(5, 6))))
    calendars = known(provider(1, (0, 10), (30, 40)), thing(5, (0, 40)), thing(6))
    found = find([Offer(1, compile_plan(phases))], calendars, (0, 40), Grid("UTC", 5), ANY_TIME)
    assert found == [(10, 50, 1), (15, 55, 1), (20, 60, 1)]


def test_listing_across_a_clock_change():
    base = to_minute("Europe/Berlin", date(2026, 10, 25), 60)
    calendars = {1: Calendar(1, Role.PROVIDER, ALWAYS, ())}
    found = find([Offer(1, visit(30, by(1)))], calendars, (base, base + 240), Grid("Europe/Berlin", 60), ANY_TIME)
    assert found == [(base + m, base + m + 30, 1) for m in (0, 60, 120, 180)]


def test_nothing_is_listed_before_notice_or_beyond_the_horizon():
    offers, calendars = [Offer(1, visit(10, by(1)))], known(provider(1))
    grid = Grid("UTC", 10)
    assert find(offers, calendars, (0, 100), grid, Terms(5, 16, 50)) == [(30, 40, 1), (40, 50, 1)]
    assert find(offers, calendars, (0, 100), grid, Terms(200)) == []
    assert find([], calendars, (0, 100), grid, ANY_TIME) == []


def test_buffers_lie_within_open_time_and_off_other_visits():
    plan = visit(20, by(1), before=5, after=10)
    calendars = known(Calendar(1, Role.PROVIDER, Layers(((0, 120),), (), (), ()), ((60, 70),)))
    found = find([Offer(1, plan)], calendars, (0, 120), Grid("UTC", 5), ANY_TIME)
    assert [start for start, _, _ in found] == [5, 10, 15, 20, 25, 30, 75, 80, 85, 90]
    assert reach([plan], (0, 120)) == (-5, 149)


def test_reach_of_plans_that_occupy_nothing_is_the_window():
    assert reach([], (0, 120)) == reach([visit(20)], (0, 120)) == (0, 120)


def test_lowest_ids_are_chosen_unless_others_are_wanted():
    plan = visit(10, by(1), of(5, 6, 7, count=2))
    calendars = known(provider(1), thing(5), thing(6), thing(7))

    def chosen(*wanted: int) -> list[int] | None:
        uses = assign(plan, calendars, 0, wanted=frozenset(wanted))
        return uses and [use.resource for use in uses]

    assert [chosen(), chosen(7), chosen(6, 7), chosen(1), chosen(5, 6, 7), chosen(9)] == [
        [1, 5, 6], [1, 5, 7], [1, 6, 7], [1, 5, 6], None, None,
    ]  # fmt: skip


def test_overbooking_is_for_providers_only():
    plan = visit(10, by(1), of(5))
    calendars = known(provider(1, (0, 10)), thing(5))
    assert assign(plan, calendars, 0) is None
    assert assign(plan, calendars, 0, overbook=1) == (
        Use(1, 0, 10, Role.PROVIDER),
        Use(5, 0, 10, Role.RESOURCE),
    )
    assert assign(plan, known(provider(1), thing(5, (0, 10))), 0, overbook=1) is None
    full = known(provider(1, (0, 10), (5, 15)), thing(5))
    assert problems(plan, full, 0, ANY_TIME, overbook=1) == (Problem(Code.OVERBOOK_LIMIT, "provider", 1, (0, 10)),)


LAYERS = Layers(((0, 50),), ((10, 20),), ((30, 35),), ((40, 45),))


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (0, ()),
        (5, (Problem(Code.TIME_OFF, "provider", 1, (10, 20)),)),
        (25, (Problem(Code.CLOSED, "start", 1, (30, 35)),)),
        (36, (Problem(Code.MAINTENANCE, "provider", 1, (40, 45)),)),
        (45, (Problem(Code.OUTSIDE_HOURS, "start", 1, (50, 55)),)),
        (-5, (Problem(Code.PAST, "start"), Problem(Code.OUTSIDE_HOURS, "start", 1, (-5, 0)))),
    ],
)
def test_each_layer_is_named(start, found):
    calendars = known(Calendar(1, Role.PROVIDER, LAYERS, ()))
    assert problems(visit(10, by(1)), calendars, start, ANY_TIME) == found


def test_terms_are_named():
    calendars, plan = known(provider(1)), visit(10, by(1))
    terms = Terms(20, 30, 100)
    notice = Problem(Code.NOTICE, "start", params=(("minutes", 30),))
    horizon = Problem(Code.HORIZON, "start", params=(("until", 100),))
    asked = [problems(plan, calendars, start, terms) for start in (19, 20, 49, 50, 99, 100)]
    assert asked == [(Problem(Code.PAST, "start"),), (notice,), (notice,), (), (), (horizon,)]


def test_busy_is_named_by_role_and_holds_by_their_own_code():
    patient = Calendar(9, Role.PATIENT, ALWAYS, ((8, 12),))
    held = replace(thing(5), held=((5, 25),))
    plan = visit(10, by(1), of(5), Need(Role.PATIENT, (9,)))
    assert problems(plan, known(provider(1, (0, 4)), held, patient), 0, ANY_TIME) == (
        Problem(Code.PROVIDER_BUSY, "provider", 1, (0, 4)),
        Problem(Code.HELD, "resources", 5, (5, 25)),
        Problem(Code.PATIENT_BUSY, "patient", 9, (8, 12)),
    )


def test_of_several_candidates_each_reason_is_given_once():
    calendars = known(thing(5, (0, 10)), thing(6, (3, 9)), replace(thing(7), active=False))
    assert problems(visit(10, of(5, 6, 7, 8)), calendars, 0, ANY_TIME) == (
        Problem(Code.RESOURCE_BUSY, "resources", 5, (0, 10)),
        Problem(Code.INACTIVE, "resources", 7),
    )


def test_a_clinic_that_is_closed_is_named_once():
    shut = Layers(((0, 1000),), (), ((0, 100),), ())
    calendars = known(Calendar(1, Role.PROVIDER, shut, ()), Calendar(5, Role.RESOURCE, shut, ()))
    assert problems(visit(10, by(1), of(5)), calendars, 0, ANY_TIME) == (Problem(Code.CLOSED, "start", 1, (0, 100)),)


def test_what_is_wanted_but_not_free_or_not_part_of_it_is_named():
    plan, calendars = visit(10, by(1), of(5, 6)), known(provider(1), provider(2), thing(5), thing(6, (0, 10)))

    def asked(*wanted: int) -> tuple[Problem, ...]:
        return problems(plan, calendars, 0, ANY_TIME, wanted=frozenset(wanted))

    assert asked(5) == ()
    assert asked(6) == (Problem(Code.RESOURCE_BUSY, "resources", 6, (0, 10)),)
    assert asked(2, 8) == (
        Problem(Code.NOT_OFFERED, "provider", 2),
        Problem(Code.NOT_OFFERED, "resources", 8),
    )


def test_more_wanted_than_are_needed_is_not_offered():
    plan, calendars = visit(10, of(5, 6)), known(thing(5), thing(6))
    assert problems(plan, calendars, 0, ANY_TIME, wanted=frozenset({5, 6})) == (
        Problem(Code.NOT_OFFERED, "resources", 5),
        Problem(Code.NOT_OFFERED, "resources", 6),
    )


def test_too_few_candidates_are_not_offered():
    assert problems(visit(10, of(5, count=2)), known(thing(5)), 0, ANY_TIME) == (
        Problem(Code.NOT_OFFERED, "resources", params=(("needed", 2), ("offered", 1))),
    )
    assert problems(visit(10, Need(Role.PROVIDER, ())), {}, 0, ANY_TIME) == (
        Problem(Code.NOT_OFFERED, "provider", params=(("needed", 1), ("offered", 0))),
    )
    both = visit(10, of(5), of(5, 6), of(6))
    assert problems(both, known(thing(5), thing(6)), 0, ANY_TIME) == (Problem(Code.NOT_OFFERED, "resources"),)


def test_a_capacity_of_nothing_is_always_busy():
    assert problems(visit(10, of(5)), known(thing(5, capacity=0)), 0, ANY_TIME) == (
        Problem(Code.RESOURCE_BUSY, "resources", 5),
    )


def test_a_room_for_two_takes_two_visits():
    calendars = known(thing(5, (0, 20), capacity=2))
    assert assign(visit(10, of(5)), calendars, 0) == (Use(5, 0, 10, Role.RESOURCE),)
    assert assign(visit(10, of(5)), known(thing(5, (0, 20), (5, 10), capacity=2)), 0) is None


def test_a_choice_among_many_alike_is_quick():
    team = Plan(10, tuple(Requirement(Role.PROVIDER, tuple(range(40)), 8, ((0, 10),)) for _ in range(5)))
    calendars = known(*(provider(one) for one in range(39)))
    assert problems(team, calendars, 0, ANY_TIME) == (Problem(Code.INACTIVE, "provider", 39),)
