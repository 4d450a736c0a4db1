"""APT-13: what was just rearranged is where it was, though it can't take place there; all of it or nothing."""

from datetime import timedelta

import pytest

from orderly.absences.actions import rearrange, undo_rearrangement
from orderly.absences.inputs import Replacement
from orderly.absences.queries.undoable import undoable_of
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.actions.undo import undo
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.appointments.queries.stranded import by_clinic
from orderly.appointments.queries.undoable import WINDOW
from orderly.core.errors import CannotBookAll, Conflict, Forbidden, NotFound
from orderly.journal.models import Entry
from orderly.people.permissions import Role
from tests.absences.sick import Sick
from tests.appointments.asking import codes
from tests.appointments.audit import faults
from tests.factories import NOW, make_actor, make_clinic

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def sick() -> Sick:
    made = Sick()
    for clock in ("09:00", "09:30"):
        made.book(clock)
    made.falls_ill()
    return made


def stands() -> list[tuple[object, int, str]]:
    return [(one.provider, one.start, one.status) for one in Appointment.objects.order_by("pk")]


def applied(sick: Sick, **more: object) -> int:
    sick.apply(sick.plan(), **more)
    return Entry.objects.get(fact="appointments_rearranged").pk


def reason(sick: Sick, deed: int, **more: object) -> str:
    before = Entry.objects.count()
    with pytest.raises(Conflict) as refused:
        undo_rearrangement(sick.clinic.pk, deed, **{"actor": sick.desk, "now": SOON, **more})
    assert Entry.objects.count() == before
    return dict(refused.value.problems[0].params)["reason"]


def test_APT_13_all_are_where_they_were_and_are_to_be_rearranged_again(sick: Sick) -> None:
    before, stranded = stands(), by_clinic(sick.clinic, actor=sick.desk, now=NOW)
    deed = applied(sick, tell=True)
    assert undoable_of(sick.clinic.pk, sick.desk.user, SOON) == Entry.objects.get(pk=deed)
    undo_rearrangement(sick.clinic.pk, deed, actor=sick.desk, now=SOON)
    assert (stands(), faults()) == (before, {})
    assert by_clinic(sick.clinic, actor=sick.desk, now=NOW) == stranded
    entry = Entry.objects.get(fact="rearrangement_undone")
    named = Entry.objects.get(pk=deed).ids["appointments"]
    assert (entry.subject, entry.clinic, entry.ids) == (
        *(sick.clinic.pk, sick.clinic.pk),
        {"appointments": named, "entry": deed},
    )
    assert reason(sick, deed) == "undone"
    assert undoable_of(sick.clinic.pk, sick.desk.user, SOON) is None
    assert len(sick.apply(sick.plan())) == 2


def test_APT_13_shifted_by_their_own_length_none_is_in_anothers_way() -> None:
    sick = Sick(others=0)
    for clock in ("09:00", "09:30"):
        sick.book(clock)
    sick.falls_ill("9:00", "9:30")
    before, (first, second) = stands(), Appointment.objects.order_by("start")
    goes = [
        Replacement(appointment=one.pk, start=one.start + 30, provider=sick.ill.pk, version=one.version)
        for one in (first, second)
    ]
    rearrange(sick.clinic.pk, goes, actor=sick.desk, now=NOW)
    deed = Entry.objects.get(fact="appointments_rearranged").pk
    undo_rearrangement(sick.clinic.pk, deed, actor=sick.desk, now=SOON)
    assert (stands(), faults()) == (before, {})


def test_APT_13_a_whole_group_comes_back() -> None:
    sick = Sick(places=3)
    for _ in range(2):
        sick.book("09:00")
    sick.falls_ill()
    before = stands()
    undo_rearrangement(sick.clinic.pk, applied(sick), actor=sick.desk, now=SOON)
    assert (stands(), faults()) == (before, {})


def test_APT_13_one_of_them_alone_comes_back_too(sick: Sick) -> None:
    """APT-9: neither is undoing a single move refused because somebody is away."""
    before = stands()
    applied(sick)
    for one in Appointment.objects.all():
        undo(one.pk, actor=sick.desk, now=SOON)
    assert (stands(), faults()) == (before, {})


def test_APT_13_none_comes_back_if_one_time_is_gone(sick: Sick) -> None:
    deed, first = applied(sick), Appointment.objects.earliest("start")
    assert sick.rule
    sick.rule.delete()
    sick.book("09:00")
    after, entries = stands(), Entry.objects.count()
    with pytest.raises(CannotBookAll) as refused:
        undo_rearrangement(sick.clinic.pk, deed, actor=sick.desk, now=SOON)
    named = Entry.objects.get(pk=deed).ids["appointments"]
    assert {named[nth]: codes(problems) for nth, problems in refused.value.against.items()} == {
        str(first.pk): [("provider_busy", "provider")]
    }
    assert (stands(), Entry.objects.count()) == (after, entries)


def test_APT_13_only_ones_own_soon_and_unchanged(sick: Sick) -> None:
    deed = applied(sick)
    assert reason(sick, deed, now=NOW + WINDOW + timedelta(seconds=1)) == "late"
    assert reason(sick, deed, actor=make_actor(Role.FRONT_DESK, sick.clinic)) == "others"
    one = Appointment.objects.latest("start")
    reschedule(one.pk, Move(start=one.start + 60), actor=sick.desk, now=SOON)
    assert reason(sick, deed) == "since"


def test_APT_13_who_may_undo_it(sick: Sick) -> None:
    deed = applied(sick)
    with pytest.raises(Forbidden):
        undo_rearrangement(sick.clinic.pk, deed, actor=make_actor(Role.READ_ONLY, sick.clinic), now=SOON)
    far = make_clinic()
    for clinic, entry in ((far.pk, deed), (sick.clinic.pk, Entry.objects.get(fact="rule_added").pk)):
        with pytest.raises(NotFound):
            undo_rearrangement(clinic, entry, actor=make_actor(Role.SUPER_ADMIN), now=SOON)
