"""Keeping the reasons for a cancellation that a clinic offers."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.text import slugify

from orderly.appointments.facts import CancelReasonAdded, CancelReasonChanged
from orderly.appointments.models import CancelReason
from orderly.core.database import writing
from orderly.core.edits import faults, put, refuse, wrong
from orderly.core.errors import NotFound
from orderly.journal.actions import record
from orderly.journal.actor import Actor

MANAGE = "settings:manage"
MOST = 100  # in one clinic


def add_reason(name: str, *, clinic: UUID, actor: Actor, now: datetime) -> CancelReason:
    """One more of the clinic's own. Errors: NotFound, Forbidden (`settings:manage`); Invalid for its name, or where
    there are too many.
    """
    actor.require(MANAGE, clinic)
    made = CancelReason(clinic_id=clinic, name=" ".join(name.split()))
    refuse(faults(made, ("name",)))
    with writing():
        others = list(_offered(clinic).select_for_update(no_key=True))
        if len(others) >= MOST:
            refuse([wrong("name", "too_many")])
        _refuse_twin(made, others)
        made.code = _code(made.name, {one.code for one in others})
        made.save(force_insert=True)
        record(
            CancelReasonAdded(subject=made.pk, clinic=clinic, changes={"name": (None, made.name)}), actor=actor, now=now
        )
    return made


def change_reason(
    reason: UUID, *, clinic: UUID, actor: Actor, now: datetime, name: str | None = None, active: bool | None = None
) -> CancelReason:
    """Rename it, or no longer offer it; what was cancelled for it says so still. Errors: as for `add_reason`."""
    actor.require(MANAGE, clinic)
    with writing():
        others = list(_offered(clinic).order_by("pk").select_for_update(no_key=True))
        found = next((one for one in others if one.pk == reason), None)
        if found is None:
            raise NotFound
        given = {"name": None if name is None else " ".join(name.split()), "active": active}
        changes = put(found, {key: value for key, value in given.items() if value is not None})
        refuse(faults(found, ("name",)))
        _refuse_twin(found, others)
        if changes:
            found.save(update_fields=list(changes))
            record(CancelReasonChanged(subject=reason, clinic=clinic, changes=changes), actor=actor, now=now)
    return found


def _offered(clinic: UUID) -> QuerySet[CancelReason]:
    """The clinic's own, and the organisation's."""
    return CancelReason.objects.filter(Q(clinic=clinic) | Q(clinic__isnull=True))


def _refuse_twin(reason: CancelReason, others: list[CancelReason]) -> None:
    names = {one.name.casefold() for one in others if one.pk != reason.pk}
    refuse([wrong("name", "listed")] if reason.name.casefold() in names else [])


def _code(name: str, taken: set[str]) -> str:
    """A short name for programs, that no other has."""
    begin = slugify(name)[:30] or "reason"
    return next(code for nth in range(1, MOST + 2) if (code := begin if nth == 1 else f"{begin}-{nth}") not in taken)
