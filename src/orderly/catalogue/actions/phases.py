"""The phases of a service: from what was given, to rows, and back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from orderly.catalogue.inputs import PhaseDetails
from orderly.catalogue.models import Need, Phase, Service
from orderly.catalogue.rules import Candidate
from orderly.core.edits import refuse, wrong
from orderly.resources.models import Asset, Kind, Provider

USUAL_MINUTES = 90


def shape(values: dict[str, Any], current: tuple[PhaseDetails, ...]) -> tuple[PhaseDetails, ...]:
    """The phases that `phases` and `minutes` ask for, taken out of `values`.

    Minutes alone: one phase that needs the provider, or the only phase there is, made that long. Raises Invalid where
    the two contradict each other, or minutes alone don't say which of several phases is meant.
    """
    minutes, phases = values.pop("minutes", None), values.pop("phases", None)
    if phases is None and minutes is None:
        return current or (PhaseDetails(minutes=USUAL_MINUTES),)
    if phases is None and len(current) <= 1:
        return (replace(current[0], minutes=minutes) if current else PhaseDetails(minutes=minutes),)
    chosen: tuple[PhaseDetails, ...] = current if phases is None else phases
    if minutes not in (None, sum(phase.minutes for phase in chosen)):
        refuse([wrong("minutes", "phases")])
    return chosen


def candidates(phases: Iterable[PhaseDetails], clinics: Collection[UUID]) -> Mapping[UUID, Candidate]:
    """Whom and what the phases name, as far as it is in these clinics."""
    ids = {one for phase in phases for need in phase.needs for one in need.any_of}
    if not ids:
        return {}
    found: dict[UUID, Candidate] = {}
    for pk, resource, kind, clinic in Asset.objects.filter(pk__in=ids, clinic__in=clinics).values_list(
        "pk", "resource", "resource__kind", "clinic"
    ):
        found[pk] = Candidate(resource, kind, frozenset({clinic}))
    for pk, resource, clinic in Provider.objects.filter(pk__in=ids, clinics__in=clinics).values_list(
        "pk", "resource", "clinics"
    ):
        others = found[pk].clinics if pk in found else frozenset()
        found[pk] = Candidate(resource, Kind.PROVIDER, others | {clinic})
    return found


def write_phases(service: Service, phases: Iterable[PhaseDetails], known: Mapping[UUID, Candidate]) -> None:
    """In place of those there were. What is booked already keeps what it was booked with."""
    service.phases.all().delete()
    for order, phase in enumerate(phases):
        row = Phase.objects.create(service=service, order=order, minutes=phase.minutes)
        for need in phase.needs:
            made = Need.objects.create(phase=row, role=need.role, kind=need.kind, count=need.count)
            made.any_of.set([known[one].resource for one in need.any_of])


def plain_phases(phases: Iterable[PhaseDetails]) -> list[dict[str, Any]]:
    """As the journal keeps them."""
    return [
        {
            "minutes": phase.minutes,
            "needs": [
                {
                    "role": str(need.role),
                    "kind": need.kind,
                    "count": need.count,
                    "any_of": sorted(map(str, need.any_of)),
                }
                for need in phase.needs
            ],
        }
        for phase in phases
    ]
