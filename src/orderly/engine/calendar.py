"""One resource's time: when it is open, what blocks it, who has it."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TypeAlias

from orderly.engine.plan import Role
from orderly.engine.rules import UNRULED, Layers
from orderly.engine.spans import Span, Spans, clip, deep, intersect, subtract


@dataclass(frozen=True, slots=True)
class Calendar:
    """A resource's time over some days.

    `busy` and `held` (others' unexpired holds) are non-empty spans sorted by start. They overlap where
    `capacity` is above 1 or somebody overbooked.
    """

    resource: int
    role: Role
    layers: Layers
    busy: tuple[Span, ...]
    held: tuple[Span, ...] = ()
    capacity: int = 1
    active: bool = True


def free(calendar: Calendar, window: Span, *, extra: int = 0) -> Spans:
    """Minutes of `window` at which one more can use the resource, with `extra` places beyond its capacity.

    The calendar must have been loaded for all of `window`.
    """
    if not calendar.active:
        return ()
    return subtract(clip(calendar.layers.available, window), _taken(calendar, window, calendar.capacity + extra))


def starts(calendar: Calendar, parts: Spans, window: Span, *, extra: int = 0) -> Spans:
    """The minutes t of `window` at which every part, moved by t, is free; `extra` places beyond capacity.

    The calendar must have been loaded from the first part of the first start to the last part of the last.
    """
    spans = free(calendar, (window[0] + parts[0][0], window[1] - 1 + parts[-1][1]), extra=extra)
    fits = [
        tuple([(low - start, high - end + 1) for low, high in spans if high - low >= end - start])
        for start, end in parts
    ]
    return fits[0] if len(fits) == 1 else clip(reduce(intersect, fits), window)


def _taken(calendar: Calendar, window: Span, places: int) -> Sequence[Span]:
    """Rows over the minutes at which all places are taken."""
    rows: Sequence[Span] = sorted(calendar.busy + calendar.held) if calendar.held else calendar.busy
    if rows and rows[-1][0] >= window[1]:
        rows = rows[: bisect_left(rows, (window[1], window[1]))]
    return rows if places == 1 else deep(rows, places)


Calendars: TypeAlias = Mapping[int, Calendar]
"""Calendars by resource id; who has none cannot be used."""


def at_any_hour(calendars: Calendars) -> Calendars:
    """As if nobody had hours, and nothing were closed or away: what is taken stays taken."""
    return {key: replace(one, layers=UNRULED) for key, one in calendars.items()}
