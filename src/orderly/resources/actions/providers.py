"""People who treat patients: taking them on, changing what is said of them, standing them down."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from orderly.clinics.models import Clinic
from orderly.clinics.queries import journal_of, kept_unseen, named, require_for_change, require_in_all
from orderly.core.database import writing
from orderly.core.edits import Changes, fresh, locked, put, refuse, save, wrong
from orderly.engine.problems import Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.facts import Fact
from orderly.people.models import Membership, User
from orderly.people.permissions import Role
from orderly.resources import locks
from orderly.resources.facts import ProviderAdded, ProviderChanged
from orderly.resources.inputs import ProviderDetails
from orderly.resources.models import Kind, Provider, Resource
from orderly.resources.rules import provider_problems

MANAGE = "settings:manage"
PERSONAL = frozenset({"name", "title", "photo"})


def add_provider(details: ProviderDetails, *, actor: Actor, now: datetime) -> Provider:
    """Somebody new, in one or more of the actor's clinics, without hours yet.

    Errors: NotFound for a clinic that isn't the actor's; Forbidden without `settings:manage` in each; Invalid with
    every wrong or missing field.
    """
    values = {"name": "", **details.given()}
    places = named(values.pop("clinics", ()), actor=actor)
    clinics = {clinic.pk for clinic in places}
    require_in_all(clinics, MANAGE, actor=actor)
    with writing():
        resource = Resource.objects.create(kind=Kind.PROVIDER, active=values.pop("active", True))
        provider = Provider(resource=resource)
        _apply(provider, values, clinics)
        provider.save(force_insert=True)
        provider.clinics.set(places)
        changes = {"active": (None, resource.active), **fresh(provider, values)}
        _record(ProviderAdded, provider, clinics, changes, actor=actor, now=now)
    return provider


def change_provider(
    provider: UUID, details: ProviderDetails, *, actor: Actor, now: datetime, version: int | None = None
) -> Provider:
    """Write the given details. Given clinics take the place of those the actor sees; others stay.

    Standing somebody down succeeds whatever they are booked for: nobody can book them from then on, and the caller
    asks `appointments` for the visits this strands. Their time is locked, so a booking comes either before, and is
    among those, or after, and is refused.
    Errors: NotFound, Stale; Forbidden without `settings:manage` in all of the provider's clinics (where only the
    clinics change: in those entered and left); Invalid with every wrong field.
    """
    with writing():
        found = locked(Provider.objects.visible_to(actor), provider, version=version)
        values = details.given()
        old = set(found.clinics.values_list("pk", flat=True))
        new = kept_unseen(old, values.pop("clinics", None), actor=actor)
        require_for_change(old, new, MANAGE, everywhere=bool(values), actor=actor)
        changes = _set_active(found, values.pop("active", None))
        changes |= _apply(found, values, new)
        if new != old:
            found.clinics.set(Clinic.objects.filter(pk__in=new).defer("logo"))
            changes["clinics"] = (sorted(map(str, old)), sorted(map(str, new)))
        if changes:
            save(found, changes.keys() & values.keys())
            _record(ProviderChanged, found, new, changes, actor=actor, now=now)
    return found


def require_all(provider: Provider, actor: Actor) -> None:
    """Forbidden unless the actor may change all that is said of the provider."""
    require_in_all(provider.clinics.values_list("pk", flat=True), MANAGE, actor=actor)


def _set_active(provider: Provider, active: bool | None) -> Changes:
    """Under the lock that bookings take, and on the row they read under it."""
    resource = provider.resource = locks.lock([provider.resource_id])[provider.resource_id]
    changes = put(resource, {} if active is None else {"active": active})
    if changes:
        resource.save(update_fields=["active"])
    return changes


def _apply(provider: Provider, values: dict[str, Any], clinics: set[UUID]) -> Changes:
    """Set the values, and put them in terms of columns. Raises Invalid."""
    if "user" in values:
        values["user_id"] = values.pop("user")
    changes = put(provider, values)
    refuse([*provider_problems(provider, values.keys() - {"user_id"}), *_user_problems(provider, clinics)])
    return changes


def _user_problems(provider: Provider, clinics: set[UUID]) -> Iterator[Problem]:
    """Who signs in as a provider belongs to one of the clinics, and is nobody else. The user's row is locked, so
    that two can't be linked at once.
    """
    if provider.user_id is None:
        return
    list(User.objects.filter(pk=provider.user_id).select_for_update(no_key=True))
    roles = Membership.objects.filter(Q(clinic__in=clinics) | Q(clinic__isnull=True), user=provider.user_id)
    if not roles.exclude(role=Role.PATIENT).exists():
        yield wrong("user", "not_member")
    elif Provider.objects.filter(user=provider.user_id).exclude(pk=provider.pk).exists():
        yield wrong("user", "taken")


def _record(
    fact: type[Fact], provider: Provider, clinics: set[UUID], changes: Changes, *, actor: Actor, now: datetime
) -> None:
    """Of what is personal, only that it is there or has changed."""
    said = {name: (None, None) if name in PERSONAL else pair for name, pair in changes.items()}
    about = fact(
        subject=provider.pk,
        clinic=journal_of(clinics),
        ids={"clinics": sorted(map(str, clinics))},
        changes=said,
    )
    record(about, actor=actor, now=now)
