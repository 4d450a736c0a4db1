"""Years of visits, and the weeks ahead."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from random import Random

from orderly.calendars.queries import Part, load
from orderly.core.clock import minute
from orderly.engine.plan import Role
from orderly.engine.spans import Spans, clip
from orderly.engine.walltime import day_start, days
from orderly.seed.load import loading
from orderly.seed.organisation import Made
from orderly.seed.packing import Day, treatments
from orderly.seed.people import Person
from orderly.seed.rows import Place, Rows
from orderly.seed.story import story

FULL = 11  # visits that a provider's whole day takes
AHEAD = 90
BACK = 3 * 365
DENSEST, THINNEST, DECLINE = 0.7, 0.1, 0.93
MOST_AHEAD = 0.9  # of everything
CHUNK = 28  # days in one transaction
GIVE_UP = 28  # days after the last, where clinics have no room

Free = dict[date, dict[int, Spans]]
"""By day, and by a provider's place in the clinic: the time to be filled."""


@dataclass(frozen=True, slots=True)
class Load:
    """How many visits there are to be on each day [first, last), as shares of a full day; `before` today and in
    `total` (None: as it comes out).
    """

    today: date
    first: date
    last: date
    past: float
    ahead: float = 1.0
    before: float | None = None
    total: int | None = None

    def due(self, day: date, due: float, working: int) -> float:
        """How many there should be up to the end of `day`, on which so many providers work; `due` up to its
        beginning.
        """
        if day >= self.last:
            return self.total or due
        away = (day - self.today).days
        if away == 0 and self.before is not None:
            due = self.before
        due += FULL * working * (self.past if away < 0 else self.ahead * density(away))
        return min(due, (self.before if away < 0 else self.total) or due)


def density(days: int) -> float:
    """How full a day is, this many days from now: the week to come well, what lies later less and less."""
    return max(THINNEST, DENSEST * DECLINE ** max(0, days - 4))


def plan_load(total: int, days_a_week: int, today: date) -> Load:
    """`total` visits with providers who work `days_a_week` between them: the weeks ahead as full as that allows, the
    rest evenly over the last three years, or more if it takes them.
    """
    full = FULL * max(1, days_a_week) / 7
    natural = full * sum(density(away) for away in range(AHEAD))
    ahead = min(natural, MOST_AHEAD * total)
    before = total - ahead
    days = max(BACK, ceil(before / (full * DENSEST)))
    first, last = today - timedelta(days=days), today + timedelta(days=AHEAD)
    return Load(today, first, last, before / (full * days), ahead / natural, before, total)


class History:
    """Fills clinics with visits, day by day from the oldest on."""

    def __init__(self, clinics: Sequence[tuple[Made, list[Person]]], seed: str, now: datetime) -> None:
        self._seed, self._now = seed, now
        self._rows = Rows(Random(f"{seed}/ids"))
        self._clinics = [(Place(made, people), treatments(made)) for made, people in clinics]

    def write(self, load: Load) -> int:
        """Returns how many visits found a place."""
        placed, due, day = 0, 0.0, load.first
        end = load.last if load.total is None else load.last + timedelta(days=GIVE_UP)
        while day < end and placed != load.total:
            until = min(day + timedelta(days=CHUNK), end)
            with loading():
                free = [self._free(place.made, day, until) for place, _ in self._clinics]
                for today in days(day, until):
                    due = load.due(today, due, sum(len(of.get(today, ())) for of in free))
                    placed += self._day(today, free, round(due) - placed)
                self._rows.write()
            day = until
        with loading():
            self._rows.write_counters()
        return placed

    def _free(self, made: Made, first: date, last: date) -> Free:
        """When providers work, as a search would see it."""
        zone = made.clinic.timezone
        parts = {provider.resource_id: Part(Role.PROVIDER) for provider in made.providers}
        loaded = load(parts, clinic=made.clinic.pk, zone=zone, first=first, last=last, now=self._now)
        found: Free = defaultdict(dict)
        for index, provider in enumerate(made.providers):
            open_time = loaded.calendars[provider.resource_id].layers.available
            for day in days(first, last):
                spans = clip(open_time, (day_start(zone, day), day_start(zone, day + timedelta(days=1))))
                if spans:
                    found[day][index] = spans
        return found

    def _day(self, day: date, free: Sequence[Free], wanted: int) -> int:
        """Place `wanted` visits on one day, evenly over those who work; returns how many fitted."""
        working = sum(len(of.get(day, ())) for of in free)
        if wanted <= 0 or not working:
            return 0
        each, more = divmod(wanted, working)
        placed, turn = 0, day.toordinal()
        for nth, (place, kinds) in enumerate(self._clinics):
            dice = Random(f"{self._seed}/{nth}/{day}")
            filling = Day(day_start(place.made.clinic.timezone, day), len(place.people), dice)
            for index, spans in free[nth].get(day, {}).items():
                turn += 1
                how_many = each + (turn % working < more)
                resource = place.made.providers[index].resource_id
                for visit in filling.fill(resource, index, spans, kinds, how_many):
                    end = visit.start + visit.treatment.minutes
                    self._rows.add(place, visit, story(visit.start, end, minute(self._now), dice))
                    placed += 1
        return placed
