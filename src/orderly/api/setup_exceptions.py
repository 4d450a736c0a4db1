"""Set-up: what goes beyond a provider's weekly hours: time off, extra hours."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from orderly.api.operations import reads, writes
from orderly.api.paging import piece
from orderly.api.schemas import In, Out, Page
from orderly.api.setup_hours import clinic_of, shown_weekly
from orderly.api.setup_shared import (
    SCHEDULE,
    VIEW,
    Aliased,
    ClinicQuery,
    EndClock,
    Moment,
    Stranded,
    Whole,
    Word,
    clock,
    ends,
    one_of,
    stretch,
    viewer,
)
from orderly.api.types import Day, Id, WallClock
from orderly.appointments.actions.set_up import add_extra_hours, add_time_off, remove
from orderly.appointments.queries.stranded import by_hours, by_rule
from orderly.calendars.inputs import Stretch, Weekly, When
from orderly.calendars.models import TIME_OFF, Rule, RuleKind
from orderly.calendars.queries import rules_of
from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound, invalid, missing
from orderly.edge.actors import actor_of, now_of
from orderly.journal.actor import Actor
from orderly.resources.models import Provider

router = Router(tags=["set-up"])
EXTRA = "providers/{uuid:provider}/extra-hours"
WEEKLY = ("weekdays", "from_time", "to_time")


class TimeOffIn(In):
    """Once, with `start` and `end`; or weekly, with the rest, as for hours. Without a clinic: in all of them."""

    provider: Id
    clinic: Id | None = None
    kind: Literal["off", "lunch", "meeting", "vacation", "sick_leave", "training", "other"]
    note: Word = ""
    start: Moment | None = None
    end: Moment | None = None
    weekdays: list[Whole] | None = None
    from_time: WallClock | None = None
    to_time: EndClock | None = None
    first: Day | None = Field(None, alias="from")
    until: Day | None = None
    every: Whole = 1
    phase: Whole | None = None


class TimeOffOut(Aliased):
    """Of what happens once, the weekly fields are null, and the other way round."""

    id: UUID
    provider: UUID
    clinic: UUID | None
    kind: str
    note: str
    start: str | None = None
    end: str | None = None
    weekdays: list[int] | None = None
    from_time: str | None = None
    to_time: str | None = None
    first: date | None = Field(None, alias="from")
    until: date | None = None
    every: int | None = None
    phase: int | None = None


class TimeOffAdded(TimeOffOut, Stranded):
    pass


class TimeOffQuery(ClinicQuery):
    provider: Id | None = None


class ExtraHoursIn(In):
    """`clinic` can be left out for a provider who is in one."""

    clinic: Id | None = None
    date: Day
    from_time: WallClock
    to_time: EndClock
    note: Word = ""


class ExtraHoursOut(Out):
    id: UUID
    provider: UUID
    clinic: UUID
    date: str
    from_time: str
    to_time: str
    note: str


@reads(router, "time-off", needs=VIEW)
def list_time_off(request: HttpRequest, asked: Query[TimeOffQuery]) -> Page[TimeOffOut]:
    """Time off of providers, once and weekly, in the order it was written down."""
    actor = viewer(request, asked.clinic)
    rows = _with_clinics(rules_of(TIME_OFF, actor=actor))
    if asked.provider is not None:
        rows = rows.filter(resource__provider=asked.provider)
    found, rest = piece(rows, ("id",), asked, name="time-off")
    return Page[TimeOffOut](items=[TimeOffOut(**_time_off(one)) for one in found], next=rest)


@writes(router, "POST", "time-off", needs=SCHEDULE, status=201)
def create_time_off(request: HttpRequest, body: TimeOffIn) -> TimeOffAdded:
    """Write time off down, once or weekly. What is booked then stays, and is listed."""
    actor, now = actor_of(request), now_of(request)
    when = _when(body, actor)
    rule = add_time_off(body.provider, body.clinic, body.kind, when, note=body.note, actor=actor, now=now)
    shown = one_of(_with_clinics(rules_of(TIME_OFF, actor=actor)), rule.pk)
    return TimeOffAdded(**_time_off(shown), stranded=by_rule(rule, actor=actor, now=now))


@writes(router, "DELETE", "time-off/{uuid:rule}", needs=SCHEDULE, status=204)
def delete_time_off(request: HttpRequest, rule: UUID) -> None:
    """Take time off back. The time is free at once."""
    remove(rule, TIME_OFF, actor=actor_of(request), now=now_of(request))


@reads(router, EXTRA, needs=VIEW)
def list_extra_hours(request: HttpRequest, provider: UUID, asked: Query[ClinicQuery]) -> Page[ExtraHoursOut]:
    """Dates on which a provider works at other times than usual, in the order they were written down."""
    actor = viewer(request, asked.clinic)
    found = one_of(Provider.objects.visible_to(actor), provider)
    rows = rules_of([RuleKind.EXTRA], actor=actor).filter(resource=found.resource_id)
    page, rest = piece(rows, ("id",), asked, name="extra-hours")
    return Page[ExtraHoursOut](items=[_extra(one, provider) for one in page], next=rest)


@writes(router, "POST", EXTRA, needs=SCHEDULE, status=201)
def create_extra_hours(request: HttpRequest, provider: UUID, body: ExtraHoursIn) -> ExtraHoursOut:
    """Let a provider work on a date, also outside the clinic's opening hours."""
    actor = actor_of(request)
    found = one_of(Provider.objects.visible_to(actor), provider)
    place = clinic_of(found, body.clinic, actor)
    once = Stretch(first=body.date, start=body.from_time, last=body.date, end=body.to_time)
    rule = add_extra_hours(provider, place.pk, once, note=body.note, actor=actor, now=now_of(request))
    return _extra(rule, provider)


