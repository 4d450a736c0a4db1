"""A clinic has exactly one general service: the one to use where only a date and a time are asked for."""

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from orderly.catalogue.facts import ServiceChanged
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.clinics.queries import journal_of
from orderly.core.edits import Changes, save, wrong
from orderly.engine.problems import Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor


def general_problems(
    service: Service, changes: Changes, left: Collection[UUID], clinics: Collection[UUID]
) -> Iterator[Problem]:
    """What would leave a clinic without its general service: it goes only when another one takes over.

    `left` are clinics it was in, `clinics` those it is to be in; they are locked, so that two can't take over at once.
    """
    if changes.get("general") == (True, False):
        yield wrong("general", "needed")
    if not service.general:
        return
    if not service.active:
        yield wrong("active", "general")
    if left:
        yield wrong("clinics", "general")
    list(Clinic.objects.filter(pk__in=clinics).order_by("pk").select_for_update(no_key=True).values("pk"))
    if (
        Service.clinics.through.objects.filter(service__in=_others(service, clinics))
        .exclude(clinic__in=clinics)
        .exists()
    ):
        yield wrong("general", "shared")


def take_over(service: Service, clinics: Collection[UUID], *, actor: Actor, now: datetime) -> None:
    """What was general in these clinics isn't any more, if `service` is now."""
    if not service.general:
        return
    for other in Service.objects.filter(pk__in=_others(service, clinics)):
        other.general = False
        save(other, ["general"])
        fact = ServiceChanged(subject=other.pk, clinic=journal_of(clinics), changes={"general": (True, False)})
        record(fact, actor=actor, now=now)


def _others(service: Service, clinics: Collection[UUID]) -> list[UUID]:
    found = Service.objects.filter(general=True, clinics__in=clinics).exclude(pk=service.pk)
    return list(found.distinct().values_list("pk", flat=True))
