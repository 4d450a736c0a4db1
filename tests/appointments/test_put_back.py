"""APT-10: an earlier state of an appointment, where it is still possible, through everybody's checks."""

from typing import Any

import pytest

from orderly.appointments.actions.assign import assign
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.correct import correct
from orderly.appointments.actions.progress import arrive, complete, confirm, no_show, reopen, unconfirm
from orderly.appointments.actions.put_back import put_back
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Correction, Move
from orderly.appointments.models import Appointment
from orderly.calendars.models import Reservation
from orderly.core.errors import CannotBook, Conflict, Forbidden, Invalid, NotFound, Stale
from orderly.journal.actions import erase_words
from orderly.journal.models import Entry
from tests.appointments.audit import faults
from tests.factories import NOW, make_actor, make_clinic, make_patient
from tests.races.storm import codes, storm, winners
from tests.races.town import Town

TOWN: dict[str, Any] = {"providers": 2, "patients": 2, "chairs": 2}


@pytest.fixture
def town(db: None) -> Town:
    return Town(**TOWN)


def row(one: Any) -> dict[str, Any]:
    """What can be put back, and what is reserved for it."""
    found = Appointment.objects.select_related("visit").get(pk=one)
    names = ("start", "end", "provider_id", "status", "notes", "referral", "source")
    taken = Reservation.objects.filter(claim=found.claim_id).order_by("resource")
    return {name: getattr(found, name) for name in names} | {
        "uses": sorted(found.uses),
        "taken": list(taken.values_list("resource", "start", "end")),
        "visit": (found.visit.status, found.visit.day, found.visit.planned),
    }


def first_entry_after(one: Any, nth: int) -> int:
    return Entry.objects.filter(subject=one).order_by("id").values_list("pk", flat=True)[nth]


def test_everything_at_once(town: Town) -> None:
    on = {"actor": town.desk, "now": NOW}
    made = town.book(town.patients[0], town.time("10:00"), notes="gently")()
    before = row(made)
    reschedule(made, Move(start=town.time("14:00"), provider=town.providers[1].pk, minutes=60), **on)
    correct(made, Correction(notes="quickly", source="website"), **on)
    arrive(made, **on)
    entry = first_entry_after(made, 1)
    back = put_back(made, entry, **on)
    assert row(made) == before
    facts = list(Entry.objects.filter(subject=made, pk__gt=entry + 2).order_by("id").values_list("fact", "ids__entry"))
    assert facts == [
        ("appointment_put_back", entry),
        ("appointment_rescheduled", None),
        ("appointment_status_changed", None),
        ("appointment_corrected", None),
    ]
    assert put_back(made, entry, **on).version == back.version


@pytest.mark.parametrize("verbs", [(complete,), (no_show,), (arrive,)])
def test_states_by_the_allowed_moves(town: Town, verbs: Any) -> None:
    on = {"actor": town.desk, "now": NOW}
    made = town.book(town.patients[0], town.time("10:00"))()
    before = row(made)
    for verb in verbs:
        verb(made, **on)
    put_back(made, first_entry_after(made, 1), reason="by mistake", **on)
    assert row(made) == before


def test_a_cancelled_one_at_its_former_time(town: Town) -> None:
    on = {"actor": town.desk, "now": NOW}
    made = town.book(town.patients[0], town.time("10:00"))()
    before = row(made)
    reschedule(made, Move(start=town.time("12:00")), **on)
    cancel(made, "other", **on)
    entry = first_entry_after(made, 1)
    with pytest.raises(Invalid, match="reason"):
        put_back(made, entry, **on)
    put_back(made, entry, reason="by mistake", **on)
    assert row(made) == before


def test_it_isnt_called_off_anew(town: Town) -> None:
    on = {"actor": town.desk, "now": NOW}
    made = town.book(town.patients[0], town.time("10:00"))()
    cancel(made, "other", **on)
    reopen(made, "after all", **on)
    before = row(made)
    with pytest.raises(Conflict, match="bad_transition"):
        put_back(made, first_entry_after(made, 2), reason="x", **on)
    assert row(made) == before


def test_the_time_is_gone(town: Town) -> None:
    on = {"actor": town.desk, "now": NOW}
    made = town.book(town.patients[0], town.time("10:00"))()
    reschedule(made, Move(start=town.time("12:00")), **on)
    arrive(made, **on)
    town.book(town.patients[1], town.time("10:15"))()
    before = row(made), Entry.objects.count()
    with pytest.raises(CannotBook, match="provider_busy"):
        put_back(made, first_entry_after(made, 1), **on)
    assert (row(made), Entry.objects.count()) == before


