"""The visits of a series as a list in which each can be decided."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from orderly.appointments.models import Appointment
from orderly.edge.wording import names_of, words
from orderly.engine.walltime import to_minute
from orderly.resources.models import Provider
from orderly.series.choices import State
from orderly.series.inputs import Decided, Instead
from orderly.series.queries.sight import Planned
from orderly.web.dates import as_fields, clock, picked
from orderly.web.fields import TypedTime, known
from orderly.web.templatetags.desk import day as in_words

PLANNED, OTHER, LEAVE = "", "other", "leave"


@dataclass(frozen=True, slots=True)
class Row:
    """`why` are the reasons against it in sentences; `chosen` one of `choices`, `by` whom it was chosen with if that is
    somebody else. `was` is where it stands now.
    """

    planned: Planned
    why: list[str]
    chosen: str
    choices: list[tuple[str, str]]
    other: dict[str, str]
    was: Appointment | None
    by: str

    @property
    def key(self) -> str:
        return key_of(self.planned).isoformat()

    @property
    def moves(self) -> bool:
        """Whether it isn't where it stands now."""
        return self.was is not None and (self.was.start, self.was.end) != (self.planned.start, self.planned.end)


def key_of(row: Planned) -> date:
    """The day by which it is decided: where it stands now, or will."""
    return row.occurrence.day if row.occurrence else row.day


def rows_of(found: Iterable[Planned], typed: QueryDict, zone: str, *, leave: str) -> list[Row]:
    """`leave` is what leaving one out, or as it is, is called."""
    found = list(found)
    names = names_of([problem for row in found for problem in row.problems])
    offered = {one.provider for row in found for one in row.instead} | {row.by.provider for row in found}
    people = {one.pk: str(one) for one in Provider.objects.filter(pk__in=offered - {None})}
    return [
        _row(row, [words(one, zone=zone, names=names) for one in row.problems], typed, zone, leave, people)
        for row in found
    ]


def _row(row: Planned, why: list[str], typed: QueryDict, zone: str, leave: str, people: Mapping[UUID, str]) -> Row:
    key = key_of(row).isoformat()
    chosen = typed.get(f"at-{key}", PLANNED)
    was = row.occurrence.appointment if row.occurrence else None
    gone = row.state is State.CLOSED and not row.blocked
    fixed = gone or (row.state is State.STAYS and chosen != LEAVE) or (row.occurrence is not None and was is None)
    usual = _("choose…") if row.blocked else _("as planned")
    choices = [] if fixed else [(PLANNED, usual), *_times(row, chosen, zone, people)]
    if choices:
        choices += [(OTHER, _("another time…")), (LEAVE, leave)]
    other = {**as_fields(zone, row.start), **_other(typed, key)}
    chosen = chosen if chosen in dict(choices) else PLANNED
    instead = _read(chosen)
    by = people.get(instead.provider, "") if instead and instead.provider else ""
    return Row(row, why, chosen, choices, other, was, by)


def _times(row: Planned, chosen: str, zone: str, people: Mapping[UUID, str]) -> list[tuple[str, str]]:
    """What could be had instead; what was chosen stays among it."""
    found = {_written(one.start, one.provider): (one.start, one.provider) for one in row.instead}
    was = _read(chosen)
    if was is not None and chosen not in found:
        found = {chosen: (row.start, was.provider), **found}
    return [(text, _said(*one, zone, people)) for text, one in found.items()]


def _said(start: int, provider: UUID | None, zone: str, people: Mapping[UUID, str]) -> str:
    when = f"{in_words(start, zone)}, {clock(start, zone)}"
    return f"{when} · {people.get(provider, '')}" if provider else when


def _written(start: int, provider: UUID | None) -> str:
    """A time as the form sends it back, with whom if it is somebody else."""
    return f"{start}.{provider}" if provider else str(start)


def _read(chosen: str) -> Instead | None:
    start, _dot, provider = chosen.partition(".")
    if not start.isdecimal() or len(start) > 9:
        return None
    return Instead(int(start), known(provider))


def _other(typed: QueryDict, key: str) -> dict[str, str]:
    found = {"day": typed.get(f"day-{key}"), "time": typed.get(f"time-{key}")}
    return {name: value for name, value in found.items() if value}


def decided(typed: QueryDict, zone: str) -> Decided:
    """What was chosen of single visits, by their day; what can't be read isn't decided yet."""
    found: dict[date, Instead | None] = {}
    for name in typed:
        key = name.removeprefix("at-")
        if key != name:
            with suppress(ValueError):
                _decide(found, picked(key), typed.get(name, ""), _other(typed, key), zone)
    return found


def accepting(found: Iterable[Planned], typed: QueryDict) -> QueryDict:
    """What was typed, with what is proposed first chosen for each that can't be had."""
    typed = typed.copy()
    for row in found:
        if row.blocked and row.instead:
            typed[f"at-{key_of(row).isoformat()}"] = _written(row.instead[0].start, row.instead[0].provider)
    return typed


def _decide(found: dict[date, Instead | None], day: date, chosen: str, other: dict[str, str], zone: str) -> None:
    instead = _read(chosen)
    if chosen == LEAVE:
        found[day] = None
    elif chosen == OTHER and other.keys() == {"day", "time"}:
        with suppress(ValidationError):
            found[day] = Instead(to_minute(zone, picked(other["day"]), TypedTime().clean(other["time"])))
    elif instead is not None:
        found[day] = instead
