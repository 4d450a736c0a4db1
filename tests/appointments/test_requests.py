"""AVL-4, APT-4, APT-5: requests without a provider are accepted exactly if everybody can still be served."""

from typing import Any

import pytest

from orderly.appointments.actions.assign import assign
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.hold import hold
from orderly.appointments.actions.progress import arrive, confirm, reopen, unconfirm
from orderly.appointments.actions.replan import clinics_of, replanning
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Move, Search, Wish
from orderly.appointments.models import Appointment
from orderly.appointments.queries.candidates import candidates
from orderly.appointments.queries.requests import with_wanted
from orderly.appointments.queries.scene import scene_of
from orderly.appointments.queries.slots import slots, why
from orderly.appointments.queries.stranded import by_rule
from orderly.calendars.models import Reservation, Rule
from orderly.catalogue.models import Offering
from orderly.clinics.models import Clinic
from orderly.core.errors import CannotBook, Conflict, Forbidden, Invalid, NotFound
from orderly.engine.plan import Plan, Requirement
from orderly.engine.plan import Role as Part
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.people.permissions import Role
from orderly.resources.models import Provider
from tests.appointments.asking import booked, codes, off, refusal
from tests.appointments.audit import faults
from tests.factories import (
    MONDAY,
    NOW,
    TUESDAY,
    at,
    make_actor,
    make_asset,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
)


class Practice:
    """Ann gives both services, Bob the first, Cid the second."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.one, self.two = make_service(clinic), make_service(clinic)
        self.ann, self.bob = (make_provider(clinic, service=self.one) for _ in range(2))
        self.cid = make_provider(clinic, service=self.two)
        Offering.objects.create(service=self.two, provider=self.ann)

    def ask(self, service: Any, clock: str = "10:00", **more: Any) -> Appointment:
        return booked(self.clinic, service, None, more.pop("patient", None) or make_patient(self.clinic), clock, **more)

    def give(self, service: Any, provider: Provider, clock: str = "10:00", **more: Any) -> Appointment:
        return booked(self.clinic, service, provider, make_patient(self.clinic), clock, **more)

    def proposed(self, *requests: Appointment) -> list[Provider | None]:
        return [Appointment.objects.get(pk=one.pk).proposed_provider for one in requests]

    def free(self, service: Any, clock: str = "10:00") -> list[str]:
        search = Search(clinic=self.clinic.pk, service=service.pk, first=MONDAY, last=TUESDAY)
        found = slots(search, now=NOW)
        start = at(self.clinic, MONDAY, clock)
        return [found.givers[giver].id for begin, _, giver in found.slots if begin == start]


@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    return Practice(clinic)


def test_what_is_written(practice: Practice, desk: Actor) -> None:
    made = practice.ask(practice.one, actor=desk)
    found = Appointment.objects.whole().get(pk=made.pk)
    assert (found.status, found.provider, found.proposed_provider) == ("requested", None, practice.ann)
    assert (found.visit.status, found.visit.queue_number) == ("waiting", None)
    payment = found.payment
    assert (payment.status, payment.total, payment.provider_share, payment.clinic_share) == (
        "pending",
        5000,
        None,
        None,
    )
    held = set(Reservation.objects.filter(claim=found.claim).values_list("resource", flat=True))
    assert held == {practice.ann.resource_id, found.patient.resource_id}
    entry = Entry.objects.get(fact="appointment_booked")
    assert entry.changes["status"] == [None, "requested"]
    assert (entry.ids["provider"], entry.ids["proposed_provider"]) == (None, str(practice.ann.pk))
    assert faults() == {}


def test_a_request_moves_for_another(practice: Practice) -> None:
    """Ann is proposed first; the second service then needs her, because Cid is taken."""
    first = practice.ask(practice.one)
    practice.give(practice.two, practice.cid)
    second = practice.ask(practice.two)
    assert practice.proposed(first, second) == [practice.bob, practice.ann]
    entry = Entry.objects.get(fact="appointment_proposal_moved")
    assert entry.subject == first.pk
    assert entry.changes["proposed_provider"] == [str(practice.ann.pk), str(practice.bob.pk)]
    assert faults() == {}


def test_a_head_count_would_accept_it(practice: Practice) -> None:
    """Three providers, two busy with the second service: one more of it can't be served, one of the first can."""
    practice.ask(practice.two)
    practice.ask(practice.two)
    assert codes(refusal(lambda: practice.ask(practice.two), CannotBook)) == [("provider_busy", "provider")]
    practice.ask(practice.one)
    assert codes(refusal(lambda: practice.ask(practice.one), CannotBook)) == [("provider_busy", "provider")]
    assert faults() == {}


