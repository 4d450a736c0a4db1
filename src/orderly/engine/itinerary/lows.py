"""The least of many stretches of a list, where the stretches stay and the lists change."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Final

NEVER: Final = 1 << 240
"""More than any cost: what can't be."""


def gather(places: Sequence[int]) -> Callable[[Sequence[int]], Sequence[int]]:
    """What stands at `places` of a list."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: [values[place] for place in places]


def lesser(a: Sequence[int], b: Sequence[int]) -> list[int]:
    """The lesser of the two at each place."""
    return [x if x < y else y for x, y in zip(a, b, strict=True)]


class Lows:
    """The least of `values[low:high]` for each of `stretches`; NEVER of an empty one.

    A sparse table: the least of each 1, 2, 4, … neighbours, of which any stretch is two that may overlap (Bender and
    Farach-Colton, "The LCA Problem Revisited", 2000). `length` is that of the lists.
    """

    def __init__(self, stretches: Sequence[tuple[int, int]], length: int) -> None:
        self._length = length
        self._levels = max([(high - low).bit_length() for low, high in stretches if low < high], default=1) - 1
        looks = [self._look(low, high) for low, high in stretches]
        self._left = gather([left for left, _ in looks])
        self._right = gather([right for _, right in looks])

    def of(self, values: Sequence[int]) -> list[int]:
        """One answer for each stretch."""
        level = [*values, NEVER]
        table = level.copy()
        for exponent in range(self._levels):
            level = [*lesser(level[: -(1 << exponent)], level[1 << exponent :]), *level[-(1 << exponent) :]]
            table += level
        return lesser(self._left(table), self._right(table))

    def _look(self, low: int, high: int) -> tuple[int, int]:
        if low >= high:
            return self._length, self._length
        level = (high - low).bit_length() - 1
        offset = level * (self._length + 1)
        return offset + low, offset + high - (1 << level)