@writes(router, "DELETE", f"{EXTRA}/{{uuid:rule}}", needs=SCHEDULE)
def delete_extra_hours(request: HttpRequest, provider: UUID, rule: UUID) -> Stranded:
    """Take extra hours back. What is booked in them stays, and is listed."""
    actor, now = actor_of(request), now_of(request)
    rows = rules_of([RuleKind.EXTRA], actor=actor).filter(resource__provider=provider)
    found = one_of(rows, rule)
    assert found.clinic is not None
    assert found.resource_id is not None
    remove(found.pk, [RuleKind.EXTRA], actor=actor, now=now)
    return Stranded(stranded=by_hours(found.clinic, [found.resource_id], actor=actor, now=now))


def _when(body: TimeOffIn, actor: Actor) -> When:
    """Once or weekly. Raises Invalid for both, neither or half of one."""
    once, weekly = (body.start, body.end) != (None, None), any(getattr(body, name) is not None for name in WEEKLY)
    if once and weekly:
        raise invalid("weekdays", "either")
    if once or not weekly:
        if body.start is None or body.end is None:
            raise missing("start" if body.start is None else "end")
        return stretch(_zone(body, actor), body.start, body.end)
    if body.weekdays is None or body.from_time is None or body.to_time is None:
        raise missing(next(name for name in WEEKLY if getattr(body, name) is None))
    return Weekly(
        weekdays=frozenset(body.weekdays),
        start=body.from_time,
        end=body.to_time,
        first=body.first,
        last=body.until,
        every=body.every,
        phase=body.phase,
    )


def _zone(body: TimeOffIn, actor: Actor) -> str:
    """Whose clock times are read on: the clinic's, or that which all of the provider's clinics share."""
    provider = one_of(Provider.objects.visible_to(actor), body.provider)
    clinics = provider.clinics.all() if body.clinic is None else provider.clinics.filter(pk=body.clinic)
    zones = set(clinics.order_by().values_list("timezone", flat=True))
    if not zones:
        raise NotFound("clinic")
    if len(zones) > 1:
        raise missing("clinic")
    return zones.pop()


def _with_clinics(rules: QuerySet[Rule]) -> QuerySet[Rule]:
    """With the provider's clinics, on whose clock time off everywhere is shown."""
    return rules.prefetch_related(Prefetch("resource__provider__clinics", Clinic.objects.only("pk", "timezone")))


def _time_off(rule: Rule) -> dict[str, Any]:
    assert rule.resource is not None
    provider = rule.resource.provider
    shown = {"id": rule.pk, "provider": provider.pk, "clinic": rule.clinic_id, "kind": rule.kind, "note": rule.note}
    if rule.weekdays is not None:
        return shown | shown_weekly(rule)
    place = rule.clinic or provider.clinics.all()[0]
    start, end = ends(place.timezone, rule)
    return {**shown, "start": start, "end": end}


def _extra(rule: Rule, provider: UUID) -> ExtraHoursOut:
    assert rule.clinic_id is not None
    return ExtraHoursOut(
        id=rule.pk,
        provider=provider,
        clinic=rule.clinic_id,
        date=str(rule.first),
        from_time=clock(rule.start),
        to_time=clock(rule.end),
        note=rule.note,
    )
