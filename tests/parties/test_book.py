"""APT-14: a party is booked whole or not at all, moves as one, and is called off as one."""

import pytest

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.core.errors import CannotBookAll, Conflict, Forbidden, NotFound, Stale
from orderly.engine.succession import Order
from orderly.journal.models import Entry
from orderly.parties.actions.book import CannotBookParty, book_party
from orderly.parties.actions.change import CannotMoveParty, cancel_party, move_along, move_party
from orderly.parties.models import Member, Party
from orderly.parties.queries.elsewhere import shifts
from orderly.parties.queries.members import of_party, party_of, version_of
from orderly.parties.queries.search import alternatives
from orderly.patients.actions.family import relate
from orderly.resources.models import Kind
from tests.appointments.asking import codes, off
from tests.appointments.audit import faults
from tests.factories import NOW, TUESDAY, make_actor, make_asset, make_patient, make_provider, make_service
from tests.parties.household import Household

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Household:
    return Household()


def starts(home: Household, party: Party) -> list[str]:
    return [home.clock(one.start) for one in of_party(party.pk)]


def test_a_family_is_booked_with_its_order_and_one_fact(home: Household) -> None:
    party = home.three()
    members = of_party(party.pk)
    assert (party.kind, [one.patient for one in members]) == ("family", home.family)
    assert starts(home, party) == ["09:00", "09:30", "10:00"]
    assert {one.status for one in members} == {"confirmed"}
    fact = Entry.objects.get(fact="party_booked")
    assert (fact.subject, fact.ids["appointments"]) == (party.pk, [str(one.pk) for one in members])
    assert [party_of(one.pk) for one in members] == [party.pk] * 3
    assert faults() == {}


def test_what_they_are_to_each_other(home: Household) -> None:
    """Linked by way of others is a family; one person's services are a visit; strangers are a group."""
    uncle, stranger = (make_patient(home.clinic) for _ in range(2))
    admin = make_actor("clinic_admin", home.clinic)
    relate(uncle.pk, home.children[0].pk, clinic=home.clinic.pk, actor=admin, now=NOW)
    same = (home.want(home.mother), home.want(home.mother, home.cleaning))
    kinds = [
        home.book(*same).kind,
        home.book(home.want(home.children[1]), home.want(home.children[0])).kind,
        home.book(*(home.want(one) for one in (uncle, home.children[0], home.mother))).kind,
        home.book(home.want(stranger), home.want(uncle)).kind,
    ]
    assert kinds == ["visit", "group", "family", "group"]


def test_refused_it_says_for_whom_and_what_else_there_is(home: Household) -> None:
    steps = [home.want(one, provider=home.doctors[0]) for one in home.family]
    wanted = home.request(home.find(*steps)[0])
    home.take(home.doctors[0], "09:40")
    before = Entry.objects.count()
    with pytest.raises(CannotBookParty) as refused:
        book_party(wanted, actor=home.desk, now=NOW)
    busy = [("provider_busy", "provider")]
    assert {nth: codes(problems) for nth, problems in refused.value.against.items()} == {1: busy, 2: busy}
    assert (Party.objects.count(), Appointment.objects.count(), Entry.objects.count()) == (0, 1, before)
    instead = alternatives(refused.value.request, now=NOW)
    assert home.clocks(instead)[0] == ["10:15", "10:45", "11:15"]
    assert len(instead) == 3


def test_where_the_days_around_are_full_the_first_after_them_are_offered(home: Household) -> None:
    steps = [home.want(one, provider=home.doctors[0]) for one in home.children]
    wanted = home.request(home.find(*steps)[0])
    off(home.clinic, home.doctors[0].resource, "09:00", "17:00", kind="off")
    off(home.clinic, home.doctors[0].resource, "09:00", "16:00", day=TUESDAY, kind="off")
    instead = alternatives(wanted, now=NOW)
    assert home.clocks(instead) == [["16:00", "16:30"], ["09:00", "09:30"], ["09:15", "09:45"]]


def test_they_move_by_the_same_shift(home: Household) -> None:
    party = home.three()
    move_party(party.pk, home.time("14:15", TUESDAY), actor=home.desk, now=NOW)
    assert starts(home, party) == ["14:15", "14:45", "15:15"]
    [_, second, _] = of_party(party.pk)
    move_along(second.pk, Move(start=second.start - 15), actor=home.desk, now=NOW, version=second.version)
    assert (starts(home, party), faults()) == (["14:00", "14:30", "15:00"], {})


