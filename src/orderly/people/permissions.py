"""The one table of who may do what. A clinic can change single cells (RoleOverride); super_admin has everything."""

from django.db.models import TextChoices

from orderly.journal.actor import OWN


class Role(TextChoices):
    SUPER_ADMIN = "super_admin"
    CLINIC_ADMIN = "clinic_admin"
    DOCTOR = "doctor"
    CLINICAL_STAFF = "clinical_staff"
    FRONT_DESK = "front_desk"
    BILLING = "billing"
    READ_ONLY = "read_only"
    PATIENT = "patient"


FD, CS, DR, CA, BI = Role.FRONT_DESK, Role.CLINICAL_STAFF, Role.DOCTOR, Role.CLINIC_ADMIN, Role.BILLING
STAFF = (FD, CS, DR, CA, BI, Role.READ_ONLY)
DESK = (FD, CS, DR, CA)
GIVEN = (CA, DR, CS, FD, BI, Role.READ_ONLY)  # in a clinic, by its administrators; a patient's comes with the portal
MANAGE = "users:manage"

PERMISSIONS: dict[str, tuple[Role, ...]] = {
    "booking:view_calendar": STAFF,
    "booking:create_appointment": DESK,
    "booking:modify_appointment": DESK,
    "booking:cancel_appointment": (FD, DR, CA),
    "booking:overbook": (FD, DR, CA),
    "booking:view_templates": (DR, FD, CA),
    "booking:manage_templates": (CA,),
    "booking:apply_templates": (CA, FD),
    "booking:manage_waitlist": (FD, CA),
    "booking:handle_emergency": DESK,
    "emergency:manage": (DR, CA),
    "booking:view_analytics": (CA,),
    "booking:view_analytics" + OWN: (DR,),
    "booking:manage_reminders": (CA,),
    "schedule:manage": (CA, FD),
    "schedule:manage" + OWN: (DR,),
    "queue:manage": DESK,
    "patients:view": STAFF,
    "patients:edit": DESK,
    "patients:merge": (CA,),
    "patients:erase": (CA,),
    "patients:export": (CA,),
    "packages:view": STAFF,
    "packages:sell": (FD, BI, CA),
    "packages:schedule": DESK,
    "packages:manage": (CA,),
    "stays:view": STAFF,
    "stays:manage": (FD, CA),
    "stays:check_in": DESK,
    "stays:record_session": DESK,
    "records:view": (DR, CS),
    "records:edit": (DR, CS),
    "messages:view": DESK,
    "messages:send": DESK,
    "billing:view": (BI, FD, CA),
    "billing:take_payment": (BI, FD, CA),
    "billing:refund": (BI, CA),
    "reports:finance": (BI, CA),
    "users:manage": (CA,),
    "audit:view": (CA,),
    "settings:manage": (CA,),
}

ALL = frozenset(PERMISSIONS)


def defaults(role: str) -> frozenset[str]:
    """What a role may do where the clinic has changed nothing."""
    return frozenset(permission for permission, roles in PERMISSIONS.items() if role in roles)


# What a profession brings, and not a rank: an administrator who may read no records may still employ those who do.
PROFESSIONAL = frozenset({"records:view", "records:edit"})


def lacking(wanted: frozenset[str], held: frozenset[str]) -> frozenset[str]:
    """The rights that are wanted and not held; a right covers its part for the own calendar."""
    return frozenset(one for one in wanted if not {one, one.removesuffix(OWN)} & held)


def rank(role: str, rights: frozenset[str]) -> frozenset[str]:
    """Of what a role may do in a clinic that which makes it higher or lower than another."""
    return rights - (PROFESSIONAL & defaults(role))
