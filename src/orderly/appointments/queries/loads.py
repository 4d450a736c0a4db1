"""How busy a clinic's providers are on a day, and when each is free next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from orderly.calendars.queries import Part, load
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.calendar import Calendar, free
from orderly.engine.plan import Role
from orderly.engine.spans import Span, Spans, clip
from orderly.engine.walltime import day_start
from orderly.resources.models import Provider


@dataclass(frozen=True, slots=True)
class Load:
    """Minutes of one provider's day: `work` without what blocks it, `taken` of these, and `free` from now on.

    `next` is when the first stretch from now on begins that is as long as the clinic's usual step; None if none is.
    """

    provider: Provider
    work: int
    taken: int
    free: int
    next: int | None

    @property
    def share(self) -> int:
        """Taken time in percent of working time."""
        return round(100 * self.taken / self.work) if self.work else 0


def loads(clinic: Clinic, day: date, after: date, *, now: datetime) -> list[Load]:
    """Of all the clinic's providers, by name, on the local days [day, after). Three queries, however many they are."""
    providers = list(Provider.objects.filter(clinics=clinic, resource__active=True).select_related("resource"))
    parts = {one.resource_id: Part(Role.PROVIDER, one.resource.capacity) for one in providers}
    calendars = load(parts, clinic=clinic.pk, zone=clinic.timezone, first=day, last=after, now=now).calendars
    window = day_start(clinic.timezone, day), day_start(clinic.timezone, after)
    return [
        _load(one, calendars[one.resource_id], window, at=minute(now), step=clinic.slot_minutes) for one in providers
    ]


def _load(provider: Provider, calendar: Calendar, window: Span, *, at: int, step: int) -> Load:
    unused = free(calendar, window)
    left = clip(unused, (max(at, window[0]), window[1])) if at < window[1] else ()
    work = _minutes(clip(calendar.layers.available, window))
    long = (start for start, end in left if end - start >= step)
    return Load(provider, work, work - _minutes(unused), _minutes(left), next(long, None))


def _minutes(spans: Spans | Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)
