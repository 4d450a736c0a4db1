"""Adding services and changing what is said of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from orderly.catalogue.actions.general import general_problems, take_over
from orderly.catalogue.actions.phases import candidates, plain_phases, shape, write_phases
from orderly.catalogue.facts import ServiceAdded, ServiceChanged
from orderly.catalogue.inputs import OfferingDetails, PhaseDetails, ServiceDetails
from orderly.catalogue.models import Offering, Service
from orderly.catalogue.queries import described, givers
from orderly.catalogue.rules import (
    Candidate,
    clinic_problems,
    length_problems,
    may_lead,
    offering_problems,
    phase_problems,
    service_problems,
)
from orderly.clinics.models import Clinic
from orderly.clinics.queries import journal_of, kept_unseen, named, require_for_change, require_in_all
from orderly.core.database import writing
from orderly.core.edits import Changes, locked, put, refuse, save
from orderly.engine.problems import Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.facts import Fact
from orderly.resources.models import Provider

MANAGE = "settings:manage"


def add_service(details: ServiceDetails, *, actor: Actor, now: datetime) -> Service:
    """Something new to book. Unless said otherwise it takes 90 minutes and all active providers of its clinics give
    it.

    Errors: NotFound for a clinic that isn't the actor's; Forbidden without `settings:manage` in each; Invalid with
    every wrong or missing field.
    """
    values = {"name": "", **details.given()}
    clinics = named(values.pop("clinics", ()), actor=actor)
    require_in_all({clinic.pk for clinic in clinics}, MANAGE, actor=actor)
    with writing():
        service = Service()
        changes = {name: (None, new) for name, (_, new) in _write(service, values, set(), clinics).items()}
        _record(ServiceAdded, service, clinics, changes, actor=actor, now=now)
        take_over(service, {clinic.pk for clinic in clinics}, actor=actor, now=now)
    return service


def change_service(
    service: UUID, details: ServiceDetails, *, actor: Actor, now: datetime, version: int | None = None
) -> Service:
    """Write the given details. Given clinics take the place of those the actor sees; others stay. What is booked
    already stays as it was booked.

    Errors: NotFound, Stale; Forbidden without `settings:manage` in all of the service's clinics (where only the
    clinics change: in those entered and left); Invalid with every wrong field.
    """
    with writing():
        found = locked(Service.objects.visible_to(actor), service, version=version)
        values = details.given()
        old = set(found.clinics.values_list("pk", flat=True))
        new = kept_unseen(old, values.pop("clinics", None), actor=actor)
        require_for_change(old, new, MANAGE, everywhere=bool(values), actor=actor)
        clinics = list(Clinic.objects.filter(pk__in=new).defer("logo"))
        changes = _write(found, values, old, clinics)
        if changes:
            _record(ServiceChanged, found, clinics, changes, actor=actor, now=now)
            take_over(found, new, actor=actor, now=now)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A service as it is to become. Its plain fields are set already; nothing is written yet."""

    service: Service
    names: Collection[str]
    changes: Changes
    left: set[UUID]
    clinics: list[Clinic]
    phases: tuple[PhaseDetails, ...]
    givers: tuple[OfferingDetails, ...]
    checked_givers: tuple[OfferingDetails, ...]
    staff: Collection[UUID]
    known: Mapping[UUID, Candidate]

    @property
    def where(self) -> set[UUID]:
        return {clinic.pk for clinic in self.clinics}


def _write(service: Service, values: dict[str, Any], old: set[UUID], clinics: list[Clinic]) -> Changes:
    """Check everything, then write what changed, and say what that was."""
    draft = _draft(service, values, old, clinics)
    refuse(_problems(draft))
    changes = draft.changes | _differences(draft, old)
    if service._state.adding:
        service.save(force_insert=True)
    elif changes:
        save(service, draft.changes)
    if "clinics" in changes:
        service.clinics.set(clinics)
    if "phases" in changes:
        write_phases(service, draft.phases, draft.known)
    if "providers" in changes:
        _write_givers(service, draft.givers)
    return changes


def _draft(service: Service, values: dict[str, Any], old: set[UUID], clinics: list[Clinic]) -> _Draft:
    where = {clinic.pk for clinic in clinics}
    phases, given = shape(values, described(service)), values.pop("providers", None)
    staff = set(Provider.objects.filter(clinics__in=where).values_list("pk", flat=True))
    kept = givers(service)
    return _Draft(
        service=service,
        names=values.keys(),
        changes=put(service, values),
        left=old - where,
        clinics=clinics,
        phases=phases,
        givers=_with_joined(kept, phases, where - old) if given is None else given,
        checked_givers=tuple(one for one in kept if one.provider in staff) if given is None else given,
        staff=staff,
        known=candidates(phases, where),
    )


def _with_joined(
    kept: tuple[OfferingDetails, ...], phases: tuple[PhaseDetails, ...], joined: set[UUID]
) -> tuple[OfferingDetails, ...]:
    """Those who give the service, and all active providers of clinics that are new to it, as far as they can."""
    there = {one.provider for one in kept}
    found = Provider.objects.filter(clinics__in=joined, resource__active=True).exclude(pk__in=there).distinct()
    new = (OfferingDetails(provider=one.pk) for one in found if may_lead(phases, one.pk))
    return (*kept, *new)


def _problems(draft: _Draft) -> Iterator[Problem]:
    service, phases = draft.service, draft.phases
    yield from service_problems(service, draft.names)
    yield from clinic_problems(draft.clinics)
    yield from phase_problems(phases, draft.known, draft.where)
    yield from length_problems(service, phases)
    yield from offering_problems(draft.checked_givers, service, phases, draft.staff)
    yield from general_problems(service, draft.changes, draft.left, draft.where)


def _differences(draft: _Draft, old: set[UUID]) -> Changes:
    """In what isn't a plain field."""
    service = draft.service
    pairs = {
        "clinics": (sorted(map(str, old)), sorted(map(str, draft.where))),
        "phases": (plain_phases(described(service)), plain_phases(draft.phases)),
        "providers": (_plain_givers(givers(service)), _plain_givers(draft.givers)),
    }
    return {name: (before, after) for name, (before, after) in pairs.items() if before != after}


def _plain_givers(offerings: Iterable[OfferingDetails]) -> list[dict[str, Any]]:
    return [{"provider": str(one.provider), "minutes": one.minutes, "price": one.price} for one in offerings]


def _write_givers(service: Service, offerings: Iterable[OfferingDetails]) -> None:
    service.offerings.all().delete()
    Offering.objects.bulk_create(
        Offering(service=service, provider_id=one.provider, minutes=one.minutes, price=one.price) for one in offerings
    )


def _record(
    fact: type[Fact], service: Service, clinics: list[Clinic], changes: Changes, *, actor: Actor, now: datetime
) -> None:
    where = {clinic.pk for clinic in clinics}
    about = fact(
        subject=service.pk,
        clinic=journal_of(where),
        ids={"clinics": sorted(map(str, where))},
        changes=changes,
    )
    record(about, actor=actor, now=now)
