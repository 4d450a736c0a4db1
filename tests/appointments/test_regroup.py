"""APT-6, AVL-7: a whole group moves, or nobody does."""

from datetime import timedelta

import pytest

from orderly.appointments.actions.progress import arrive, complete, start
from orderly.appointments.actions.regroup import move_session
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment, Session
from orderly.core.errors import CannotBook, Conflict, Forbidden, NotFound, Stale
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.people.permissions import Role
from orderly.resources.models import Asset, Kind
from tests.appointments.asking import codes, refusal
from tests.appointments.audit import faults
from tests.appointments.groups import School, sessions
from tests.factories import NOW, make_actor, make_asset, make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return School()


def regroup(
    school: School, clock: str = "10:00", *, actor: Actor | None = None, version: int | None = None, **more: object
) -> Session:
    """Moves the only session there is."""
    move = Move(start=school.time(clock), **more)  # type: ignore[arg-type]
    return move_session(Session.objects.get().pk, move, actor=actor or school.desk, now=NOW, version=version)


def test_to_another_time(school: School) -> None:
    made = [school.book() for _ in range(3)]
    moved = regroup(school, "10:15")
    assert sessions() == [(school.time("10:15"), 3, [one.pk for one in made])]
    rows = Appointment.objects.order_by("created_at", "pk").values_list("start", "visit__planned", "version")
    assert list(rows) == [(moved.start, moved.start, 2)] * 3
    assert Entry.objects.filter(fact="appointment_rescheduled").count() == 3
    assert (school.refused("10:15"), faults()) == ([("resource_busy", "start")], {})


def test_another_provider_takes_it_over(school: School) -> None:
    made = [school.book() for _ in range(2)]
    other = school.employ()
    school.group.offerings.filter(provider=other).update(price=7000)
    moved = regroup(school, provider=other.pk)
    assert (moved.provider_id, [one.pk for one in made]) == (other.pk, sessions()[0][2])
    rows = Appointment.objects.values_list("provider", "payment__total")
    assert list(rows) == [(other.pk, 7000)] * 2
    assert school.left(school.plain)["10:00"] == 1
    assert school.book(provider=other).session == moved
    assert faults() == {}


def test_its_room_stays_unless_another_is_asked_for() -> None:
    school = School(asset_kinds=(Kind.ROOM,))
    old, new = make_asset(school.clinic, Kind.ROOM), make_asset(school.clinic, Kind.ROOM)

    def room() -> Asset:
        return Asset.objects.get(resource__in=[one for one, _, _ in Session.objects.get().uses])

    school.book(resources=frozenset({new.pk}))
    regroup(school, provider=school.employ().pk)
    assert room() == new
    regroup(school, resources=frozenset({old.pk}))
    assert (room(), faults()) == (old, {})


def test_all_or_nothing(school: School) -> None:
    """One of them is elsewhere at the new time; the provider isn't free; the service isn't theirs."""
    first, _ = school.book(), school.book()
    other = school.employ()
    school.book("11:00", first.patient, service=school.plain, provider=other)
    school.book("12:00", service=school.plain)
    before = list(Appointment.objects.order_by("pk").values())
    for clock, more, expected in (
        ("11:15", {}, [("patient_busy", "patient")]),
        ("12:15", {}, [("provider_busy", "provider")]),
        ("16:45", {}, [("outside_hours", "provider")]),
        ("11:00", {"provider": other.pk}, [("provider_busy", "provider"), ("patient_busy", "patient")]),
    ):
        problems = refusal(lambda clock=clock, more=more: regroup(school, clock, **more), CannotBook)  # type: ignore[misc]
        assert [code for code, _ in codes(problems)] == [code for code, _ in expected]
    assert (list(Appointment.objects.order_by("pk").values()), faults()) == (before, {})


def test_two_sessions_do_not_become_one(school: School) -> None:
    school.book("11:00")
    first = school.book("10:00")
    with pytest.raises(CannotBook):
        move_session(first.session_id, Move(start=school.time("11:00")), actor=school.desk, now=NOW)  # type: ignore[arg-type]
    assert len(sessions()) == 2


def test_not_while_somebody_is_booking_into_it(school: School) -> None:
    school.book()
    school.hold()
    assert codes(refusal(lambda: regroup(school, "11:00"), Conflict)) == [("held", "start")]
    move_session(
        Session.objects.get().pk, Move(start=school.time("11:00")), actor=school.desk, now=NOW + timedelta(minutes=5)
    )
    assert (sessions()[0][0], faults()) == (school.time("11:00"), {})


def test_once_begun_it_can_be_taken_over_but_not_moved(school: School) -> None:
    begun, other = school.book(), school.employ()
    arrive(begun.pk, actor=school.desk, now=NOW)
    start(begun.pk, actor=school.desk, now=NOW)
    assert codes(refusal(lambda: regroup(school, "11:00"), Conflict)) == [("bad_transition", "status")]
    assert regroup(school, provider=other.pk).provider_id == other.pk
    complete(begun.pk, actor=school.desk, now=NOW)
    assert codes(refusal(lambda: regroup(school, provider=school.doctor.pk), Conflict)) == [
        ("bad_transition", "status")
    ]


def test_an_overbooked_group_moves_whole() -> None:
    school = School(places=2, overbook=1)
    for reason in ("", "", "a sister"):
        school.book(overbook_reason=reason)
    regroup(school, "11:00")
    assert (len(sessions()[0][2]), faults()) == (3, {})


def test_whose_right_it_is(school: School) -> None:
    school.book()
    with pytest.raises(NotFound):
        regroup(school, "11:00", actor=make_actor(Role.FRONT_DESK, make_clinic()))
    with pytest.raises(Forbidden):
        regroup(school, "11:00", actor=make_actor(Role.BILLING, school.clinic))
    with pytest.raises(Stale):
        regroup(school, "11:00", version=7)
    assert regroup(school, "11:00", version=1).version == 2


def test_a_big_group_moves(school: School) -> None:
    """As many as there may be."""
    school.group.places = 60
    school.group.save()
    for _ in range(60):
        school.book()
    regroup(school, "11:00")
    assert (len(sessions()[0][2]), faults()) == (60, {})
