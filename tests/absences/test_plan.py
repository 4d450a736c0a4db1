"""APT-13: a provider falls ill: what is proposed, in which order of importance, and what everybody keeps."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from orderly.absences.inputs import Spot
from orderly.appointments.actions.progress import complete
from orderly.appointments.models import Appointment
from orderly.appointments.queries.stranded import by_clinic
from orderly.core.errors import Invalid, NotFound
from orderly.people.permissions import Role
from tests.absences.sick import Sick
from tests.appointments.asking import off
from tests.appointments.audit import faults
from tests.appointments.groups import School
from tests.factories import MONDAY, NOW, TUESDAY, make_actor, make_clinic, make_patient, make_provider

pytestmark = pytest.mark.django_db


def test_APT_13_colleagues_take_over_at_the_same_time_and_nobody_else_moves() -> None:
    sick = Sick(others=2)
    for clock in ("09:00", "09:30", "10:00"):
        sick.book(clock)
    sick.book("09:00", sick.others[0])
    sick.book("09:30", sick.others[1])
    plan = sick.plan(rule=sick.falls_ill().pk)
    assert (sick.told(plan), plan.proven) == ([("09:00", "1"), ("09:30", "0"), ("10:00", "0")], True)
    assert len(sick.apply(plan)) == 3
    assert by_clinic(sick.clinic, actor=sick.desk, now=NOW) == []
    assert faults() == {}


def test_APT_13_fewest_moves_then_least_shift_then_who_knows_them() -> None:
    """Nobody is free at ten: half an hour later there are three, one of whom has treated this patient before."""
    sick = Sick(others=3)
    known = make_patient(sick.clinic)
    before = sick.book("09:00", sick.others[2], patient=known, day=MONDAY - timedelta(days=7), now=NOW - timedelta(14))
    complete(before.pk, actor=make_actor(Role.CLINIC_ADMIN, sick.clinic), now=NOW - timedelta(days=6))
    for other in sick.others:
        sick.book("10:00", other)
    sick.book("10:00", patient=known)
    plan = sick.plan(rule=sick.falls_ill().pk)
    assert sick.told(plan) == [("10:30", "2")]
    row = plan.rows[0]
    assert row.offered is not None
    assert (row.offered.shift, row.offered.another, row.offered.known) == (30, True, True)


def test_APT_13_the_same_provider_where_that_was_asked() -> None:
    sick = Sick()
    one = sick.book("10:00")
    rule = sick.falls_ill()
    assert sick.told(sick.plan(rule=rule.pk)) == [("10:00", "0")]
    assert sick.told(sick.plan(rule=rule.pk, keep=frozenset({one.pk}))) == [("09:00+1", "ill")]
    assert sick.told(sick.plan(rule=rule.pk, keep=frozenset({one.pk}), days=0)) == [("10:00", "0")]


def test_APT_13_what_nobody_can_take_stays_and_is_still_to_be_rearranged() -> None:
    sick = Sick(others=0)
    one = sick.book("10:00")
    rule = sick.falls_ill()
    assert sick.told(sick.plan(rule=rule.pk, days=0)) == [("-", "-")]
    assert by_clinic(sick.clinic, actor=sick.desk, now=NOW) == [one.pk]
    assert Appointment.objects.get().status == "confirmed"


def test_APT_13_chairs_are_shared_out_too() -> None:
    """Two at ten and one at half past, two of them in two chairs at once: who stands in needs these chairs too."""
    sick = Sick(others=3, chairs=2)
    other = make_provider(sick.clinic, service=sick.service)
    sick.book("10:30", other)
    sick.book("10:00")
    sick.book("10:00", other)
    sick.falls_ill()
    off(sick.clinic, other.resource, "00:00", "24:00", kind="sick_leave")
    plan = sick.plan()
    assert sorted(clock for clock, _ in sick.told(plan)) == ["10:00", "10:00", "10:30"]
    sick.apply(plan)
    assert (by_clinic(sick.clinic, actor=sick.desk, now=NOW), faults()) == ([], {})


def test_APT_13_a_chair_out_of_order_is_changed_for_another() -> None:
    sick = Sick(chairs=2)
    one = sick.book("10:00")
    held = {resource for resource, _, _ in one.uses}
    broken = next(chair for chair in sick.chairs if chair.resource_id in held)
    off(sick.clinic, broken.resource, "00:00", "24:00", kind="maintenance")
    plan = sick.plan()
    assert sick.told(plan) == [("10:00", "ill")]
    [moved] = sick.apply(plan)
    assert broken.resource_id not in {resource for resource, _, _ in moved.uses}
    assert (moved.start, moved.provider) == (one.start, sick.ill)


def test_APT_13_a_group_moves_as_one() -> None:
    school = School()
    other = school.employ()
    made = [school.book() for _ in range(3)]
    sick = Sick.__new__(Sick)
    sick.clinic, sick.ill, sick.others, sick.desk = school.clinic, school.doctor, [other], school.desk
    school.book("10:00", provider=other, service=school.plain)
    plan = sick.plan(rule=sick.falls_ill().pk)
    assert sick.told(plan) == [("10:30", "0")] * 3
    sick.apply(plan)
    sessions = {one.session_id for one in Appointment.objects.filter(pk__in=[one.pk for one in made])}
    assert (len(sessions), faults()) == (1, {})


def test_APT_13_the_rest_is_arranged_around_what_somebody_chose() -> None:
    sick = Sick(others=1)
    first, second = sick.book("09:00"), sick.book("09:30")
    rule = sick.falls_ill()
    spot = Spot(provider=sick.others[0].pk, start=sick.time("09:30"))
    plan = sick.plan(rule=rule.pk, pinned={first.pk: spot})
    assert sick.told(plan) == [("09:30", "0"), ("10:00", "0")]
    plan = sick.plan(rule=rule.pk, pinned={second.pk: None})
    assert (sick.told(plan), [row.pinned for row in plan.rows]) == ([("09:00", "0"), ("-", "-")], [False, True])
    gone = Spot(provider=sick.others[0].pk, start=sick.time("20:00"))
    plan = sick.plan(rule=rule.pk, pinned={first.pk: gone})
    assert [(row.lost, row.offered is None) for row in plan.rows] == [(True, True), (False, False)]
    offered = [(one.provider, one.start) for one in plan.rows[0].alternatives]
    assert (sick.others[0].pk, sick.time("09:00")) in offered
    assert any(provider == sick.ill.pk for provider, _ in offered)


def test_APT_13_notice_and_closures_count_as_for_a_booking() -> None:
    sick = Sick(notice_minutes=26 * 60)
    sick.book("10:00", now=NOW - timedelta(days=3))
    sick.book("10:00", sick.others[0], now=NOW - timedelta(days=3))
    off(sick.clinic, None, "00:00", "10:00", day=TUESDAY, kind="closure")
    assert sick.told(sick.plan(rule=sick.falls_ill().pk)) == [("10:00+1", "ill")]


def test_APT_13_asking_takes_as_many_queries_for_one_as_for_many(
    django_assert_num_queries: Callable[..., object],
) -> None:
    sick = Sick(others=2)
    rule = sick.falls_ill()
    rule.delete()
    for clock in ("09:00", "09:30", "10:00"):
        sick.book(clock)
        rule.save(force_insert=True)
        with django_assert_num_queries(12):
            assert len(sick.plan(rule=rule.pk).placed) > 0
        rule.delete()


def test_APT_13_only_what_is_there_and_ones_own() -> None:
    sick, elsewhere = Sick(), make_clinic()
    one = sick.book("10:00")
    stranger = make_actor(Role.FRONT_DESK, elsewhere)
    with pytest.raises(NotFound):
        sick.plan(actor=stranger)
    with pytest.raises(NotFound):
        sick.plan(rule=one.pk)
    with pytest.raises(NotFound):
        sick.plan(appointments=frozenset({sick.clinic.pk}))
    with pytest.raises(Invalid):
        sick.plan(days=61)
    assert sick.plan().rows == ()
