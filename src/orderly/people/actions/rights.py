"""Changing what a role may do in a clinic."""

from datetime import datetime
from uuid import UUID

from orderly.clinics.models import Clinic
from orderly.core.database import writing
from orderly.core.errors import Forbidden, NotFound, invalid
from orderly.journal.actions import record
from orderly.journal.actor import OWN, Actor
from orderly.people.facts import RightsChanged
from orderly.people.models import RoleOverride
from orderly.people.permissions import ALL, Role, defaults


def allow(role: str, permission: str, allowed: bool, *, clinic: UUID, actor: Actor, now: datetime) -> None:
    """Change one cell of the permission table for a clinic.

    Errors: NotFound, Forbidden (`users:manage`; and nobody can give what they don't hold, nor
    take this from the clinic's administrators), Invalid for an unknown
    role or permission.
    """
    actor.require("users:manage", clinic)
    if role not in Role.values or role in (Role.SUPER_ADMIN, Role.PATIENT):
        raise invalid("role", "unknown")
    if permission not in ALL:
        raise invalid("permission", "unknown")
    if not allowed and (role, permission) == (Role.CLINIC_ADMIN, "users:manage"):
        raise Forbidden(permission)  # nobody in the clinic could give it back
    if allowed and not (actor.may(permission, clinic) or actor.may(permission.removesuffix(OWN), clinic)):
        raise Forbidden(permission)
    with writing():
        if not Clinic.objects.filter(pk=clinic).exists():
            raise NotFound
        cell = RoleOverride.objects.filter(clinic=clinic, role=role, permission=permission)
        before = cell.values_list("allowed", flat=True).first()
        RoleOverride.objects.update_or_create(
            clinic_id=clinic, role=role, permission=permission, defaults={"allowed": allowed}
        )
        old = permission in defaults(role) if before is None else before
        change = {f"{role} {permission}": (old, allowed)}
        record(RightsChanged(subject=clinic, clinic=clinic, changes=change), actor=actor, now=now)
