"""Today's queue in lanes: from those who are expected to those who are done."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orderly.appointments.choices import Status, VisitStatus, VisitType
from orderly.appointments.models import Visit
from orderly.appointments.queries.queue import queue, today, waited
from orderly.appointments.queries.screens import places_of
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.journal.actor import Actor
from orderly.resources.models import Provider
from orderly.web.appointments.steps import Step, offered
from orderly.web.words import STATUS, VISIT

EXPECTED, WAITING, CALLED, IN_PROGRESS, DONE = "expected", "waiting", "called", "in_progress", "done"

# For each lane its name, what is said where it is empty, and which of an appointment's steps it offers.
LANES: Final[dict[str, tuple[Promise | str, Promise | str, tuple[str, ...]]]] = {
    EXPECTED: (_("Expected"), _("Nobody else is expected today."), ("arrive", "no-show")),
    WAITING: (pgettext_lazy("queue", "Waiting"), _("Nobody is waiting."), ("call", "start", "left")),
    CALLED: (pgettext_lazy("queue", "Called"), _("Nobody is being called."), ("start", "uncall", "left")),
    IN_PROGRESS: (_("In progress"), _("Nobody is being treated."), ("complete", "arrive")),
    DONE: (pgettext_lazy("queue", "Done"), _("Nobody has been treated yet."), ()),
}
OF_VISIT: Final = {
    VisitStatus.CALLED: CALLED,
    VisitStatus.IN_PROGRESS: IN_PROGRESS,
    VisitStatus.DONE: DONE,
    VisitStatus.LEFT: DONE,
    VisitStatus.NO_SHOW: DONE,
}
LONG, TOO_LONG = "long", "too-long"


@dataclass(frozen=True, slots=True)
class Card:
    """`since` is the arrival of who still waits, in milliseconds since 1970; `late` whole minutes after the time."""

    visit: Visit
    name: str
    waited: int | None
    since: int | None
    level: str
    late: int
    first: bool
    where: str
    unchecked: int
    steps: list[Step]

    @property
    def appointment(self) -> Any:
        return self.visit.appointment

    @property
    def unbooked(self) -> str:
        """What is remarkable about how they came."""
        return self.visit.type if self.visit.type in (VisitType.WALK_IN, VisitType.EMERGENCY) else ""

    @property
    def ended(self) -> Promise | str:
        """How it ended, where it didn't with a treatment."""
        if self.visit.status == VisitStatus.LEFT:
            return VISIT[VisitStatus.LEFT]
        return STATUS[Status.NO_SHOW] if self.visit.status == VisitStatus.NO_SHOW else ""


@dataclass(frozen=True, slots=True)
class Lane:
    key: str
    cards: list[Card] = field(default_factory=list)

    @property
    def label(self) -> Promise | str:
        return LANES[self.key][0]

    @property
    def empty(self) -> Promise | str:
        return LANES[self.key][1]


@dataclass(frozen=True, slots=True)
class Board:
    """`provider` is whose patients are shown; None: everybody's."""

    clinic: Clinic
    lanes: list[Lane]
    done: Lane
    provider: UUID | None
    now: int
    may_call: bool


def board(clinic: Clinic, provider: UUID | None, *, actor: Actor, now: datetime) -> Board:
    """Five queries at most, however many there are."""
    visits = [one for one in queue(clinic.pk, today(clinic.pk, now=now)) if provider in (None, _whose(one))]
    if clinic.check_in_requires:
        prefetch_related_objects(visits, "checks")
    lanes = {key: Lane(key) for key in LANES}
    places = places_of(visit for visit in visits if visit.status == VisitStatus.CALLED)
    for visit in visits:
        visit.appointment.clinic = clinic
        key = _lane(visit)
        if key:
            first = key == WAITING and not lanes[key].cards
            lanes[key].cards.append(_card(visit, key, clinic, first, places.get(visit.pk, ""), actor=actor, now=now))
    *moving, done = lanes.values()
    may_call = actor.may("queue:manage", clinic.pk)
    return Board(clinic, moving, done, provider, int(now.timestamp() * 1000), may_call)


def whose(clinic: Clinic, actor: Actor) -> tuple[list[Provider], UUID | None]:
    """Whose patients can be asked for, and which of them the actor is."""
    there = list(Provider.objects.filter(Q(resource__active=True) | Q(user=actor.user), clinics=clinic))
    return there, next((one.pk for one in there if actor.user is not None and one.user_id == actor.user), None)


def _whose(visit: Visit) -> UUID | None:
    return visit.appointment.provider_id


def _lane(visit: Visit) -> str:
    """None for who was called off."""
    if visit.status == VisitStatus.WAITING:
        return WAITING if visit.arrived_at else EXPECTED
    return OF_VISIT.get(VisitStatus(visit.status), "")


def _card(visit: Visit, lane: str, clinic: Clinic, first: bool, where: str, *, actor: Actor, now: datetime) -> Card:
    minutes = waited(visit, now=now)
    waits = lane == WAITING and visit.arrived_at is not None
    late = max(0, minute(now) - visit.planned) if lane == EXPECTED else 0
    return Card(
        visit=visit,
        name=visit.appointment.patient.full_name if actor.may("patients:view", clinic.pk) else "",
        waited=minutes,
        since=int(visit.arrived_at.timestamp() * 1000) if waits and visit.arrived_at else None,
        level=_level(minutes or 0, clinic) if waits else "",
        late=late,
        first=first,
        where=where if where != str(visit.appointment.provider or "") else "",
        unchecked=_unchecked(visit, clinic) if lane in (WAITING, CALLED) else 0,
        steps=list(_steps(visit, lane, late, actor, now)),
    )


def _level(minutes: int, clinic: Clinic) -> str:
    if minutes >= clinic.waiting_too_long_minutes:
        return TOO_LONG
    return LONG if minutes >= clinic.waiting_long_minutes else ""


def _unchecked(visit: Visit, clinic: Clinic) -> int:
    """How much of what the clinic requires hasn't been checked: of who checked in alone, or walked in."""
    if not clinic.check_in_requires:
        return 0
    return len(set(clinic.check_in_requires) - {one.what for one in visit.checks.all()})


def _steps(visit: Visit, lane: str, late: int, actor: Actor, now: datetime) -> Iterable[Step]:
    """In the lane's own order; the first is what usually comes next. Nobody is a no-show before their time."""
    can = {step.name: step for step in offered(visit.appointment, actor, now=now).steps}
    names = [name for name in LANES[lane][2] if name in can and (late or name != "no-show")]
    return (replace(can[name], main=number == 0) for number, name in enumerate(names))
