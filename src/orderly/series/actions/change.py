"""Changing what is to come of a series."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.together import Moving, move_all
from orderly.appointments.actions.write import alone, told
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.core import edits
from orderly.core.database import writing
from orderly.core.edits import Changes, put, save, wrong
from orderly.core.errors import CannotBookAll, Invalid, Stale
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.series.actions.create import placed
from orderly.series.choices import State
from orderly.series.facts import SeriesChanged
from orderly.series.inputs import SeriesChange
from orderly.series.models import Occurrence, Series
from orderly.series.queries.chain import occurrence_of, version_of
from orderly.series.queries.changing import Part, Rest, rest_of
from orderly.series.queries.sight import Planned, conflicts

MODIFY = "booking:modify_appointment"


def change(
    appointment: UUID, wanted: SeriesChange, *, actor: Actor, now: datetime, version: int | None = None
) -> Series:
    """Move what is to come, from this visit on or all of it, through all parts of its chain; what was moved or skipped
    by itself stays as it is. The answer is the series that the first of those that moved is of now.

    Errors: NotFound for what is no part of a series or isn't the actor's to see; Forbidden without
    `booking:modify_appointment`; Conflict where nothing of it can be changed; Invalid for a wrong field; CannotBookAll
    with the reasons of each visit that can't be moved, by its place among those to come; Stale where somebody
    changed the series since `version`, or one of them meanwhile.
    """
    with writing():
        occurrence = locked(appointment, MODIFY, actor=actor, version=version)
        rest = rest_of(occurrence, wanted, now=now)
        _check(rest, wanted)
        moved = _move(rest, wanted, actor=actor, now=now)
        first, *others = rest.changing
        series = _write(first, rest.rows, moved, wanted.tell, actor=actor, now=now)
        for part in others:  # the patient is told once of all of them
            _write(part, rest.rows, moved, alone(wanted.tell), actor=actor, now=now)
        return series


def locked(appointment: UUID, permission: str, *, actor: Actor, version: int | None) -> Occurrence:
    """The occurrence that this appointment is, its chain locked by the first of its series: one after the other changes
    it.
    """
    series = occurrence_of(appointment).series
    edits.locked(Series.objects.visible_to(actor), series.chain)
    actor.require(permission, series.clinic_id)
    if version not in (None, version_of(series)):
        raise Stale
    return occurrence_of(appointment)


def _check(rest: Rest, wanted: SeriesChange) -> None:
    days = {row.occurrence.day for row in rest.rows if row.occurrence}
    if not set(wanted.decided) <= days:
        raise Invalid(wrong("occurrences", "unknown"))
    against = conflicts(rest.rows)
    if against:
        raise CannotBookAll(against)


def _move(rest: Rest, wanted: SeriesChange, *, actor: Actor, now: datetime) -> dict[UUID, Appointment]:
    places = [nth for nth, row in enumerate(rest.rows) if row.state is State.FREE]
    moves = [_moving(rest.rows[nth], wanted) for nth in places]
    try:
        return {one.pk: one for one in move_all(moves, actor=actor, now=now)}
    except CannotBookAll as refusal:
        raise CannotBookAll(placed(refusal.against, places)) from refusal


def _moving(row: Planned, wanted: SeriesChange) -> Moving:
    assert row.occurrence is not None
    assert row.occurrence.appointment is not None
    found, provider = row.occurrence.appointment, row.by.provider
    elsewhere = provider not in (wanted.provider, found.provider_id)  # as long with them as with who gives the others
    move = Move(
        start=row.start,
        provider=None if provider == found.provider_id else provider,
        minutes=row.by.minutes if elsewhere else wanted.minutes,
        tell=alone(wanted.tell),
    )
    return Moving(appointment=found.pk, move=move, version=found.version)


def _write(
    part: Part,
    rows: Sequence[Planned],
    moved: dict[UUID, Appointment],
    tell: bool | None,
    *,
    actor: Actor,
    now: datetime,
) -> Series:
    """The rows of what is to come are written anew, under the series itself or, where something stays behind, under a
    new one of the chain.
    """
    after = {one.pk for one in part.after}
    mine = [row for row in rows if row.occurrence and row.occurrence.pk in after]
    gone = [moved[one.pk] for row in mine if row.state is State.FREE if (one := _of(row))]
    old, values = part.series, _values(part, gone)
    series = old
    if part.before:
        kept = {name: getattr(old, name) for name in values}
        series = Series(clinic_id=old.clinic_id, chain=old.chain, **kept)
    changes = put(series, values)
    if part.before:
        series.save(force_insert=True)
    else:
        save(series, values)
    Occurrence.objects.filter(pk__in=after).delete()
    Occurrence.objects.bulk_create(Occurrence(series=series, day=row.day, appointment=_of(row)) for row in mine)
    record(_changed(series, old, changes, gone, tell), actor=actor, now=now)
    return series


def _of(row: Planned) -> Appointment | None:
    return row.occurrence.appointment if row.occurrence else None


def _values(part: Part, gone: Sequence[Appointment]) -> dict[str, object]:
    """What the series says from now on; as long as those are that went where it has them."""
    provider = part.by.provider
    usual = next((one for one in gone if one.provider_id == provider), gone[0])
    return {"rule": part.rule, "wall": part.wall, "minutes": usual.end - usual.start, "provider_id": provider}


def _changed(
    series: Series, old: Series, changes: Changes, moved: Sequence[Appointment], tell: bool | None
) -> SeriesChanged:
    provider = changes.pop("provider_id", None)
    return SeriesChanged(
        subject=series.pk,
        clinic=series.clinic_id,
        ids={"appointments": [str(one.pk) for one in moved], "before": str(old.pk), **told(tell)},
        changes={**changes, **({"provider": provider} if provider else {})},
    )
