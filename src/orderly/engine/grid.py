"""Which minutes may begin a visit: round wall-clock times, right across clock changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from orderly.engine.spans import Span, Spans, clip
from orderly.engine.walltime import DAY, stretches

Beat: TypeAlias = tuple[Span, int]
"""A stretch of time and any one instant of its grid (which may lie outside it)."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Starts whose wall minute of day in `zone` is a multiple of `step`, counted anew from each
    midnight.

    Both passes of a repeated hour count. Raises ValueError for a step below one.
    """

    zone: str
    step: int

    def __post_init__(self) -> None:
        if self.step < 1:
            raise ValueError("a grid steps by at least one minute")


def beats(grid: Grid, window: Span) -> tuple[Beat, ...]:
    """`window` in stretches within which the grid is a plain arithmetic sequence."""
    found: list[Beat] = []
    for start, end, ahead in stretches(grid.zone, window):
        if DAY % grid.step == 0:
            found.append(((start, end), -ahead))
        else:
            found.extend(_daily(start, end, ahead))
    return tuple(found)


def on_grid(spans: Spans, step: int, rhythm: Sequence[Beat]) -> list[int]:
    """The minutes of `spans` on a grid of that step, in order; `rhythm` is from `beats` and covers them."""
    if len(rhythm) == 1:
        anchor = rhythm[0][1]
        return [m for start, end in spans for m in range(start + (anchor - start) % step, end, step)]
    return [minute for beat in rhythm for minute in on_grid(clip(spans, beat[0]), step, (beat,))]


def _daily(start: int, end: int, ahead: int) -> Iterator[Beat]:
    for day in range((start + ahead) // DAY, (end - 1 + ahead) // DAY + 1):
        midnight = day * DAY - ahead
        yield (max(start, midnight), min(end, midnight + DAY)), midnight
