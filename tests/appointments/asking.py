"""Short forms of what nearly every test here asks."""

from collections.abc import Callable
from datetime import date

import pytest

from orderly.appointments.actions.book import book
from orderly.appointments.models import Appointment
from orderly.calendars.models import Rule, RuleKind
from orderly.clinics.models import Clinic
from orderly.core.errors import CannotBook, Refused
from orderly.engine.problems import Problem
from orderly.journal.actor import Actor
from orderly.people.permissions import Role
from orderly.resources.models import Resource
from tests.factories import MONDAY, NOW, at, booking, make_actor


def refusal(action: Callable[[], object], error: type[Refused]) -> tuple[Problem, ...]:
    """Every reason why it wasn't done."""
    with pytest.raises(error) as refused:
        action()
    assert refused.type is error
    return refused.value.problems


def attempt(action: Callable[[], Appointment]) -> Appointment | list[tuple[str, str]]:
    """What came of it: the appointment, or the codes of the refusal."""
    try:
        return action()
    except CannotBook as refused:
        return codes(refused.problems)


def codes(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(str(one.code), one.field) for one in problems]


def booked(
    clinic: Clinic, service: object, provider: object, patient: object, clock: str = "10:00", **fields: object
) -> Appointment:
    """An appointment of that Monday, made by the clinic's administrator. `day`, `now`, `actor` may differ."""
    day, now = fields.pop("day", MONDAY), fields.pop("now", NOW)
    actor = fields.pop("actor", None) or make_actor(Role.CLINIC_ADMIN, clinic)
    request = booking(clinic, service, provider, patient, at(clinic, day, clock), **fields)  # type: ignore[arg-type]
    return book(request, actor=actor, now=now)  # type: ignore[arg-type]


def off(
    clinic: Clinic | None, resource: Resource | None, first: str, last: str, *, day: date = MONDAY, kind: str
) -> Rule:
    """A stretch of that day at which somebody or something, or the whole clinic, isn't there."""
    start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in (first, last))
    return Rule.objects.create(
        clinic=clinic, resource=resource, kind=RuleKind(kind), first=day, last=day, start=start, end=end
    )


def boss() -> Actor:
    """May do everything, in all clinics."""
    return make_actor(Role.SUPER_ADMIN)
