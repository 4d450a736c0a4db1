"""CAL-9: the patient is told of a whole series once, as it stands three minutes later; what is undone is recalled."""

from typing import Any

import pytest
from django.core import mail

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.actions.undo import undo
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.core.errors import CannotBookAll, Conflict
from orderly.edge import series_telling
from orderly.journal.models import Entry
from orderly.series.actions.cancel import cancel_rest
from orderly.series.actions.change import change
from orderly.series.actions.create import create
from orderly.series.actions.undo import undo_series
from orderly.series.choices import Scope
from orderly.series.inputs import SeriesChange
from tests.appointments.asking import booked
from tests.appointments.audit import faults
from tests.edge.test_telling import MINUTE, Practice, failing
from tests.factories import TUESDAY, make_actor, make_patient, make_provider
from tests.series.asking import asked, times


class Repeating(Practice):
    """Three Tuesdays at ten."""

    def create(self, tell: bool | None = True) -> list[Appointment]:
        wanted = asked(self.clinic, self.service, self.provider, self.patient, rule="FREQ=WEEKLY;COUNT=3", tell=tell)
        create(wanted, **self.on)
        return list(Appointment.objects.filter(patient=self.patient).order_by("start"))

    def change(self, visit: Appointment, **more: Any) -> None:
        change(visit.pk, SeriesChange(scope=Scope.FOLLOWING, **more), **self.on)


@pytest.fixture
def practice(db: None) -> Repeating:
    return Repeating()


DAYS = ("Tuesday 3 March 2026", "Tuesday 10 March 2026", "Tuesday 17 March 2026")


def test_when_each_of_them_is(practice: Repeating) -> None:
    practice.create()
    assert practice.sent() == [f"Your appointments from {DAYS[0]}"]
    assert mail.outbox[0].body.split("\n\n")[1:4] == [
        "We have booked these appointments for you:",
        "What: Consultation\nWith: Dr Smith\nWhere: Riverside, 1 Quay",
        "\n".join(f"{day}, 10:00–10:30" for day in DAYS),
    ]
    note = Entry.objects.get(fact="series_told")
    assert (note.ids["kind"], note.ids["entry"]) == ("booked", Entry.objects.get(fact="series_created").pk)
    assert Entry.objects.filter(fact="patient_told").count() == 0


@pytest.mark.parametrize("tell", [False, None])
def test_who_said_no_or_was_not_asked_tells_nothing(practice: Repeating, tell: bool | None) -> None:
    practice.create(tell)
    assert practice.sent() == []
    entries = Entry.objects.filter(fact="appointment_booked")
    assert [one.ids.get("tell") for one in entries] == [tell] * 3


def test_several_changes_are_one_message_as_things_stand(practice: Repeating) -> None:
    """Booked, and the last of them changed to somebody else through two parts, before anything has gone out."""
    visits = practice.create()
    practice.now += MINUTE
    practice.change(visits[1], wall=660, tell=True)
    other = make_provider(practice.clinic, service=practice.service, name="Young", title="Dr")
    practice.now += MINUTE
    practice.change(visits[2], provider=other.pk, tell=True)
    assert practice.sent() == [f"Your appointments from {DAYS[0]}"]
    assert mail.outbox[0].body.split("\n\n")[2:4] == [
        "What: Consultation\nWhere: Riverside, 1 Quay",
        f"{DAYS[0]}, 10:00–10:30 · Dr Smith\n{DAYS[1]}, 11:00–11:30 · Dr Smith\n{DAYS[2]}, 11:00–11:30 · Dr Young",
    ]
    change(visits[0].pk, SeriesChange(scope=Scope.ALL, wall=720, tell=True), **practice.on)
    assert practice.sent()[1:] == [f"New times for your appointments from {DAYS[0]}"]
    cancel_rest(visits[1].pk, "other", tell=True, **practice.on)
    assert practice.sent()[2:] == [f"Your appointments from {DAYS[1]} are cancelled"]
    assert f"{DAYS[1]}, 12:00–12:30" in mail.outbox[2].body
    assert DAYS[0] not in mail.outbox[2].body


def test_booked_and_called_off_at_once_says_nothing(practice: Repeating) -> None:
    visits = practice.create()
    cancel_rest(visits[0].pk, "other", tell=True, **practice.on)
    assert practice.sent() == []


