"""CAL-9: the patient is told what became of their appointment, once, three minutes later, if it is still true."""

import smtplib
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.core import mail

from orderly.appointments.actions.assign import assign
from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.progress import arrive, confirm
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.actions.told import choose_telling
from orderly.appointments.actions.undo import undo
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.core.errors import Conflict, Fault, Forbidden, NotFound, Stale
from orderly.edge.notices import Kind, about, notice
from orderly.edge.telling import WAIT
from orderly.journal.actions import deliver, sequence
from orderly.journal.models import Delivery, Entry
from orderly.patients.language import language_of
from orderly.wiring import REACTIONS
from tests.documents.reading import lines_of
from tests.factories import MONDAY, NOW, at, booking, make_actor, make_clinic, make_patient, make_provider, make_service

MINUTE = timedelta(minutes=1)


class Practice:
    """One patient with an address, one provider, and a clock that is moved by hand."""

    def __init__(self) -> None:
        self.clinic = make_clinic(name="Riverside", phone="+442070000000", address="1 Quay")
        self.service = make_service(self.clinic, name="Consultation")
        self.provider = make_provider(self.clinic, service=self.service, name="Smith", title="Dr")
        self.patient = make_patient(self.clinic, first_name="Ann", last_name="Lee", email="ann@example.org")
        self.actor = make_actor("front_desk", self.clinic)
        self.now = NOW

    @property
    def on(self) -> dict[str, Any]:
        return {"actor": self.actor, "now": self.now}

    def time(self, clock: str) -> int:
        return at(self.clinic, MONDAY, clock)

    def book(self, tell: bool | None = True, *, provider: bool = True, clock: str = "10:00") -> Any:
        who = self.provider if provider else None
        return book(booking(self.clinic, self.service, who, self.patient, self.time(clock), tell=tell), **self.on).pk

    def later(self, minutes: int) -> None:
        """Meanwhile the worker does whatever is due."""
        for _ in range(minutes):
            self.work()
            self.now += MINUTE
        self.work()

    def work(self) -> None:
        sequence(REACTIONS, now=self.now)
        deliver(REACTIONS, now=self.now)

    def sent(self) -> list[str]:
        self.later(9)
        return [one.subject for one in mail.outbox]


def failing(monkeypatch: pytest.MonkeyPatch, module: ModuleType, nth: int) -> None:
    """The mail server refuses the nth mail that `module` sends, and takes all others."""
    real, sent = module.send, []

    def send(*said: Any) -> None:
        sent.append(said)
        if len(sent) == nth:
            raise Fault("the mail server refused")
        real(*said)

    monkeypatch.setattr(module, "send", send)


@pytest.fixture
def practice(db: None) -> Practice:
    return Practice()


BOOKED = "Your appointment on Monday 2 March 2026 at %s"
MOVED = "New time for your appointment: Monday 2 March 2026 at %s"
CANCELLED = "Your appointment on Monday 2 March 2026 at 10:00 is cancelled"


def test_where_what_when_and_with_whom(practice: Practice) -> None:
    made = practice.book()
    practice.later(3)
    assert mail.outbox == []  # it can still be undone
    practice.now += WAIT - 3 * MINUTE
    practice.work()
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["ann@example.org"], BOOKED % "10:00")
    assert sent.body == (
        "Hello Ann Lee,\n\nWe have booked this appointment for you:\n\n"
        "When: Monday 2 March 2026, 10:00–10:30\nWhat: Consultation\nWith: Dr Smith\nWhere: Riverside, 1 Quay\n\n"
        "If this doesn't suit you, please call us: +442070000000\n\nRiverside\n"
    )
    [(name, document, _kind)] = sent.attachments
    number = Appointment.objects.get(pk=made).number
    assert (name, f"Number {number}" in lines_of(document)) == (f"{number}.pdf", True)
    assert len(practice.sent()) == 1
    told = Entry.objects.get(fact="patient_told")
    assert (told.subject, told.user, told.ids["channel"], told.ids["kind"]) == (made, None, "email", "booked")


@pytest.mark.parametrize("tell", [False, None])
def test_only_who_is_to_be(practice: Practice, tell: bool | None) -> None:
    practice.book(tell)
    practice.work()
    assert (Delivery.objects.count(), practice.sent()) == (0, [])


def test_nobody_without_an_address(practice: Practice) -> None:
    practice.patient.email = ""
    practice.patient.save()
    practice.book()
    assert (practice.sent(), Delivery.objects.count()) == ([], 0)