def test_one_of_them_may_go_to_another_doctor_as_they_move(home: Household) -> None:
    party = home.three()
    first = of_party(party.pk)[0]
    to = Move(start=home.time("09:30"), provider=home.doctors[1].pk)
    move_along(first.pk, to, actor=home.desk, now=NOW)
    assert starts(home, party) == ["09:30", "10:00", "10:30"]
    assert [one.provider for one in of_party(party.pk)] == [home.doctors[1], home.doctors[0], home.doctors[0]]


def test_none_moves_if_one_cannot_and_it_says_whose(home: Household) -> None:
    party = home.three()
    cancel(of_party(party.pk)[0].pk, "other", actor=home.desk, now=NOW)
    with pytest.raises(CannotBookAll) as refused:
        move_party(party.pk, home.time("16:15"), actor=home.desk, now=NOW)
    assert {nth: codes(problems) for nth, problems in refused.value.against.items()} == {
        2: [("outside_hours", "start")]
    }
    assert isinstance(refused.value, CannotMoveParty)
    assert shifts(refused.value.moves, now=NOW) == [-15, -30, -45]
    assert starts(home, party) == ["09:00", "09:30", "10:00"]
    move_party(party.pk, home.time("16:00"), actor=home.desk, now=NOW)
    assert starts(home, party) == ["09:00", "16:00", "16:30"]


def test_other_times_are_such_as_all_can_be_moved_to(home: Household) -> None:
    """Two children at once with one chair less than doctors: what each could have alone, both can't. Their own time
    isn't in their way; what they can be moved to is where the verb moves them.
    """
    [_small, _large] = (make_asset(home.clinic, Kind.CHAIR) for _ in range(2))
    home.exam = make_service(home.clinic, 30, asset_kinds=(Kind.CHAIR,))
    for doctor in home.doctors:
        home.exam.offerings.create(provider=doctor)
    third = make_provider(home.clinic, service=home.exam)
    party = home.book(*(home.want(one) for one in home.children), order=Order.AT_ONCE)
    assert starts(home, party) == ["09:00", "09:00"]
    for clock in ("09:30", "10:00"):
        home.take(third, clock)
    with pytest.raises(CannotMoveParty) as refused:
        move_party(party.pk, home.time("09:45"), actor=home.desk, now=NOW)
    instead = shifts(refused.value.moves, now=NOW)
    assert [home.clock(home.time("09:45") + by) for by in instead] == ["10:30", "10:45", "11:00"]
    move_party(party.pk, home.time("10:30"), actor=home.desk, now=NOW)
    assert (starts(home, party), faults()) == (["10:30", "10:30"], {})


def test_they_are_called_off_for_one_reason(home: Household) -> None:
    party = home.three()
    cancel(of_party(party.pk)[1].pk, "other", actor=home.desk, now=NOW)
    cancel_party(party.pk, "patient_ill", note="all of them", actor=home.desk, now=NOW)
    assert [one.status for one in of_party(party.pk)] == ["cancelled"] * 3
    assert Entry.objects.filter(fact="appointment_cancelled").count() == 3
    assert (Member.objects.count(), faults()) == (3, {})
    with pytest.raises(Conflict):
        cancel_party(party.pk, "patient_ill", actor=home.desk, now=NOW)
    with pytest.raises(Conflict):
        move_party(party.pk, home.time("11:00"), actor=home.desk, now=NOW)


def test_changed_since_it_was_seen(home: Household) -> None:
    party = home.three()
    seen = version_of(of_party(party.pk))
    move_party(party.pk, home.time("11:00"), actor=home.desk, now=NOW, version=seen)
    with pytest.raises(Stale):
        move_party(party.pk, home.time("12:00"), actor=home.desk, now=NOW, version=seen)
    with pytest.raises(Stale):
        cancel_party(party.pk, "other", actor=home.desk, now=NOW, version=seen)
    with pytest.raises(Stale):
        move_along(of_party(party.pk)[0].pk, Move(start=home.time("12:00")), actor=home.desk, now=NOW, version=1)


def test_only_by_who_may_and_only_ones_own(home: Household) -> None:
    party = home.three()
    reader, stranger = make_actor("read_only", home.clinic), make_actor("clinic_admin", Household().clinic)
    wanted = home.request(home.find(*(home.want(one) for one in home.children), order=Order.AT_ONCE)[0])
    for actor, error in ((reader, Forbidden), (stranger, NotFound)):
        with pytest.raises(error):
            book_party(wanted, actor=actor, now=NOW)
        with pytest.raises(error):
            move_party(party.pk, home.time("11:00"), actor=actor, now=NOW)
        with pytest.raises(error):
            cancel_party(party.pk, "other", actor=actor, now=NOW)
    alone = home.take(home.doctors[1], "16:00")
    with pytest.raises(NotFound):
        move_along(alone.pk, Move(start=alone.start - 30), actor=home.desk, now=NOW)