def test_a_cancelled_one_frees_its_place_at_once(practice: Practice, desk: Actor) -> None:
    made = [practice.ask(practice.two) for _ in range(2)]
    cancelled = cancel(made[0].pk, "other", actor=desk, now=NOW)
    assert (cancelled.status, cancelled.provider, cancelled.proposed_provider) == ("cancelled", None, None)
    practice.ask(practice.two)
    assert codes(refusal(lambda: reopen(made[0].pk, "back", actor=desk, now=NOW), CannotBook)) == [
        ("provider_busy", "provider")
    ]


def test_reopening_proposes_somebody_again(practice: Practice, desk: Actor) -> None:
    made = practice.ask(practice.one)
    cancel(made.pk, "other", actor=desk, now=NOW)
    practice.give(practice.one, practice.ann)
    back = reopen(made.pk, "came back", actor=desk, now=NOW)
    assert (back.status, back.provider, practice.proposed(back)) == ("requested", None, [practice.bob])
    assert faults() == {}


def test_a_named_provider_is_free_where_only_a_proposal_stands(practice: Practice) -> None:
    request = practice.ask(practice.one)
    assert practice.free(practice.one) == [practice.ann.pk, practice.bob.pk]
    practice.give(practice.one, practice.ann)
    assert practice.proposed(request) == [practice.bob]
    assert practice.free(practice.one) == []
    wish = Wish(clinic=practice.clinic.pk, service=practice.one.pk, start=request.start, provider=practice.bob.pk)
    assert codes(why(wish, now=NOW)) == [("provider_busy", "provider")]
    assert codes(refusal(lambda: practice.give(practice.one, practice.bob), CannotBook)) == [
        ("provider_busy", "provider")
    ]
    assert faults() == {}


@pytest.mark.parametrize(("clock", "near"), [("09:15", False), ("09:20", True), ("10:55", True), ("11:00", False)])
def test_requests_are_looked_at_as_far_as_they_reach(clinic: Clinic, clock: str, near: bool) -> None:
    """Buffers included, and as long as they are with whoever is the slowest: from 9:45 to 11:00."""
    asked, plain = make_service(clinic, 30, buffer_before=15, buffer_after=15), make_service(clinic)
    ann, bob = (make_provider(clinic, service=asked) for _ in range(2))
    Offering.objects.filter(provider=bob).update(minutes=45)
    Offering.objects.create(service=plain, provider=ann)
    request = booked(clinic, asked, None, make_patient(clinic), "10:00")
    wish = Wish(clinic=clinic.pk, service=plain.pk, provider=ann.pk, start=at(clinic, MONDAY, clock))
    stage = scene_of(wish)
    assert stage.requests == ((request.start - 15, request.start + 60),)
    assert stage.asked_in((wish.start, wish.start + 30)) == near


def test_chairs_move_too(clinic: Clinic) -> None:
    """The request sits on the first chair, which is wanted by name."""
    seated = make_service(clinic, asset_kinds=("chair",))
    doctors = [make_provider(clinic, service=seated) for _ in range(3)]
    chairs = [make_asset(clinic) for _ in range(2)]
    request = booked(clinic, seated, None, make_patient(clinic))
    booked(clinic, seated, doctors[2], make_patient(clinic), resources=frozenset({chairs[0].pk}))
    moved = Appointment.objects.get(pk=request.pk)
    assert (moved.proposed_provider, {one for one, _, _ in moved.uses} & {one.resource_id for one in chairs}) == (
        doctors[0],
        {chairs[1].resource_id},
    )
    asked = refusal(lambda: booked(clinic, seated, None, make_patient(clinic)), CannotBook)
    assert set(codes(asked)) == {("resource_busy", "resources"), ("provider_busy", "provider")}
    assert faults() == {}


