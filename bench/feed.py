"""The week of twenty providers, as the calendar's browser side reads it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.measures import Figure, Options, alternate, repeat
from bench.two import Sides
from bench.world import NOW, SHOWN, TODAY
from orderly.clinics.models import Clinic
from orderly.web.calendar.feed import week_json

TARGETS = {"sqlite": 25.0}


def measure(options: Options) -> Iterator[Figure]:
    rounds = 50 if options.quick else 300
    clinic = Clinic.objects.get(name=SHOWN).pk
    week = partial(week_json, clinic, TODAY, TODAY + timedelta(days=7), now=NOW)
    timings = repeat(week, rounds)
    with CaptureQueriesContext(connection) as sent:
        size = len(week())
    note = f"{size / 1000:.0f} kB with names and local times, {len(sent)} queries, p99 {timings.quantile(0.99):.1f}"
    yield Figure("20 providers, 7 days, to JSON", timings.median, "ms", TARGETS.get(connection.vendor), note=note)
    if options.other:
        yield _growth(options.other, week, rounds)


def _growth(url: str, week: Callable[[], bytes], rounds: int) -> Figure:
    sides = Sides(url)
    there = partial(sides.there, week)
    long, short = alternate([week, there], rounds)
    sizes = f"{len(there()) / 1000:.0f} and {len(week()) / 1000:.0f} kB"
    note = f"{short.median:.2f} → {long.median:.2f} ms, turn by turn, for {sizes}"
    return Figure("growth with the history", long.median / short.median, "×", 1.15, note=note)
