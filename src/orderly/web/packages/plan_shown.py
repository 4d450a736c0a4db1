"""Plans as the scheduling page shows them: three to choose from, the chosen one as rows and on the calendar."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise

from orderly.edge.unplaced import unplaced
from orderly.engine.itinerary import Wish
from orderly.engine.spans import merge
from orderly.engine.walltime import local
from orderly.packages.queries.plan import Outlook, Plan, PlannedVisit
from orderly.resources.models import Provider
from orderly.web.dates import clock
from orderly.web.packages.plan_form import WISHES

OFFERED: Final = (Wish.SOONEST, Wish.SAME_HANDS, Wish.FEWEST_TRIPS)


@dataclass(frozen=True, slots=True)
class Card:
    """A plan to choose: what it comes to."""

    wish: Wish
    label: Promise | str
    chosen: bool
    last: date | None
    providers: int
    trips: int
    unplaced: int
    same: Promise | str
    """The card before it that comes to the very same plan."""


@dataclass(frozen=True, slots=True)
class Row:
    """A session: the time it gets, or why it has none."""

    number: int
    service: str
    visit: PlannedVisit | None
    why: str
    pinned: bool
    changed: bool
    chosen: UUID | None
    """Who is to give it, if it is not the same for all."""
    givers: list[Provider]

    @property
    def giver(self) -> Provider | None:
        """Who gives it by the plan."""
        return next((one for one in self.givers if self.visit and one.pk == self.visit.provider), None)

    @property
    def at(self) -> str:
        return f"{self.visit.start} {self.visit.provider}" if self.visit else ""


@dataclass(frozen=True)
class Shown:
    """All of it."""

    outlook: Outlook
    wish: Wish
    plan: Plan
    cards: list[Card]
    names: Mapping[UUID, Provider]

    @property
    def rows(self) -> list[Row]:
        visits = {one.number: one for one in self.plan.visits}
        pinned = {one.number for one in self.outlook.asked.pinned}
        asked, zone = self.outlook.asked, self.outlook.rules.zone
        return [
            Row(
                number=one.number,
                service=one.service.name,
                visit=visits.get(one.number),
                why=unplaced(self.plan, one.number, zone) if one.number in self.plan.unplaced else "",
                pinned=one.number in pinned,
                changed=one.number in self.plan.changed - pinned,
                chosen=asked.providers.get(one.number),
                givers=self._givers(one.service_id),
            )
            for one in self.outlook.left
        ]

    @property
    def changed(self) -> list[int]:
        """What had to move because of what was changed by hand."""
        return [row.number for row in self.rows if row.changed]

    def _givers(self, service: UUID) -> list[Provider]:
        return sorted((self.names[one] for one in self.outlook.free[service].scene.givers), key=str)

    def calendar(self) -> dict[str, Any]:
        """For `static/packages/plan_calendar.js`: boxes, and by service when anybody is free, in wall time."""
        zone, services = self.outlook.rules.zone, {one.number: one.service for one in self.outlook.left}
        boxes = [
            {
                "number": row.number,
                **_span(zone, row.visit.start, row.visit.end),
                "title": f"{row.number}. {row.service}",
                "service_name": row.service,
                "who": str(self.names[row.visit.provider]),
                "service": str(services[row.number].pk),
                "pinned": row.pinned,
                "changed": row.changed,
            }
            for row in self.rows
            if row.visit
        ]
        free = {str(service): self._free(service) for service in self.outlook.free}
        return {"boxes": boxes, "booked": self._booked(zone), "free": free, "colours": self._colours()}

    def _booked(self, zone: str) -> list[dict[str, Any]]:
        return [
            {
                "number": one.credit.number,
                "title": f"{one.credit.number}. {one.credit.service.name}",
                "service_name": one.credit.service.name,
                "who": str(visit.provider or ""),
                **_span(zone, visit.start, visit.end),
            }
            for one in self.outlook.sessions
            if (visit := one.appointment) is not None
        ]

    def _free(self, service: UUID) -> list[dict[str, str]]:
        found = self.outlook.free[service].slots
        return [_span(self.outlook.rules.zone, *span) for span in merge((start, end) for start, end, _ in found)]

    def _colours(self) -> dict[str, str]:
        return {str(one.service_id): one.service.colour for one in self.outlook.left}


def shown(outlook: Outlook, wish: Wish) -> Shown:
    """The plan by the wish, which keeps what it can of what the page has shown, and beside it what else could be."""
    wishes = (*OFFERED, Wish.PREFERRED_TIMES) if outlook.asked.preferred is not None else OFFERED
    chosen = wish if wish in wishes else Wish.SOONEST
    anew = outlook.keeping(outlook.asked.pinned, kept=())
    plans = {one: (outlook if one is chosen else anew).plan(one) for one in wishes}
    everybody = {giver for found in outlook.free.values() for giver in found.scene.givers}
    names = Provider.objects.in_bulk(everybody)
    cards = [_card(one, plans, outlook.rules.zone, chosen=one is chosen) for one in plans]
    return Shown(outlook, chosen, plans[chosen], cards, names)


def _card(wish: Wish, plans: Mapping[Wish, Plan], zone: str, *, chosen: bool) -> Card:
    plan = plans[wish]
    first = next(one for one, other in plans.items() if other.visits == plan.visits)
    same = "" if first is wish or not plan.visits else WISHES[first]
    last = max((local(zone, one.start)[0] for one in plan.visits), default=None)
    who = len({one.provider for one in plan.visits})
    return Card(wish, WISHES[wish], chosen, last, who, plan.trips, len(plan.unplaced), same)


def _span(zone: str, start: int, end: int) -> dict[str, str]:
    return {"start": _wall(zone, start), "end": _wall(zone, end)}


def _wall(zone: str, at: int) -> str:
    return f"{local(zone, at)[0]}T{clock(at, zone)}"


def clocks(outlook: Outlook, number: int, day: date) -> list[tuple[str, Provider]]:
    """When a session could be on a day, each time once, and who would take it then."""
    service = next((one.service_id for one in outlook.left if one.number == number), None)
    if service is None:
        return []
    zone = outlook.rules.zone
    starts: Iterable[int] = dict.fromkeys(slot[0] for slot in outlook.free[service].slots)
    takers = {one: who for one in starts if local(zone, one)[0] == day and (who := outlook.taker(number, one))}
    names = Provider.objects.in_bulk(set(takers.values()))
    return [(clock(one, zone), names[who]) for one, who in takers.items()]
