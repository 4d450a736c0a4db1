"""Free times, and why one isn't."""

import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BeforeValidator, Field

from orderly.api.operations import JSON, reads
from orderly.api.paging import MOST, Paged, cursor_of, values_of
from orderly.api.ranges import MOST_DAYS, check_range
from orderly.api.refusals import as_alternatives, in_words
from orderly.api.schemas import Alternative, In, Out, Page, ProblemOut
from orderly.api.types import Day, Id, Time, WallClock, minute_of, split
from orderly.appointments.inputs import Search, Wish
from orderly.appointments.queries import slots as queries
from orderly.appointments.queries.slots import Found
from orderly.catalogue.models import NeedRole
from orderly.core.errors import missing
from orderly.edge.actors import actor_of, now_of
from orderly.edge.scope import clinic_for
from orderly.engine.ranking import Slot
from orderly.engine.walltime import local, rfc3339

router = Router(tags=["availability"])
NAME = "slots"
VIEW = "booking:view_calendar"
FIRST_LOOK = 2  # days; a clinic with many providers fills an answer with them


Weekday = Annotated[int, Field(ge=0, le=6)]


class SlotsQuery(Paged):
    """Weekdays are numbered 0 = Sunday … 6 = Saturday."""

    clinic: Id
    service: Id
    first: Day = Field(alias="from")
    last: Day = Field(alias="to", description="not included")
    provider: Id | None = None
    patient: Id | None = None
    step: int | None = Field(None, ge=1, le=1440, description="minutes; default: the clinic's grid")
    per_day: Literal["1"] | None = Field(None, description="only the best time of each day")
    weekdays: Annotated[list[Weekday], BeforeValidator(split)] = Field([], description="with per_day: which days")
    near: WallClock | None = Field(None, description="with per_day: the first from this on, else the last before")
    limit: int = Field(MOST, ge=1, le=MOST)


class SlotOut(Out):
    start: str
    end: str
    provider: str
    resources: list[str]
    places_left: int | None = Field(None, description="of a group service only")


class WhyQuery(In):
    clinic: Id
    service: Id
    start: Time
    provider: Id | None = None
    patient: Id | None = None


class Why(Out):
    bookable: bool
    problems: list[ProblemOut]
    alternatives: list[Alternative]


@reads(router, "slots", needs=VIEW, answers=Page[SlotOut])
def list_slots(request: HttpRequest, asked: Query[SlotsQuery]) -> HttpResponse:
    """Free times for a service, by start, then provider.

    Every provider who gives the service is listed, unless one is named. `per_day=1` lists the best time of each day.
    """
    check_range(asked.first, asked.last)
    if asked.per_day is None and (asked.weekdays or asked.near is not None):
        raise missing("per_day")
    search, after = _search(request, asked)
    found, page, more = _enough(search, after, asked.limit, now_of(request))
    rest = cursor_of(NAME, (page[-1][0], page[-1][2])) if more else None
    return HttpResponse(slots_json(found, page, rest), content_type=JSON)


def _enough(
    search: Search, after: tuple[int, int] | None, limit: int, now: datetime
) -> tuple[Found, Sequence[Slot], bool]:
    """The search over as many days as fill one answer, the answer's slots, and whether there are more."""
    days = MOST_DAYS if search.one_a_day else FIRST_LOOK
    while True:
        last = min(search.last, search.first + timedelta(days=days))
        found = queries.slots(replace(search, last=last), now=now)
        begin = bisect_right(found.slots, after, key=lambda slot: (slot[0], slot[2])) if after else 0
        more = len(found.slots) > begin + limit
        if more or last == search.last:
            return found, found.slots[begin : begin + limit], more
        days *= 7


def _search(request: HttpRequest, asked: SlotsQuery) -> tuple[Search, tuple[int, int] | None]:
    """What to look for, and after which (start, provider) to go on; days before that needn't be searched again."""
    clinic = clinic_for(
        actor_of(request), VIEW, asked.clinic, service=asked.service, provider=asked.provider, patient=asked.patient
    )
    search = Search(
        clinic=asked.clinic,
        service=asked.service,
        first=asked.first,
        last=asked.last,
        provider=asked.provider,
        patient=asked.patient,
        step=asked.step,
        weekdays=frozenset(asked.weekdays) or None,
        near=asked.near,
        one_a_day=asked.per_day is not None,
    )
    if asked.cursor is None:
        return search, None
    start, provider = values_of(NAME, asked.cursor)
    return replace(search, first=max(asked.first, local(clinic.timezone, start)[0])), (start, provider)


def slots_json(found: Found, slots: Sequence[Slot], rest: str | None = None) -> bytes:
    """The whole answer, put together from pieces of text: lists are long, and all there is in them is times and ids."""
    zone, names = found.scene.terms.zone, found.scene.names
    text = cache(lambda minute: rfc3339(zone, minute))
    givers = [giver.resource for giver in found.scene.givers.values()]
    providers = {giver: f'","provider":"{names[giver]}","resources":' for giver in givers}
    resources, places = _resources(found), _places(found)
    items = ",".join(
        [
            f'{{"start":"{text(slot[0])}","end":"{text(slot[1])}{providers[slot[2]]}{resources(slot)}{places(slot)}}}'
            for slot in slots
        ]
    )
    return f'{{"items":[{items}],"next":{json.dumps(rest)}}}'.encode()


def _resources(found: Found) -> Callable[[Slot], str]:
    """The JSON list of the assets that a slot's booking would get; worked out only where the service needs any."""
    if not any(need.role == NeedRole.RESOURCE for phase in found.scene.terms.phases for need in phase.needs):
        return lambda slot: "[]"
    return lambda slot: "[" + ",".join(f'"{one}"' for one in found.resources(slot)) + "]"


def _places(found: Found) -> Callable[[Slot], str]:
    if found.scene.terms.places == 1:
        return lambda slot: ""
    return lambda slot: f',"places_left":{found.places_left(slot)}'


@reads(router, "slots/why", needs=VIEW)
def explain_slot(request: HttpRequest, asked: Query[WhyQuery]) -> Why:
    """Why a time can't be booked, and the nearest three that can."""
    clinic = clinic_for(
        actor_of(request), VIEW, asked.clinic, service=asked.service, provider=asked.provider, patient=asked.patient
    )
    zone, now = clinic.timezone, now_of(request)
    wish = Wish(
        clinic=asked.clinic,
        service=asked.service,
        start=minute_of(zone, asked.start),
        provider=asked.provider,
        patient=asked.patient,
    )
    problems = queries.why(wish, now=now)
    instead = as_alternatives(*queries.alternatives(wish, now=now)) if problems else []
    return Why(bookable=not problems, problems=in_words(problems, zone), alternatives=instead)
