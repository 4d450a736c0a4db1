"""What can be done with an appointment now: the buttons its status and the reader's rights allow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderly.appointments.actions import progress
from orderly.appointments.choices import EXTENDABLE, MOVES, REOPENS, Status
from orderly.appointments.models import Appointment
from orderly.journal.actor import Actor

MODIFY, CANCEL = "booking:modify_appointment", "booking:cancel_appointment"

VERBS: Final[dict[str, Callable[..., Appointment]]] = {
    "confirm": progress.confirm,
    "arrive": progress.arrive,
    "start": progress.start,
    "complete": progress.complete,
    "no-show": progress.no_show,
}

# For each status the usual next step first; what a step is called depends on where it starts.
LABELS: Final[dict[Status, dict[str, Promise | str]]] = {
    Status.REQUESTED: {"confirm": _("Confirm")},
    Status.CONFIRMED: {"arrive": _("Arrived"), "complete": _("Completed"), "no-show": _("No-show")},
    Status.ARRIVED: {"start": _("Start"), "complete": _("Completed"), "confirm": _("Not here after all")},
    Status.IN_PROGRESS: {"complete": _("Completed"), "arrive": _("Not started yet")},
    Status.COMPLETED: {},
    Status.NO_SHOW: {"arrive": _("Came after all")},
    Status.CANCELLED: {},
}


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    label: Promise | str
    main: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """`steps` are single buttons; the others open a small form of their own."""

    steps: list[Step]
    move: bool
    cancel: bool
    reopen: bool


def offered(found: Appointment, actor: Actor) -> Offered:
    status = Status(found.status)
    may_modify, may_cancel = actor.may(MODIFY, found.clinic_id), actor.may(CANCEL, found.clinic_id)
    back = status in REOPENS or status is Status.CANCELLED
    return Offered(
        steps=list(_steps(status, has_provider=found.provider_id is not None)) if may_modify else [],
        move=may_modify and status in EXTENDABLE,
        cancel=may_cancel and Status.CANCELLED in MOVES[status],
        reopen=back and may_modify and (may_cancel or status is not Status.CANCELLED),
    )


def _steps(status: Status, *, has_provider: bool) -> Iterator[Step]:
    for number, (name, label) in enumerate(LABELS[status].items()):
        if has_provider or name != "confirm":
            yield Step(name, label, main=number == 0)
