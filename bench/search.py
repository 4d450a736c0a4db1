"""Free times, from the search to its answer: the whole path with the database and every rule."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.measures import Figure, Options, alternate, repeat
from bench.two import Sides
from bench.world import NOW, TODAY, World, world
from orderly.api.slots import slots_json
from orderly.appointments.inputs import Search
from orderly.appointments.queries.slots import Found, slots

MOST_ON_A_PAGE = 500
MOST_QUERIES = 6


def measure(options: Options) -> Iterator[Figure]:
    place = world()
    rounds = 30 if options.quick else 150
    official = connection.vendor == "sqlite"
    one, fifty = wish(place, 1, 30), wish(place, 50, 30)
    combined = replace(wish(place, 50, 90), service=place.combined)
    yield _figure("1 provider, 30 days", one, rounds * 4, 2.0 if official else None)
    yield _figure("50 providers, 30 days, to tuples", fifty, rounds, 15.0 if official else None)
    yield _in_json(fifty, rounds, 60.0 if official else None)
    yield _figure("50 providers + 3 chairs + 2 devices, 90 days", combined, rounds, 40.0 if official else None)
    yield _queries(place)
    if options.other:
        yield from _growth(options.other, {"1 provider": (one, rounds * 4), "50 providers": (fifty, rounds)})


def wish(place: World, providers: int, days: int) -> Search:
    """Half an hour with one provider or with any of the clinic's, from today on."""
    return Search(
        clinic=place.clinic.pk,
        service=place.service,
        first=TODAY,
        last=TODAY + timedelta(days=days),
        provider=place.providers[0] if providers == 1 else None,
    )


def search(asked: Search) -> Found:
    return slots(asked, now=NOW)


def _figure(name: str, asked: Search, rounds: int, target: float | None) -> Figure:
    timings = repeat(partial(search, asked), rounds)
    found = len(search(asked).slots)
    return Figure(name, timings.median, "ms", target, note=f"{found} slots, p99 {timings.quantile(0.99):.1f}")


def _in_json(asked: Search, rounds: int, target: float | None) -> Figure:
    """The answer as the API writes it, cut into its pages."""

    def answer() -> int:
        found = search(asked)
        pages = range(0, len(found.slots), MOST_ON_A_PAGE)
        return sum(len(slots_json(found, found.slots[at : at + MOST_ON_A_PAGE])) for at in pages)

    timings = repeat(answer, rounds)
    note = f"{answer() / 1e6:.1f} MB, p99 {timings.quantile(0.99):.1f}"
    return Figure("50 providers, 30 days, to JSON", timings.median, "ms", target, note=note)


def _queries(place: World) -> Figure:
    """How many statements a search sends: the same for one day or ninety, one provider or fifty."""
    counted = {}
    for providers, days in ((1, 1), (1, 90), (50, 1), (50, 90)):
        with CaptureQueriesContext(connection) as sent:
            search(wish(place, providers, days))
        counted[providers, days] = len(sent)
    same = len(set(counted.values())) == 1
    note = "the same for 1 and 90 days, 1 and 50 providers" if same else f"NOT the same: {counted}"
    return Figure("queries", max(counted.values()) if same else 99, "", MOST_QUERIES, note=note)


def _growth(url: str, asked: dict[str, tuple[Search, int]]) -> Iterator[Figure]:
    """How much longer the same search takes with the long history than with the short one."""
    sides = Sides(url)
    for name, (one, rounds) in asked.items():
        work = partial(search, one)
        there = partial(sides.there, work)
        long, short = alternate([work, there], rounds)
        note = (
            f"{short.median:.2f} → {long.median:.2f} ms, turn by turn, for {len(there().slots)} and "
            f"{len(work().slots)} slots"
        )
        yield Figure(f"growth with the history, {name}, 30 days", long.median / short.median, "×", 1.15, note=note)
