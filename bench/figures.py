"""What was measured, beside what was aimed at."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `target` is a limit: the most allowed, or with `at_least` the least."""

    what: str
    value: float
    unit: str = "ms"
    target: float | None = None
    at_least: bool = False

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        good = self.value >= self.target if self.at_least else self.value <= self.target
        return "pass" if good else "FALLS SHORT"


class Work(Protocol):
    def __call__(self) -> Any: ...


def rounds_of(work: Work, rounds: int) -> list[float]:
    """Milliseconds of each round, after one to warm up."""
    work()
    return [_one(work) for _ in range(rounds)]


def _one(work: Work) -> float:
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def percentile(values: Iterable[float], percent: float) -> float:
    """The value that `percent` of all don't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def table(title: str, figures: Iterable[Figure]) -> str:
    lines = [f"\n{title}"]
    for figure in figures:
        sign = "≥" if figure.at_least else "≤"
        target = "" if figure.target is None else f"{sign} {_number(figure.target)}"
        value = f"{_number(figure.value)} {figure.unit}".rstrip()
        lines.append(f"  {figure.what:<78}{value:>16}  {target:<10}{figure.verdict}".rstrip())
    return "\n".join(lines)


def _number(value: float) -> str:
    if value == int(value):
        return str(int(value))
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


__all__ = ["Figure", "median", "percentile", "rounds_of", "table"]
