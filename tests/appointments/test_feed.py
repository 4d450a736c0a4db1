from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.hold import hold
from orderly.appointments.inputs import Wish
from orderly.appointments.queries.boxes import Box, Held
from orderly.appointments.queries.closed import Closed
from orderly.appointments.queries.columns import NOBODY, By, Column, Shown
from orderly.appointments.queries.feed import week
from orderly.calendars.models import Reservation, Rule, RuleKind
from orderly.catalogue.models import Need
from orderly.core.errors import NotFound
from orderly.journal.actor import Actor
from tests.factories import (
    MONDAY,
    TUESDAY,
    add_phase,
    at,
    booking,
    make_actor,
    make_asset,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # before opening in Tashkent


class Practice:
    """A clinic in Tashkent with one provider, who has lunch at one."""

    def __init__(self) -> None:
        self.clinic = make_clinic(timezone="Asia/Tashkent", country="UZ")
        self.service = make_service(self.clinic, 30, name="Cleaning", colour="#0ca678", mark="C")
        self.provider = make_provider(self.clinic, service=self.service, name="Smith", title="Dr", colour="#112233")
        self.patient = make_patient(self.clinic, first_name="Ann", last_name="Lee")
        self.actor = make_actor("front_desk", self.clinic)
        lunch = {"kind": RuleKind.LUNCH, "weekdays": 0b1111111, "start": 13 * 60, "end": 14 * 60}
        Rule.objects.create(clinic=self.clinic, resource=self.provider.resource, **lunch)

    def book(self, clock: str, day=MONDAY, **more):
        request = booking(self.clinic, self.service, self.provider, self.patient, at(self.clinic, day, clock), **more)
        return book(request, actor=self.actor, now=NOW)

    def hold(self, clock: str, actor: Actor):
        start = at(self.clinic, MONDAY, clock)
        wish = Wish(clinic=self.clinic.pk, service=self.service.pk, start=start, provider=self.provider.pk)
        return hold(wish, actor=actor, now=NOW)


@pytest.fixture
def practice() -> Practice:
    return Practice()


def test_a_day_as_the_calendar_shows_it(practice: Practice) -> None:
    """CAL-1: wall time of the clinic as text; closed time by what closes it."""
    found = week(practice.clinic.pk, MONDAY, TUESDAY, now=NOW)
    assert (found.zone, found.grid, found.appointments, found.holds) == ("Asia/Tashkent", 15, [], [])
    assert found.columns == [Column(str(practice.provider.pk), "Smith", "Dr", "#112233", True, "provider")]
    assert found.closed == [
        Closed(0, "2026-03-02T00:00", "2026-03-02T09:00", "hours", ""),
        Closed(0, "2026-03-02T17:00", "2026-03-03T00:00", "hours", ""),
        Closed(0, "2026-03-02T13:00", "2026-03-02T14:00", "lunch", ""),
    ]


def test_appointments_as_boxes(practice: Practice) -> None:
    """CAL-2: cancelled ones too, to be struck through."""
    made, gone = practice.book("15:00"), practice.book("10:00")
    cancel(gone.pk, "other", actor=practice.actor, now=NOW)
    looks = ("Ann Lee", "Cleaning", "#0ca678", "C", "", 0)
    assert week(practice.clinic.pk, MONDAY, TUESDAY, now=NOW).appointments == [
        Box(str(gone.pk), 0, "2026-03-02T10:00", "2026-03-02T10:30", "cancelled", 2, *looks),
        Box(str(made.pk), 0, "2026-03-02T15:00", "2026-03-02T15:30", "confirmed", 1, *looks),
    ]


def test_the_time_around_a_visit_is_taken_too(practice: Practice) -> None:
    """CAL-1, AVL-1: by provider and by room, which may be needed for one of them only; not for who cancelled."""
    practice.service.buffer_before, practice.service.buffer_after = 10, 15
    practice.service.save()
    Need.objects.create(phase=add_phase(practice.service, 20, provider=False), role="resource", kind="chair")
    chair = make_asset(practice.clinic)
    gone = practice.book("10:00")
    cancel(gone.pk, "other", actor=practice.actor, now=NOW)
    practice.book("10:00")
    around = [
        [(box.status, box.start[-5:], box.end[-5:], box.before, box.after) for box in found.appointments]
        for found in (week(practice.clinic.pk, MONDAY, TUESDAY, Shown(by=by), now=NOW) for by in By)
    ]
    assert around == [
        [("cancelled", "10:00", "10:50", 0, 0), ("confirmed", "10:00", "10:50", 10, 0)],
        [("cancelled", "10:30", "10:50", 0, 0), ("confirmed", "10:30", "10:50", 0, 15)],
    ]
    taken = Reservation.objects.filter(resource__in=(practice.provider.resource_id, chair.resource_id))
    assert {(one.resource_id, one.end - one.start) for one in taken} == {
        (practice.provider.resource_id, 40),
        (chair.resource_id, 35),
    }


def test_live_holds_with_their_owner(practice: Practice) -> None:
    """AVL-6: they go by themselves when their minutes are over."""
    user = make_user("front_desk", practice.clinic, name="Dee Desk")
    actor = Actor(user=user.pk, rights=practice.actor.rights)
    held = practice.hold("11:00", actor)
    row = Held(str(held.pk), 0, "2026-03-02T11:00", "2026-03-02T11:30", str(user.pk), "Dee Desk", "Cleaning")
    after = NOW + timedelta(minutes=5)
    clinic = practice.clinic.pk
    assert week(clinic, MONDAY, TUESDAY, now=NOW).holds == [row]
    assert week(clinic, MONDAY, TUESDAY, now=after).holds == []


def test_other_days_and_clinics_stay_out(practice: Practice) -> None:
    """ACC-4"""
    practice.book("10:00", TUESDAY)
    Practice().book("10:00")
    assert week(practice.clinic.pk, MONDAY, TUESDAY, now=NOW).appointments == []


def test_some_providers_only(practice: Practice) -> None:
    practice.book("10:00")
    other = make_provider(practice.clinic, name="Young", hours=None)
    found = week(practice.clinic.pk, MONDAY, TUESDAY, Shown(providers=frozenset({other.pk})), now=NOW)
    assert (found.columns, found.appointments) == (
        [Column(str(other.pk), "Young", "", "#4263eb", True, "provider")],
        [],
    )
    assert found.closed == [Closed(0, "2026-03-02T00:00", "2026-03-03T00:00", "hours", "")]


def test_whoever_left_the_clinic_leaves_their_appointments(practice: Practice) -> None:
    practice.book("10:00")
    practice.provider.clinics.clear()
    found = week(practice.clinic.pk, MONDAY, TUESDAY, now=NOW)
    assert (found.columns, [box.column for box in found.appointments]) == ([], [NOBODY])


def test_an_unknown_clinic() -> None:
    with pytest.raises(NotFound):
        week(uuid4(), MONDAY, TUESDAY, now=NOW)


@pytest.mark.parametrize("many", [1, 3])
def test_always_three_queries(practice: Practice, many: int, django_assert_num_queries) -> None:
    """OPS-5"""
    for number in range(many):
        make_provider(practice.clinic, service=practice.service)
        practice.book(f"1{number}:00")
    with django_assert_num_queries(3):
        week(practice.clinic.pk, MONDAY, TUESDAY + timedelta(days=6), now=NOW)


def test_a_group_is_known_by_its_session(practice: Practice) -> None:
    """APT-14: of all who are in it, with the places it has."""
    practice.service.places = 4
    practice.service.save()
    made = [practice.book("10:00")]
    practice.patient = make_patient(practice.clinic)
    made.append(practice.book("10:00"))
    boxes = week(practice.clinic.pk, MONDAY, TUESDAY, now=NOW).appointments
    assert [(box.id, box.session, box.places) for box in boxes] == [
        (str(one.pk), str(made[0].session_id), 4) for one in made
    ]


def test_whoever_helps_is_seen_to_be_taken(practice: Practice) -> None:
    """AVL-7: in their own column, for as long as they are needed."""
    helper = make_provider(practice.clinic, name="Young", hours=(9 * 60, 17 * 60))
    phase = add_phase(practice.service, 15, provider=False)
    need = Need.objects.create(phase=phase, role="provider")
    need.any_of.set([helper.resource])
    made = practice.book("10:00")
    found = week(practice.clinic.pk, MONDAY, TUESDAY, now=NOW)
    looks = ("Ann Lee", "Cleaning", "#0ca678", "C", "", 0)
    day = "2026-03-02T10"
    assert found.appointments == [Box(str(made.pk), 0, f"{day}:00", f"{day}:45", "confirmed", 1, *looks)]
    assert found.assisting == [Box(str(made.pk), 1, f"{day}:30", f"{day}:45", "confirmed", 1, *looks)]
    assert (
        week(practice.clinic.pk, MONDAY, TUESDAY, Shown(providers=frozenset({practice.provider.pk})), now=NOW).assisting
        == []
    )


def test_why_time_is_closed(practice: Practice) -> None:
    """SET-1, SET-6: a holiday has its name and closes everything; why somebody is away stays theirs."""
    everywhere = {"first": MONDAY, "last": MONDAY, "start": 0, "end": 1440}
    off = {"resource": practice.provider.resource, "clinic": practice.clinic}
    Rule.objects.create(kind=RuleKind.SICK_LEAVE, note="flu", **off, **{**everywhere, "start": 900, "end": 960})
    found = week(practice.clinic.pk, MONDAY, TUESDAY, now=NOW).closed
    assert found[2:] == [
        Closed(0, "2026-03-02T13:00", "2026-03-02T14:00", "lunch", ""),
        Closed(0, "2026-03-02T15:00", "2026-03-02T16:00", "sick_leave", ""),
    ]
    Rule.objects.create(clinic=practice.clinic, kind=RuleKind.HOLIDAY, note="Navruz", **everywhere)
    found = week(practice.clinic.pk, MONDAY, TUESDAY, now=NOW).closed
    assert found[2:] == [Closed(0, "2026-03-02T09:00", "2026-03-02T17:00", "holiday", "Navruz")]


class Rooms:
    """A practice whose service takes a chair, then a scanner as well for its last quarter of an hour."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.chair = make_asset(practice.clinic, kind="chair", name="Chair 1")
        self.scanner = make_asset(practice.clinic, kind="equipment", name="Scanner")
        add_phase(practice.service, 15)
        phases = practice.service.phases.order_by("order")
        for phase, wanted in ((phases[0], [self.chair]), (phases[1], [self.chair, self.scanner])):
            for asset in wanted:
                need = Need.objects.create(phase=phase, role="resource")
                need.any_of.set([asset.resource])

    def week(self, **shown):
        return week(self.practice.clinic.pk, MONDAY, TUESDAY, Shown(by=By.PLACE, **shown), now=NOW)


def test_by_room_an_appointment_is_wherever_it_takes_place(practice: Practice) -> None:
    """CAL-1: for as long as it does, with the name of who treats."""
    rooms = Rooms(practice)
    made = practice.book("10:00")
    found = rooms.week()
    assert [(one.name, one.kind) for one in found.columns] == [("Chair 1", "chair"), ("Scanner", "equipment")]
    assert [(box.id, box.column, box.start[11:], box.end[11:], box.provider) for box in found.appointments] == [
        (str(made.pk), 0, "10:00", "10:45", "Dr Smith"),
        (str(made.pk), 1, "10:30", "10:45", "Dr Smith"),
    ]
    cancel(made.pk, "other", actor=practice.actor, now=NOW)
    assert [(box.column, box.status) for box in rooms.week().appointments] == [(0, "cancelled"), (1, "cancelled")]


def test_by_room_what_needs_none_has_a_column_too(practice: Practice) -> None:
    """CAL-1: unless some rooms only are wanted."""
    chair = make_asset(practice.clinic, kind="chair", name="Chair 1")
    made = practice.book("10:00")
    found = week(practice.clinic.pk, MONDAY, TUESDAY, Shown(by=By.PLACE), now=NOW)
    assert [(box.id, box.column) for box in found.appointments] == [(str(made.pk), NOBODY)]
    some = Shown(by=By.PLACE, places=frozenset({chair.pk}))
    assert week(practice.clinic.pk, MONDAY, TUESDAY, some, now=NOW).appointments == []


def test_by_room_who_is_booking_it(practice: Practice) -> None:
    """AVL-6"""
    rooms = Rooms(practice)
    held = practice.hold("11:00", practice.actor)
    assert [(one.id, one.column, one.start[11:]) for one in rooms.week().holds] == [
        (str(held.pk), 0, "11:00"),
        (str(held.pk), 1, "11:00"),
    ]


def test_a_room_under_maintenance_says_what_is_being_done(practice: Practice) -> None:
    """SET-4: rooms follow closures, not anybody's hours."""
    rooms = Rooms(practice)
    days = {"first": MONDAY, "last": MONDAY, "start": 600, "end": 720}
    Rule.objects.create(
        clinic=practice.clinic, resource=rooms.chair.resource, kind=RuleKind.MAINTENANCE, note="New lamp", **days
    )
    assert rooms.week().closed == [Closed(0, "2026-03-02T10:00", "2026-03-02T12:00", "maintenance", "New lamp")]


def test_what_is_filtered(practice: Practice) -> None:
    """CAL-1: by provider, service and status; holds are shown to whoever asks for a status."""
    other = make_service(practice.clinic, 30, name="Massage")
    young = make_provider(practice.clinic, service=other, name="Young")
    cleaning = practice.book("10:00")
    gone = practice.book("12:00")
    cancel(gone.pk, "other", actor=practice.actor, now=NOW)
    start = at(practice.clinic, MONDAY, "11:00")
    patient = make_patient(practice.clinic)
    massage = book(booking(practice.clinic, other, young, patient, start), actor=practice.actor, now=NOW)
    practice.hold("15:00", practice.actor)

    def seen(**shown):
        found = week(practice.clinic.pk, MONDAY, TUESDAY, Shown(**shown), now=NOW)
        return {UUID(box.id) for box in found.appointments}, len(found.holds)

    assert seen() == ({cleaning.pk, massage.pk, gone.pk}, 1)
    assert seen(providers=frozenset({young.pk})) == ({massage.pk}, 0)
    assert seen(services=frozenset({practice.service.pk})) == ({cleaning.pk, gone.pk}, 1)
    assert seen(statuses=frozenset({"cancelled"})) == ({gone.pk}, 1)
    assert seen(without=frozenset({"cancelled"})) == ({cleaning.pk, massage.pk}, 1)


def test_numbers_are_told_to_whoever_asks(practice: Practice) -> None:
    """CAL-8: a telephone number and the mark of a note; never the note."""
    practice.patient.mobile = "+998901234567"
    practice.patient.save()
    practice.book("10:00", notes="afraid of needles")
    [plain] = week(practice.clinic.pk, MONDAY, TUESDAY, now=NOW).appointments
    [more] = week(practice.clinic.pk, MONDAY, TUESDAY, Shown(phones=True), now=NOW).appointments
    assert [(box.phone, box.notes) for box in (plain, more)] == [("", True), ("+998901234567", True)]
