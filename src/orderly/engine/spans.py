"""Sets of time as sorted tuples of half-open spans.

A `Span` is `(start, end)` with `start < end`. `Spans` are sorted, disjoint and never touch, so that equal
sets of minutes are equal values. *Rows* are looser: sorted by start, non-empty, but free to overlap, as
reservations come.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from heapq import heappush, heappushpop
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
Spans: TypeAlias = tuple[Span, ...]

EVER: Span = (-(1 << 40), 1 << 40)
"""All of time, for what has no hours of its own or no end."""

_DONE: Span = (EVER[1] + 1, EVER[1] + 1)


def normalise(spans: Iterable[Span]) -> Spans:
    """The minutes any of `spans` covers; empty and reversed spans count for nothing."""
    return merge(sorted(span for span in spans if span[0] < span[1]))


def merge(rows: Iterable[Span]) -> Spans:
    """The minutes any row covers, for rows already sorted by start and non-empty."""
    merged: list[Span] = []
    low, high = _DONE[0], EVER[0] - 1
    for start, end in rows:
        if start > high:
            if low < high:
                merged.append((low, high))
            low, high = start, end
        elif end > high:
            high = end
    if low < high:
        merged.append((low, high))
    return tuple(merged)


def union(a: Spans, b: Spans) -> Spans:
    """Minutes in `a` or in `b`."""
    if not a or not b:
        return a or b
    return merge(sorted(a + b))


def subtract(spans: Spans, rows: Sequence[Span]) -> Spans:
    """Minutes of `spans` that no row covers. Rows are sorted by start and may overlap: one pass over both."""
    if not rows:
        return spans
    left: list[Span] = []
    append = left.append
    pieces = iter(spans)
    start, end = next(pieces, _DONE)
    for row_start, row_end in rows:
        while end <= row_start:
            if start < end:
                append((start, end))
            reached = start
            start, end = next(pieces, _DONE)
            if start < reached:
                start = reached
        if start < row_start:
            append((start, row_start))
        if start < row_end:
            start = row_end
    if start < end:
        append((start, end))
    left.extend((max(low, start), high) for low, high in pieces if start < high)
    return tuple(left)


def intersect(a: Spans, b: Spans) -> Spans:
    """Minutes in both `a` and `b`."""
    if not a or not b:
        return ()
    both: list[Span] = []
    others = iter(b)
    low, high = next(others)
    for start, end in a:
        while high <= start:
            low, high = next(others, _DONE)
        while high <= end:
            both.append((low if low > start else start, high))
            low, high = next(others, _DONE)
        if low < end:
            both.append((low if low > start else start, end))
    return tuple(both)


def clip(spans: Spans, window: Span) -> Spans:
    """Minutes of `spans` inside `window`, found by bisection."""
    low, high = window
    first = bisect_left(spans, (low, low))
    if first and spans[first - 1][1] > low:
        first -= 1
    cut = spans[first : bisect_left(spans, (high, high))]
    if cut and (cut[0][0] < low or cut[-1][1] > high):
        return tuple((max(start, low), min(end, high)) for start, end in cut)
    return cut


def covers(spans: Spans, span: Span) -> bool:
    """Whether every minute of `span` is in `spans`."""
    at = bisect_left(spans, (span[0] + 1, span[0] + 1)) - 1
    return at >= 0 and span[1] <= spans[at][1]


def overlaps(spans: Spans, span: Span) -> bool:
    """Whether any minute of `span` is in `spans`."""
    at = bisect_left(spans, (span[1], span[1])) - 1
    return at >= 0 and span[0] < spans[at][1]


def shift(spans: Spans, minutes: int) -> Spans:
    """`spans` moved later by `minutes`."""
    return tuple((start + minutes, end + minutes) for start, end in spans)


def at_least(k: int, sets: Sequence[Spans]) -> Spans:
    """Minutes that are in `k` or more of `sets` (all of time for `k` ≤ 0)."""
    if k == 1 and len(sets) == 1:
        return sets[0]
    return deep(sorted(span for spans in sets for span in spans), k)


def deep(rows: Iterable[Span], depth: int) -> Spans:
    """Minutes where `depth` or more rows overlap; rows sorted by start. All of time for `depth` ≤ 0.

    The heap keeps the `depth` latest ends so far: from a row's start until the earliest of them, all those
    overlap.
    """
    if depth <= 1:
        return (EVER,) if depth < 1 else merge(rows)
    ends: list[int] = []
    found: list[Span] = []
    for start, end in rows:
        if len(ends) < depth:
            heappush(ends, end)
        else:
            heappushpop(ends, end)
        if len(ends) == depth and start < ends[0]:
            found.append((start, ends[0]))
    return merge(found)
