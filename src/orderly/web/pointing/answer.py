"""Why a time can't be had: the reasons, who takes it, and what could be had instead."""

from dataclasses import dataclass, field
from datetime import datetime

from orderly.appointments.models import Appointment
from orderly.appointments.queries.slots import why
from orderly.calendars.models import Hold
from orderly.core.errors import CannotBook
from orderly.engine.problems import Code
from orderly.journal.actor import Actor
from orderly.web.answers import Alternative, Errors, errors_of, in_words, nearest
from orderly.web.booking.choice import Choice
from orderly.web.booking.forms import WhenForm
from orderly.web.overbooking import squeezable
from orderly.web.pointing.blockers import blockers


@dataclass(frozen=True, slots=True)
class Answer:
    """`anyway`: the booking form would take it all the same, for a reason."""

    choice: Choice
    errors: Errors
    appointments: list[Appointment] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    alternatives: list[Alternative] = field(default_factory=list)
    anyway: bool = False

    @property
    def sentences(self) -> list[str]:
        """Each reason once."""
        return list(dict.fromkeys(text for texts in self.errors.values() for text in texts))


def answer(choice: Choice, *, actor: Actor, now: datetime) -> Answer:
    choice.typed["patient"] = ""
    form = WhenForm(choice.typed)
    if not form.is_valid():
        return Answer(choice, errors_of(form))
    wish, clinic = form.wish(choice.clinic), choice.clinic
    problems = why(wish, now=now)
    there = blockers(problems, clinic.pk, actor=actor)
    late = bool(problems) and {problem.code for problem in problems} == {Code.PAST}
    return Answer(
        choice,
        in_words(problems, clinic.timezone),
        there.appointments,
        there.holds,
        nearest(CannotBook(*problems, wish=wish), now=now) if problems else [],
        anyway=late or squeezable(choice.service, problems, "", actor=actor, clinic=clinic.pk),
    )
