"""Set-up: when a clinic is closed, and when a chair, room or device is under maintenance."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from orderly.api.operations import reads, writes
from orderly.api.paging import piece
from orderly.api.schemas import In, Out, Page
from orderly.api.setup_shared import SCHEDULE, VIEW, ClinicQuery, Moment, Stranded, Word, ends, one_of, stretch, viewer
from orderly.api.types import Day, Id
from orderly.appointments.actions.set_up import add_closure, add_maintenance, remove
from orderly.appointments.queries.stranded import by_rule
from orderly.calendars.inputs import Stretch
from orderly.calendars.models import CLOSURES, MAINTENANCE, Rule
from orderly.calendars.queries import rules_of
from orderly.core.errors import NotFound, invalid, missing
from orderly.edge.actors import actor_of, now_of
from orderly.edge.scope import clinic_for
from orderly.engine.walltime import DAY
from orderly.resources.models import Asset

router = Router(tags=["set-up"])


class ClosureIn(In):
    """From `start` to `end`, or on whole `dates` in a row."""

    clinic: Id
    kind: Literal["closure", "holiday"] = "closure"
    start: Moment | None = None
    end: Moment | None = None
    dates: list[Day] | None = Field(None, min_length=1)
    note: Word = ""


class ClosureOut(Out):
    id: UUID
    clinic: UUID
    kind: str
    start: str
    end: str
    note: str


class ClosureAdded(ClosureOut, Stranded):
    pass


class MaintenanceIn(In):
    resource: Id
    start: Moment
    end: Moment
    note: Word = ""


class MaintenanceOut(Out):
    id: UUID
    resource: UUID
    clinic: UUID
    start: str
    end: str
    note: str


class MaintenanceAdded(MaintenanceOut, Stranded):
    pass


class MaintenanceQuery(ClinicQuery):
    resource: Id | None = None


@reads(router, "closures", needs=VIEW)
def list_closures(request: HttpRequest, asked: Query[ClinicQuery]) -> Page[ClosureOut]:
    """Closures and holidays, in the order they were written down."""
    rows = rules_of(CLOSURES, actor=viewer(request, asked.clinic))
    found, rest = piece(rows, ("id",), asked, name="closures")
    return Page[ClosureOut](items=[ClosureOut(**_closure(one)) for one in found], next=rest)


@writes(router, "POST", "closures", needs=SCHEDULE, status=201)
def create_closure(request: HttpRequest, body: ClosureIn) -> ClosureAdded:
    """Close a clinic. What is booked then stays, and is listed."""
    actor, now = actor_of(request), now_of(request)
    place = clinic_for(actor, SCHEDULE, body.clinic)
    when = _closed(body, place.timezone)
    rule = add_closure(place.pk, body.kind, when, note=body.note, actor=actor, now=now)
    return ClosureAdded(**_closure(rule), stranded=by_rule(rule, actor=actor, now=now))


@writes(router, "DELETE", "closures/{uuid:rule}", needs=SCHEDULE, status=204)
def delete_closure(request: HttpRequest, rule: UUID) -> None:
    """Open the clinic after all."""
    remove(rule, CLOSURES, actor=actor_of(request), now=now_of(request))


@reads(router, "maintenance", needs=VIEW)
def list_maintenance(request: HttpRequest, asked: Query[MaintenanceQuery]) -> Page[MaintenanceOut]:
    """Maintenance of chairs, rooms and devices, in the order it was written down."""
    rows = rules_of(MAINTENANCE, actor=viewer(request, asked.clinic))
    if asked.resource is not None:
        rows = rows.filter(resource__asset=asked.resource)
    found, rest = piece(rows, ("id",), asked, name="maintenance")
    return Page[MaintenanceOut](items=[MaintenanceOut(**_maintenance(one)) for one in found], next=rest)


@writes(router, "POST", "maintenance", needs=SCHEDULE, status=201)
def create_maintenance(request: HttpRequest, body: MaintenanceIn) -> MaintenanceAdded:
    """Put a chair, room or device under maintenance. What is booked then stays, and is listed."""
    actor, now = actor_of(request), now_of(request)
    asset = Asset.objects.visible_to(actor).select_related("clinic").filter(pk=body.resource).first()
    if asset is None:
        raise NotFound("resource")
    when = stretch(asset.clinic.timezone, body.start, body.end)
    made = add_maintenance(asset.pk, when, note=body.note, actor=actor, now=now)
    rule = one_of(rules_of(MAINTENANCE, actor=actor), made.pk)
    return MaintenanceAdded(**_maintenance(rule), stranded=by_rule(rule, actor=actor, now=now))


@writes(router, "DELETE", "maintenance/{uuid:rule}", needs=SCHEDULE, status=204)
def delete_maintenance(request: HttpRequest, rule: UUID) -> None:
    """Put it back into use before the end."""
    remove(rule, MAINTENANCE, actor=actor_of(request), now=now_of(request))


def _closed(body: ClosureIn, zone: str) -> Stretch:
    """Raises Invalid for both ways of saying it, for neither, and for days that aren't in a row."""
    if body.dates is not None:
        first, last = min(body.dates), max(body.dates)
        if (body.start, body.end) != (None, None):
            raise invalid("dates", "either")
        if len(set(body.dates)) != (last - first).days + 1:
            raise invalid("dates", "in_a_row")
        return Stretch(first=first, start=0, last=last, end=DAY)
    if body.start is None or body.end is None:
        raise missing("start" if body.start is None else "end")
    return stretch(zone, body.start, body.end)


def _closure(rule: Rule) -> dict[str, Any]:
    assert rule.clinic is not None
    start, end = ends(rule.clinic.timezone, rule)
    return {
        "id": rule.pk,
        "clinic": rule.clinic_id,
        "kind": rule.kind,
        "start": start,
        "end": end,
        "note": rule.note,
    }


def _maintenance(rule: Rule) -> dict[str, Any]:
    assert rule.resource is not None
    shown = _closure(rule)
    del shown["kind"]
    return {**shown, "resource": rule.resource.asset.pk}
