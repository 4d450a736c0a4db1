"""Who gives what. Whoever isn't told otherwise gives everything that their clinics offer."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from orderly.catalogue.facts import ServicesAssigned
from orderly.catalogue.models import Offering, Service
from orderly.catalogue.queries import described, whole
from orderly.catalogue.rules import may_lead
from orderly.clinics.queries import journal_of
from orderly.core.database import writing
from orderly.core.edits import refuse, save, wrong
from orderly.engine.problems import Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.resources.actions.providers import add_provider, change_provider, require_all
from orderly.resources.inputs import ProviderDetails
from orderly.resources.models import Provider


def engage(
    details: ProviderDetails, services: Collection[UUID] | None = None, *, actor: Actor, now: datetime
) -> Provider:
    """A new provider who gives these services; None: all active ones of the clinics.

    Errors as for `add_provider`, and Invalid for a service that isn't one of the clinics'.
    """
    with writing():
        provider = add_provider(details, actor=actor, now=now)
        _assign(provider, _offered(provider, set()) if services is None else set(services), actor=actor, now=now)
    return provider


def change_giver(
    provider: UUID,
    details: ProviderDetails,
    services: Collection[UUID] | None = None,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Provider:
    """Write the given details; given services take the place of those the actor sees. Where none are given, the
    provider starts to give what a clinic offers on joining it.

    Errors as for `change_provider`, and Invalid for a service that isn't one of the clinics'.
    """
    with writing():
        before = _clinics(provider)
        found = change_provider(provider, details, actor=actor, now=now, version=version)
        given = set(found.offerings.values_list("service", flat=True))
        if services is None:
            new = given | _offered(found, before)
        else:
            require_all(found, actor)
            seen = Service.objects.visible_to(actor).filter(pk__in=given).values_list("pk", flat=True)
            new = given - set(seen) | set(services)
        if new != given:
            _assign(found, new, actor=actor, now=now)
            save(found)
    return found


def _offered(provider: Provider, before: Collection[UUID]) -> set[UUID]:
    """What the clinics offer that the provider wasn't in before, as far as the provider can give it."""
    joined = _clinics(provider.pk).difference(before)
    services = whole(Service.objects.filter(active=True, clinics__in=joined).distinct()) if joined else ()
    return {service.pk for service in services if may_lead(described(service), provider.pk)}


def _clinics(provider: UUID) -> set[UUID]:
    return set(Provider.clinics.through.objects.filter(provider=provider).values_list("clinic", flat=True))


def _assign(provider: Provider, new: set[UUID], *, actor: Actor, now: datetime) -> None:
    old = set(provider.offerings.values_list("service", flat=True))
    refuse(_unfit(provider, new - old))
    provider.offerings.filter(service__in=old - new).delete()
    Offering.objects.bulk_create(Offering(service_id=pk, provider=provider) for pk in sorted(new - old))
    changes = {"services": (sorted(map(str, old)), sorted(map(str, new)))}
    where = journal_of(_clinics(provider.pk))
    record(ServicesAssigned(subject=provider.pk, clinic=where, changes=changes), actor=actor, now=now)


def _unfit(provider: Provider, added: Iterable[UUID]) -> Iterable[Problem]:
    """A service that none of the provider's clinics has, or whose phases name other providers only."""
    here = Service.objects.filter(pk__in=added, clinics__in=_clinics(provider.pk)).distinct()
    known = {service.pk: service for service in whole(here)}
    for pk in sorted(added):
        if pk not in known:
            yield wrong("services", "not_found")
        elif not may_lead(described(known[pk]), provider.pk):
            yield wrong("services", "not_needed")