def test_a_chair_that_was_asked_for_stays(clinic: Clinic) -> None:
    seated = make_service(clinic, asset_kinds=("chair",))
    doctors = [make_provider(clinic, service=seated) for _ in range(2)]
    chairs = [make_asset(clinic) for _ in range(2)]
    request = booked(clinic, seated, None, make_patient(clinic), resources=frozenset({chairs[1].pk}))
    booked(clinic, seated, doctors[0], make_patient(clinic))
    found = Appointment.objects.get(pk=request.pk)
    assert found.proposed_provider == doctors[1]
    assert chairs[1].resource_id in {one for one, _, _ in found.uses}
    named = {"resources": frozenset({chairs[1].pk})}
    refusal(lambda: booked(clinic, seated, doctors[1], make_patient(clinic), **named), CannotBook)


def test_the_length_follows_the_provider(practice: Practice) -> None:
    """Bob takes an hour for it, unless a length was asked for."""
    Offering.objects.filter(provider=practice.bob).update(minutes=60)
    usual, short = practice.ask(practice.one), practice.ask(practice.one, "12:00", minutes=20)
    for one in ("10:00", "12:00"):
        practice.give(practice.one, practice.ann, one)
    rows = Appointment.objects.filter(pk__in=[usual.pk, short.pk]).order_by("start")
    assert [(one.proposed_provider, one.end - one.start) for one in rows] == [(practice.bob, 60), (practice.bob, 20)]


def test_assigning_and_confirming(practice: Practice, desk: Actor) -> None:
    """APT-5: staff choose; what was only proposed to the chosen one moves."""
    Offering.objects.filter(provider=practice.bob).update(price=8000)
    request, other = practice.ask(practice.one), practice.ask(practice.one)
    assert practice.proposed(request, other) == [practice.ann, practice.bob]
    problem = refusal(lambda: confirm(request.pk, actor=desk, now=NOW), Conflict)
    assert codes(problem) == [("missing", "provider")]
    chosen = assign(request.pk, practice.bob.pk, actor=desk, now=NOW)
    assert (chosen.status, chosen.provider, chosen.proposed_provider) == ("requested", practice.bob, None)
    assert practice.proposed(other) == [practice.ann]
    assert chosen.payment.provider_share is None
    done = confirm(request.pk, actor=desk, now=NOW)
    assert (done.status, done.provider, done.visit.queue_number) == ("confirmed", practice.bob, 1)
    assert (done.payment.total, done.payment.provider_share, done.payment.clinic_share) == (8000, 4000, 4000)
    facts = Entry.objects.filter(subject=request.pk).order_by("id").values_list("fact", flat=True)
    assert list(facts) == ["appointment_booked", "appointment_assigned", "appointment_status_changed"]
    assert faults() == {}


def test_assigning_somebody_else(practice: Practice, desk: Actor) -> None:
    request = practice.ask(practice.one)
    assign(request.pk, practice.ann.pk, actor=desk, now=NOW)
    changed = assign(request.pk, practice.bob.pk, actor=desk, now=NOW)
    assert (changed.provider, changed.status) == (practice.bob, "requested")
    refused = refusal(lambda: assign(request.pk, practice.cid.pk, actor=desk, now=NOW), CannotBook)
    assert codes(refused) == [("not_offered", "provider")]


def test_assigned_to_somebody_else_it_keeps_what_it_asked_for(clinic: Clinic, desk: Actor) -> None:
    service = make_service(clinic, 30, asset_kinds=("chair",))
    ann, bob = (make_provider(clinic, service=service) for _ in range(2))
    _, chair = make_asset(clinic), make_asset(clinic)
    asked = booked(clinic, service, None, make_patient(clinic), minutes=60, resources=frozenset({chair.pk}))
    for provider in (ann, bob, ann):
        changed = assign(asked.pk, provider.pk, actor=desk, now=NOW)
        assert (changed.provider, changed.end - changed.start) == (provider, 60)
        assert chair.resource_id in {one for one, _, _ in changed.uses}
    later = reschedule(asked.pk, Move(start=asked.start + 90), actor=desk, now=NOW)
    assert (later.end - later.start, chair.resource_id in {one for one, _, _ in later.uses}) == (60, True)
    assert faults() == {}