def test_what_was_undone_is_never_told(practice: Practice) -> None:
    made = practice.book()
    practice.later(2)
    undo(made, **practice.on)
    assert practice.sent() == []


def test_several_changes_are_one_message(practice: Practice) -> None:
    """Whoever hasn't heard of the booking yet reads of it at its new time, whether that was to be told or not."""
    made = practice.book()
    practice.later(1)
    reschedule(made, Move(start=practice.time("11:00"), tell=True), **practice.on)
    practice.later(1)
    reschedule(made, Move(start=practice.time("12:00"), tell=False), **practice.on)
    assert practice.sent() == [BOOKED % "12:00"]


def test_after_an_undo_what_came_before_is_told(practice: Practice) -> None:
    """Also where its own time had come while the other message waited."""
    made = practice.book()
    practice.later(2)
    reschedule(made, Move(start=practice.time("11:00"), tell=True), **practice.on)
    practice.later(2)
    undo(made, **practice.on)
    assert practice.sent() == [BOOKED % "10:00"]


def test_each_change_that_is_told_by_itself(practice: Practice) -> None:
    made = practice.book()
    practice.later(5)
    reschedule(made, Move(start=practice.time("11:00"), tell=True), **practice.on)
    practice.later(5)
    reschedule(made, Move(start=practice.time("10:00"), tell=False), **practice.on)
    practice.later(5)
    cancel(made, "other", tell=True, **practice.on)
    assert practice.sent() == [BOOKED % "10:00", MOVED % "11:00", CANCELLED]


def test_who_never_heard_of_it_needs_no_cancellation(practice: Practice) -> None:
    made = practice.book()
    practice.later(1)
    cancel(made, "other", tell=True, **practice.on)
    assert practice.sent() == []


@pytest.mark.parametrize("tell", [True, False])
def test_what_has_become_untrue_is_not_told(practice: Practice, tell: bool) -> None:
    """Moved, then cancelled: the cancellation, if it is to be told at all."""
    made = practice.book(None)
    reschedule(made, Move(start=practice.time("11:00"), tell=True), actor=practice.actor, now=NOW + MINUTE)
    practice.later(2)
    cancel(made, "other", tell=tell, **practice.on)
    assert practice.sent() == ([CANCELLED.replace("10:00", "11:00")] if tell else [])


def test_whoever_is_here_by_now_needs_no_message(practice: Practice) -> None:
    made = practice.book()
    practice.later(1)
    arrive(made, **practice.on)
    assert practice.sent() == []


def test_a_request_and_its_confirmation(practice: Practice) -> None:
    made = practice.book(provider=False)
    practice.later(5)
    assign(made, practice.provider.pk, **practice.on)
    confirm(made, tell=True, **practice.on)
    assert practice.sent() == [
        "Your request for Monday 2 March 2026 at 10:00",
        "Your appointment on Monday 2 March 2026 at 10:00 is confirmed",
    ]
    assert ["With: Dr Smith" in one.body for one in mail.outbox] == [False, True]


