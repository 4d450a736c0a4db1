"""The booking form between two answers: its choice, what is held, what is wrong and what else could be had."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orderly.appointments.models import Appointment
from orderly.calendars.models import Hold
from orderly.core.errors import CannotBook, Refused
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor
from orderly.packages.models import Purchase
from orderly.web.answers import Alternative, Errors, in_words, nearest
from orderly.web.booking.choice import Choice
from orderly.web.booking.holders import named
from orderly.web.booking.letter import Letter
from orderly.web.booking.summary import Summary
from orderly.web.booking.times import Times
from orderly.web.fields import known
from orderly.web.overbooking import squeezable
from orderly.web.patients.cards import Card, card_of
from orderly.web.words import SOURCE


@dataclass(frozen=True, slots=True)
class Draft:
    """`past` and `overbookable` ask for a reason; `seconds` is how much longer the time is held; `beside` are the
    patient's other visits of the day, `packages` what can pay for this one; in a `clash` it is the time that can't be
    had, with whoever was chosen. `times` are listed unless the time was pointed at.
    """

    choice: Choice
    patient: Card | None = None
    hold: Hold | None = None
    seconds: int = 0
    errors: Errors = field(default_factory=dict)
    alternatives: list[Alternative] = field(default_factory=list)
    clash: bool = False
    past: bool = False
    overbookable: bool = False
    times: Times | None = None
    summary: Summary | None = None
    beside: list[Appointment] = field(default_factory=list)
    packages: list[Purchase] = field(default_factory=list)
    letter: Letter | None = None
    """What the patient would read; None where they have no e-mail address, or nothing is held for them yet."""

    @property
    def typed(self) -> Any:
        return self.choice.typed

    @property
    def sources(self) -> list[tuple[str, Any]]:
        return list(SOURCE.items())

    @property
    def drawn(self) -> Purchase | None:
        """The package that is to pay."""
        return next((one for one in self.packages if str(one.pk) == self.typed.get("package")), None)

    @property
    def lost(self) -> bool:
        """Whether it has come to the time, and there is none that could be held."""
        return self.choice.timed and self.hold is None

    @property
    def more(self) -> bool:
        """Whether what is seldom said is said, or wrong."""
        said = any(self.typed.get(name) for name in ("notes", "referral")) or self.typed.get("source") != "walk_in"
        return said or any(name in self.errors for name in ("notes", "referral", "source"))


def draft(
    choice: Choice,
    *,
    actor: Actor,
    now: datetime,
    hold: Hold | None = None,
    errors: Errors | None = None,
    refused: Refused | None = None,
    **more: Any,
) -> Draft:
    """The form as it goes back; `errors` are the fields' own, `refused` is what a verb had against it."""
    problems = named(refused.problems, choice.clinic, actor=actor, now=now) if refused else []
    against = [problem for problem in problems if problem.code is not Code.PAST]
    return Draft(
        choice,
        hold=hold,
        seconds=_seconds(hold, now),
        errors=errors or in_words(against, choice.clinic.timezone),
        alternatives=nearest(refused, now=now) if refused else [],
        clash=isinstance(refused, CannotBook),
        past=len(against) < len(problems) or bool(choice.typed.get("afterwards_reason")),
        overbookable=not choice.anybody and _squeezable(choice, against, actor),
        **more,
    )


def patient_of(choice: Choice, *, actor: Actor, now: datetime) -> Card | None:
    wanted = known(choice.typed.get("patient", ""))
    return card_of(wanted, choice.clinic, actor=actor, now=now) if wanted else None


def _squeezable(choice: Choice, against: list[Problem], actor: Actor) -> bool:
    reason = choice.typed.get("overbook_reason", "")
    return squeezable(choice.service, against, reason, actor=actor, clinic=choice.clinic.pk)


def _seconds(hold: Hold | None, now: datetime) -> int:
    if hold is None or hold.claim.expires_at is None:
        return 0
    return max(0, int((hold.claim.expires_at - now).total_seconds()))
