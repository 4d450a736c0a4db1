"""APT-13: who has to be called about where their visit is now, and who has been."""

from datetime import timedelta
from uuid import UUID

import pytest

from orderly.absences.actions import note_call, undo_rearrangement
from orderly.absences.queries.calls import RECENT, calls
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.core.errors import Conflict, Forbidden, NotFound
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from tests.absences.sick import Sick
from tests.factories import MONDAY, NOW, at, make_actor

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def sick() -> Sick:
    """Two were moved; neither can be written to."""
    made = Sick()
    for clock in ("09:00", "10:00"):
        made.book(clock)
    Patient.objects.update(email="")
    made.falls_ill()
    made.apply(made.plan())
    return made


def listed(sick: Sick, **more: object) -> list[tuple[UUID, bool]]:
    return [(one.appointment.pk, one.done is not None) for one in calls(sick.clinic.pk, **{"now": SOON, **more})]


def visits() -> list[UUID]:
    return [one.pk for one in Appointment.objects.order_by("start")]


def test_noted_once_by_whom_and_when_and_taken_back(sick: Sick) -> None:
    first, second = visits()
    for _ in range(2):
        note_call(sick.clinic.pk, first, called=True, actor=sick.desk, now=SOON)
    assert listed(sick) == [(first, True), (second, False)]
    entry = Entry.objects.get(fact="patient_phoned")
    assert (entry.subject, entry.clinic, entry.user, entry.at) == (first, sick.clinic.pk, sick.desk.user, SOON)
    note_call(sick.clinic.pk, first, called=False, actor=sick.desk, now=SOON)
    note_call(sick.clinic.pk, second, called=False, actor=sick.desk, now=SOON)
    assert listed(sick) == [(first, False), (second, False)]
    assert Entry.objects.filter(fact="phoning_taken_back").count() == 1


def test_only_who_can_not_be_written_to_still_comes_and_was_moved_lately(sick: Sick) -> None:
    first, second = visits()
    assert listed(sick, now=NOW + RECENT + timedelta(seconds=1)) == []
    cancel(second, "other", actor=sick.desk, now=SOON)
    assert listed(sick) == [(first, False)]
    Patient.objects.update(email="a@example.org")
    assert listed(sick) == []


def test_moved_once_more_they_are_called_once_more(sick: Sick) -> None:
    first, second = visits()
    note_call(sick.clinic.pk, first, called=True, actor=sick.desk, now=SOON)
    sick.ill, sick.others = sick.others[0], [sick.ill]
    sick.rule.delete()
    sick.falls_ill()
    sick.apply(sick.plan(), now=SOON)
    assert listed(sick) == [(first, False), (second, False)]


def test_moved_by_itself_they_are_called_once_more(sick: Sick) -> None:
    first, second = visits()
    note_call(sick.clinic.pk, first, called=True, actor=sick.desk, now=SOON)
    later = Move(start=at(sick.clinic, MONDAY, "16:00"))
    reschedule(first, later, actor=sick.desk, now=SOON + timedelta(minutes=1))
    assert dict(listed(sick)) == {first: False, second: False}


def test_undone_it_is_the_rearrangement_before_that_counts(sick: Sick) -> None:
    first, second = visits()
    sick.ill, sick.others = sick.others[0], [sick.ill]
    sick.rule.delete()
    sick.falls_ill()
    sick.apply(sick.plan(), now=SOON)
    deed = Entry.objects.filter(fact="appointments_rearranged").latest("pk").pk
    undo_rearrangement(sick.clinic.pk, deed, actor=sick.desk, now=SOON + timedelta(minutes=1))
    assert listed(sick) == [(first, False), (second, False)]


def test_who_was_called_is_not_moved_back_unasked(sick: Sick) -> None:
    first, _second = visits()
    deed = Entry.objects.get(fact="appointments_rearranged").pk
    note_call(sick.clinic.pk, first, called=True, actor=sick.desk, now=SOON)
    with pytest.raises(Conflict) as refused:
        undo_rearrangement(sick.clinic.pk, deed, actor=sick.desk, now=SOON)
    assert dict(refused.value.problems[0].params) == {"reason": "since"}


def test_what_was_undone_needs_no_call(sick: Sick) -> None:
    deed = Entry.objects.get(fact="appointments_rearranged").pk
    undo_rearrangement(sick.clinic.pk, deed, actor=sick.desk, now=SOON)
    assert listed(sick) == []


def test_by_who_may_and_only_of_the_list(sick: Sick) -> None:
    first, _second = visits()
    for actor, error in (
        (make_actor(Role.READ_ONLY, sick.clinic), Forbidden),
        (make_actor(Role.FRONT_DESK, Sick().clinic), NotFound),
    ):
        with pytest.raises(error):
            note_call(sick.clinic.pk, first, called=True, actor=actor, now=SOON)
    with pytest.raises(NotFound):
        note_call(sick.clinic.pk, sick.book("12:00", sick.others[0]).pk, called=True, actor=sick.desk, now=SOON)
