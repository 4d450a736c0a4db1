"""The one evaluator: which starts are free, who would serve, and why not. The three can never disagree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from orderly.engine.calendar import Calendars, starts
from orderly.engine.finder import Finder
from orderly.engine.grid import Grid
from orderly.engine.matching import Choice, choose
from orderly.engine.plan import Plan, Role
from orderly.engine.problems import Code, Problem
from orderly.engine.ranking import Slot, first_fit, nearest
from orderly.engine.reasons import Inquiry
from orderly.engine.spans import Span

__all__ = [
    "Grid",
    "Offer",
    "Slot",
    "Terms",
    "Use",
    "assign",
    "find",
    "first_fit",
    "nearest",
    "problems",
    "reach",
    "startable",
    "starts",
]


@dataclass(frozen=True, slots=True)
class Terms:
    """When a visit may start: `notice` minutes after now at the earliest, before `horizon_end`.

    `now_minute` is now rounded up to a whole minute, so that no start in the past passes.
    """

    now_minute: int
    notice: int = 0
    horizon_end: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A visit as one provider would give it: the plan's provider requirement names that provider alone.

    `provider` is -1 for a plan that needs no provider.
    """

    provider: int
    plan: Plan


@dataclass(frozen=True, slots=True)
class Use:
    """A resource used from `start` to `end` (instants, buffers included) in a role."""

    resource: int
    start: int
    end: int
    role: Role


def reach(plans: Sequence[Plan], window: Span) -> Span:
    """The span that calendars must be loaded for to judge starts in `window`, buffers included."""
    parts = [part for plan in plans for requirement in plan.requirements for part in requirement.parts]
    before = min((start for start, _ in parts), default=0)
    after = max((end for _, end in parts), default=1)
    return window[0] + min(before, 0), window[1] - 1 + max(after, 1)


def find(offers: Sequence[Offer], calendars: Calendars, window: Span, grid: Grid, terms: Terms) -> list[Slot]:
    """Every (start, end, provider) that can be booked with a start in `window`, by start, then provider.

    Calendars must be loaded for the `reach` of plans and window; a candidate without one counts as inactive.
    """
    low, high = startable(window, terms)
    if low >= high:
        return []
    finder = Finder(calendars, (low, high), grid)
    slots: list[Slot] = []
    for offer in sorted(offers, key=lambda offer: offer.provider):
        length, provider = offer.plan.length, offer.provider
        slots += [(start, start + length, provider) for start in finder.starts(offer.plan)]
    slots.sort(key=itemgetter(0))
    return slots


def startable(window: Span, terms: Terms) -> Span:
    """The part of `window` in which a visit may start at all; empty where the second is not above the first."""
    low = max(window[0], terms.now_minute + terms.notice)
    return low, window[1] if terms.horizon_end is None else min(window[1], terms.horizon_end)


def assign(
    plan: Plan,
    calendars: Calendars,
    start: int,
    *,
    overbook: int = 0,
    wanted: frozenset[int] = frozenset(),
) -> tuple[Use, ...] | None:
    """Who and what would serve a visit at `start`, lowest ids first; None if it cannot be.

    Every id in `wanted` is used or there is no answer. `overbook` raises the capacity of providers only.
    """
    choice = choose(Inquiry(plan, calendars, start, overbook).wants(), wanted)
    return None if choice is None else _uses(plan, choice, start)


def problems(
    plan: Plan,
    calendars: Calendars,
    start: int,
    terms: Terms,
    *,
    overbook: int = 0,
    wanted: frozenset[int] = frozenset(),
) -> tuple[Problem, ...]:
    """Every reason against booking at `start`; empty just when `assign` answers and the terms are met.

    Of several candidates for one thing each code is given once, with the first one it blocks.
    """
    found = list(_untimely(start, terms))
    inquiry = Inquiry(plan, calendars, start, overbook)
    if choose(inquiry.wants(), wanted) is None:
        found += inquiry.refusals(wanted)
    return tuple(found)


def _uses(plan: Plan, choice: Choice, start: int) -> tuple[Use, ...]:
    return tuple(
        Use(resource, start + low, start + high, requirement.role)
        for requirement, chosen in zip(plan.requirements, choice, strict=True)
        for resource in chosen
        for low, high in requirement.parts
    )


def _untimely(start: int, terms: Terms) -> Iterator[Problem]:
    if start < terms.now_minute:
        yield Problem(Code.PAST, "start")
    elif start < terms.now_minute + terms.notice:
        yield Problem(Code.NOTICE, "start", params=(("minutes", terms.notice),))
    if terms.horizon_end is not None and start >= terms.horizon_end:
        yield Problem(Code.HORIZON, "start", params=(("until", terms.horizon_end),))
