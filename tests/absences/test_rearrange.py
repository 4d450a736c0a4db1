"""APT-13: applying a proposal: all that was chosen or nothing, by whom, and what is written."""

import pytest

from orderly.absences.actions import rearrange
from orderly.absences.inputs import MOST, Replacement
from orderly.appointments.models import Appointment
from orderly.appointments.queries.stranded import by_clinic
from orderly.core.errors import CannotBookAll, Forbidden, Invalid, NotFound, Stale
from orderly.journal.models import Entry
from orderly.people.permissions import Role
from orderly.people.queries import actor_for
from tests.absences.sick import Sick, taken
from tests.appointments.asking import codes
from tests.appointments.audit import faults
from tests.factories import NOW, make_actor, make_clinic, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def sick() -> Sick:
    made = Sick()
    for clock in ("09:00", "10:00"):
        made.book(clock)
    made.falls_ill()
    return made


def test_APT_13_all_move_in_one_transaction_and_are_told(sick: Sick) -> None:
    plan = sick.plan()
    moved = sick.apply(plan, tell=True)
    assert [(one.provider, one.start) for one in moved] == [
        (sick.others[0], row.appointment.start) for row in plan.rows
    ]
    facts = Entry.objects.filter(fact="appointment_rescheduled")
    assert [entry.ids["tell"] for entry in facts] == [True, True]
    together = Entry.objects.get(fact="appointments_rearranged")
    assert (together.subject, together.ids) == (sick.clinic.pk, {"appointments": [str(one.pk) for one in moved]})
    assert faults() == {}


def test_APT_13_none_moves_if_somebody_took_one_meanwhile_and_a_new_plan_goes_round_it(sick: Sick) -> None:
    plan = sick.plan()
    sick.book("10:00", sick.others[0])
    before = Entry.objects.count()
    with pytest.raises(CannotBookAll) as refused:
        sick.apply(plan)
    assert {nth: codes(problems) for nth, problems in refused.value.against.items()} == {
        1: [("provider_busy", "provider")]
    }
    assert (Entry.objects.count(), len(by_clinic(sick.clinic, actor=sick.desk, now=NOW))) == (before, 2)
    sick.apply(sick.plan())
    assert (by_clinic(sick.clinic, actor=sick.desk, now=NOW), faults()) == ([], {})


def test_APT_13_a_group_that_moves_away_is_in_nobodys_way() -> None:
    """Whoever comes first by the clock takes its time, though the group moves after them."""
    sick = Sick(others=0, places=3)
    early, late = ([sick.book(clock) for _ in range(2)] for clock in ("09:00", "10:00"))
    goes = [
        Replacement(appointment=one.pk, start=one.start + 45, provider=sick.ill.pk, version=one.version)
        for one in (*early, *late)
    ]
    moved = rearrange(sick.clinic.pk, goes, actor=sick.desk, now=NOW)
    assert [one.start for one in moved] == [sick.time(clock) for clock in ("09:45", "09:45", "10:45", "10:45")]
    assert (len({one.session_id for one in moved}), faults()) == (2, {})


def test_APT_13_only_what_was_chosen_moves(sick: Sick) -> None:
    chosen, left = taken(sick.plan())
    rearrange(sick.clinic.pk, [chosen], actor=sick.desk, now=NOW)
    assert by_clinic(sick.clinic, actor=sick.desk, now=NOW) == [left.appointment]
    with pytest.raises(Stale):
        rearrange(sick.clinic.pk, [chosen], actor=sick.desk, now=NOW)


def test_APT_13_what_can_not_be_meant_is_refused(sick: Sick) -> None:
    one = taken(sick.plan())[0]
    other = Sick()
    for moves in ([], [one, one], [one] * (MOST + 1)):
        with pytest.raises(Invalid):
            rearrange(sick.clinic.pk, moves, actor=sick.desk, now=NOW)
    strange = Replacement(appointment=other.book("09:00").pk, start=one.start, provider=one.provider)
    boss = make_actor(Role.SUPER_ADMIN)
    with pytest.raises(NotFound):
        rearrange(sick.clinic.pk, [one, strange], actor=boss, now=NOW)
    assert {found.version for found in Appointment.objects.all()} == {1}


def test_APT_13_who_may(sick: Sick) -> None:
    """A doctor falls ill by themselves, but writes nobody else off; who only reads moves nothing."""
    chosen = taken(sick.plan())
    for role, refused in ((Role.READ_ONLY, Forbidden), (Role.BILLING, Forbidden)):
        with pytest.raises(refused):
            rearrange(sick.clinic.pk, chosen, actor=make_actor(role, sick.clinic), now=NOW)
    with pytest.raises(NotFound):
        rearrange(sick.clinic.pk, chosen, actor=make_actor(Role.FRONT_DESK, make_clinic()), now=NOW)
    user = make_user(Role.DOCTOR, sick.clinic)
    doctor = actor_for(user, address="")
    with pytest.raises(Forbidden):
        sick.falls_ill(actor=doctor)
    sick.ill.user = user
    sick.ill.save()
    sick.falls_ill("18:00", "19:00", actor=doctor)
    assert len(rearrange(sick.clinic.pk, chosen, actor=doctor, now=NOW)) == 2
