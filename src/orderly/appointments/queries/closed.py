"""When a calendar's columns can't be booked, and the word for it."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

from orderly.appointments.queries.columns import Columns
from orderly.calendars.queries import Block, Explained, explained
from orderly.engine.spans import Span, Spans, clip, intersect, subtract
from orderly.engine.walltime import day_start, rfc3339


class Closed(NamedTuple):
    """Wall time in which a column can't be booked. `kind` says why: "hours" is outside of them, else it is the kind of
    rule; `note` is the name of a holiday, or what is being maintained. Nobody's reasons for being away are told.
    """

    column: int
    start: str
    end: str
    kind: str
    note: str


def closed_of(clinic: UUID, columns: Columns, first: date, last: date) -> list[Closed]:
    """Of every column on the clinic's local days [first, last), in one query."""
    zone = columns.zone
    window = day_start(zone, first), day_start(zone, last)
    found = explained(columns.parts, clinic=clinic, zone=zone, first=first, last=last)
    return [
        Closed(number, rfc3339(zone, start)[:16], rfc3339(zone, end)[:16], kind, note)
        for number, resource in enumerate(columns.parts)
        for kind, note, (start, end) in _stretches(found[resource], window)
    ]


def _stretches(why: Explained, window: Span) -> Iterator[tuple[str, str, Span]]:
    """Outside the hours, or within them by something else. What several rules close is told once, by the first."""
    left: Spans = (window,) if why.open is None else clip(why.open, window)
    yield from (("hours", "", span) for span in subtract((window,), left))
    for block in why.blocks:
        yield from ((block.kind, _told(block), span) for span in intersect(left, block.spans))
        left = subtract(left, block.spans)


def _told(block: Block) -> str:
    return block.note if block.public else ""
