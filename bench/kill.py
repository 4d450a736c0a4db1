"""Web processes killed with -9 while they book: what was promised is there, once, and nothing is there by half."""

import time
from collections.abc import Iterator

from bench.measures import Figure, Options
from tests.races.killing import kill_rounds

ROUNDS, FEWER_ROUNDS = 100, 10


def measure(options: Options) -> Iterator[Figure]:
    started = time.perf_counter()
    report = kill_rounds(FEWER_ROUNDS if options.quick else ROUNDS)
    note = (
        f"{report.rounds} kills in {time.perf_counter() - started:.0f} s: {report.acknowledged} bookings acknowledged, "
        f"{report.cut_off} cut off, of which {report.there_all_the_same} were there all the same"
    )
    if report.wrong:
        note += f"; first: {report.wrong[0]}"
    yield Figure("lost, doubled or half-written bookings", len(report.wrong), "", 0, note=note)