def lists() -> list[tuple[str, str]]:
    """What each message says of when they are."""
    return [(one.subject, one.body.split("\n\n")[3]) for one in mail.outbox]


def moved_and_shortened(practice: Repeating) -> None:
    visits = practice.create(tell=False)
    practice.change(visits[0], wall=660, tell=True)
    practice.now += MINUTE
    cancel_rest(visits[2].pk, "other", tell=True, **practice.on)


BOTH = [
    (f"New times for your appointments from {DAYS[0]}", f"{DAYS[0]}, 11:00–11:30\n{DAYS[1]}, 11:00–11:30"),
    (f"Your appointments from {DAYS[2]} are cancelled", f"{DAYS[2]}, 11:00–11:30"),
]


def test_moved_and_then_shortened_tells_both(practice: Repeating) -> None:
    moved_and_shortened(practice)
    practice.sent()
    assert lists() == BOTH
    assert list(Entry.objects.filter(fact="series_told").order_by("pk").values_list("ids__kind", flat=True)) == [
        "moved",
        "cancelled",
    ]


def test_what_was_sent_before_the_mail_server_failed_is_not_sent_again(
    practice: Repeating, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved_and_shortened(practice)
    failing(monkeypatch, series_telling, nth=2)
    practice.sent()
    assert lists() == BOTH


def test_called_off_twice_tells_of_all_of_them(practice: Repeating) -> None:
    visits = practice.create(tell=False)
    cancel_rest(visits[2].pk, "other", tell=True, **practice.on)
    practice.now += MINUTE
    cancel_rest(visits[1].pk, "other", tell=True, **practice.on)
    practice.sent()
    assert lists() == [
        (f"Your appointments from {DAYS[1]} are cancelled", f"{DAYS[1]}, 10:00–10:30\n{DAYS[2]}, 10:00–10:30")
    ]


def test_one_that_is_called_off_before_they_hear_of_any_is_not_told_of(practice: Repeating) -> None:
    """Nor another's new time: the message about all of them says it. Once they have heard of them, they are told."""
    visits = practice.create()
    practice.now += MINUTE
    cancel(visits[1].pk, "other", tell=True, **practice.on)
    reschedule(visits[2].pk, Move(start=visits[2].start + 60, tell=True), **practice.on)
    practice.sent()
    assert lists() == [(f"Your appointments from {DAYS[0]}", f"{DAYS[0]}, 10:00–10:30\n{DAYS[2]}, 11:00–11:30")]
    cancel(visits[2].pk, "other", tell=True, **practice.on)
    assert practice.sent()[1:] == [f"Your appointment on {DAYS[2]} at 11:00 is cancelled"]


@pytest.mark.parametrize("tell", [True, False])
def test_one_that_was_off_while_the_others_were_told_of_is_told_alone_when_it_is_back(
    practice: Repeating, tell: bool
) -> None:
    """Whether or not they were to hear that it was off: they never heard of it, or of its new time."""
    visits = practice.create()
    practice.later(2)
    cancel(visits[1].pk, "other", tell=tell, **practice.on)
    practice.later(2)
    undo(visits[1].pk, **practice.on)
    assert practice.sent() == [f"Your appointments from {DAYS[0]}", f"Your appointment on {DAYS[1]} at 10:00"]
    assert DAYS[1] not in mail.outbox[0].body
    practice.change(visits[0], wall=660, tell=True)
    practice.later(2)
    cancel(visits[2].pk, "other", tell=tell, **practice.on)
    practice.later(2)
    undo(visits[2].pk, **practice.on)
    assert practice.sent()[2:] == [
        f"New times for your appointments from {DAYS[0]}",
        f"New time for your appointment: {DAYS[2]} at 11:00",
    ]


def test_one_that_was_off_after_they_had_heard_of_it_is_not_told_again(practice: Repeating) -> None:
    visits = practice.create()
    practice.sent()
    cancel(visits[1].pk, "other", tell=False, **practice.on)
    practice.later(2)
    undo(visits[1].pk, **practice.on)
    assert len(practice.sent()) == 1


def test_in_the_patients_language(practice: Repeating) -> None:
    type(practice.patient).objects.update(language="ru")
    practice.create()
    assert practice.sent() == ["Ваши записи, первая: вторник 3 марта 2026"]


class TestUndo:
    def test_a_series_just_booked(self, practice: Repeating) -> None:
        visits = practice.create()
        practice.now += 2 * MINUTE
        undo_series(visits[1].pk, **practice.on)
        assert (practice.sent(), times(practice.clinic), faults()) == ([], [], {})
        found = Appointment.objects.all()
        assert {(one.cancel_reason.code, one.fee) for one in found if one.cancel_reason} == {
            ("booked_by_mistake", None)
        }
        entry = Entry.objects.get(fact="series_undone")
        assert (entry.ids["tell"], len(entry.ids["appointments"])) == (True, 3)
        self.refused(practice, visits[0], "undone")

    def test_the_rest_just_called_off(self, practice: Repeating) -> None:
        """The message that they are off isn't sent, nor another: the patient was told that they are."""
        visits = practice.create()
        practice.sent()
        before = times(practice.clinic)
        cancel_rest(visits[1].pk, "other", tell=True, **practice.on)
        undo_series(visits[2].pk, **practice.on)
        assert (times(practice.clinic), len(practice.sent()), faults()) == (before, 1, {})
        assert [one.status for one in Appointment.objects.all()] == ["confirmed"] * 3

    def test_what_was_kept_back_is_told_after_all(self, practice: Repeating) -> None:
        """Called off without telling when the message was due, so that it had nothing to say."""
        visits = practice.create()
        practice.later(2)
        cancel_rest(visits[0].pk, "other", tell=False, **practice.on)
        practice.later(2)
        undo_series(visits[0].pk, **practice.on)
        assert practice.sent() == [f"Your appointments from {DAYS[0]}"]

    def test_those_that_were_off_while_the_others_were_told_of_are_told_together(self, practice: Repeating) -> None:
        visits = practice.create()
        practice.later(2)
        cancel_rest(visits[1].pk, "other", tell=False, **practice.on)
        practice.later(2)
        undo_series(visits[1].pk, **practice.on)
        practice.sent()
        assert lists() == [
            (f"Your appointments from {DAYS[0]}", f"{DAYS[0]}, 10:00–10:30"),
            (f"Your appointments from {DAYS[1]}", f"{DAYS[1]}, 10:00–10:30\n{DAYS[2]}, 10:00–10:30"),
        ]

    def test_what_was_told_is_not_told_again(self, practice: Repeating) -> None:
        visits = practice.create()
        practice.sent()
        cancel_rest(visits[0].pk, "other", tell=False, **practice.on)
        undo_series(visits[0].pk, **practice.on)
        assert (len(practice.sent()), "tell" in Entry.objects.get(fact="series_undone").ids) == (1, False)

    def test_all_or_nothing(self, practice: Repeating) -> None:
        visits = practice.create()
        practice.later(4)
        cancel_rest(visits[0].pk, "other", **practice.on)
        booked(
            practice.clinic, practice.service, practice.provider, make_patient(practice.clinic), "10:00", day=TUESDAY
        )
        entries = Entry.objects.count()
        with pytest.raises(CannotBookAll) as refused:
            undo_series(visits[0].pk, **practice.on)
        assert {nth: [str(one.code) for one in some] for nth, some in refused.value.against.items()} == {
            0: ["provider_busy"]
        }
        assert (Entry.objects.count(), len(times(practice.clinic))) == (entries, 1)

    def test_what_is_refused(self, practice: Repeating) -> None:
        visits = practice.create()
        start = practice.now
        practice.now = start + 4 * MINUTE
        self.refused(practice, visits[0], "late")
        practice.now = start + MINUTE
        mine, practice.actor = practice.actor, make_actor("front_desk", practice.clinic)
        self.refused(practice, visits[0], "others")
        practice.actor = mine
        cancel(visits[2].pk, "other", **practice.on)
        self.refused(practice, visits[0], "since")
        practice.change(visits[0], wall=660)
        self.refused(practice, visits[0], "nothing")

    def refused(self, practice: Repeating, visit: Appointment, reason: str) -> None:
        with pytest.raises(Conflict) as refused:
            undo_series(visit.pk, **practice.on)
        assert dict(refused.value.problems[0].params) == {"reason": reason}
