"""`python -m bench [PART …]`: measure, and print each figure beside what it is aimed at."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace

from bench import availability, engine, rush
from bench.figures import Figure, table
from bench.plan import QUICK, Sizes
from scripts import postgres

Part = Callable[[Sizes, str], None]


def measure_engine(sizes: Sizes, server: str) -> None:
    print(table("Engine alone", [Figure(what, took) for what, took in engine.figures().items()]))


PARTS: dict[str, Part] = {
    "engine": measure_engine,
    "search": availability.search,
    "week": availability.week,
    "booking": rush.booking,
    "rush": rush.rush,
}


def main() -> int:
    asked = arguments()
    sizes = QUICK if asked.quick else Sizes()
    if asked.history:
        sizes = replace(sizes, large=asked.history)
    with postgres.server() as server:
        for part in asked.parts or PARTS:
            PARTS[part](sizes, server)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of: {' '.join(PARTS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="small databases and few rounds: does it work?")
    parser.add_argument("--history", type=int, help="appointments in the large database (default 1000000)")
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {' '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
