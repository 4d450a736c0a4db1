"""Set-up that may take time away from what is booked. Whoever changes set-up, on whichever edge, does it by these
verbs: requests without a provider that a change strands are proposed to somebody else in the same transaction.

Parameters, answers and errors are those of the verb of the same name; besides, Conflict `contended`.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from orderly.appointments.actions.replan import clinics_of, replanning
from orderly.calendars.actions import rules
from orderly.calendars.models import Rule
from orderly.catalogue.actions import clinics, givers, services
from orderly.catalogue.models import Service
from orderly.resources.actions import assets
from orderly.resources.models import Asset

P = ParamSpec("P")
T = TypeVar("T")


def _replanned(verb: Callable[P, T], where: Callable[..., Iterable[UUID]]) -> Callable[P, T]:
    """`where` answers, given what the verb is given, the clinics in which time may be taken away by it."""

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        said: Any = kwargs
        with replanning(where(*args), actor=said["actor"], now=said["now"]):
            return verb(*args, **kwargs)

    return run


def _itself(clinic: UUID, *_: object) -> list[UUID]:
    return [clinic]


def _named(_: UUID, clinic: UUID, *__: object) -> list[UUID]:
    return [clinic]


def _of_provider(provider: UUID, *_: object) -> list[UUID]:
    return clinics_of(provider)


def _of_asset(asset: UUID, *_: object) -> list[UUID]:
    return list(Asset.objects.filter(pk=asset).values_list("clinic", flat=True))


def _of_service(service: UUID, *_: object) -> list[UUID]:
    return list(Service.clinics.through.objects.filter(service=service).values_list("clinic", flat=True))


def _of_rule(rule: UUID, *_: object) -> list[UUID]:
    """Its clinic; of a rule for all of a provider's, those."""
    found = Rule.objects.filter(pk=rule).values_list("clinic", "resource__provider").first()
    if found is None:
        return []
    clinic, provider = found
    return clinics_of(provider) if clinic is None else [clinic]


change_clinic = _replanned(clinics.change_clinic, _itself)
change_giver = _replanned(givers.change_giver, _of_provider)
change_service = _replanned(services.change_service, _of_service)
change_asset = _replanned(assets.change_asset, _of_asset)
set_hours = _replanned(rules.set_hours, _named)
set_opening_hours = _replanned(rules.set_opening_hours, _itself)
add_time_off = _replanned(rules.add_time_off, _of_provider)
add_extra_hours = _replanned(rules.add_extra_hours, _named)
add_closure = _replanned(rules.add_closure, _itself)
add_maintenance = _replanned(rules.add_maintenance, _of_asset)
remove = _replanned(rules.remove, _of_rule)
