"""What is checked of somebody who comes, kept with their visit. For other verbs, inside their transaction."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from orderly.appointments.actions.write import ids_of
from orderly.appointments.facts import VisitChecked
from orderly.appointments.models import Appointment, Visit, VisitCheck
from orderly.clinics.models import Check
from orderly.core.edits import refuse
from orderly.core.errors import invalid
from orderly.engine.problems import Code, Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor


def require(found: Appointment, checked: Collection[str]) -> None:
    """Raises Invalid with each check that the clinic requires of whoever comes and that isn't among `checked`."""
    refuse(Problem(Code.MISSING, one) for one in found.clinic.check_in_requires if one not in checked)


def tick(found: Appointment, checked: Collection[str], *, actor: Actor, now: datetime) -> list[str]:
    """Keep what was checked; what had been before stays whose it was. The answer is what is new. Invalid for what
    nobody checks.
    """
    if not checked:
        return []
    if not set(checked) <= set(Check.values):
        raise invalid("checked", "unknown")
    known = set(found.visit.checks.values_list("what", flat=True))
    new = [one for one in Check.values if one in checked and one not in known]
    if new:
        VisitCheck.objects.bulk_create(VisitCheck(visit=found.visit, what=one, at=now, by_id=actor.user) for one in new)
        ids = {**ids_of(found), "visit": str(found.visit.pk), "checks": new}
        record(VisitChecked(subject=found.pk, clinic=found.clinic_id, ids=ids), actor=actor, now=now)
    return new


def untick(found: Appointment) -> list[list[Any]]:
    """The patient isn't here after all: whatever was checked wasn't theirs. Answers what was, for `tick_again`."""
    rows = found.visit.checks.order_by("id").values_list("what", "at", "by")
    checks = [[what, at.isoformat(), str(by) if by is not None else None] for what, at, by in rows]
    found.visit.checks.all().delete()
    return checks


def tick_again(visit: Visit, checks: Iterable[Sequence[Any]]) -> None:
    """What `untick` forgot, as it was."""
    VisitCheck.objects.bulk_create(
        VisitCheck(visit=visit, what=what, at=datetime.fromisoformat(at), by_id=by) for what, at, by in checks
    )
