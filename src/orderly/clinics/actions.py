"""Adding clinics and changing what is said of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from orderly.clinics.facts import ClinicAdded, ClinicChanged
from orderly.clinics.inputs import ClinicDetails
from orderly.clinics.models import Clinic
from orderly.clinics.rules import LARGEST_LOGO, REQUIRED, image_type, problems
from orderly.core.database import writing
from orderly.core.edits import Changes, fresh, locked, put, refuse, save, wrong
from orderly.core.errors import Forbidden, invalid
from orderly.core.phone import e164
from orderly.engine.problems import Code, Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor

MANAGE = "settings:manage"


def add(details: ClinicDetails, *, actor: Actor, now: datetime) -> Clinic:
    """One more clinic of the organisation, without a service yet: `catalogue.actions.open_clinic` gives it one.

    Errors: Forbidden for all but those who hold `settings:manage` everywhere; Invalid with every wrong or missing
    field: name, time zone and currency have no default.
    """
    if MANAGE not in actor.everywhere:
        raise Forbidden(MANAGE)
    values = details.given()
    clinic = Clinic()
    _apply(clinic, values, found=[Problem(Code.MISSING, name) for name in REQUIRED if name not in values])
    with writing():
        clinic.save(force_insert=True)
        record(ClinicAdded(subject=clinic.pk, clinic=clinic.pk, changes=fresh(clinic, values)), actor=actor, now=now)
    return clinic


def change(clinic: UUID, details: ClinicDetails, *, actor: Actor, now: datetime, version: int | None = None) -> Clinic:
    """Write the given details. Prices hang on the currency: `catalogue.actions.change_clinic` watches over that.

    Errors: NotFound, Forbidden (`settings:manage`), Stale; Invalid with every wrong field.
    """
    with writing():
        found = _editable(clinic, actor, version)
        changes = _apply(found, details.given())
        if changes:
            save(found, changes)
            record(ClinicChanged(subject=clinic, clinic=clinic, changes=changes), actor=actor, now=now)
    return found


def set_logo(clinic: UUID, image: bytes, *, actor: Actor, now: datetime, version: int | None = None) -> Clinic:
    """Keep a PNG or JPEG of at most 512 KB as the clinic's logo; empty takes it away. Errors as for `change`."""
    if len(image) > LARGEST_LOGO:
        raise invalid("logo", "too_large")
    if image and image_type(image) is None:
        raise invalid("logo", "image")
    with writing():
        found = _editable(clinic, actor, version)
        old, found.logo = len(found.logo), image
        save(found, ["logo"])
        changes = {"logo_bytes": (old, len(image))}
        record(ClinicChanged(subject=clinic, clinic=clinic, changes=changes), actor=actor, now=now)
    return found


def _editable(clinic: UUID, actor: Actor, version: int | None) -> Clinic:
    actor.require(MANAGE, clinic)
    return locked(Clinic.objects.all(), clinic, version=version)


def _apply(clinic: Clinic, values: dict[str, Any], *, found: Iterable[Problem] = ()) -> Changes:
    """Set the values, the phone number in E.164, read in the clinic's country. Raises Invalid."""
    found = list(found)
    if values.get("phone"):
        try:
            values["phone"] = e164(values["phone"], values.get("country", clinic.country))
        except ValueError:
            found.append(wrong("phone", "phone"))
    changes = put(clinic, values)
    refuse([*found, *problems(clinic, values)])
    return changes
