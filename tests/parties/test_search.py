"""APT-14: when several people, or several services, can be had together."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.core.errors import Invalid
from orderly.engine.succession import Order
from orderly.parties.actions.book import book_party
from orderly.resources.models import Kind
from tests.appointments.audit import faults
from tests.appointments.groups import School
from tests.factories import NOW, make_asset, make_patient, make_service
from tests.parties.household import Household

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Household:
    return Household()


def test_one_after_the_other_with_one_doctor(home: Household) -> None:
    home.take(home.doctors[0], "10:00")
    found = home.find(*(home.want(one, provider=home.doctors[0]) for one in home.family), most=3)
    assert home.clocks(found) == [["10:30", "11:00", "11:30"], ["10:45", "11:15", "11:45"], ["11:00", "11:30", "12:00"]]
    assert [one.waiting for one in found] == [0, 0, 0]


def test_who_goes_first_may_be_left_open_and_a_wait_may_be_allowed(home: Household) -> None:
    """The mother can't before ten. The hygienist and a doctor: whoever is free; the least waiting comes first."""
    home.take(home.doctors[0], "09:00")
    home.take(home.hygienist, "09:20", home.cleaning)
    steps = (home.want(home.mother, home.cleaning), home.want(home.mother, home.filling, home.doctors[0]))
    nine = home.time("09:00")
    given, either = (home.find(*steps, wait=15, order=order)[0] for order in (Order.GIVEN, Order.ANY))
    assert (home.clocks([given]), given.waiting) == ([["09:00", "09:30"]], 10)
    assert (home.clocks([either]), either.start) == ([["09:00", "09:30"]], nine)
    assert home.clocks(home.find(*steps, order=Order.ANY)[:1]) == [["10:15", "09:30"]]
    assert home.clocks(home.find(*steps)[:1]) == [["09:45", "10:05"]]


def test_at_once_is_with_different_doctors(home: Household) -> None:
    pair = [home.want(one) for one in home.children]
    home.take(home.doctors[1], "09:00")
    [first, *_] = home.find(*pair, order=Order.AT_ONCE)
    assert home.clocks([first]) == [["09:30", "09:30"]]
    assert [step.provider for step in first.steps] == [one.pk for one in home.doctors]
    assert home.find(home.want(home.mother), *pair, order=Order.AT_ONCE) == []
    hygiene = home.want(home.mother, home.cleaning)
    assert home.clocks(home.find(hygiene, *pair, order=Order.AT_ONCE)[:1]) == [["09:30"] * 3]


def test_the_chairs_are_part_of_the_proposal_and_of_the_booking(home: Household) -> None:
    """The first to be booked would take the lower chair, which is the only one that the other may use."""
    small, large = (make_asset(home.clinic, Kind.CHAIR) for _ in range(2))
    either = make_service(home.clinic, 30, asset_kinds=(Kind.CHAIR,))
    lower = make_service(home.clinic, 30, asset_kinds=(Kind.CHAIR,))
    lower.phases.get().needs.get(kind=Kind.CHAIR).any_of.set([small.resource])
    for service in (either, lower):
        service.offerings.create(provider=home.doctors[0 if service is either else 1])
    [found, *_] = home.find(
        home.want(home.children[0], either), home.want(home.children[1], lower), order=Order.AT_ONCE
    )
    assert [step.resources for step in found.steps] == [{large.pk}, {small.pk}]
    book_party(home.request(found), actor=home.desk, now=NOW)
    assert faults() == {}


def test_a_family_comes_to_a_class_together() -> None:
    school = School(places=3)
    home = Household.__new__(Household)
    home.clinic, home.exam, home.desk = school.clinic, school.group, school.desk
    school.book("09:30")
    three = [home.want(make_patient(school.clinic)) for _ in range(3)]
    found = home.find(*three, order=Order.AT_ONCE)
    assert home.clocks(found)[:2] == [["09:00"] * 3, ["10:00"] * 3]
    assert home.clocks(home.find(*three[:2], order=Order.AT_ONCE))[:2] == [["09:00"] * 2, ["09:30"] * 2]
    home.book(*three, order=Order.AT_ONCE)
    home.book(*three[:2], order=Order.AT_ONCE)
    assert home.clocks(home.find(*three, order=Order.AT_ONCE))[:1] == [["10:00"] * 3]
    assert faults() == {}


def test_every_proposal_can_be_booked(home: Household) -> None:
    home.take(home.doctors[0], "09:30")
    home.take(home.doctors[1], "10:00", home.filling)
    home.take(home.hygienist, "09:20", home.cleaning)
    steps = (
        home.want(home.mother, home.filling),
        home.want(home.children[0], home.cleaning),
        home.want(home.children[1]),
    )
    for order in Order:
        [found, *_] = home.find(*steps, order=order, wait=10)
        book_party(home.request(found), actor=home.desk, now=NOW)
    assert faults() == {}


def test_what_makes_no_sense_is_said(home: Household) -> None:
    one, other = home.want(home.mother), home.want(home.mother, home.cleaning)

    def refused(*steps: object, **more: object) -> list[str]:
        with pytest.raises(Invalid) as error:
            home.find(*steps, **more)  # type: ignore[arg-type]
        return [f"{problem.field}: {dict(problem.params)['reason']}" for problem in error.value.problems]

    assert refused(one) == ["steps: between"]
    assert refused(*([one] * 9)) == ["steps: between"]
    assert refused(one, other, order=Order.AT_ONCE) == ["steps: twice_at_once"]
    assert refused(one, other, days=0, wait=-1) == ["to: before_from", "wait_minutes: between"]
    assert refused(one, other, days=32) == ["to: too_long"]


def test_statements_grow_with_the_steps_alone(home: Household) -> None:
    def sent(people: int, days: int) -> int:
        with CaptureQueriesContext(connection) as found:
            home.find(*(home.want(one) for one in home.family[:people]), days=days)
        return len(found)

    few = sent(2, 1)
    for clock in ("09:00", "10:00", "14:00"):
        home.take(home.doctors[0], clock)
        home.take(home.doctors[1], clock)
    assert (few, sent(2, 14), sent(3, 14)) == (9, 9, 13)


def test_the_end_of_the_range_and_the_past_are_heeded(home: Household) -> None:
    pair = [home.want(one) for one in home.children]
    found = home.find(*pair, now=NOW + timedelta(hours=8))
    assert home.clocks(found)[:1] + home.clocks(found)[-1:] == [["14:00", "14:30"], ["16:00", "16:30"]]
