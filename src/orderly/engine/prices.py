"""What a place is worth that several want: the dual prices of giving each row a column of its own at the least cost.

Shortest augmenting paths (Jonker and Volgenant 1987), on rows that name only the columns they could have.
"""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from typing import TypeAlias

Columns: TypeAlias = Mapping[int, int]
"""What each column that a row could have would cost it."""


def prices(rows: Sequence[Columns]) -> dict[int, int]:
    """For columns that are wanted by more than can have them a price below 0; for all others there is none.

    Costs aren't negative, and each row has a column that no other has.
    """
    market = _Market(rows)
    for row in range(len(rows)):
        market.seat(row)
    return {column: price for column, price in market.prices.items() if price}


class _Market:
    """Rows that have been seated, each in one column, with potentials that make every cost left over 0 or more."""

    def __init__(self, rows: Sequence[Columns]) -> None:
        self._rows = rows
        self._gains = [0] * len(rows)
        self._seats: dict[int, int] = {}
        self._owners: dict[int, int] = {}
        self.prices: dict[int, int] = {}

    def seat(self, root: int) -> None:
        """One row more; others move along where that costs least."""
        reached: dict[int, int] = {}
        came: dict[int, int] = {}
        done: list[int] = []
        heap: list[tuple[int, int]] = []
        row, far = root, 0
        while True:
            self._look(row, far, reached, came, heap)
            far, column = self._next(heap, reached)
            if column not in self._owners:
                break
            done.append(column)
            row = self._owners[column]
        self._pay(root, far, {column: reached[column] for column in done})
        self._shift(root, column, came)

    def _look(
        self, row: int, far: int, reached: dict[int, int], came: dict[int, int], heap: list[tuple[int, int]]
    ) -> None:
        gain = self._gains[row]
        for column, cost in self._rows[row].items():
            distance = far + cost - gain - self.prices.get(column, 0)
            if column not in reached or distance < reached[column]:
                reached[column], came[column] = distance, row
                heappush(heap, (distance, column))

    def _next(self, heap: list[tuple[int, int]], reached: Mapping[int, int]) -> tuple[int, int]:
        """The nearest column; what was reached by a shorter way since it was noted is passed over."""
        while True:
            distance, column = heappop(heap)
            if reached[column] == distance:
                return distance, column

    def _pay(self, root: int, far: int, done: Mapping[int, int]) -> None:
        self._gains[root] += far
        for column, distance in done.items():
            self.prices[column] = self.prices.get(column, 0) - (far - distance)
            self._gains[self._owners[column]] += far - distance

    def _shift(self, root: int, column: int, came: Mapping[int, int]) -> None:
        row = came[column]
        while row != root:
            left = self._seats[row]
            self._seats[row], self._owners[column] = column, row
            column, row = left, came[left]
        self._seats[root], self._owners[column] = column, root
