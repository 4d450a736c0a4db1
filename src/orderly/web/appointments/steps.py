"""What can be done with an appointment now: the buttons its status and the reader's rights allow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderly.appointments.actions import cancel, progress, visits
from orderly.appointments.choices import EXTENDABLE, MOVES, REOPENS, Status, VisitStatus
from orderly.appointments.models import Appointment
from orderly.core.clock import minute
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.web.appointments.costs import no_show_fee, no_show_uses

MODIFY, CANCEL, MANAGE = "booking:modify_appointment", "booking:cancel_appointment", "queue:manage"

VERBS: Final[dict[str, Callable[..., Appointment]]] = {
    "confirm": progress.confirm,
    "arrive": progress.arrive,
    "start": progress.start,
    "complete": progress.complete,
    "no-show": progress.no_show,
    "unconfirm": progress.unconfirm,
    "call": visits.call,
    "uncall": visits.uncall,
    "left": cancel.left,
}

# For each status the usual next step first; what a step is called depends on where it starts.
LABELS: Final[dict[Status, dict[str, Promise | str]]] = {
    Status.REQUESTED: {"confirm": _("Confirm")},
    Status.CONFIRMED: {
        "arrive": _("Arrived"),
        "complete": _("Completed"),
        "no-show": _("No-show"),
        "unconfirm": _("Back to a request"),
    },
    Status.ARRIVED: {"start": _("Start"), "complete": _("Completed"), "confirm": _("Not here after all")},
    Status.IN_PROGRESS: {"complete": _("Completed"), "arrive": _("Not started yet")},
    Status.COMPLETED: {},
    Status.NO_SHOW: {"arrive": _("Came after all")},
    Status.CANCELLED: {},
}


# What nobody can say before the day; whoever did come on another one arrives first.
ON_THE_DAY: Final = ("complete", "no-show")

# What the queue can do with somebody who has arrived, before and after the steps above.
CALLS: Final[dict[str, dict[str, Promise | str]]] = {VisitStatus.WAITING: {"call": _("Call in")}}
QUEUE: Final[dict[str, dict[str, Promise | str]]] = {
    VisitStatus.WAITING: {"left": _("Went away")},
    VisitStatus.CALLED: {"uncall": _("Back to waiting"), "left": _("Went away")},
}


@dataclass(frozen=True, slots=True)
class Step:
    """`asks`: pressing it opens a small form first, `told`: it is for the patient to know."""

    name: str
    label: Promise | str
    main: bool
    asks: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """`steps` are single buttons; the others open a small form of their own."""

    steps: list[Step]
    move: bool
    cancel: bool
    reopen: bool
    assign: bool
    correct: bool


def offered(found: Appointment, actor: Actor, *, now: datetime) -> Offered:
    """On a day before its own nothing that happens there is the usual next step."""
    status, ahead = Status(found.status), _ahead(found, now)
    may_modify, may_cancel = actor.may(MODIFY, found.clinic_id), actor.may(CANCEL, found.clinic_id)
    back = status in REOPENS or status is Status.CANCELLED
    return Offered(
        steps=[
            _step(found, name, label, main=number == 0 and not ahead)
            for number, (name, label) in enumerate(_steps(found, actor))
            if not (ahead and status is Status.CONFIRMED and name in ON_THE_DAY)
        ],
        move=may_modify and status in EXTENDABLE,
        cancel=may_cancel and Status.CANCELLED in MOVES[status],
        assign=may_modify and status is Status.REQUESTED,
        correct=may_modify,
        reopen=back and may_modify and (may_cancel or status is not Status.CANCELLED),
    )


def _ahead(found: Appointment, now: datetime) -> bool:
    """Whether it is promised for a later day of its clinic."""
    zone = found.clinic.timezone
    return found.status != Status.REQUESTED and local(zone, found.start)[0] > local(zone, minute(now))[0]


def _step(found: Appointment, name: str, label: Promise | str, *, main: bool) -> Step:
    asks = name == "no-show" and (no_show_uses(found) or no_show_fee(found) > 0)
    told = name == "confirm" and found.status == Status.REQUESTED
    return Step(name, label, main, asks=asks, told=told)


def _steps(found: Appointment, actor: Actor) -> Iterator[tuple[str, Promise | str]]:
    """The usual next one first."""
    if not actor.may(MODIFY, found.clinic_id):
        return
    status = Status(found.status)
    queued = status is Status.ARRIVED and actor.may(MANAGE, found.clinic_id)
    if queued:
        yield from CALLS.get(found.visit.status, {}).items()
    for name, label in LABELS[status].items():
        if found.provider_id is not None or name != "confirm":
            yield name, label
    if queued:
        yield from QUEUE.get(found.visit.status, {}).items()
