"""Visits of the demo that repeat: somebody who comes once a week."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from orderly.appointments.choices import Source
from orderly.core.clock import minute
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.seed.organisation import Made
from orderly.seed.people import Person
from orderly.series.actions.create import create
from orderly.series.choices import State
from orderly.series.inputs import Instead, SeriesRequest
from orderly.series.queries.preview import preview
from orderly.series.queries.sight import Planned

TEN = 10 * 60


def repeat_visits(made: Made, person: Person, *, actor: Actor, now: datetime) -> None:
    """Six of them, on the weekday on which most can be had at ten; the others at another time, or left out."""
    today = local(made.place.zone, minute(now))[0]
    wish = SeriesRequest(
        clinic=made.clinic.pk,
        service=made.services[0][1].pk,
        patient=person.id,
        provider=made.providers[0].pk,
        first=today,
        wall=TEN,
        rule="FREQ=WEEKLY;COUNT=6",
        source=Source.PHONE,
    )
    ways = [replace(wish, first=today + timedelta(days=nth)) for nth in range(1, 8)]
    wish, rows = max(((one, preview(one, now=now).rows) for one in ways), key=lambda way: _free(way[1]))
    wish = replace(wish, decided={row.day: _instead(row) for row in rows if row.blocked})
    if not any(row.blocked for row in preview(wish, now=now).rows):
        create(wish, actor=actor, now=now)


def _free(rows: Iterable[Planned]) -> int:
    return sum(row.state is State.FREE for row in rows)


def _instead(row: Planned) -> Instead | None:
    return Instead(row.instead[0].start, row.instead[0].provider) if row.instead else None
