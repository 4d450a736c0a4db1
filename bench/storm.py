"""Thirty-two clients with every verb at once on the same few appointments, again and again; then the tables are
audited.
"""

import random
import time
from collections.abc import Iterator
from functools import partial

from bench.measures import Figure, Options
from tests.races.audit import faults
from tests.races.storm import Outcome, storm
from tests.races.test_many_times import busy_client
from tests.races.town import Town

SECONDS, FEWER_SECONDS = 120.0, 10.0
CLIENTS, COMMON = 32, 12


def measure(options: Options) -> Iterator[Figure]:
    until = time.monotonic() + (FEWER_SECONDS if options.quick else SECONDS)
    storms, done, wrong = 0, 0, []
    while time.monotonic() < until:
        found = _storm(storms)
        done += sum(one.answer or 0 for one in found)
        wrong += [one.fault for one in found if one.fault]
        storms += 1
    wrong += [f"{name}: {rows}" for name, rows in faults().items()]
    note = f"{storms} storms of {CLIENTS} clients, {done} changes" + (f"; first: {wrong[0][-200:]}" if wrong else "")
    yield Figure("faults, double bookings and broken rows", len(wrong), "", 0, note=note)


def _storm(seed: int) -> list[Outcome]:
    town = Town(providers=2, patients=8, chairs=2)
    common = [
        town.book(town.patients[nth % 8], town.time("09:00") + 30 * nth, town.providers[nth % 2])()
        for nth in range(COMMON)
    ]
    acts = [partial(busy_client, town, common, random.Random(1000 * seed + nth)) for nth in range(CLIENTS)]
    return storm(acts)
