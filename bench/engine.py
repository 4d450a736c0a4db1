"""How fast the engine answers, on a made-up clinic: `python -m bench.engine` prints milliseconds.

Inputs look as they come from rows: rules and sorted reservations. Patterns of rules are expanded anew in each
round unless a figure says warm; only the zone's work per day is kept, as it is in a running server.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta

from bench.requests import newcomer
from orderly.engine import rules, walltime
from orderly.engine.calendar import Calendar, free
from orderly.engine.plan import Need, Phase, Plan, Role, compile_plan
from orderly.engine.rules import Kind, Rule
from orderly.engine.slots import Grid, Offer, Terms, assign, find, problems
from orderly.engine.spans import Span

ZONE = "Europe/Berlin"
FIRST = date(2026, 4, 6)
WORKDAYS = frozenset(range(1, 6))
CLINIC = (
    Rule(Kind.HOURS, 480, 1200, weekdays=WORKDAYS),
    Rule(Kind.CLOSED, 0, 1440, date(2026, 5, 1), date(2026, 5, 1)),
)
GRID = Grid(ZONE, 15)
PLACED, REFUSED = (f"one more request beside {there}, 20 providers" for there in ("39, others move", "40, refused"))
TARGETS = {PLACED: 50.0, REFUSED: 50.0}


def own_rules(index: int) -> tuple[Rule, ...]:
    """Mornings and afternoons; five patterns, as providers differ a little."""
    late = index % 5 * 15
    return (
        Rule(Kind.HOURS, 510 + late, 720, weekdays=WORKDAYS),
        Rule(Kind.HOURS, 780, 1020 + late, weekdays=WORKDAYS),
        Rule(Kind.TIME_OFF, 600, 615, weekdays=frozenset({3})),
    )


def reservations(index: int, days: int, per_day: int = 10, minutes: int = 30) -> tuple[Span, ...]:
    """About `per_day` reservations a working day, sorted, without overlaps."""
    dice = random.Random(index)
    rows: list[Span] = []
    for day in walltime.days(FIRST, FIRST + timedelta(days=days)):
        if walltime.weekday(day) in WORKDAYS:
            at = walltime.to_minute(ZONE, day, 510)
            for place in sorted(dice.sample(range(36), per_day)):
                start = max(at + place * 15, rows[-1][1] if rows else 0)
                rows.append((start, start + minutes - dice.choice((0, 10, 15))))
    return tuple(rows)


def window(days: int) -> Span:
    """The minutes of the searched days."""
    return walltime.day_start(ZONE, FIRST), walltime.day_start(ZONE, FIRST + timedelta(days=days))


def calendar(index: int, role: Role, days: int, busy: tuple[Span, ...]) -> Calendar:
    """One resource from its rows."""
    last = FIRST + timedelta(days=days)
    own = own_rules(index) if role == Role.PROVIDER else ()
    layers = rules.layers(own, CLINIC, ZONE, FIRST, last, always_open=role != Role.PROVIDER)
    return Calendar(index, role, layers, busy)


def plan(provider: int, *needs: Need) -> Plan:
    """Thirty minutes, five of cleaning up."""
    return compile_plan((Phase(30, (Need(Role.PROVIDER, (provider,)), *needs)),), 0, 5)


def clinic(providers: int, days: int, things: int = 0, *, rival: bool = False) -> Callable[[], int]:
    """A search over everything, from rows to slots; it answers with their number."""
    roles = [Role.PROVIDER] * providers + [Role.RESOURCE] * things
    rows = [reservations(index, days, 10 if role == Role.PROVIDER else 7) for index, role in enumerate(roles)]
    chairs = tuple(range(providers, providers + 3))
    devices = tuple(range(providers + (2 if rival else 3), providers + 5))
    needs = (Need(Role.RESOURCE, chairs), Need(Role.RESOURCE, devices)) if things else ()
    terms = Terms(window(days)[0])

    def search() -> int:
        calendars = {index: calendar(index, role, days, rows[index]) for index, role in enumerate(roles)}
        offers = [Offer(index, plan(index, *needs)) for index in range(providers)]
        return len(find(offers, calendars, window(days), GRID, terms))

    return search


def one_start(ask: Callable[..., object], *terms: Terms) -> Callable[[], object]:
    """A question about one start over calendars loaded for ninety days."""
    days = 90
    roles = [Role.PROVIDER] + [Role.RESOURCE] * 5
    calendars = {index: calendar(index, role, days, reservations(index, days)) for index, role in enumerate(roles)}
    visit = plan(0, Need(Role.RESOURCE, (1, 2, 3)), Need(Role.RESOURCE, (4, 5)))
    start = walltime.to_minute(ZONE, FIRST + timedelta(days=45), 600)
    return lambda: ask(visit, calendars, start, *terms)


def free_only(days: int) -> Callable[[], object]:
    """One calendar's free time, rules already expanded."""
    made = calendar(0, Role.PROVIDER, days, reservations(0, days))
    span = window(days)
    return lambda: free(made, span)


def cold(work: Callable[[], object]) -> Callable[[], object]:
    """`work` with the patterns of rules forgotten."""

    def forgetful() -> object:
        rules.layers.cache_clear()
        rules.expand.cache_clear()
        return work()

    return forgetful


def best(work: Callable[[], object], seconds: float = 0.4) -> float:
    """Milliseconds of the fastest of many rounds: the work, with the least noise."""
    work()
    fastest, until = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < until:
        started = time.perf_counter()
        work()
        fastest = min(fastest, time.perf_counter() - started)
    return fastest * 1000


def figures() -> dict[str, float]:
    """Milliseconds by question."""
    return {
        "free, 1 provider, 30 days": best(free_only(30)),
        "1 provider, 30 days": best(cold(clinic(1, 30))),
        "1 provider, 30 days, warm rules": best(clinic(1, 30)),
        "1 provider, 90 days": best(cold(clinic(1, 90))),
        "1 provider, 90 days, warm rules": best(clinic(1, 90)),
        "50 providers, 30 days": best(cold(clinic(50, 30))),
        "50 providers, 30 days, 3 chairs, 2 devices": best(cold(clinic(50, 30, 5))),
        "50 providers, 90 days, 3 chairs, 2 devices": best(cold(clinic(50, 90, 5))),
        "50 providers, 90 days, chairs and devices overlap": best(cold(clinic(50, 90, 5, rival=True))),
        "assign one start": best(one_start(assign)),
        "problems of one start": best(one_start(problems, Terms(0))),
        PLACED: best(newcomer(fits=True)),
        REFUSED: best(newcomer(fits=False)),
    }


def main() -> int:
    """Print the figures."""
    for name, milliseconds in figures().items():
        print(f"{milliseconds:9.3f} ms  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
