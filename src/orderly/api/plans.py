"""The best times for what is left of a purchase."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import BeforeValidator, Field, StrictInt

from orderly.api.operations import reads
from orderly.api.schemas import In, Out
from orderly.api.slots import Weekday
from orderly.api.types import Day, Id, Time, WallClock, minute_of, wrong
from orderly.core.errors import NotFound
from orderly.edge.actors import actor_of, now_of
from orderly.edge.limits import SEARCH
from orderly.edge.scope import clinic_for
from orderly.edge.unplaced import unplaced
from orderly.engine.itinerary import Wish
from orderly.engine.walltime import rfc3339
from orderly.packages.inputs import Planned, PlanRequest
from orderly.packages.models import Purchase
from orderly.packages.queries.plan import Outlook, Plan, outlook
from orderly.packages.rules import LONGEST_GAP, MOST_A_WEEK, MOST_SESSIONS

router = Router(tags=["packages"])
SCHEDULE = "packages:schedule"


def _number(value: Any) -> int:
    """JSON has text for names: the number of a session."""
    if not isinstance(value, str) or not value.isascii() or not value.isdecimal() or len(value) > 4:
        raise wrong("integer")
    return int(value)


class SessionAt(In):
    """A session at a time."""

    number: StrictInt = Field(ge=1)
    start: Time
    provider: Id


Sessions = Annotated[list[SessionAt], Field(max_length=MOST_SESSIONS)]


class ItineraryIn(In):
    """Weekdays are numbered 0 = Sunday … 6 = Saturday. `pinned` sessions stay where they are said to be, those that are
    `kept` unless something is gained by moving them.
    """

    start: Day
    clinic: Id | None = Field(None, description="where they are to take place; default: where the package was sold")
    end: Day | None = Field(None, description="the last day; default: when the purchase expires")
    preferred_weekdays: list[Weekday] = Field([], description="only these; none: any")
    preferred_time: WallClock | None = Field(None, description="the first from this on, else the last before")
    min_gap_days: StrictInt = Field(
        1, ge=0, le=LONGEST_GAP, description="from one session's date to the next; 0: one after the other on a day"
    )
    max_per_week: StrictInt | None = Field(None, ge=1, le=MOST_A_WEEK)
    provider: Id | None = Field(None, description="for all")
    providers: Annotated[dict[Annotated[int, BeforeValidator(_number)], Id], Field(max_length=MOST_SESSIONS)] = Field(
        {}, description="by number"
    )
    wish: Literal["soonest", "same_hands", "fewest_trips", "preferred_times"] = "soonest"
    pinned: Sessions = []
    kept: Sessions = []


class PlannedOut(Out):
    number: int
    start: str
    end: str
    provider: UUID
    service: UUID


class UnplacedOut(Out):
    number: int
    code: str
    message: str


class ItineraryOut(Out):
    """`trips`: days on which the patient comes for nothing else; `changed`: kept sessions that are elsewhere now."""

    sessions: list[PlannedOut]
    unplaced: list[UnplacedOut]
    trips: int
    changed: list[int]


@reads(router, "purchases/{uuid:purchase}/plan", needs=SCHEDULE, method="POST", limit=SEARCH)
def plan_purchase(request: HttpRequest, purchase: UUID, body: ItineraryIn) -> ItineraryOut:
    """Plan all sessions that are left. Nothing is written, and no time is held."""
    actor = actor_of(request)
    sold_in = Purchase.objects.visible_to(actor).filter(pk=purchase).values_list("clinic", flat=True).first()
    if sold_in is None:
        raise NotFound
    zone = clinic_for(actor, SCHEDULE, body.clinic or sold_in).timezone
    found = outlook(purchase, _asked(body, zone), actor=actor, now=now_of(request))
    return _answer(found, found.plan(Wish(body.wish)))


def _asked(body: ItineraryIn, zone: str) -> PlanRequest:
    return PlanRequest(
        start=body.start,
        clinic=body.clinic,
        end=body.end,
        weekdays=frozenset(body.preferred_weekdays) or None,
        preferred=body.preferred_time,
        gap=body.min_gap_days,
        per_week=body.max_per_week,
        provider=body.provider,
        providers=body.providers,
        pinned=_planned(body.pinned, zone),
        kept=_planned(body.kept, zone),
    )


def _planned(sessions: list[SessionAt], zone: str) -> tuple[Planned, ...]:
    return tuple(
        Planned(number=one.number, start=minute_of(zone, one.start), provider=one.provider) for one in sessions
    )


def _answer(found: Outlook, plan: Plan) -> ItineraryOut:
    zone = found.rules.zone
    return ItineraryOut(
        sessions=[
            PlannedOut(
                number=one.number,
                start=rfc3339(zone, one.start),
                end=rfc3339(zone, one.end),
                provider=one.provider,
                service=one.service,
            )
            for one in plan.visits
        ],
        unplaced=[
            UnplacedOut(number=number, code=code, message=unplaced(plan, number, zone))
            for number, code in sorted(plan.unplaced.items())
        ],
        trips=plan.trips,
        changed=sorted(plan.changed),
    )
