"""CAL-9: one's own last change is taken back by one key, through every check, and everything is as it was."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from orderly.appointments.actions.assign import assign
from orderly.appointments.actions.cancel import cancel, left
from orderly.appointments.actions.correct import correct
from orderly.appointments.actions.progress import arrive, complete, confirm, no_show, reopen, start, unconfirm
from orderly.appointments.actions.put_back import put_back
from orderly.appointments.actions.regroup import move_session
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.actions.undo import undo
from orderly.appointments.actions.visits import call, uncall
from orderly.appointments.actions.walk_in import walk_in
from orderly.appointments.inputs import Correction, Move, WalkIn
from orderly.appointments.models import Appointment, VisitCheck
from orderly.calendars.models import Reservation
from orderly.core.clock import minute
from orderly.core.errors import CannotBook, Conflict, Forbidden, NotFound, Stale
from orderly.engine.problems import Code
from orderly.journal.models import Entry
from tests.appointments.audit import faults
from tests.factories import NOW, TUESDAY, make_actor, make_clinic
from tests.races.town import Town

MINUTE = timedelta(minutes=1)
LONG_AGO = NOW - timedelta(days=9)
NEVER_BACK = {"id", "version", "claim_id", "session_id"}


@pytest.fixture
def town(db: None) -> Town:
    town = Town(providers=3, patients=3, chairs=3, overbook=1, notice_minutes=600)
    town.clinic.late_fee_kind, town.clinic.late_fee, town.clinic.no_show_fee = "percent", 50, 1500
    town.clinic.save()
    return town


def state(one: Any) -> dict[str, Any]:
    """All there is to an appointment, and what is reserved for it."""
    found = Appointment.objects.select_related("visit", "payment").get(pk=one)
    rows = {"": found, "visit": found.visit, "payment": found.payment}
    taken = Reservation.objects.filter(claim=found.claim_id).order_by("resource")
    values = {
        f"{of}.{field.attname}": getattr(row, field.attname)
        for of, row in rows.items()
        for field in row._meta.concrete_fields
        if field.attname not in NEVER_BACK
    }
    return {**values, ".uses": sorted(found.uses), "taken": list(taken.values_list("resource", "start", "end"))}


Verb = Callable[[Town, UUID, Any], object]
On = dict[str, Any]


def _put_back_all(town: Town, one: UUID, on: On) -> object:
    second = Entry.objects.filter(subject=one).order_by("id").values_list("pk", flat=True)[1]
    return put_back(one, second, reason="as it was", **on)


VERBS: dict[str, Verb] = {
    "move": lambda town, one, on: reschedule(one, Move(start=town.time("17:00")), **on),
    "another day": lambda town, one, on: reschedule(one, Move(start=town.time("15:00", TUESDAY)), **on),
    "another provider": lambda town, one, on: reschedule(
        one, Move(start=town.time("20:00"), provider=town.providers[1].pk), **on
    ),
    "extend": lambda town, one, on: reschedule(
        one, Move(start=Appointment.objects.get(pk=one).start, minutes=45), **on
    ),
    "arrive": lambda town, one, on: arrive(one, **on),
    "call": lambda town, one, on: call(one, **on),
    "uncall": lambda town, one, on: uncall(one, **on),
    "start": lambda town, one, on: start(one, **on),
    "not started": lambda town, one, on: arrive(one, **on),
    "not here": lambda town, one, on: confirm(one, **on),
    "complete": lambda town, one, on: complete(one, **on),
    "no-show": lambda town, one, on: no_show(one, reason="x", **on),
    "came": lambda town, one, on: arrive(one, **on),
    "cancel": lambda town, one, on: cancel(one, "patient_ill", note="flu", **on),
    "left": lambda town, one, on: left(one, **on),
    "reopen": lambda town, one, on: reopen(one, "slip", **on),
    "unconfirm": lambda town, one, on: unconfirm(one, **on),
    "confirm": lambda town, one, on: confirm(one, **on),
    "assign": lambda town, one, on: assign(one, town.providers[2].pk, **on),
    "assign and confirm": lambda town, one, on: (assign(one, town.providers[2].pk, **on), confirm(one, **on)),
    "correct": lambda town, one, on: correct(one, Correction(notes="b", source="website"), **on),
    "put back": _put_back_all,
}
WAYS = [
    ("move",),
    ("another day",),
    ("another provider",),
    ("extend",),
    ("extend", "move"),
    ("arrive",),
    ("arrive", "call"),
    ("arrive", "call", "uncall"),
    ("arrive", "call", "start"),
    ("arrive", "call", "start", "not started"),
    ("arrive", "call", "not here"),
    ("complete",),
    ("arrive", "complete"),
    ("no-show",),
    ("no-show", "came"),
    ("no-show", "reopen"),
    ("cancel",),
    ("arrive", "cancel"),
    ("arrive", "call", "left"),
    ("arrive", "left", "reopen"),
    ("cancel", "reopen"),
    ("complete", "reopen"),
    ("correct",),
    ("unconfirm",),
    ("unconfirm", "confirm"),
    ("unconfirm", "assign"),
    ("unconfirm", "cancel"),
    ("another day", "arrive", "put back"),
    ("cancel", "put back"),
]


@pytest.mark.parametrize("way", WAYS, ids=" > ".join)
def test_done_and_undone_is_as_if_it_had_never_been(town: Town, way: tuple[str, ...]) -> None:
    """CAL-9: each verb, after whatever came before it."""
    made, now = town.book(town.patients[0], town.time("18:00"), now=LONG_AGO)(), NOW
    for name in way[:-1]:
        VERBS[name](town, made, {"actor": town.desk, "now": now})
        now += MINUTE
    before = state(made), faults()  # which knows nothing of who was called in
    VERBS[way[-1]](town, made, {"actor": town.desk, "now": now})
    assert state(made) != before[0]
    undo(made, actor=town.desk, now=now + 3 * MINUTE)
    assert (state(made), faults()) == before


@pytest.mark.parametrize("way", [("assign",), ("assign and confirm",), ("assign", "confirm"), ("cancel",)], ids=str)
def test_of_a_request_too(town: Town, way: tuple[str, ...]) -> None:
    """APT-5, CAL-9: it is asked for again; who is proposed may be somebody else."""
    made, now = town.ask(town.patients[0], town.time("18:00"))(), NOW + MINUTE
    for name in way[:-1]:
        VERBS[name](town, made, {"actor": town.desk, "now": now})
        now += MINUTE
    before = proposed(state(made))
    VERBS[way[-1]](town, made, {"actor": town.desk, "now": now})
    undo(made, actor=town.desk, now=now + MINUTE)
    assert (proposed(state(made)), faults()) == (before, {})


def proposed(found: dict[str, Any]) -> dict[str, Any]:
    """Without what hangs on who is proposed."""
    if found[".status"] != "requested" or found[".provider_id"] is not None:
        return found
    return {name: value for name, value in found.items() if name not in (".proposed_provider_id", ".uses", "taken")}


@pytest.mark.parametrize("time", ["18:00", "06:30"])
def test_a_booking_is_called_off_without_a_fee(town: Town, time: str) -> None:
    """CAL-9, APT-7: also one that starts so soon that a cancellation would cost something."""
    walked = time == "06:30"
    asked = WalkIn(clinic=town.clinic.pk, patient=town.patients[0].pk, service=town.service.pk)
    made = walk_in(asked, actor=town.desk, now=NOW).pk if walked else town.book(town.patients[0], town.time(time))()
    undo(made, actor=town.desk, now=NOW + MINUTE)
    found = Appointment.objects.select_related("payment", "cancel_reason").get(pk=made)
    assert (found.status, found.cancel_reason.code, found.fee, found.refund) == (
        "cancelled",
        "booked_by_mistake",
        None,
        None,
    )
    assert (found.payment.status, state(made)["taken"], faults()) == ("void", [], {})


def test_what_was_written_down_says_so(town: Town) -> None:
    """APT-10: who undid what, and what that changed."""
    made = town.book(town.patients[0], town.time("18:00"))()
    arrive(made, actor=town.desk, now=NOW + MINUTE)
    arrived = Entry.objects.latest("id").pk
    undo(made, actor=town.desk, now=NOW + 2 * MINUTE)
    told = Entry.objects.filter(subject=made, pk__gt=arrived).order_by("id")
    assert [(one.fact, one.ids.get("entry"), one.user) for one in told] == [
        ("appointment_undone", arrived, town.desk.user),
        ("appointment_status_changed", None, town.desk.user),
    ]


def test_overbooked_as_it_was(town: Town) -> None:
    """APT-3: back beside the other one, for the same reason; but not by somebody who may not overbook any more."""
    town.book(town.patients[1], town.time("18:00"))()
    made = town.book(town.patients[0], town.time("18:00"), overbook_reason="pain")()
    before = state(made)
    reschedule(made, Move(start=town.time("19:00")), actor=town.desk, now=NOW + MINUTE)
    undo(made, actor=town.desk, now=NOW + 2 * MINUTE)
    assert state(made) == before


def test_the_clock_does_not_count(town: Town) -> None:
    """Neither the notice that a service asks for nor that the old time has just begun."""
    start = town.time("18:00")
    made = town.book(town.patients[0], start)()
    late = NOW.fromtimestamp(start * 60, tz=NOW.tzinfo)
    reschedule(made, Move(start=town.time("15:00", TUESDAY)), actor=town.desk, now=late - MINUTE)
    undo(made, actor=town.desk, now=late + MINUTE)
    assert Appointment.objects.get().start == start == minute(late)


def refused(made: UUID, town: Town, now: Any = NOW + 2 * MINUTE, **more: Any) -> list[Any]:
    before = state(made), Entry.objects.count()
    with pytest.raises(Conflict) as caught:
        undo(made, actor=more.get("actor", town.desk), now=now)
    assert (state(made), Entry.objects.count()) == before
    return [dict(one.params).get("reason", one.code) for one in caught.value.problems]


@pytest.mark.parametrize("way", [("arrive",), ("arrive", "not here")], ids=" > ".join)
def test_what_was_checked_comes_and_goes_with_it(town: Town, way: tuple[str, ...]) -> None:
    """VIS-3: the clinic requires it of whoever comes, but not of who has come already."""
    town.clinic.check_in_requires = ["identity"]
    town.clinic.save()
    made, now = town.book(town.patients[0], town.time("18:00"), now=LONG_AGO)(), NOW
    if len(way) > 1:
        arrive(made, checked=["identity"], actor=town.desk, now=now)
    before = state(made), checks(made)
    again = {"checked": ["identity"]} if len(way) == 1 else {}
    {"arrive": arrive, "not here": confirm}[way[-1]](made, actor=town.desk, now=now + MINUTE, **again)
    assert checks(made) != before[1]
    undo(made, actor=town.desk, now=now + 2 * MINUTE)
    assert (state(made), checks(made)) == before


def checks(made: UUID) -> list[Any]:
    return list(VisitCheck.objects.filter(visit__appointment=made).values_list("what", "at", "by"))


def test_who_when_and_what_can_not(town: Town) -> None:
    made = town.book(town.patients[0], town.time("18:00"))()
    colleague = make_actor("front_desk", town.clinic)
    assert refused(made, town, actor=colleague) == ["others"]
    assert refused(made, town, NOW + 3 * MINUTE + timedelta(seconds=1)) == ["late"]
    arrive(made, actor=colleague, now=NOW + MINUTE)
    assert refused(made, town) == ["others"]
    undo(made, actor=colleague, now=NOW + 2 * MINUTE)
    assert refused(made, town, NOW + 3 * MINUTE, actor=colleague) == ["undone"]


def test_the_time_was_taken_meanwhile(town: Town) -> None:
    """CAL-9: with every reason."""
    made = town.book(town.patients[0], town.time("18:00"))()
    reschedule(made, Move(start=town.time("19:00")), actor=town.desk, now=NOW + MINUTE)
    town.book(town.patients[1], town.time("18:15"))()
    with pytest.raises(CannotBook) as caught:
        undo(made, actor=town.desk, now=NOW + 2 * MINUTE)
    assert {one.code for one in caught.value.problems} == {Code.PROVIDER_BUSY, Code.RESOURCE_BUSY}
    assert Appointment.objects.get(pk=made).start == town.time("19:00")


def test_rights_and_versions(town: Town) -> None:
    """ACC-3, ACC-4"""
    made = town.book(town.patients[0], town.time("18:00"))()
    with pytest.raises(Stale):
        undo(made, actor=town.desk, now=NOW, version=7)
    with pytest.raises(NotFound):
        undo(made, actor=make_actor("front_desk", make_clinic()), now=NOW)
    with pytest.raises(Forbidden):
        undo(made, actor=make_actor("billing", town.clinic), now=NOW)


def test_the_group_is_moved_back_as_a_group(db: None) -> None:
    """APT-14"""
    town = Town(providers=1, patients=2, places=3)
    made, _ = [town.book(one, town.time("18:00"))() for one in town.patients]
    session = Appointment.objects.get(pk=made).session_id
    assert session is not None
    move_session(session, Move(start=town.time("19:00")), actor=town.desk, now=NOW + MINUTE)
    assert refused(made, town) == ["together"]


def test_a_place_in_a_group(db: None) -> None:
    """APT-14: called off by mistake, the place is taken again in the same session."""
    town = Town(providers=1, patients=2, places=3)
    made, other = [town.book(one, town.time("18:00"))() for one in town.patients]
    before = state(made)
    cancel(made, "other", actor=town.desk, now=NOW + MINUTE)
    undo(made, actor=town.desk, now=NOW + 2 * MINUTE)
    sessions = set(Appointment.objects.values_list("session", flat=True))
    assert (state(made), len(sessions), faults()) == (before, 1, {})
    assert other


def test_nobody_but_who_did_it(town: Town) -> None:
    """Not even who may do everything."""
    made = town.book(town.patients[0], town.time("18:00"))()
    assert refused(made, town, actor=make_actor("super_admin")) == ["others"]
