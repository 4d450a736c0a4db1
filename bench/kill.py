"""Killed with -9: web processes while they book, workers while they work. What was promised is there, once, and nothing
is there by half.
"""

import time
from collections.abc import Iterator

from bench.measures import Figure, Options
from tests.races.killing import kill_rounds
from tests.worker.killing import kill_workers

ROUNDS, FEWER_ROUNDS = 100, 10
KILLS, FEWER_KILLS = 50, 8


def measure(options: Options) -> Iterator[Figure]:
    """The workers first: they need an empty journal."""
    yield _workers(FEWER_KILLS if options.quick else KILLS)
    yield _web(FEWER_ROUNDS if options.quick else ROUNDS)


def _workers(kills: int) -> Figure:
    started = time.perf_counter()
    report = kill_workers(kills)
    note = (
        f"{report.kills} kills of one of two workers in {time.perf_counter() - started:.0f} s: {report.facts} facts, "
        f"{report.cut_short} reactions cut short and done by another"
    )
    return _figure("lost or doubled reactions, gaps in the positions", report.wrong, note)


def _web(rounds: int) -> Figure:
    started = time.perf_counter()
    report = kill_rounds(rounds)
    note = (
        f"{report.rounds} kills in {time.perf_counter() - started:.0f} s: {report.acknowledged} bookings acknowledged, "
        f"{report.cut_off} cut off, of which {report.there_all_the_same} were there all the same"
    )
    return _figure("lost, doubled or half-written bookings", report.wrong, note)


def _figure(name: str, wrong: list[str], note: str) -> Figure:
    return Figure(name, len(wrong), "", 0, note=note + (f"; first: {wrong[0]}" if wrong else ""))
