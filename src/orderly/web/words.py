"""What states, sources and the like are called on screen."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orderly.appointments.choices import ScreenKind, Source, Status, VisitStatus
from orderly.appointments.models import Appointment
from orderly.billing.models import Method, PaymentStatus
from orderly.calendars.models import RuleKind
from orderly.clinics.models import Check, Home
from orderly.packages.choices import PurchaseStatus
from orderly.patients.models import Gender
from orderly.people.permissions import Role
from orderly.resources.models import Kind

Words = dict[str, "Promise | str"]

STATUS: Final[Words] = {
    Status.REQUESTED: _("Requested"),
    Status.CONFIRMED: _("Confirmed"),
    Status.ARRIVED: _("Arrived"),
    Status.IN_PROGRESS: _("In progress"),
    Status.COMPLETED: _("Completed"),
    Status.NO_SHOW: _("No-show"),
    Status.CANCELLED: _("Cancelled"),
}

# What the queue did with a visit.
VISIT: Final[Words] = {
    VisitStatus.WAITING: _("Waiting again"),
    VisitStatus.CALLED: _("Called in"),
    VisitStatus.LEFT: _("Left without being seen"),
}


PAYMENT: Final[Words] = {
    PaymentStatus.PENDING: _("to be paid"),
    PaymentStatus.PARTIALLY_PAID: _("partly paid"),
    PaymentStatus.PAID: _("paid"),
    PaymentStatus.REFUNDED: _("refunded"),
    PaymentStatus.VOID: _("nothing owed"),
}

SOURCE: Final[Words] = {
    Source.WALK_IN: _("At the desk"),
    Source.PHONE: _("By phone"),
    Source.WEBSITE: _("Website"),
    Source.MOBILE_APP: _("Mobile app"),
    Source.PORTAL: _("Patient portal"),
    Source.PARTNER: _("Partner"),
    Source.REPEAT: _("Repeat visit"),
}

KIND: Final[Words] = {
    Kind.CHAIR: pgettext_lazy("of a dentist", "Chair"),
    Kind.ROOM: _("Room"),
    Kind.EQUIPMENT: _("Device"),
}

SAID: Final[Words] = {"notes": _("Notes"), "referral": _("Referral")}

GENDER: Final[Words] = {
    Gender.FEMALE: pgettext_lazy("gender", "Female"),
    Gender.MALE: pgettext_lazy("gender", "Male"),
    Gender.OTHER: pgettext_lazy("gender", "Other"),
    Gender.UNSTATED: pgettext_lazy("gender", "Not stated"),
}

ROLE: Final[Words] = {
    Role.SUPER_ADMIN: _("Super administrator"),
    Role.CLINIC_ADMIN: _("Clinic administrator"),
    Role.DOCTOR: _("Doctor"),
    Role.CLINICAL_STAFF: _("Clinical staff"),
    Role.FRONT_DESK: _("Front desk"),
    Role.BILLING: pgettext_lazy("role", "Billing"),
    Role.READ_ONLY: _("May only look"),
    Role.PATIENT: _("Patient"),
}

PURCHASE: Final[Words] = {
    PurchaseStatus.AWAITING_PAYMENT: _("Awaiting payment"),
    PurchaseStatus.ACTIVE: pgettext_lazy("package", "Active"),
    PurchaseStatus.COMPLETED: pgettext_lazy("package", "Used up"),
    PurchaseStatus.EXPIRED: pgettext_lazy("package", "Expired"),
    PurchaseStatus.CANCELLED: pgettext_lazy("package", "Cancelled"),
    PurchaseStatus.REFUNDED: pgettext_lazy("package", "Refunded"),
}

METHOD: Final[Words] = {
    Method.CASH: _("Cash"),
    Method.CARD: _("Card"),
    Method.TRANSFER: _("Transfer"),
    Method.INSURANCE: _("Insurance"),
}

CHECK: Final[Words] = {
    Check.IDENTITY: _("Identity checked"),
    Check.CONSENTS: _("Consents signed"),
    Check.CONTACT: _("Contact data confirmed"),
}

# What of where somebody lives a clinic may require.
HOME: Final[Words] = {Home.REGION: _("Region"), Home.DISTRICT: _("District")}

# How patients said themselves that they are here.
WAY: Final[Words] = {"link": _("By the patient's own link"), "kiosk": _("By the patient at a kiosk")}

SCREEN: Final[Words] = {
    ScreenKind.DISPLAY: _("Display with numbers"),
    ScreenKind.KIOSK: _("Kiosk for checking in"),
}

# The organisation's own list to begin with; a clinic's own reasons are shown as the clinic wrote them.
CANCEL_REASONS: Final[Words] = {
    "patient_request": _("Patient asked"),
    "patient_ill": _("Patient is ill"),
    "provider_unavailable": _("Provider unavailable"),
    "booked_by_mistake": _("Booked by mistake"),
    "other": pgettext_lazy("reason", "Other"),
}

# Why a calendar is closed. Whoever is ill is only away: why is nobody else's business.
BLOCKS: Final[Words] = {
    "hours": _("Not working"),
    RuleKind.OFF: _("Away"),
    RuleKind.LUNCH: _("Lunch"),
    RuleKind.MEETING: _("Meeting"),
    RuleKind.VACATION: _("Vacation"),
    RuleKind.SICK_LEAVE: _("Away"),
    RuleKind.TRAINING: _("Training"),
    RuleKind.OTHER: _("Away"),
    RuleKind.CLOSURE: _("Clinic closed"),
    RuleKind.HOLIDAY: _("Holiday"),
    RuleKind.MAINTENANCE: _("Under maintenance"),
}


def standing(found: Appointment) -> Promise | str:
    """How an appointment stands after a step."""
    if found.visit.status in (VisitStatus.CALLED, VisitStatus.LEFT):
        return VISIT[found.visit.status]
    return STATUS[found.status]
