"""Thirty-two clients with every verb at once on the same few appointments, requests, groups and teams, again and
again; then the tables are audited.
"""

import time
from collections.abc import Iterator

from bench.measures import Figure, Options
from tests.races.audit import faults
from tests.races.mixed import CLIENTS, mixed_storm

SECONDS, FEWER_SECONDS = 120.0, 10.0


def measure(options: Options) -> Iterator[Figure]:
    until = time.monotonic() + (FEWER_SECONDS if options.quick else SECONDS)
    storms, done, wrong = 0, 0, []
    while time.monotonic() < until:
        found = mixed_storm(storms)
        done += sum(one.answer or 0 for one in found)
        wrong += [one.fault for one in found if one.fault]
        storms += 1
    wrong += [f"{name}: {rows}" for name, rows in faults().items()]
    note = f"{storms} storms of {CLIENTS} clients, {done} changes" + (f"; first: {wrong[0][-200:]}" if wrong else "")
    yield Figure("faults, double bookings and broken rows", len(wrong), "", 0, note=note)