def test_equal_needs_are_given_away_in_one_order() -> None:
    """However many equal chairs are wanted, there is one way; different parts are different ways."""
    chairs = tuple(range(1, 9))
    equal = [Requirement(Part.RESOURCE, chairs, 1, ((0, 30),)) for _ in chairs]
    plan = Plan(30, tuple(equal))
    [way] = with_wanted(plan, frozenset(chairs))
    assert [need.candidates for need in way.requirements] == [(one,) for one in chairs]
    late = Plan(60, (*equal[:1], Requirement(Part.RESOURCE, chairs, 1, ((30, 60),))))
    ways = [[need.candidates for need in one.requirements] for one in with_wanted(late, frozenset({1, 2}))]
    assert ways == [[(1,), (2,)], [(2,), (1,)]]
    assert list(with_wanted(plan, frozenset({9}))) == []
    assert list(with_wanted(plan, frozenset())) == [plan]


def test_a_chosen_provider_is_no_longer_moved(practice: Practice, desk: Actor) -> None:
    request = practice.ask(practice.one)
    assign(request.pk, practice.ann.pk, actor=desk, now=NOW)
    refused = refusal(lambda: practice.give(practice.one, practice.ann), CannotBook)
    assert codes(refused) == [("provider_busy", "provider")]


def test_only_requests_are_assigned(practice: Practice, desk: Actor) -> None:
    made = practice.give(practice.one, practice.ann)
    refused = refusal(lambda: assign(made.pk, practice.bob.pk, actor=desk, now=NOW), Conflict)
    assert codes(refused) == [("bad_transition", "status")]


def test_unconfirming(practice: Practice, desk: Actor) -> None:
    """Its provider and number stay, so that it can be confirmed again."""
    made = practice.give(practice.one, practice.ann)
    back = unconfirm(made.pk, actor=desk, now=NOW)
    assert (back.status, back.provider, back.visit.queue_number) == ("requested", practice.ann, 1)
    assert confirm(made.pk, actor=desk, now=NOW).visit.queue_number == 1
    arrive(made.pk, actor=desk, now=NOW)
    assert codes(refusal(lambda: unconfirm(made.pk, actor=desk, now=NOW), Conflict)) == [("bad_transition", "status")]


def test_rescheduling_a_request(practice: Practice, desk: Actor) -> None:
    """It stays a request; its number comes with the confirmation, for the day it is on by then."""
    request = practice.ask(practice.one)
    practice.give(practice.one, practice.ann, day=TUESDAY)
    start = at(practice.clinic, TUESDAY, "10:00")
    moved = reschedule(request.pk, Move(start=start), actor=desk, now=NOW)
    assert (moved.status, moved.provider, moved.start) == ("requested", None, start)
    assert practice.proposed(moved) == [practice.bob]
    assert (moved.visit.day, moved.visit.queue_number) == (TUESDAY, None)
    longer = reschedule(request.pk, Move(start=start, minutes=50), actor=desk, now=NOW)
    assert (longer.end - longer.start, longer.asked_minutes, practice.proposed(longer)) == (50, 50, [practice.bob])
    named = reschedule(request.pk, Move(start=start + 60, provider=practice.ann.pk), actor=desk, now=NOW)
    assert (named.provider, named.proposed_provider, named.status) == (practice.ann, None, "requested")
    assert faults() == {}


def test_holding_without_a_provider(practice: Practice, desk: Actor) -> None:
    """AVL-6: somebody's time is held; booking with the hold asks them first."""
    practice.give(practice.one, practice.ann)
    wish = Wish(clinic=practice.clinic.pk, service=practice.one.pk, start=at(practice.clinic, MONDAY, "10:00"))
    held = hold(wish, actor=desk, now=NOW)
    assert held.provider_id == practice.bob.pk
    made = practice.ask(practice.one, actor=desk, hold=held.pk)
    assert practice.proposed(made) == [practice.bob]
    assert faults() == {}


