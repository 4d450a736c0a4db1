"""From the answer to a booking until a socket has heard of it, alone and with several processes and a Redis."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from itertools import cycle, islice, product

from bench.measures import Figure, Options, Timings
from orderly.core import clock
from tests.live.ears import Ear, listening
from tests.live.servers import Server, one_server, two_servers
from tests.races.town import Town
from tests.races.web import call, token_of

CHANGES, FEWER_CHANGES = 300, 40
EARS = 20  # sockets that listen at once
TARGET = 1000  # ms


def measure(options: Options) -> Iterator[Figure]:
    changes = FEWER_CHANGES if options.quick else CHANGES
    with one_server() as server:
        yield from _figures("one process, no Redis", [server], changes)
    with two_servers() as (one, other, _, redis):
        yield from _figures("two servers, a worker and a Redis", [one, other], changes)
        redis.kill()
        yield from _figures("the same after the Redis was killed", [one, other], changes)


def _figures(name: str, servers: Sequence[Server], changes: int) -> Iterator[Figure]:
    """Booked through one, heard at the other."""
    town = Town(providers=8, patients=8)
    token, path = token_of(town.desk.user), f"clinics/{town.clinic.pk}"
    taken = Timings()
    with ExitStack() as stack:
        ears = [
            stack.enter_context(listening(server.port, path, token=token)) for server in islice(cycle(servers), EARS)
        ]
        for body, server in zip(islice(_bodies(town), changes), cycle(servers), strict=False):
            status, answer = call(server, "POST", "appointments", body, token=token)
            assert status == 201, answer
            taken.seconds.append(_heard(ears))
    note = f"{changes} bookings by HTTP, until the last of {EARS} sockets has heard"
    yield Figure(f"{name}: p50", taken.median)
    yield Figure(f"{name}: p99", taken.quantile(0.99), "ms", TARGET, note=note)


def _heard(ears: Sequence[Ear]) -> float:
    began = time.perf_counter()
    for ear in ears:
        ear.whole()
    return time.perf_counter() - began


def _bodies(town: Town) -> Iterator[dict[str, str]]:
    """Bookings at times of their own."""
    first = clock.now().date() + timedelta(days=2)
    ids = {"clinic": str(town.clinic.pk), "service": str(town.service.pk), "source": "phone"}
    for day, slot, nth in product(range(60), range(28), range(8)):
        start = f"{first + timedelta(days=day)}T{6 + slot // 2:02}:{slot % 2 * 30:02}"
        who = {"patient": str(town.patients[nth].pk), "provider": str(town.providers[nth].pk)}
        yield {**ids, **who, "start": start}
