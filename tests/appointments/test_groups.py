"""AVL-7, SET-3, APT-14: a group session takes its provider once, and each of its places is sold once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.hold import let_go, tidy_holds
from orderly.appointments.actions.progress import complete, no_show, reopen
from orderly.appointments.models import Appointment, Session
from orderly.calendars.models import Claim, Hold, Reservation, RuleKind
from orderly.catalogue.models import Service
from orderly.core.errors import CannotBook, Forbidden, Invalid
from orderly.people.permissions import Role
from orderly.resources.models import Kind, Resource
from tests.appointments.asking import codes, off, refusal
from tests.appointments.audit import faults
from tests.appointments.groups import School, sessions
from tests.factories import NOW, add_phase, make_actor, make_asset, make_patient

pytestmark = pytest.mark.django_db

FIVE, SECOND = timedelta(minutes=5), timedelta(seconds=1)


@pytest.fixture
def school() -> School:
    return School()


def test_the_first_opens_the_session_and_the_others_join_it(school: School) -> None:
    made = [school.book() for _ in range(3)]
    assert sessions() == [(school.time("10:00"), 3, [one.pk for one in made])]
    session, doctor = Session.objects.get(), school.doctor.resource_id
    ten, place = session.start, session.resource_id
    rows = Reservation.objects.values_list("claim", "resource", "lane", "start", "end")
    assert sorted(rows) == [
        (session.claim_id, doctor, 0, ten, ten + 30),
        *[
            row
            for lane, one in enumerate(made)
            for row in sorted(
                [
                    (one.claim_id, one.patient.resource_id, 0, ten, ten + 30),
                    (one.claim_id, place, lane, ten, ten + 30),
                ]
            )
        ],
    ]
    assert sorted(made[2].uses) == sorted([[doctor, 0, 30], [made[2].patient.resource_id, 0, 30], [place, 0, 30]])
    assert [one.payment.total for one in made] == [5000] * 3
    assert faults() == {}


def test_full_is_full_for_everybody_who_asks(school: School) -> None:
    for _ in range(3):
        school.book()
    full = [("resource_busy", "start")]
    assert school.refused() == school.why() == full
    assert codes(refusal(school.hold, CannotBook)) == full
    assert "10:00" not in school.left()


def test_the_list_says_how_many_places_are_left(school: School) -> None:
    school.book("10:00")
    school.hold("10:00")
    school.book("09:30", service=school.plain)
    left = school.left()
    assert (left["09:00"], left.get("09:30"), left["10:00"], left["10:30"]) == (3, None, 1, 3)


def test_off_its_grid_a_session_is_not_listed_but_can_be_joined(school: School) -> None:
    school.book("10:10")
    assert not {"10:00", "10:10", "10:30"} & school.left().keys()
    assert school.left(step=10)["10:10"] == 2
    assert school.why("10:10") == []


def test_nobody_is_in_it_twice_or_elsewhere_meanwhile(school: School) -> None:
    made, other = school.book(), school.employ()
    busy = [("patient_busy", "patient")]
    assert school.refused("10:00", made.patient) == busy
    assert school.refused("10:15", made.patient, service=school.plain, provider=other) == busy
    assert school.why("10:00", patient=made.patient_id) == busy
    assert "10:00" not in school.left(patient=made.patient_id)


def test_the_provider_is_busy_once_for_other_services(school: School) -> None:
    school.book()
    school.book()
    assert school.refused("10:15", service=school.plain) == [("provider_busy", "provider")]
    assert school.refused("10:15") == [("provider_busy", "provider")]
    left = school.left(school.plain)
    assert ("10:00" in left, "10:30" in left) == (False, True)


def test_another_providers_session_is_another(school: School) -> None:
    other = school.employ()
    one, two = school.book(), school.book(provider=other)
    assert one.session != two.session
    assert faults() == {}


def test_the_last_one_who_leaves_ends_the_session(school: School) -> None:
    first, second = school.book(), school.book()
    school.cancel(first)
    assert len(sessions()) == 1
    school.cancel(second)
    assert (sessions(), Claim.objects.count(), Reservation.objects.count()) == ([], 0, 0)
    assert not Resource.objects.filter(kind=Kind.SESSION).exists()
    assert Appointment.objects.get(pk=first.pk).session is None
    assert school.left(school.plain)["10:00"] == 1
    assert faults() == {}


def test_reopening_joins_the_session_or_opens_it_anew(school: School) -> None:
    one, two = school.book(), school.book()
    school.cancel(one)
    back = reopen(one.pk, "after all", actor=school.desk, now=NOW)
    assert back.session == two.session
    school.cancel(two)
    school.cancel(one)
    assert reopen(one.pk, "after all", actor=school.desk, now=NOW).session is not None
    assert (len(sessions()), faults()) == (1, {})


def test_reopening_into_a_full_session_is_refused(school: School) -> None:
    one = school.book()
    school.cancel(one)
    for _ in range(3):
        school.book()
    problems = refusal(lambda: reopen(one.pk, "after all", actor=school.desk, now=NOW), CannotBook)
    assert codes(problems) == [("resource_busy", "start")]


def test_moving_from_session_to_session(school: School) -> None:
    early, late = school.book("10:00"), school.book("11:00")
    moved = school.move(early, "11:00")
    assert moved.session == late.session
    assert [(start, len(who)) for start, _, who in sessions()] == [(school.time("11:00"), 2)]
    assert school.left(school.plain)["10:00"] == 1
    assert faults() == {}


def test_alone_in_it_one_may_move_into_its_own_time(school: School) -> None:
    made = school.book("10:00")
    assert school.move(made, "10:15").start == school.time("10:15")
    school.book("10:15")
    problems = refusal(lambda: school.move(made, "10:30"), CannotBook)
    assert codes(problems) == [("provider_busy", "provider")]
    assert faults() == {}


def test_moving_to_where_one_is_changes_nothing(school: School) -> None:
    one, two = school.book(), school.book()
    assert school.move(one, "10:00").session == two.session
    assert (len(sessions()), faults()) == (1, {})


def test_a_group_is_as_long_as_it_is_for_everybody(school: School) -> None:
    made = school.book()
    for action in (
        lambda: school.book(minutes=45),
        lambda: school.book("12:00", minutes=45),
        lambda: school.move(made, "10:00", minutes=45),
    ):
        [problem] = refusal(action, Invalid)
        assert (problem.field, problem.params) == ("duration_minutes", (("reason", "group"),))
    assert school.book(minutes=30).session == made.session


def test_those_who_came_and_those_who_did_not_keep_their_places(school: School) -> None:
    here, missed = school.book(), school.book()
    complete(here.pk, actor=school.desk, now=NOW)
    no_show(missed.pk, actor=school.desk, now=NOW)
    assert school.left()["10:00"] == 1


def test_each_session_keeps_the_places_it_was_opened_with(school: School) -> None:
    school.book("10:00")
    Service.objects.filter(pk=school.group.pk).update(places=2)
    school.book("11:00")
    left = school.left()
    assert (left["10:00"], left["11:00"], left["12:00"]) == (2, 1, 2)
    school.book("10:00")
    school.book("10:00")
    assert school.refused("10:00") == [("resource_busy", "start")]


def test_a_session_stays_as_it_was_agreed_when_the_service_changes(school: School) -> None:
    """Another length, a chair besides: who joins what is there joins it as it is."""
    first = school.book("10:00")
    add_phase(school.group, 15, asset_kinds=(Kind.CHAIR,))
    joined = school.book("10:00")
    assert (joined.session, joined.end) == (first.session, first.end)
    assert school.left()["10:00"] == 1
    assert (school.why("11:00"), faults()) == ([("not_offered", "resources")], {})


def test_whoever_serves_it_must_still_be_there(school: School) -> None:
    """Time off over a session that is there: nobody joins it any more."""
    school.book()
    off(school.clinic, school.doctor.resource, "10:00", "11:00", kind=RuleKind.SICK_LEAVE)
    assert school.refused() == school.why() == [("time_off", "provider")]
    assert "10:00" not in school.left()


def test_its_room_is_taken_once_and_named_to_everybody() -> None:
    school = School(asset_kinds=(Kind.ROOM,))
    room = make_asset(school.clinic, Kind.ROOM)
    first = school.book()
    second = school.book(resources=frozenset({room.pk}))
    assert first.session == second.session
    assert [one[0] for one in second.uses].count(room.resource_id) == 1
    other = make_asset(school.clinic, Kind.ROOM)
    assert school.refused(resources=frozenset({other.pk})) == [("not_offered", "resources")]
    assert faults() == {}


def test_overbooking_a_full_session_is_bounded() -> None:
    school = School(places=2, overbook=1)
    for _ in range(2):
        school.book()
    extra = school.book(overbook_reason="a sister")
    assert extra.overbook_reason == "a sister"
    assert Reservation.objects.filter(claim=extra.claim).order_by("lane").last().lane == 2  # type: ignore[union-attr]
    assert school.refused(overbook_reason="a brother") == [("overbook_limit", "start")]
    assert school.refused() == [("resource_busy", "start")]
    assert faults() == {}


def test_overbooking_wants_its_right_and_a_service_that_allows_it(school: School) -> None:
    for _ in range(3):
        school.book()
    assert school.refused(overbook_reason="a sister") == [("overbook_limit", "start")]
    Service.objects.update(overbook=1)
    nurse = make_actor(Role.FRONT_DESK, school.clinic)
    if not nurse.may("booking:overbook", school.clinic.pk):
        with pytest.raises(Forbidden):
            school.book(overbook_reason="a sister", actor=nurse)


def test_a_member_booked_over_does_not_close_the_session_to_others() -> None:
    """An emergency beside the group: the group goes on."""
    school = School()
    Service.objects.filter(pk=school.plain.pk).update(overbook=1)
    school.book()
    school.book("10:00", service=school.plain, overbook_reason="in pain")
    assert school.left()["10:00"] == 2
    school.book()
    assert faults() == {}


# Holds


def test_holds_take_places_and_keep_the_session_open_as_long_as_they_last(school: School) -> None:
    for _ in range(3):
        school.hold()
    assert school.refused() == school.why() == [("held", "start")]
    assert school.refused("10:15", service=school.plain) == [("held", "provider")]
    later = NOW + FIVE
    assert school.left(now=later)["10:00"] == 3
    assert school.left(school.plain, now=later)["10:00"] == 1
    made = school.book(now=later)
    assert (sessions(), Hold.objects.count()) == ([(made.start, 3, [made.pk])], 0)
    assert faults() == {}


def test_a_later_hold_lets_the_session_last_longer(school: School) -> None:
    school.hold()
    second = school.hold(now=NOW + FIVE - SECOND)
    assert school.refused("10:15", service=school.plain, now=NOW + FIVE) == [("held", "provider")]
    assert school.left(now=NOW + FIVE)["10:00"] == 2
    made = school.book(now=NOW + FIVE, hold=second.pk)
    assert Session.objects.get().claim.expires_at is None
    assert (sessions(), faults()) == ([(made.start, 3, [made.pk])], {})


def test_the_holder_of_the_last_place_books_it(school: School) -> None:
    school.book()
    school.book()
    held = school.hold()
    assert school.refused() == [("held", "start")]
    assert school.book(hold=held.pk).session == Session.objects.get()
    assert faults() == {}


def test_a_hold_used_for_another_time_lets_its_session_go(school: School) -> None:
    held = school.hold("10:00")
    made = school.book("10:15", hold=held.pk)
    assert (sessions(), faults()) == ([(school.time("10:15"), 3, [made.pk])], {})


def test_letting_go_frees_the_place_and_the_session(school: School) -> None:
    one, two = school.hold(), school.hold()
    let_go(one.pk, actor=school.desk, now=NOW)
    assert school.left()["10:00"] == 2
    let_go(two.pk, actor=school.desk, now=NOW)
    assert (school.left()["10:00"], sessions(), faults()) == (3, [], {})


def test_when_all_but_holds_have_left_the_session_ends_with_them(school: School) -> None:
    made = school.book()
    school.hold()
    school.cancel(made)
    assert school.refused("10:00", service=school.plain) == [("held", "provider")]
    assert school.left(school.plain, now=NOW + FIVE)["10:00"] == 1
    assert tidy_holds(now=NOW + FIVE) == 2
    assert (sessions(), Claim.objects.count(), faults()) == ([], 0, {})


def test_a_group_turned_single_keeps_what_is_there(school: School) -> None:
    made = school.book()
    Service.objects.update(places=1)
    assert school.refused() == [("provider_busy", "provider")]
    assert school.move(made, "10:15").session is None
    assert (sessions(), faults()) == ([], {})


def test_statements_do_not_grow_with_those_who_are_in_it() -> None:
    school = School(places=20)
    counted = []
    for _ in range(2):
        for _ in range(3):
            school.book()
        with CaptureQueriesContext(connection) as sent:
            cancel(school.book().pk, "other", actor=school.desk, now=NOW)
        counted.append(len(sent))
    assert counted[0] == counted[1]


def test_a_search_costs_one_query_more(school: School, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    for clock in ("10:00", "11:00", "11:00"):
        school.book(clock)
        with django_assert_num_queries(5):
            school.left()
        with django_assert_num_queries(5):
            school.why()


def test_a_patient_elsewhere_is_all_that_is_said(school: School) -> None:
    """Who is in the group is not told to those who may not join it."""
    patient = make_patient(school.clinic)
    school.book("10:00", patient, service=school.plain, provider=school.employ())
    assert school.refused("10:00", patient) == [("patient_busy", "patient")]


def test_requests_fill_the_session_that_is_there_before_another_is_opened() -> None:
    """AVL-4: without a provider; when all are full it is said."""
    school = School(places=2)
    there, other = school.book(), school.employ()
    asked = [school.book(provider=None) for _ in range(3)]
    assert asked[0].session == there.session
    assert [one.proposed_provider for one in asked] == [school.doctor, other, other]
    assert asked[1].session == asked[2].session
    assert school.refused(provider=None) == [("resource_busy", "start")]
    assert (len(sessions()), faults()) == (2, {})
