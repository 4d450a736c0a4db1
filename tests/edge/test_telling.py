"""CAL-9: the patient is told what became of their appointment, once, three minutes later, if it is still true."""

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from orderly.appointments.actions.assign import assign
from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.progress import arrive, confirm
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.actions.undo import undo
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.edge.notices import Kind, about, language_of, notice
from orderly.edge.telling import WAIT
from orderly.journal.actions import deliver, sequence
from orderly.journal.models import Delivery, Entry
from orderly.wiring import REACTIONS
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
