"""Packages that can be sold: added and changed. What was sold stays as it was sold."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.database import writing
from orderly.core.edits import Changes, locked, put, refuse, save
from orderly.core.errors import Forbidden, NotFound
from orderly.engine.problems import Code, Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.facts import Fact
from orderly.packages.facts import PackageAdded, PackageChanged
from orderly.packages.inputs import PackageDetails, Sessions
from orderly.packages.models import Package, PackageService
from orderly.packages.rules import REQUIRED, package_problems, service_problems

MANAGE = "packages:manage"


def add_package(details: PackageDetails, *, actor: Actor, now: datetime) -> Package:
    """One more to sell. Its currency is its clinic's; one for all clinics has to say it.

    Errors: NotFound for a clinic that isn't the actor's; Forbidden without `packages:manage` there, or everywhere for
    one of all clinics; Invalid with every wrong or missing field.
    """
    values = details.given()
    clinic = values["clinic"] = _clinic(values.get("clinic"), actor)
    if clinic is not None:
        values.setdefault("currency", clinic.currency)
    _require(actor, clinic)
    package = Package()
    missing = [Problem(Code.MISSING, name) for name in (*REQUIRED, "currency") if name not in values]
    with writing():
        services = values.pop("services", ())
        changes = _apply(package, values, services, actor, missing)
        package.save(force_insert=True)
        _write_services(package, services)
        changes["services"] = ([], _plain(services))
        _record(PackageAdded, package, changes, actor=actor, now=now)
    return package


def change_package(
    package: UUID, details: PackageDetails, *, actor: Actor, now: datetime, version: int | None = None
) -> Package:
    """Write the given details; not active, it isn't sold any more. Errors as for `add_package`; Stale."""
    with writing():
        found = locked(Package.objects.visible_to(actor), package, version=version)
        _require(actor, found.clinic)
        values, old = details.given(), contents(found)
        if "clinic" in values:
            values["clinic"] = _clinic(values["clinic"], actor)
            _require(actor, values["clinic"])
        services = values.pop("services", old)
        changes = _apply(found, values, services, actor, others=services != old)
        if changes or services != old:
            save(found, changes)
        if services != old:
            _write_services(found, services)
            changes["services"] = (_plain(old), _plain(services))
        if changes:
            _record(PackageChanged, found, changes, actor=actor, now=now)
    return found


def contents(package: Package) -> tuple[Sessions, ...]:
    """What is in it, in the order of the sessions' numbers."""
    rows = package.services.values_list("service", "sessions")
    return tuple(Sessions(service=service, sessions=sessions) for service, sessions in rows)


def _clinic(clinic: UUID | None, actor: Actor) -> Clinic | None:
    if clinic is None:
        return None
    found = Clinic.objects.visible_to(actor).defer("logo").filter(pk=clinic).first()
    if found is None:
        raise NotFound("clinic")
    return found


def _require(actor: Actor, clinic: Clinic | None) -> None:
    if clinic is not None:
        actor.require(MANAGE, clinic.pk)
    elif MANAGE not in actor.everywhere:
        raise Forbidden(MANAGE)


def _apply(
    package: Package,
    values: dict[str, Any],
    services: Sequence[Sessions],
    actor: Actor,
    missing: Iterable[Problem] = (),
    *,
    others: bool = True,
) -> Changes:
    """Set the values, if nothing is wrong with them, nor with what is to be in it where that is `others` than before or
    for another clinic: what was in it may not be offered any more. Raises Invalid.
    """
    old = package.clinic_id
    changes = put(package, values)
    if "clinic" in changes:
        changes["clinic"] = (str(old) if old else None, str(package.clinic_id) if package.clinic_id else None)
    against = service_problems(services, _offered(package, actor)) if others or "clinic" in changes else ()
    refuse([*missing, *package_problems(package, values), *against])
    return changes


def _offered(package: Package, actor: Actor) -> set[UUID]:
    """The services of its clinic; for all clinics, those of any that the actor sees."""
    rows = Service.objects.visible_to(actor)
    return set((rows.filter(clinics=package.clinic_id) if package.clinic_id else rows).values_list("pk", flat=True))


def _write_services(package: Package, services: Iterable[Sessions]) -> None:
    package.services.all().delete()
    PackageService.objects.bulk_create(
        PackageService(package=package, service_id=one.service, sessions=one.sessions) for one in services
    )


def _plain(services: Iterable[Sessions]) -> list[dict[str, Any]]:
    return [{"service": str(one.service), "sessions": one.sessions} for one in services]


def _record(fact: type[Fact], package: Package, changes: Changes, *, actor: Actor, now: datetime) -> None:
    record(fact(subject=package.pk, clinic=package.clinic_id, changes=changes), actor=actor, now=now)
