"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    small: int = 10_000
    large: int = 1_000_000
    rounds: int = 100
    rushes: int = 40
    bookings: int = 100
    """For each client."""
    kills: int = 100
    storm_seconds: int = 120


QUICK = Sizes(small=1_000, large=20_000, rounds=20, rushes=8, bookings=20, kills=10, storm_seconds=10)
