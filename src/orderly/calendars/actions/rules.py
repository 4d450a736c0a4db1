"""Opening time and closing it: hours, extra hours, time off, closures, maintenance.

None of these reserve anything, so they always succeed, whatever is booked in that time: the caller asks
`appointments.queries.stranded` for the visits they strand. They take the locks that bookings take, so a booking comes
either before, and is found there, or after, and is refused.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from orderly.calendars.facts import HoursChanged, RuleAdded, RuleRemoved
from orderly.calendars.inputs import Stretch, Weekly, When
from orderly.calendars.models import CLOSURES, TIME_OFF, Rule, RuleKind
from orderly.calendars.queries import bound_by, rules_of
from orderly.calendars.rules import hours_problems, phased, when_problems
from orderly.clinics.models import Clinic
from orderly.clinics.queries import named
from orderly.core.clock import minute
from orderly.core.database import writing
from orderly.core.edits import Changes, faults, locked, plain, refuse, save, wrong
from orderly.core.errors import Forbidden, NotFound
from orderly.engine.walltime import local
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.resources import locks
from orderly.resources.models import Asset, Provider
from orderly.resources.queries import resources_of

SCHEDULE = "schedule:manage"
SHAPE = ("first", "last", "weekdays", "start", "end", "every", "phase")


def set_hours(
    provider: UUID,
    clinic: UUID,
    hours: Sequence[Weekly],
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Provider:
    """The weekly hours of a provider in a clinic: these, and no others. `version` is the provider's.

    Errors: NotFound; Forbidden without `schedule:manage` there (a doctor's covers the own hours); Stale; Invalid with
    everything that is wrong with the entries.
    """
    with writing():
        found = locked(Provider.objects.visible_to(actor), provider, version=version)
        place = _clinic_of(found, clinic, actor)
        _authorise(found, [place.pk], actor)
        locks.lock([found.resource_id])
        changes = _replace(place, found.resource_id, hours, now)
        if changes:
            save(found)
            record(HoursChanged(subject=found.pk, clinic=clinic, changes=changes), actor=actor, now=now)
    return found


def set_opening_hours(
    clinic: UUID, hours: Sequence[Weekly], *, actor: Actor, now: datetime, version: int | None = None
) -> Clinic:
    """The weekly opening hours of a clinic: these, and no others; none means: whenever somebody works.

    Errors: NotFound, Forbidden (`schedule:manage`), Stale; Invalid with everything that is wrong with the entries.
    """
    with writing():
        actor.require(SCHEDULE, clinic)
        found = locked(Clinic.objects.all(), clinic, version=version)
        locks.lock(resources_of(clinic))
        changes = _replace(found, None, hours, now)
        if changes:
            save(found)
            record(HoursChanged(subject=clinic, clinic=clinic, changes=changes), actor=actor, now=now)
    return found


def add_time_off(
    provider: UUID, clinic: UUID | None, kind: str, when: When, *, actor: Actor, now: datetime, note: str = ""
) -> Rule:
    """Lunch, a meeting, vacation, sick leave, training: once or recurring, in one of the provider's clinics or
    (None) in all of them.

    Errors: NotFound; Forbidden without `schedule:manage` in each (a doctor's covers the own calendar); Invalid.
    """
    if kind not in TIME_OFF:
        refuse([wrong("kind", "unknown")])
    return _add_for_provider(provider, clinic, kind, when, note=note, actor=actor, now=now)


def add_extra_hours(
    provider: UUID, clinic: UUID, stretch: Stretch, *, actor: Actor, now: datetime, note: str = ""
) -> Rule:
    """Work outside the usual hours, and outside the clinic's. Errors as for time off."""
    return _add_for_provider(provider, clinic, RuleKind.EXTRA, stretch, note=note, actor=actor, now=now)


def add_closure(clinic: UUID, kind: str, stretch: Stretch, *, actor: Actor, now: datetime, note: str = "") -> Rule:
    """The whole clinic is closed. Errors: NotFound, Forbidden (`schedule:manage`), Invalid."""
    actor.require(SCHEDULE, clinic)
    [place] = named([clinic], actor=actor)
    if kind not in CLOSURES:
        refuse([wrong("kind", "unknown")])
    rule = _rule(kind, stretch, clinic=place, resource=None, note=note)
    with writing():
        locks.lock(resources_of(clinic))
        return _insert(rule, clinic, actor, now)


def add_maintenance(asset: UUID, stretch: Stretch, *, actor: Actor, now: datetime, note: str = "") -> Rule:
    """A chair, room or device is out of use. Errors: NotFound, Forbidden (`schedule:manage`), Invalid."""
    found = Asset.objects.visible_to(actor).select_related("clinic").filter(pk=asset).first()
    if found is None:
        raise NotFound("resource")
    actor.require(SCHEDULE, found.clinic_id)
    rule = _rule(RuleKind.MAINTENANCE, stretch, clinic=found.clinic, resource=found.resource_id, note=note)
    with writing():
        locks.lock([found.resource_id])
        return _insert(rule, found.pk, actor, now)


def remove(rule: UUID, kinds: Iterable[str], *, actor: Actor, now: datetime) -> Rule:
    """Take an exception of one of these kinds back; the answer is the row as it was.

    Errors: NotFound; Forbidden as for adding it.
    """
    with writing():
        found = locked(rules_of(kinds, actor=actor), rule)
        subject = _owner(found, actor)
        locks.lock(bound_by(found))
        gone = RuleRemoved(subject=subject, clinic=found.clinic_id, ids=_ids(found), changes=_changes(found, gone=True))
        found.delete()
        record(gone, actor=actor, now=now)
    return found


def _owner(rule: Rule, actor: Actor) -> UUID:
    """Whose rule it is, once the actor is known to hold the right to change it."""
    provider = Provider.objects.filter(resource=rule.resource_id).first() if rule.resource_id else None
    if provider is not None:
        _authorise(provider, _where(provider, rule.clinic_id), actor)
        return provider.pk
    assert rule.clinic_id is not None
    actor.require(SCHEDULE, rule.clinic_id)
    return rule.clinic_id if rule.resource_id is None else Asset.objects.get(resource=rule.resource_id).pk


def _add_for_provider(
    provider: UUID, clinic: UUID | None, kind: str, when: When, *, note: str, actor: Actor, now: datetime
) -> Rule:
    found = Provider.objects.visible_to(actor).filter(pk=provider).first()
    if found is None:
        raise NotFound("provider")
    place = None if clinic is None else _clinic_of(found, clinic, actor)
    _authorise(found, _where(found, clinic), actor)
    zone = place.timezone if place else "UTC"
    if isinstance(when, Weekly):
        when = phased(when, local(zone, minute(now))[0])
    rule = _rule(kind, when, clinic=place, resource=found.resource_id, note=note)
    with writing():
        locks.lock([found.resource_id])
        return _insert(rule, found.pk, actor, now)


def _clinic_of(provider: Provider, clinic: UUID, actor: Actor) -> Clinic:
    found = provider.clinics.filter(pk=clinic).defer("logo").first()
    if found is None or not actor.belongs_to(clinic):
        raise NotFound("clinic")
    return found


def _where(provider: Provider, clinic: UUID | None) -> list[UUID]:
    return list(provider.clinics.values_list("pk", flat=True)) if clinic is None else [clinic]


def _authorise(provider: Provider, clinics: Iterable[UUID], actor: Actor) -> None:
    own = provider.user_id is not None and provider.user_id == actor.user
    allowed = actor.may_own if own else actor.may
    if not all(allowed(SCHEDULE, clinic) for clinic in clinics):
        raise Forbidden(SCHEDULE)


def _rule(kind: str, when: When, *, clinic: Clinic | None, resource: int | None, note: str) -> Rule:
    rule = Rule(clinic=clinic, resource_id=resource, kind=kind, note=note.strip(), **_columns(when))
    refuse([*when_problems(when), *faults(rule, ["note"])])
    return rule


def _columns(when: When) -> dict[str, Any]:
    shared = {"first": when.first, "last": when.last, "start": when.start, "end": when.end}
    if isinstance(when, Stretch):
        return shared
    return {**shared, "weekdays": _bits(when.weekdays), "every": when.every, "phase": when.phase or 0}


def _bits(weekdays: Iterable[int]) -> int:
    return sum(1 << day for day in weekdays if 0 <= day < 7)


def _insert(rule: Rule, subject: UUID, actor: Actor, now: datetime) -> Rule:
    rule.save(force_insert=True)
    fact = RuleAdded(subject=subject, clinic=rule.clinic_id, ids=_ids(rule), changes=_changes(rule))
    record(fact, actor=actor, now=now)
    return rule


def _replace(clinic: Clinic, resource: int | None, hours: Sequence[Weekly], now: datetime) -> Changes:
    """Put these hours in place of those there are; nothing happens if they say the same."""
    today, _ = local(clinic.timezone, minute(now))
    hours = [phased(one, today) for one in hours]
    refuse(hours_problems(hours))
    rows = Rule.objects.filter(kind=RuleKind.HOURS, clinic=clinic, resource=resource)
    made = [Rule(clinic=clinic, resource_id=resource, kind=RuleKind.HOURS, **_columns(one)) for one in hours]
    old, new = _shapes(rows), _shapes(made)
    if old == new:
        return {}
    rows.delete()
    Rule.objects.bulk_create(made)
    return {"hours": (old, new)}


def _shapes(rules: Iterable[Rule]) -> list[list[Any]]:
    """What rules say, in one order, as the journal keeps it."""
    return sorted(([plain(getattr(rule, name)) for name in SHAPE] for rule in rules), key=str)


def _ids(rule: Rule) -> dict[str, Any]:
    return {"rule": str(rule.pk), "kind": str(rule.kind)}


def _changes(rule: Rule, *, gone: bool = False) -> Changes:
    values = {name: plain(getattr(rule, name)) for name in SHAPE}
    return {name: (value, None) if gone else (None, value) for name, value in values.items()}
