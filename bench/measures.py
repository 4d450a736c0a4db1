"""A measured figure beside its target, and what runs of measurements boil down to."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True)
class Options:
    """What a part is run with. `other` is the URL of a second database, for what compares two."""

    quick: bool = False
    history: int = 1_000_000
    other: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `better` says on which side of the target is right: "≤" or "≥"; no target: to know."""

    name: str
    value: float | None
    unit: str = "ms"
    target: float | None = None
    better: str = "≤"
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "—"
        if self.target is None:
            return ""
        good = self.value <= self.target if self.better == "≤" else self.value >= self.target
        return "ok" if good else "SHORT"


@dataclass(slots=True)
class Timings:
    """Seconds of repeated runs of the same work."""

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """In milliseconds."""
        return median(self.seconds) * 1000

    def quantile(self, share: float) -> float:
        """In milliseconds: as long as `share` of the runs took at most; one that was really measured."""
        return sorted(self.seconds)[max(0, ceil(share * len(self.seconds)) - 1)] * 1000


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def repeat(work: Callable[[], object], rounds: int) -> Timings:
    """The work, warmed once, so many times."""
    work()
    return Timings([timed(work) for _ in range(rounds)])


def alternate(works: Sequence[Callable[[], object]], rounds: int) -> list[Timings]:
    """Several works, warmed once, turn by turn, so that whatever disturbs one disturbs the others."""
    for work in works:
        work()
    taken = [Timings() for _ in works]
    for _ in range(rounds):
        for work, timings in zip(works, taken, strict=True):
            timings.seconds.append(timed(work))
    return taken
