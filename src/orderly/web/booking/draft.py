"""The booking form between two answers: its choice, what is held, what is wrong and what else could be had."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from orderly.calendars.models import Hold
from orderly.core.errors import Refused
from orderly.engine.problems import Code
from orderly.journal.actor import Actor
from orderly.web.answers import Alternative, Errors, in_words, nearest
from orderly.web.booking.choice import Choice
from orderly.web.overbooking import squeezable
from orderly.web.patients.cards import Card, card_of
from orderly.web.words import SOURCE


@dataclass(frozen=True, slots=True)
class Draft:
    """`past` and `overbookable` ask for a reason; `seconds` is how much longer the time is held."""

    choice: Choice
    patient: Card | None = None
    hold: Hold | None = None
    seconds: int = 0
    errors: Errors = field(default_factory=dict)
    alternatives: list[Alternative] = field(default_factory=list)
    past: bool = False
    overbookable: bool = False

    @property
    def typed(self) -> dict[str, str]:
        return self.choice.typed

    @property
    def sources(self) -> list[tuple[str, Any]]:
        return list(SOURCE.items())


def draft(
    choice: Choice,
    *,
    actor: Actor,
    now: datetime,
    hold: Hold | None = None,
    errors: Errors | None = None,
    refused: Refused | None = None,
) -> Draft:
    """The form as it goes back; `errors` are the fields' own, `refused` is what a verb had against it."""
    problems = refused.problems if refused else ()
    against = [problem for problem in problems if problem.code is not Code.PAST]
    return Draft(
        choice,
        patient=_patient(choice, actor, now),
        hold=hold,
        seconds=_seconds(hold, now),
        errors=errors or in_words(against, choice.clinic.timezone),
        alternatives=nearest(refused, now=now) if refused else [],
        past=len(against) < len(problems) or bool(choice.typed.get("afterwards_reason")),
        overbookable=squeezable(
            choice.service, against, choice.typed.get("overbook_reason", ""), actor=actor, clinic=choice.clinic.pk
        ),
    )


def _patient(choice: Choice, actor: Actor, now: datetime) -> Card | None:
    try:
        wanted = UUID(choice.typed.get("patient", ""))
    except ValueError:
        return None
    return card_of(wanted, choice.clinic, actor=actor, now=now)


def _seconds(hold: Hold | None, now: datetime) -> int:
    if hold is None or hold.claim.expires_at is None:
        return 0
    return max(0, int((hold.claim.expires_at - now).total_seconds()))