def test_a_server_that_refuses_is_asked_again(practice: Practice, monkeypatch: Any, settings: Any) -> None:
    """MSG-4's ground: nothing is lost; who it was for stands in no log."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    def refuse(*args: Any, **more: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({"ann@example.org": (550, b"ann@example.org")})

    monkeypatch.setattr(smtplib, "SMTP", refuse)
    practice.book()
    practice.later(4)
    [waiting] = Delivery.objects.all()
    assert (waiting.error, waiting.dead) == ("Fault: the mail server refused: SMTPRecipientsRefused", False)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert practice.sent() == [BOOKED % "10:00"]


@pytest.mark.parametrize(
    ("patients", "clinics", "spoken"),
    [
        ("ru", ["en"], "ru"),
        ("", ["ar", "en"], "ar"),
        ("uz", ["uz", "ru"], "ru"),
        ("", [], "en"),
        ("ar-EG", ["en"], "ar"),
    ],
)
def test_in_whose_language(practice: Practice, patients: str, clinics: list[str], spoken: str) -> None:
    practice.patient.language, practice.clinic.languages = patients, clinics
    assert language_of(practice.patient, practice.clinic) == spoken


def test_in_other_languages(practice: Practice) -> None:
    """Every message, with the day as the language writes it, and nothing of English."""
    practice.book(None)
    found = Appointment.objects.whole().get()
    for language, day in (("ru", "понедельник"), ("ar", "الاثنين")):
        found.patient.language = language
        for kind in Kind:
            said = notice(kind, about(found))
            assert (said.language, day in said.subject, "appointment" in said.text + said.subject) == (
                language,
                True,
                False,
            )


def test_what_was_kept_back_is_told_after_all_when_that_is_undone(practice: Practice) -> None:
    """Called off without telling when the message was due, so that it had nothing to say."""
    made = practice.book()
    practice.later(2)
    cancel(made, "other", tell=False, **practice.on)
    practice.later(2)
    undo(made, **practice.on)
    assert practice.sent() == [BOOKED % "10:00"]
    cancel(made, "other", tell=False, **practice.on)
    undo(made, **practice.on)
    assert practice.sent() == [BOOKED % "10:00"]
    tells = Entry.objects.filter(fact="appointment_undone").order_by("pk").values_list("ids__tell", flat=True)
    assert list(tells) == [True, None]


class TestAnsweredAfterwards:
    """CAL-9: what was dragged is asked about when it is done; three minutes are long enough to say."""

    def test_yes_is_told_as_if_it_had_been_said_at_once(self, practice: Practice) -> None:
        made = practice.book(None)
        practice.later(5)
        reschedule(made, Move(start=practice.time("11:00")), **practice.on)
        practice.later(2)
        choose_telling(made, True, **practice.on)
        assert practice.sent() == [MOVED % "11:00"]
        told = Entry.objects.get(fact="patient_told")
        assert told.ids["entry"] == Entry.objects.get(fact="telling_chosen").pk

    def test_no_is_kept_too(self, practice: Practice) -> None:
        made = practice.book(None)
        practice.later(1)
        reschedule(made, Move(start=practice.time("11:00")), **practice.on)
        choose_telling(made, False, **practice.on)
        assert practice.sent() == []
        assert Entry.objects.get(fact="telling_chosen").ids["tell"] is False

    def test_an_undo_recalls_it(self, practice: Practice) -> None:
        """And what was told of before is told after all, once."""
        made = practice.book()
        practice.later(1)
        reschedule(made, Move(start=practice.time("11:00")), **practice.on)
        choose_telling(made, True, **practice.on)
        practice.later(1)
        undo(made, **practice.on)
        assert practice.sent() == [BOOKED % "10:00"]

    def test_with_a_later_change_it_is_one_message(self, practice: Practice) -> None:
        made = practice.book(None)
        practice.later(5)
        reschedule(made, Move(start=practice.time("11:00")), **practice.on)
        choose_telling(made, True, **practice.on)
        practice.later(1)
        reschedule(made, Move(start=practice.time("12:00")), **practice.on)
        choose_telling(made, True, **practice.on)
        assert practice.sent() == [MOVED % "12:00"]

    def test_once(self, practice: Practice) -> None:
        made = practice.book(None)
        practice.later(1)
        reschedule(made, Move(start=practice.time("11:00")), **practice.on)
        choose_telling(made, True, **practice.on)
        assert self.refused(practice, made) == "answered"

    def test_asked_with_the_change_it_is_not_asked_again(self, practice: Practice) -> None:
        assert self.refused(practice, practice.book(False)) == "answered"

    def test_not_of_others_changes_nor_later_nor_of_no_news(self, practice: Practice) -> None:
        made = practice.book(None)
        other = make_actor("front_desk", practice.clinic)
        assert self.refused(practice, made, actor=other) == "others"
        practice.now += 4 * MINUTE
        assert self.refused(practice, made) == "late"
        arrive(made, **practice.on)
        assert self.refused(practice, made) == "nothing"
        undo(made, **practice.on)
        assert self.refused(practice, made) == "nothing"

    def test_rights_and_versions(self, practice: Practice) -> None:
        made, on = practice.book(None), {"tell": True, "now": practice.now}
        with pytest.raises(Forbidden):
            choose_telling(made, actor=make_actor("read_only", practice.clinic), **on)
        with pytest.raises(NotFound):
            choose_telling(made, actor=make_actor("front_desk", make_clinic()), **on)
        with pytest.raises(Stale):
            choose_telling(made, actor=practice.actor, version=0, **on)

    def refused(self, practice: Practice, made: Any, **more: Any) -> str:
        with pytest.raises(Conflict) as against:
            choose_telling(made, True, **{**practice.on, **more})
        [problem] = against.value.problems
        return str(dict(problem.params)["reason"])
