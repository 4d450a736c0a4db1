"""Clinics that a request names."""

from collections.abc import Collection, Iterable
from uuid import UUID

from orderly.clinics.models import Clinic
from orderly.core.errors import Forbidden, NotFound, missing
from orderly.journal.actor import Actor


def named(ids: Iterable[UUID], *, actor: Actor) -> list[Clinic]:
    """The clinics with these ids, by name. Errors: Invalid for none at all; NotFound for one that isn't the actor's."""
    wanted = set(ids)
    if not wanted:
        raise missing("clinics")
    found = list(Clinic.objects.visible_to(actor).filter(pk__in=wanted).defer("logo"))
    if len(found) < len(wanted):
        raise NotFound("clinics")
    return found


def require_in_all(clinics: Iterable[UUID], permission: str, *, actor: Actor) -> None:
    """For what belongs to several clinics and is the actor's to see: Forbidden unless they hold the right in each."""
    if not all(actor.may(permission, clinic) for clinic in clinics):
        raise Forbidden(permission)


def require_for_change(old: set[UUID], new: set[UUID], permission: str, *, everywhere: bool, actor: Actor) -> None:
    """For what is in the clinics `old` and is to be in `new`: Forbidden unless the actor holds the right in each one
    that is entered or left; where more changes than that (`everywhere`), or nothing does, in all of `old`.
    """
    require_in_all((old ^ new) | (old if everywhere or old == new else set()), permission, actor=actor)


def kept_unseen(old: set[UUID], given: Iterable[UUID] | None, *, actor: Actor) -> set[UUID]:
    """The clinics that something is to be in: those given take the place of those the actor sees, others stay."""
    if given is None:
        return old
    return {clinic for clinic in old if not actor.belongs_to(clinic)} | {one.pk for one in named(given, actor=actor)}


def journal_of(clinics: Collection[UUID]) -> UUID | None:
    """In whose journal a fact about something in these clinics stands: the only one's, or the organisation's."""
    return next(iter(clinics)) if len(clinics) == 1 else None
