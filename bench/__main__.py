"""Measures and prints a table: `python -m bench`, or some parts of it: `python -m bench search rush --quick`."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

from bench import engine, itinerary, table
from bench.databases import Postgres, Sqlite, Store, size_name
from bench.measures import Figure, Options
from bench.run import child
from scripts.postgres import server

SHORT, LONG, QUICK, DESK = 10_000, 1_000_000, 50_000, 100_000  # appointments
PARTS = ("engine", "itinerary", "duplicates", "absences", "search", "feed", "desk")
PARTS += ("rush", "booking", "live", "kill", "storm", "fuzz")
TITLES = {
    "itinerary": "The best times for a course of sessions, without a database",
    "duplicates": "Who is the same person, in 5,000 records with mistakes",
    "search": "Search, from the question to the answer",
    "absences": "Somebody with many appointments falls ill",
    "others": "The same search in other ways",
    "feed": "The calendar's week",
    "desk": "A busy day at the desk",
    "rush": "Many clients for one slot",
    "booking": "Bookings at different times",
    "live": "From a booking to the sockets",
    "kill": "Killed at work",
    "storm": "Every verb at once",
    "fuzz": "The API under made-up requests",
}


@dataclass(frozen=True, slots=True)
class Run:
    """What is measured, and on which stores."""

    options: Options
    stores: list[Store]

    def part(self, name: str) -> list[Figure]:
        """Print the part's sections; returns the figures that fall short."""
        if name == "engine":
            return table.show("The engine alone, without a database (for information)", engine_figures())
        if name == "itinerary":
            return table.show(TITLES[name], itinerary.measure())
        if name == "duplicates":
            return table.show(TITLES[name], child(name, self.options, "sqlite:///:memory:"))
        on_empty = dict.fromkeys(("absences", "live", "kill", "storm", "fuzz"), self._on_empty)
        sections = {"search": self._search, "feed": self._reading, "desk": self._desk, **on_empty}
        return [figure for store in self.stores for figure in sections.get(name, self._on_copy)(name, store)]

    def _search(self, name: str, store: Store) -> list[Figure]:
        short = self._reading(name, store)
        return short + self._others(store) if store.name == "SQLite" else short

    def _reading(self, name: str, store: Store) -> list[Figure]:
        """On the long history, the short one beside it."""
        other, url = store.seeded(SHORT), store.seeded(self.options.history)
        title = f"{TITLES[name]}, {store.name}, {size_name(self.options.history)} appointments"
        return table.show(title, child(name, replace(self.options, other=other), url))

    def _others(self, store: Store) -> list[Figure]:
        short = []
        for history in (SHORT, self.options.history):
            options = replace(self.options, other="" if history == SHORT else store.seeded(SHORT))
            title = f"{TITLES['others']}, {store.name}, {size_name(history)} appointments (for information)"
            short += table.show(title, child("others", options, store.seeded(history)))
        return short

    def _desk(self, name: str, store: Store) -> list[Figure]:
        """On the database that one practice has."""
        if store.name != "SQLite":
            return []
        with store.copy(store.seeded(DESK)) as url:
            title = f"{TITLES[name]}, {store.name}, {size_name(DESK)} appointments"
            return table.show(title, child(name, self.options, url))

    def _on_copy(self, name: str, store: Store) -> list[Figure]:
        with store.copy(store.seeded(SHORT)) as url:
            return table.show(f"{TITLES[name]}, {store.name}", child(name, self.options, url))

    def _on_empty(self, name: str, store: Store) -> list[Figure]:
        with store.empty() as url:
            return table.show(f"{TITLES[name]}, {store.name}", child(name, self.options, url))


def engine_figures() -> Iterator[Figure]:
    for name, milliseconds in engine.figures().items():
        yield Figure(name, milliseconds, target=engine.TARGETS.get(name))


def main() -> int:
    chosen = parser().parse_args()
    options = Options(quick=chosen.quick, history=chosen.history or (QUICK if chosen.quick else LONG))
    print(machine())
    with ExitStack() as opened:
        run = Run(options, [Sqlite(), Postgres(opened.enter_context(server()))])
        short = [figure for part in chosen.parts or PARTS for figure in run.part(part)]
    print("\nEvery target is met." if not short else f"\nShort of the target: {len(short)} of the figures above.")
    return 0


def machine() -> str:
    """What the figures were measured on. Other work makes them worse than they are."""
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    warning = ": OTHER WORK IS RUNNING, nothing below is as good as it could be" if load > cores / 2 else ""
    return f"{cores} processors, load average {load:.1f}{warning}"


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="python -m bench", description="How fast Orderly is, beside its targets.")
    whole.add_argument("parts", nargs="*", metavar="PART", choices=[[], *PARTS], help=f"any of {', '.join(PARTS)}")
    whole.add_argument("--quick", action="store_true", help="fewer rounds, and a history of 50,000")
    whole.add_argument("--history", type=int, help=f"appointments in the long history (default {LONG:,})")
    return whole


if __name__ == "__main__":
    sys.exit(main())
