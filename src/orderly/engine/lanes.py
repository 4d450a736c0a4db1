"""Lanes: the numbered places of something that several may use at once."""

from collections.abc import Hashable, Sequence
from heapq import heappop, heappush
from typing import TypeVar

from orderly.engine.spans import Span

Key = TypeVar("Key", bound=Hashable)


def free_lane(rows: Sequence[tuple[int, int, int]], span: Span, lanes: int) -> int | None:
    """The lowest of lanes 0…`lanes`-1 that no row (start, end, lane) occupies during `span`, or None."""
    taken = {lane for start, end, lane in rows if start < span[1] and span[0] < end}
    return next((lane for lane in range(lanes) if lane not in taken), None)


def relane(rows: Sequence[tuple[Key, int, int]], lanes: int) -> dict[Key, int] | None:
    """A lane for every row (key, start, end) so that none overlap; None if there are too few lanes.

    Greedy by start, which needs as few lanes as is possible at all for intervals.
    """
    given: dict[Key, int] = {}
    unused = list(range(lanes))
    leaving: list[tuple[int, int]] = []
    for key, start, end in sorted(rows, key=lambda row: row[1:]):
        while leaving and leaving[0][0] <= start:
            heappush(unused, heappop(leaving)[1])
        if not unused:
            return None
        given[key] = heappop(unused)
        heappush(leaving, (end, given[key]))
    return given
