"""The engine again, minute by minute and by trying everything: slow, plain, what it is held against."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product

from orderly.engine.calendar import Calendar
from orderly.engine.plan import Plan, Requirement, Role
from orderly.engine.spans import Span, Spans

Minutes = set[int]


def minutes(spans: Iterable[Span]) -> Minutes:
    """Every minute of the spans."""
    return {minute for start, end in spans for minute in range(start, end)}


def spans(found: Iterable[int]) -> Spans:
    """The spans of a set of minutes."""
    runs: list[list[int]] = []
    for minute in sorted(set(found)):
        if runs and runs[-1][1] == minute:
            runs[-1][1] += 1
        else:
            runs.append([minute, minute + 1])
    return tuple((start, end) for start, end in runs)


def depth(rows: Iterable[Span], minute: int) -> int:
    """How many rows hold a minute."""
    return sum(start <= minute < end for start, end in rows)


def is_free(calendar: Calendar, minute: int, extra: int = 0) -> bool:
    """Whether one more can use the resource at a minute."""
    layers = calendar.layers
    blocked = (*layers.time_off, *layers.closed, *layers.maintenance)
    return (
        calendar.active
        and (layers.open is None or depth(layers.open, minute) > 0)
        and depth(blocked, minute) == 0
        and depth(calendar.busy + calendar.held, minute) < calendar.capacity + extra
    )


def fits(calendar: Calendar, parts: Spans, start: int, extra: int = 0) -> bool:
    """Whether a resource is free through all parts of a visit."""
    return all(is_free(calendar, start + minute, extra) for minute in minutes(parts))


def choices(
    plan: Plan, calendars: Mapping[int, Calendar], start: int, overbook: int = 0
) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every way to serve a plan: combinations of able candidates in which nobody is at two things at once."""

    def able(requirement: Requirement) -> list[int]:
        extra = overbook if requirement.role == Role.PROVIDER else 0
        return [
            one
            for one in sorted(set(requirement.candidates))
            if one in calendars and fits(calendars[one], requirement.parts, start, extra)
        ]

    ways = [list(combinations(able(one), one.count)) for one in plan.requirements]
    return (choice for choice in product(*ways) if _nobody_twice(plan.requirements, choice))


def _nobody_twice(requirements: Sequence[Requirement], choice: Sequence[tuple[int, ...]]) -> bool:
    busy: set[tuple[int, int]] = set()
    for requirement, chosen in zip(requirements, choice, strict=True):
        for pair in product(chosen, minutes(requirement.parts)):
            if pair in busy:
                return False
            busy.add(pair)
    return True
