from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.constraints import NoOverlap
from orderly.core.models import Identified, Row
from orderly.patients.models import Patient
from orderly.resources.models import Provider, Resource

LONGEST = 24 * 60


class RuleKind(models.TextChoices):
    """Hours open time; the rest close it. Lunch to other are kinds of time off, closure and holiday close a clinic."""

    HOURS = "hours"
    EXTRA = "extra"
    OFF = "off"
    LUNCH = "lunch"
    MEETING = "meeting"
    VACATION = "vacation"
    SICK_LEAVE = "sick_leave"
    TRAINING = "training"
    OTHER = "other"
    CLOSURE = "closure"
    HOLIDAY = "holiday"
    MAINTENANCE = "maintenance"


OPENING = (RuleKind.HOURS, RuleKind.EXTRA)
TIME_OFF = (
    RuleKind.OFF,
    RuleKind.LUNCH,
    RuleKind.MEETING,
    RuleKind.VACATION,
    RuleKind.SICK_LEAVE,
    RuleKind.TRAINING,
    RuleKind.OTHER,
)
CLOSURES = (RuleKind.CLOSURE, RuleKind.HOLIDAY)
MAINTENANCE = (RuleKind.MAINTENANCE,)


class Rule(Identified):
    """When a resource works or doesn't, or (resource null) when the clinic is open or closed.

    With `weekdays` (a bit for each, Sunday lowest): on each such day from `first` to `last`, in every `every`th
    week, from wall minute `start` to `end`. Without: one stretch from `first` at `start` to `last` at `end`. Wall
    times of the clinic; a rule without a clinic (time off everywhere) is read in the zone of the clinic that asks.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, null=True, related_name="rules")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, null=True, related_name="rules")
    kind = models.CharField(max_length=11, choices=RuleKind.choices)
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    weekdays = models.PositiveSmallIntegerField(null=True)
    start = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()
    every = models.PositiveSmallIntegerField(default=1)
    phase = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["resource", "last"], name="rule_resource"),
            models.Index(fields=["clinic", "last"], name="rule_clinic", condition=Q(resource__isnull=True)),
        )
        constraints = (
            models.CheckConstraint(condition=Q(clinic__isnull=False) | Q(resource__isnull=False), name="rule_whose"),
            models.CheckConstraint(condition=Q(every__gte=1, every__lte=8, phase__lt=F("every")), name="rule_every"),
            models.CheckConstraint(
                condition=Q(weekdays__isnull=False, end__gt=F("start"), weekdays__gte=1, weekdays__lte=127)
                | Q(weekdays__isnull=True, first__isnull=False, last__isnull=False),
                name="rule_form",
            ),
            models.CheckConstraint(condition=Q(start__lte=2880, end__lte=2880), name="rule_minutes"),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.resource_id or self.clinic_id}"


class ClaimKind(models.TextChoices):
    HOLD = "hold"
    APPOINTMENT = "appointment"
    SESSION = "session"


class Claim(Row):
    """Somebody's right to some time: an appointment's, or for some minutes a hold's. Its reservations go with it."""

    kind = models.CharField(max_length=11, choices=ClaimKind.choices)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["expires_at"], name="claim_expiry", condition=Q(expires_at__isnull=False)),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind=ClaimKind.HOLD, expires_at__isnull=False)
                | (~Q(kind=ClaimKind.HOLD) & Q(expires_at__isnull=True)),
                name="claim_expiry_of_holds",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Reservation(Row):
    """`resource` is taken from `start` to `end`, in whole minutes since 1970 UTC. Inserted and deleted, never
    updated.

    `lane` tells apart those who share it where that is allowed (capacity, overbooking). `expires` repeats its
    claim's expiry in seconds since 1970, so that a search reads this table alone.
    """

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="reservations")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="reservations", db_index=False)
    lane = models.PositiveSmallIntegerField(default=0)
    start = models.IntegerField()
    end = models.IntegerField()
    expires = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["resource", "start", "end", "lane", "expires", "claim"], name="reservation_search"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(end__gt=F("start"), end__lte=F("start") + LONGEST), name="reservation_length"
            ),
            NoOverlap(
                keys=("resource", "lane"),
                start="start",
                end="end",
                longest=LONGEST,
                name="reservation_no_overlap",
            ),
        )

    def __str__(self) -> str:
        return f"{self.resource_id}: {self.start}–{self.end}"


class Hold(Identified):
    """A time kept for somebody while the form is filled in. Dead as soon as its claim has expired, whether tidied
    away or not.
    """

    claim = models.OneToOneField(Claim, on_delete=models.CASCADE, related_name="hold")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="holds")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, null=True, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, null=True, related_name="+")
    start = models.IntegerField()
    end = models.IntegerField()

    def __str__(self) -> str:
        return f"hold {self.pk}"
