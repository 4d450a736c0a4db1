"""Everything the page of one patient shows, in as many queries however much there is of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment, AppointmentQuerySet
from orderly.billing.models import PaymentStatus
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.errors import NotFound
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.patients.models import Gender, Patient
from orderly.people.models import Membership
from orderly.web.words import Words

VIEW: Final = "patients:view"
BOOKINGS: Final = "booking:view_calendar"
MONEY: Final = "billing:view"
AHEAD: Final = (Status.REQUESTED, Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS)
SEEN: Final = (Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED)
UNPAID: Final = (PaymentStatus.PENDING, PaymentStatus.PARTIALLY_PAID)
MOST: Final = 20
MOST_FAMILY: Final = 12
LONGEST_GESTATION: Final = 45
OF_AGE: Final = 18
KIN: Final[Words] = {"guardian": _("Guardian"), "ward": _("In their care"), "family": _("Family")}


@dataclass(frozen=True, slots=True)
class Owed:
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Relative:
    kin: str
    patient: Patient
    clinic: UUID
    """One of the actor's where they are known: this one, if it is."""

    @property
    def label(self) -> Promise | str:
        return KIN[self.kin]


@dataclass(frozen=True, slots=True)
class About:
    patient: Patient
    age: int
    weeks: int | None
    """Of pregnancy, counted forward from the day it was noted."""
    minor: bool
    known_here: date | None
    """When this clinic last saw them."""
    clinics: Sequence[Clinic]
    created_by: str
    updated_by: str
    relatives: Sequence[Relative]
    ahead: Sequence[Appointment]
    past: Sequence[Appointment]
    older: bool
    owed: Sequence[Owed] | None
    """None for those who may not see money."""

    @property
    def active(self) -> bool:
        return self.patient.resource.active


def patient_in(clinic: UUID, patient: UUID) -> Patient:
    """A patient whom the clinic knows. Raises NotFound for any other, and for what has never been."""
    rows = Patient.objects.in_clinic(clinic).select_related("resource", "guardian", "created_by", "updated_by")
    found = rows.filter(pk=patient).first()
    if found is None:
        raise NotFound
    return found


def about(found: Patient, clinic: Clinic, *, actor: Actor, now: datetime) -> About:
    today, _minute = local(clinic.timezone, minute(now))
    seen = {one.clinic_id: one.last_visit_on for one in found.registrations.all()}
    rows = booked(found, actor)
    past = gone(rows, now)
    age = found.age(today)
    return About(
        patient=found,
        age=age,
        weeks=weeks_now(found, today),
        minor=age < OF_AGE,
        known_here=seen.get(clinic.pk),
        clinics=list(Clinic.objects.visible_to(actor).filter(pk__in=seen).defer("logo")),
        **_by_whom(found, actor),
        relatives=_relatives(found, clinic, actor),
        ahead=list(rows.filter(status__in=AHEAD, end__gt=minute(now)).order_by("start", "id")[:MOST]),
        past=past[:MOST],
        older=len(past) > MOST,
        owed=_owed(found, actor),
    )


def booked(found: Patient, actor: Actor) -> AppointmentQuerySet:
    """Their appointments, in those clinics of the actor's where these may be looked at."""
    rows = Appointment.objects.visible_to(actor.within(BOOKINGS)).filter(patient=found)
    return rows.beside("clinic", "service", "provider", "proposed_provider", "payment")


def gone(rows: AppointmentQuerySet, now: datetime, skipped: int = 0) -> list[Appointment]:
    """What is over or called off, the latest first; one more than is shown, if there is one."""
    over = rows.filter(~Q(status__in=AHEAD) | Q(end__lte=minute(now))).order_by("-start", "-id")
    return list(over[skipped : skipped + MOST + 1])


def weeks_now(patient: Patient, today: date) -> int | None:
    """Weeks of pregnancy today; None where there are none, or they must be over."""
    if patient.gestation_weeks is None or patient.gestation_noted_on is None or patient.gender == Gender.MALE:
        return None
    weeks = patient.gestation_weeks + max((today - patient.gestation_noted_on).days, 0) // 7
    return weeks if weeks <= LONGEST_GESTATION else None


def _relatives(found: Patient, clinic: Clinic, actor: Actor) -> list[Relative]:
    """Guardian, wards and family, as far as the actor may look at them."""
    mine = Patient.objects.viewable_by(actor).select_related("resource").prefetch_related("registrations")
    kin = mine.filter(Q(wards=found) | Q(guardian=found) | Q(family=found)).distinct().order_by("birth_date", "id")
    may = actor.within(VIEW)
    return [
        Relative(_kinship(found, one), one, min(places, key=lambda place: place != clinic.pk))
        for one in kin[:MOST_FAMILY]
        if (places := [known.clinic_id for known in one.registrations.all() if may.belongs_to(known.clinic_id)])
    ]


def _kinship(found: Patient, other: Patient) -> str:
    if other.pk == found.guardian_id:
        return "guardian"
    return "ward" if other.guardian_id == found.pk else "family"


def _by_whom(found: Patient, actor: Actor) -> dict[str, Any]:
    """Who created and who last changed it, by name where they work in a clinic of the actor's."""
    users = {one for one in (found.created_by_id, found.updated_by_id) if one}
    colleagues = set(_colleagues(users, actor)) if users else set()
    created, updated = found.created_by, found.updated_by
    return {
        "created_by": str(created) if created and created.pk in colleagues else "",
        "updated_by": str(updated) if updated and updated.pk in colleagues else "",
    }


def _colleagues(users: Iterable[UUID], actor: Actor) -> Iterable[UUID]:
    working = Membership.objects.filter(user__in=users)
    if actor.clinics is not None:
        working = working.filter(Q(clinic__in=actor.clinics) | Q(clinic__isnull=True))
    return working.values_list("user", flat=True)


def _owed(found: Patient, actor: Actor) -> list[Owed] | None:
    """What has been done and isn't paid yet, by currency."""
    if not actor.may_anywhere(MONEY):
        return None
    rows = Appointment.objects.visible_to(actor.within(MONEY)).filter(patient=found, status__in=SEEN)
    unpaid = rows.filter(payment__status__in=UNPAID).values(currency=F("payment__currency"))
    sums = unpaid.annotate(left=Sum(F("payment__total") - F("payment__paid"))).order_by("currency")
    return [Owed(one["left"], one["currency"]) for one in sums if one["left"]]
