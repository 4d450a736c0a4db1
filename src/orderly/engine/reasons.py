"""Why a visit cannot be at some time: everything in the way, as `Problem`s."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from orderly.engine.calendar import Calendar, Calendars, starts
from orderly.engine.matching import Want, choose
from orderly.engine.plan import Plan, Requirement, Role
from orderly.engine.problems import Code, Problem
from orderly.engine.spans import Span, Spans, deep, intersect, shift, subtract

_FIELDS: Final = {
    Role.PROVIDER: "provider",
    Role.RESOURCE: "resources",
    Role.PATIENT: "patient",
    Role.PLACE: "start",
}
_BUSY: Final = {
    Role.PROVIDER: Code.PROVIDER_BUSY,
    Role.RESOURCE: Code.RESOURCE_BUSY,
    Role.PATIENT: Code.PATIENT_BUSY,
    Role.PLACE: Code.RESOURCE_BUSY,
}
WIDER: Final = frozenset({Role.PROVIDER, Role.PLACE})
"""Whom overbooking gives more places."""


def reasons(calendar: Calendar, role: Role, parts: Spans, *, extra: int = 0) -> tuple[Problem, ...]:
    """What keeps a resource from serving in `role` during all of `parts` (instants), with `extra` places.

    Empty if and only if `calendar.free` covers the parts. Clinic-wide reasons (opening hours, closures) are
    about the start, the others about the role's own field; `span` is what blocks, or what lies outside
    opening hours.
    """
    if not calendar.active:
        return (Problem(Code.INACTIVE, _FIELDS[role], calendar.resource),)
    blocked = (*_layers(calendar, role, parts), *_taken(calendar, role, parts, extra))
    params = (("places", calendar.capacity),) if role is Role.PLACE else ()
    return tuple(Problem(code, field, calendar.resource, span, params) for code, field, span in blocked)


def _layers(calendar: Calendar, role: Role, parts: Spans) -> Iterator[tuple[Code, str, Span]]:
    layers = calendar.layers
    outside = () if layers.open is None else subtract(parts, layers.open)
    if outside:
        yield Code.OUTSIDE_HOURS, "start", outside[0]
    for code, field, spans in (
        (Code.CLOSED, "start", layers.closed),
        (Code.TIME_OFF, _FIELDS[role], layers.time_off),
        (Code.MAINTENANCE, _FIELDS[role], layers.maintenance),
    ):
        blocking = _first_overlap(spans, parts)
        if blocking:
            yield code, field, blocking


def _taken(calendar: Calendar, role: Role, parts: Spans, extra: int) -> Iterator[tuple[Code, str, Span | None]]:
    places = calendar.capacity + extra
    near, held_near = _near(calendar.busy, parts), _near(calendar.held, parts)
    busy = deep(near, places)
    clash = intersect(parts, busy)
    if clash:
        code = Code.OVERBOOK_LIMIT if extra else _BUSY[role]
        yield code, _FIELDS[role], _first_overlap(near, clash)
    held = subtract(intersect(parts, deep(sorted(near + held_near), places)), busy)
    if held:
        yield Code.HELD, _FIELDS[role], _first_overlap(held_near, held)


def _near(rows: Sequence[Span], parts: Spans) -> list[Span]:
    low, high = parts[0][0], parts[-1][1]
    return [row for row in rows if row[0] < high and low < row[1]]


def _first_overlap(rows: Sequence[Span], parts: Spans) -> Span | None:
    overlapping = (row for row in _near(rows, parts) if any(row[0] < end and start < row[1] for start, end in parts))
    return next(overlapping, None)


class Inquiry:
    """Who could serve a plan at one start, and why the others cannot."""

    def __init__(self, plan: Plan, calendars: Calendars, start: int, overbook: int) -> None:
        self._requirements = plan.requirements
        self._calendars = calendars
        self._start = start
        self._overbook = overbook

    def wants(self) -> tuple[Want, ...]:
        """Each requirement, with the candidates that are free for it."""
        return tuple(Want(self._able(one), one.count, one.parts) for one in self._requirements)

    def refusals(self, wanted: frozenset[int]) -> tuple[Problem, ...]:
        """Why no choice serves the plan with all of `wanted`; never empty, to be asked if there is none."""
        able = [set(self._able(requirement)) for requirement in self._requirements]
        found = [problem for one in sorted(wanted) for problem in self._unable(one, able)]
        for requirement, free in zip(self._requirements, able, strict=True):
            if len(free) < requirement.count:
                found += self._short(requirement)
        return _distinct(found or self._together(wanted)) or (Problem(Code.NOT_OFFERED, "resources"),)

    def _able(self, requirement: Requirement) -> tuple[int, ...]:
        return tuple(one for one in sorted(set(requirement.candidates)) if self._fits(one, requirement))

    def _fits(self, one: int, requirement: Requirement) -> bool:
        calendar = self._calendars.get(one)
        window = (self._start, self._start + 1)
        return calendar is not None and bool(
            starts(calendar, requirement.parts, window, extra=self._extra(requirement))
        )

    def _extra(self, requirement: Requirement) -> int:
        return self._overbook if requirement.role in WIDER else 0

    def _unable(self, one: int, able: Sequence[set[int]]) -> tuple[Problem, ...]:
        """Why a wanted resource is not among those able to do anything; nothing if it is."""
        homes = [requirement for requirement in self._requirements if one in requirement.candidates]
        if any(one in free for free in able):
            return ()
        if not homes:
            return (self._not_offered(one),)
        return self._reasons(one, homes[0])

    def _together(self, wanted: frozenset[int]) -> list[Problem]:
        """Why each requirement alone could be met, but not all at once with all of `wanted`."""
        if choose(self.wants()) is None:
            return [problem for requirement in self._requirements for problem in self._blocked(requirement)]
        return [self._not_offered(one) for one in sorted(wanted)]

    def _not_offered(self, one: int) -> Problem:
        calendar = self._calendars.get(one)
        role = calendar.role if calendar is not None else Role.RESOURCE
        return Problem(Code.NOT_OFFERED, _FIELDS[role], one)

    def _short(self, requirement: Requirement) -> tuple[Problem, ...]:
        offered = len(set(requirement.candidates))
        if offered >= requirement.count:
            return self._blocked(requirement)
        params = (("needed", requirement.count), ("offered", offered))
        return (
            Problem(Code.NOT_OFFERED, _FIELDS[requirement.role], params=params),
            *self._blocked(requirement),
        )

    def _blocked(self, requirement: Requirement) -> tuple[Problem, ...]:
        """The candidates' reasons, each code once."""
        found: dict[Code, Problem] = {}
        for one in sorted(set(requirement.candidates)):
            for problem in self._reasons(one, requirement):
                found.setdefault(problem.code, problem)
        return tuple(found.values())

    def _reasons(self, one: int, requirement: Requirement) -> tuple[Problem, ...]:
        calendar = self._calendars.get(one)
        if calendar is None:
            return (Problem(Code.INACTIVE, _FIELDS[requirement.role], one),)
        parts = shift(requirement.parts, self._start)
        return reasons(calendar, requirement.role, parts, extra=self._extra(requirement))


def _distinct(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once; those about the start once per code, whoever they were met with."""
    found: dict[object, Problem] = {}
    for problem in problems:
        found.setdefault(problem.code if problem.field == "start" else problem, problem)
    return tuple(found.values())
