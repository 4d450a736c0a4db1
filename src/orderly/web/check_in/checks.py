"""What the card says about checking in."""

from dataclasses import dataclass
from typing import Any

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment, VisitCheck
from orderly.journal.actor import Actor
from orderly.web.words import CHECK

MODIFY = "booking:modify_appointment"
OPEN = (Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Checks:
    """`left` are still to be ticked: name, words, whether the clinic requires it; `done` were, by whom."""

    left: list[tuple[str, Any, bool]]
    done: list[tuple[Any, VisitCheck]]
    here: bool
    link: bool


def checks_of(found: Appointment, actor: Actor) -> Checks | None:
    """None where nobody is expected or here, or the reader may not check anybody in. One query."""
    if found.status not in OPEN or not actor.may(MODIFY, found.clinic_id):
        return None
    made = {one.what: one for one in found.visit.checks.select_related("by")}
    required = found.clinic.check_in_requires
    return Checks(
        left=[(what, label, what in required) for what, label in CHECK.items() if what not in made],
        done=[(label, made[what]) for what, label in CHECK.items() if what in made],
        here=found.visit.arrived_at is not None,
        link=found.status == Status.CONFIRMED,
    )
