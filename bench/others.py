"""The same free times found in other ways, on the same database: the answers are compared first, then the times.

A naive program asks the database about each candidate start. django-appointment, from PyPI, runs in an environment and
a database of its own (bench/rival.py) with the same providers, working hours and appointments.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench.databases import FOLDER
from bench.measures import Figure, Options, repeat
from bench.search import search, wish
from bench.world import NOW, TODAY, World, world
from orderly.calendars.models import LONGEST, Reservation, Rule, RuleKind
from orderly.engine import walltime
from orderly.engine.ranking import Slot
from orderly.resources.models import Provider
from scripts import bootstrap

RIVAL = "django-appointment==3.12.0"
ENVIRONMENT = FOLDER / f"venv-{RIVAL.replace('==', '-')}"
DAYS, MINUTES, STEP = 30, 30, 15
COUNTS = (1, 50)
INSTALLING, ASKING = 240, 400  # seconds at most


def measure(options: Options) -> Iterator[Figure]:
    place = world()
    answers, ours = {}, {}
    for count in COUNTS:
        asked = wish(place, count, DAYS)
        answers[count] = search(asked).slots
        ours[count] = repeat(partial(search, asked), 40).median
        yield Figure(f"ours, {_work(count)}", ours[count], note=f"{len(answers[count])} slots")
    for count in COUNTS:
        yield _naive_figure(place, count, answers[count], ours[count])
    if not options.other:
        yield from _rival_figures(place, answers, ours)


def _work(count: int) -> str:
    return f"{count} provider{'s' if count > 1 else ''} × {DAYS} days"


def _naive_figure(place: World, count: int, answer: list[Slot], ours: float) -> Figure:
    found: list[Slot] = []

    def ask() -> None:
        found[:] = sorted(naive(place, count), key=lambda slot: (slot[0], slot[2]))

    took = repeat(ask, 3 if count == 1 else 1).median
    return _beside("one query for each start", count, took, ours, found == answer)


def _beside(name: str, count: int, took: float, ours: float, equal: bool) -> Figure:
    words = "the same answer" if equal else "ANOTHER ANSWER"
    return Figure(f"{name}, {_work(count)}", took, note=f"{took / ours:,.0f} × ours; {words}")


def naive(place: World, count: int) -> Iterator[Slot]:
    """Every start in working hours that nothing overlaps, asked for one by one."""
    zone = place.clinic.timezone
    for resource in _resources(place)[:count]:
        for day, start, end in _shifts(resource):
            for wall in range(start, end - MINUTES + 1, STEP):
                at = walltime.to_minute(zone, day, wall)
                if not _overlaps(resource, at, at + MINUTES):
                    yield at, at + MINUTES, resource


def _resources(place: World) -> list[int]:
    by_id = dict(Provider.objects.filter(pk__in=place.providers).values_list("pk", "resource"))
    return [by_id[one] for one in place.providers]


def _shifts(resource: int) -> Iterator[tuple[Any, int, int]]:
    """Day, first and last wall minute of each shift in the searched days."""
    hours = list(Rule.objects.filter(resource=resource, kind=RuleKind.HOURS))
    for day in walltime.days(TODAY, TODAY + timedelta(days=DAYS)):
        for rule in hours:
            if rule.weekdays and rule.weekdays >> walltime.weekday(day) & 1:
                yield day, rule.start, rule.end


def _overlaps(resource: int, start: int, end: int) -> bool:
    """With the lower bound on the start that lets the index be used, which most programs lack."""
    rows = Reservation.objects.filter(resource=resource, start__lt=end, start__gt=start - LONGEST, end__gt=start)
    return rows.exists()


def _rival_figures(place: World, answers: dict[int, list[Slot]], ours: dict[int, float]) -> Iterator[Figure]:
    try:
        said = _ask_rival(_rows(place))
    except (subprocess.SubprocessError, OSError, SystemExit) as error:
        yield Figure(RIVAL, None, note=f"could not be asked: {type(error).__name__}")
        return
    for count in COUNTS:
        zone = place.clinic.timezone
        wanted = sorted([resource, *_wall(zone, start)] for start, _, resource in answers[count])
        found = said["answer"] if count > 1 else [one for one in said["answer"] if one[0] == wanted[0][0]]
        took = median(said["all" if count > 1 else "one"])
        yield _beside(RIVAL, count, took, ours[count], found == wanted)


def _ask_rival(rows: dict[str, Any]) -> dict[str, Any]:
    """Its `answer` as [provider, day, minute of day], and milliseconds for `one` provider and for `all`."""
    file, database = FOLDER / "rival.json", FOLDER / "rival.sqlite3"
    file.write_text(json.dumps(rows))
    database.unlink(missing_ok=True)
    command = [_python(), Path(__file__).with_name("rival.py"), file, database, "5"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=ASKING)
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])  # it logs to its output too
    return said


def _python() -> Path:
    """That environment's Python; the environment is made first when it isn't there."""
    python, ready = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "ready"
    if not ready.exists():
        print(f"Installing {RIVAL} beside the project (once) …", file=sys.stderr, flush=True)
        uv = bootstrap.uv_on_path() or bootstrap.uv_downloaded()
        for command in (
            ["venv", "--clear", "--quiet", f"--python={bootstrap.base_python()}", str(ENVIRONMENT)],
            ["pip", "install", "--quiet", f"--python={python}", RIVAL],
        ):
            subprocess.run([uv, *command], check=True, timeout=INSTALLING)
        ready.touch()
    return python


def _rows(place: World) -> dict[str, Any]:
    """The providers with their hours and everything they were and are busy with, in wall time."""
    return {
        "now": NOW.isoformat(),
        "zone": place.clinic.timezone,
        "days": [(TODAY + timedelta(days=nth)).isoformat() for nth in range(DAYS)],
        "providers": [_row(resource, place.clinic.timezone) for resource in _resources(place)],
    }


def _row(resource: int, zone: str) -> dict[str, Any]:
    hours = Rule.objects.filter(resource=resource, kind=RuleKind.HOURS)
    busy = Reservation.objects.filter(resource=resource).order_by("start").values_list("start", "end")
    return {
        "id": resource,
        "hours": [[day, rule.start, rule.end] for rule in hours for day in range(7) if (rule.weekdays or 0) >> day & 1],
        "busy": [[*_wall(zone, start), _wall(zone, end)[1]] for start, end in busy],
    }


def _wall(zone: str, at: int) -> tuple[str, int]:
    day, wall = walltime.local(zone, at)
    return day.isoformat(), wall
