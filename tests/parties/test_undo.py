"""APT-14: all that was just done to a party is taken back at once, or none of it."""

from datetime import timedelta

import pytest

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.actions.undo import undo
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.appointments.queries.undoable import WINDOW
from orderly.core.errors import CannotBookAll, Conflict, Forbidden, NotFound, Stale
from orderly.journal.models import Entry
from orderly.parties.actions.book import book_party
from orderly.parties.actions.change import cancel_party, move_along, move_party
from orderly.parties.actions.undo import undo_party
from orderly.parties.models import Party
from orderly.parties.queries.members import of_party, version_of
from orderly.parties.queries.undoable import deed_of
from tests.appointments.asking import codes
from tests.appointments.audit import faults
from tests.factories import NOW, make_actor
from tests.parties.household import Household
from tests.parties.test_book import starts

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def home() -> Household:
    return Household()


def states(party: Party) -> list[str]:
    return [one.status for one in of_party(party.pk)]


def reason(home: Household, party: Party, **more: object) -> str:
    """Why it can't be taken back; nothing is written then."""
    before = Entry.objects.count()
    with pytest.raises(Conflict) as refused:
        undo_party(party.pk, **{"actor": home.desk, "now": SOON, **more})
    assert Entry.objects.count() == before
    return dict(refused.value.problems[0].params)["reason"]


def test_one_just_booked_costs_nothing_and_nobody_is_told(home: Household) -> None:
    found = home.find(*(home.want(one, provider=home.doctors[0]) for one in home.family))[0]
    party = book_party(home.request(found, tell=True), actor=home.desk, now=NOW)
    undo_party(party.pk, actor=home.desk, now=SOON)
    assert (states(party), faults()) == (["cancelled"] * 3, {})
    found = Appointment.objects.select_related("cancel_reason")
    assert {(one.cancel_reason and one.cancel_reason.code, one.fee) for one in found} == {("booked_by_mistake", None)}
    entry, booked = Entry.objects.get(fact="party_undone"), Entry.objects.get(fact="party_booked")
    assert (entry.subject, entry.ids) == (party.pk, {"appointments": booked.ids["appointments"], "entry": booked.pk})
    assert reason(home, party) == "undone"


@pytest.mark.parametrize("clock", ["09:00", "09:30", "14:00"])
def test_moved_back_though_they_stand_in_each_others_old_times(home: Household, clock: str) -> None:
    party = home.three()
    move_party(party.pk, home.time("09:15"), actor=home.desk, now=NOW + SECOND)
    move_party(party.pk, home.time(clock), actor=home.desk, now=SOON)
    assert Entry.objects.filter(fact="party_moved").count() == 2
    undo_party(party.pk, actor=home.desk, now=SOON + SECOND)
    assert (starts(home, party), faults()) == (["09:15", "09:45", "10:15"], {})


def test_one_moved_along_is_back_with_its_doctor(home: Household) -> None:
    party = home.three()
    first = of_party(party.pk)[0]
    move_along(first.pk, Move(start=home.time("09:30"), provider=home.doctors[1].pk), actor=home.desk, now=NOW + SECOND)
    undo_party(party.pk, actor=home.desk, now=SOON)
    assert starts(home, party) == ["09:00", "09:30", "10:00"]
    assert {one.provider for one in of_party(party.pk)} == {home.doctors[0]}


def test_called_off_and_back_without_the_one_that_was_off_before(home: Household) -> None:
    party = home.three()
    cancel(of_party(party.pk)[1].pk, "other", actor=home.desk, now=NOW + SECOND)
    cancel_party(party.pk, "other", actor=home.desk, now=NOW + 2 * SECOND)
    undo_party(party.pk, actor=home.desk, now=SOON)
    assert (states(party), faults()) == (["confirmed", "cancelled", "confirmed"], {})


def test_none_comes_back_if_one_time_is_gone(home: Household) -> None:
    party = home.three()
    move_party(party.pk, home.time("14:00"), actor=home.desk, now=NOW + SECOND)
    home.take(home.doctors[0], "09:30")
    before = Entry.objects.count()
    with pytest.raises(CannotBookAll) as refused:
        undo_party(party.pk, actor=home.desk, now=SOON)
    assert {nth: codes(problems) for nth, problems in refused.value.against.items()} == {
        1: [("provider_busy", "provider")]
    }
    assert (starts(home, party), Entry.objects.count()) == (["14:00", "14:30", "15:00"], before)


def test_only_the_last_by_oneself_soon_and_unchanged(home: Household) -> None:
    party = home.three()
    assert reason(home, party, now=NOW + WINDOW + SECOND) == "late"
    assert reason(home, party, actor=make_actor("front_desk", home.clinic)) == "others"
    booked = deed_of(party.pk)
    move_party(party.pk, home.time("11:00"), actor=home.desk, now=NOW + SECOND)
    assert reason(home, party, deed=booked) == "since"
    one = of_party(party.pk)[2]
    reschedule(one.pk, Move(start=home.time("16:00")), actor=home.desk, now=SOON)
    assert reason(home, party) == "since"
    undo(one.pk, actor=home.desk, now=SOON)
    assert reason(home, party) == "since"


def test_by_who_may_and_as_it_was_seen(home: Household) -> None:
    party = home.three()
    for actor, error in (
        (make_actor("read_only", home.clinic), Forbidden),
        (make_actor("clinic_admin", Household().clinic), NotFound),
    ):
        with pytest.raises(error):
            undo_party(party.pk, actor=actor, now=SOON)
    seen = version_of(of_party(party.pk))
    with pytest.raises(Stale):
        undo_party(party.pk, actor=home.desk, now=SOON, version=seen - 1)
    undo_party(party.pk, actor=home.desk, now=SOON, version=seen)
    assert states(party) == ["cancelled"] * 3