def test_what_needs_a_named_provider(practice: Practice) -> None:
    for reason in ({"overbook_reason": "in pain"}, {"afterwards_reason": "forgotten"}):
        refused = refusal(lambda reason=reason: practice.ask(practice.one, **reason), Invalid)
        assert codes(refused) == [("missing", "provider")]


def test_time_off_doesn_t_lock_everybody_out(practice: Practice) -> None:
    """A request that can't be kept any more stays as it is; others are booked as if nothing had happened."""
    request = practice.ask(practice.one)
    off(None, practice.ann.resource, "09:00", "17:00", kind="sick_leave")
    practice.give(practice.one, practice.bob)
    assert practice.proposed(request) == [practice.ann]
    assert faults() == {}


def test_candidates(practice: Practice, django_assert_num_queries: Any) -> None:
    """APT-5: who is free, also if a proposal has to move, and why others aren't."""
    request = practice.ask(practice.one)
    dan = make_provider(practice.clinic, service=practice.one, hours=(14 * 60, 17 * 60))
    late = {dan.pk: ["outside_hours"]}
    with django_assert_num_queries(5):  # nobody else's proposal
        assert said(request) == {practice.ann.pk: [], practice.bob.pk: [], **late}
    practice.ask(practice.one)
    with django_assert_num_queries(7):
        assert said(request) == {practice.ann.pk: [], practice.bob.pk: [], **late}
    practice.give(practice.two, practice.cid)
    practice.ask(practice.two, "10:30")
    with django_assert_num_queries(7):
        assert said(request) == {practice.ann.pk: [], practice.bob.pk: [], **late}
    off(None, practice.bob.resource, "09:00", "17:00", kind="vacation")
    assert said(request) == {practice.ann.pk: [], practice.bob.pk: ["time_off"], **late}


def said(request: Appointment) -> dict[Any, list[str]]:
    return {one.provider: [str(problem.code) for problem in one.problems] for one in candidates(request, now=NOW)}


def test_queries_without_requests(practice: Practice, django_assert_num_queries: Any) -> None:
    search = Search(clinic=practice.clinic.pk, service=practice.one.pk, first=MONDAY, last=TUESDAY)
    with django_assert_num_queries(4):
        slots(search, now=NOW)
    for count in (1, 2):
        practice.ask(practice.one, f"1{count}:00")
        with django_assert_num_queries(7):
            slots(search, now=NOW)


def test_without_the_right(practice: Practice) -> None:
    request = practice.ask(practice.one)
    with pytest.raises(Forbidden):
        assign(request.pk, practice.ann.pk, actor=make_actor(Role.BILLING, practice.clinic), now=NOW)


def test_of_another_clinic(practice: Practice) -> None:
    request = practice.ask(practice.one)
    with pytest.raises(NotFound):
        assign(request.pk, practice.ann.pk, actor=make_actor(Role.FRONT_DESK, make_clinic()), now=NOW)


def test_what_a_change_strands_is_proposed_to_somebody_else(practice: Practice) -> None:
    """Ann falls ill: the first request goes to Bob, because Cid can take nobody else's; the second stays as it is."""
    boss = make_actor(Role.CLINIC_ADMIN, practice.clinic)
    first, second = practice.ask(practice.one), practice.ask(practice.two, "10:00")
    third = practice.ask(practice.two, "12:00")
    practice.give(practice.two, practice.cid, "12:00")
    assert practice.proposed(first, second, third) == [practice.ann, practice.cid, practice.ann]
    with replanning(clinics_of(practice.ann.pk), actor=boss, now=NOW):
        off(None, practice.ann.resource, "09:00", "17:00", kind="sick_leave")
    assert practice.proposed(first, second, third) == [practice.bob, practice.cid, practice.ann]
    rule = Rule.objects.get(kind="sick_leave")
    assert by_rule(rule, actor=boss, now=NOW) == [third.pk]
    assert faults() == {}


def test_whoever_stops_giving_a_service_gives_its_requests_away(practice: Practice) -> None:
    request = practice.ask(practice.one)
    with replanning([practice.clinic.pk], actor=make_actor(Role.CLINIC_ADMIN, practice.clinic), now=NOW):
        Offering.objects.filter(provider=practice.ann, service=practice.one).delete()
    assert practice.proposed(request) == [practice.bob]
    assert faults() == {}