def test_who_may_not(town: Town) -> None:
    on = {"actor": town.desk, "now": NOW}
    made = town.book(town.patients[0], town.time("10:00"))()
    arrive(made, **on)
    entry = first_entry_after(made, 1)
    with pytest.raises(Stale):
        put_back(made, entry, version=1, **on)
    with pytest.raises(NotFound):
        put_back(made, entry, actor=make_actor("clinic_admin", make_clinic()), now=NOW)
    with pytest.raises(Forbidden):
        put_back(made, entry, actor=make_actor("billing", town.clinic), now=NOW)
    other = town.book(town.patients[1], town.time("11:00"))()
    for wrong in (entry + 1000, first_entry_after(other, 0)):
        with pytest.raises(NotFound, match="entry"):
            put_back(made, wrong, **on)
    with pytest.raises(Conflict, match="entry"):
        put_back(made, first_entry_after(made, 0), **on)


def test_erased_words_are_not_put_back(town: Town) -> None:
    on = {"actor": town.desk, "now": NOW}
    made = town.book(town.patients[0], town.time("10:00"), notes="rude")()
    correct(made, Correction(notes="kind"), **on)
    erase_words(made)
    with pytest.raises(Conflict, match="notes"):
        put_back(made, first_entry_after(made, 1), **on)


def about(one: Any) -> tuple[Any, ...]:
    """A request: its state, who serves it, who is proposed, its chairs apart."""
    found = Appointment.objects.get(pk=one)
    return found.status, found.provider_id, found.proposed_provider_id, found.start, found.end


def test_a_request_is_nobodys_again(town: Town) -> None:
    """Assigned, confirmed and moved by mistake: back to a proposal, which makes room like any other."""
    on = {"actor": town.desk, "now": NOW}
    made = town.ask(town.patients[0], town.time("10:00"))()
    before = about(made)
    assign(made, town.providers[1].pk, **on)
    confirm(made, **on)
    reschedule(made, Move(start=town.time("14:00"), minutes=45), **on)
    entry = first_entry_after(made, 1)
    town.book(town.patients[1], town.time("10:00"), town.providers[0])()
    put_back(made, entry, **on)
    assert about(made) == ("requested", None, town.providers[1].pk, town.time("10:00"), town.time("10:30"))
    assert before[:2] == ("requested", None)
    version = put_back(made, entry, **on).version
    assert put_back(made, entry, **on).version == version
    assert faults() == {}


def test_a_confirmed_one_that_was_asked_for_again(town: Town) -> None:
    on = {"actor": town.desk, "now": NOW}
    made = town.book(town.patients[0], town.time("10:00"))()
    before = row(made)
    unconfirm(made, **on)
    assign(made, town.providers[1].pk, **on)
    put_back(made, first_entry_after(made, 1), **on)
    assert row(made) == before
    assert faults() == {}


def test_what_was_only_proposed_is_not_put_back(town: Town) -> None:
    on = {"actor": town.desk, "now": NOW}
    made = town.ask(town.patients[0], town.time("10:00"))()
    town.book(town.patients[1], town.time("10:00"), town.providers[0])()
    moved = about(made)
    assert moved[2] == town.providers[1].pk
    put_back(made, first_entry_after(made, 1), **on)
    assert about(made) == moved


def test_nobody_is_left_for_the_request(town: Town) -> None:
    on = {"actor": town.desk, "now": NOW}
    made = town.ask(town.patients[0], town.time("10:00"))()
    assign(made, town.providers[0].pk, **on)
    reschedule(made, Move(start=town.time("12:00")), **on)
    for one in town.providers:
        town.book(make_patient(town.clinic), town.time("10:00"), one)()
    before = about(made), Entry.objects.count()
    with pytest.raises(CannotBook, match="provider_busy"):
        put_back(made, first_entry_after(made, 1), **on)
    assert (about(made), Entry.objects.count()) == before


def test_a_called_off_request(town: Town) -> None:
    on = {"actor": town.desk, "now": NOW}
    made = town.ask(town.patients[0], town.time("10:00"))()
    before = about(made)
    cancel(made, "other", **on)
    put_back(made, first_entry_after(made, 1), reason="by mistake", **on)
    assert about(made) == before
    with pytest.raises(Conflict, match="bad_transition"):
        arrive(made, **on)
    assert faults() == {}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_put_back_at_once() -> None:
    """Two that want the same former time: one gets it. Many of one appointment: it is put back once."""
    town = Town(providers=1, patients=2)
    on = {"actor": town.desk, "now": NOW}
    made = []
    for patient in town.patients:
        one = town.book(patient, town.time("10:00"))()
        reschedule(one, Move(start=town.time("12:00") + 60 * len(made)), **on)
        made.append(one)
    entries = [first_entry_after(one, 1) for one in made]
    found = storm(
        [lambda one=one, entry=entry: put_back(one, entry, **on).pk for one, entry in zip(made, entries, strict=True)]
        * 8
    )
    assert codes(found) == {"provider_busy"}
    assert len(set(winners(found))) == 1
    assert len(winners(found)) == 8
    assert Entry.objects.filter(fact="appointment_put_back").count() == 1
    assert Appointment.objects.filter(start=town.time("10:00")).count() == 1
