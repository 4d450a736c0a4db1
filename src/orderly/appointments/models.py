from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from orderly.appointments.choices import ScreenKind, Source, Status, VisitStatus, VisitType
from orderly.billing.models import Payment
from orderly.calendars.models import Claim
from orderly.catalogue.models import Service
from orderly.clinics.models import Check, Clinic
from orderly.core.models import Identified, Row, Versioned
from orderly.journal.actor import Actor
from orderly.patients.models import Patient
from orderly.resources.models import Provider, Resource


class CancelReason(Identified):
    """The clinic's managed list of reasons; null clinic: the organisation's."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, null=True, related_name="+")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["clinic", "code"], name="cancel_reason_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(clinic__isnull=True), name="cancel_reason_once_everywhere"
            ),
        )

    def __str__(self) -> str:
        return self.name


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, actor: Actor) -> SessionQuerySet:
        return self if actor.clinics is None else self.filter(clinic__in=actor.clinics)

    def live(self, now: datetime) -> SessionQuerySet:
        """Without those that only holds kept open which are over by now. To the second, as reservations expire."""
        next_second = now.replace(microsecond=0) + timedelta(seconds=1)
        return self.filter(Q(claim__expires_at__isnull=True) | Q(claim__expires_at__gte=next_second))


class Session(Identified, Versioned):
    """A group's meeting with a provider: `start` and `end` in whole minutes since 1970 UTC.

    `claim` holds the time of the provider, chairs and rooms in `uses`, once for all ([resource, from, to] in minutes
    from the start, buffers included); while there are only holds it expires with the last of them. The capacity of
    `resource` is its places: each who comes takes a lane of it. It is there as long as somebody is in it.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+", db_index=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+", db_index=False)
    resource = models.OneToOneField(Resource, on_delete=models.PROTECT, related_name="session")
    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="session")
    start = models.IntegerField()
    end = models.IntegerField()
    uses = models.JSONField(default=list)

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["clinic", "start"], name="session_clinic"),)
        constraints = (
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="session_length"),
            models.UniqueConstraint(fields=["service", "provider", "start"], name="session_once"),
        )

    def __str__(self) -> str:
        return f"session {self.pk}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def proposals(self) -> AppointmentQuerySet:
        """Requests whose provider is only proposed and may change; a place in a group session isn't one."""
        return self.filter(status=Status.REQUESTED, provider__isnull=True, session__isnull=True)

    def visible_to(self, actor: Actor) -> AppointmentQuerySet:
        return self if actor.clinics is None else self.filter(clinic__in=actor.clinics)

    def whole(self) -> AppointmentQuerySet:
        """With all that one appointment is shown with, in one query; but not the clinic's logo, which is large."""
        shown = self.select_related("visit", "payment", "clinic", "patient", "provider", "proposed_provider", "service")
        return shown.defer("clinic__logo")

    def beside(self, *names: str) -> AppointmentQuerySet:
        """With these, each kind fetched by a query of its own. Joined, they would tempt SQLite to begin with the small
        tables and to sort the whole history afterwards.
        """
        small = models.Prefetch("clinic", Clinic.objects.defer("logo"))
        return self.prefetch_related(*(small if name == "clinic" else name for name in names))


class Appointment(Identified, Versioned):
    """A patient, a service, a provider and a time: `start` and `end` in whole minutes since 1970 UTC.

    The time itself is held by `claim` (null once cancelled); in a group `session` that is the patient's and a place,
    and the session's claim holds the rest. `uses` keeps what was chosen as [resource, from, to]
    in minutes from the start, buffers included, so that a service changed later doesn't change what was agreed.
    A request has a provider once staff have chosen one; until then it holds the time of a `proposed_provider`, who may
    become another one as long as the length and the resources that were `asked` for can be kept.
    """

    number = models.CharField(max_length=24, unique=True)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="appointments", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments", db_index=False)
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, related_name="appointments", db_index=False
    )
    proposed_provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, related_name="proposals", db_index=False
    )
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="appointments", db_index=False)
    claim = models.OneToOneField(Claim, on_delete=models.SET_NULL, null=True, related_name="appointment")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, related_name="appointments")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="appointment")
    start = models.IntegerField()
    end = models.IntegerField()
    uses = models.JSONField(default=list)
    asked_minutes = models.PositiveSmallIntegerField(null=True)
    asked_resources = models.JSONField(default=list)
    status = models.CharField(max_length=11, choices=Status.choices)
    source = models.CharField(max_length=10, choices=Source.choices)
    referral = models.CharField(max_length=200, blank=True)
    notes = models.TextField(max_length=2000, blank=True)
    overbook_reason = models.CharField(max_length=200, blank=True)
    afterwards_reason = models.CharField(max_length=200, blank=True, help_text="why it was written down after the fact")
    cancelled_from = models.CharField(max_length=11, choices=Status.choices, blank=True)
    cancel_reason = models.ForeignKey(CancelReason, on_delete=models.PROTECT, null=True, related_name="+")
    cancel_note = models.CharField(max_length=500, blank=True)
    fee = models.PositiveBigIntegerField(null=True, help_text="owed for a late cancellation or no-show, minor units")
    refund = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["clinic", "start"], name="appointment_clinic"),
            models.Index(fields=["provider", "start"], name="appointment_provider"),
            models.Index(fields=["patient", "start"], name="appointment_patient"),
            models.Index(
                fields=["clinic", "start"],
                name="appointment_proposals",
                condition=Q(status=Status.REQUESTED, provider__isnull=True),
            ),
        )
        constraints = (
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="appointment_length"),
            models.CheckConstraint(
                condition=Q(claim__isnull=True, status=Status.CANCELLED)
                | (Q(claim__isnull=False) & ~Q(status=Status.CANCELLED)),
                name="appointment_claims_its_time",
            ),
            models.CheckConstraint(
                condition=Q(session__isnull=True)
                | (Q(claim__isnull=False) & (Q(provider__isnull=False) | Q(proposed_provider__isnull=False))),
                name="appointment_place_in_session",
            ),
            models.CheckConstraint(
                condition=Q(provider__isnull=False, proposed_provider__isnull=True)
                | Q(provider__isnull=True, proposed_provider__isnull=False, status=Status.REQUESTED)
                | Q(provider__isnull=True, proposed_provider__isnull=True, status=Status.CANCELLED),
                name="appointment_provider_or_proposal",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Visit(Identified):
    """One appointment's day at the clinic: its place in the queue, and what really happened when."""

    appointment = models.OneToOneField(Appointment, on_delete=models.CASCADE, related_name="visit")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="visits", db_index=False)
    day = models.DateField()
    queue_number = models.PositiveIntegerField(null=True)
    type = models.CharField(max_length=9, choices=VisitType.choices, default=VisitType.SCHEDULED)
    status = models.CharField(max_length=11, choices=VisitStatus.choices, default=VisitStatus.WAITING)
    planned = models.IntegerField()
    arrived_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["clinic", "day", "queue_number"], name="visit_queue_number"),)

    def __str__(self) -> str:
        return f"{self.queue_number} on {self.day}"


class QueueCounter(Row):
    """The last queue number given in a clinic on a day. The hottest row there is: bumped last before commit."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["clinic", "day"], name="queue_counter_once"),)

    def __str__(self) -> str:
        return f"{self.last} on {self.day}"


class VisitCheck(Row):
    """That something was checked when the patient came, by whom, and when."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="checks", db_index=False)
    what = models.CharField(max_length=8, choices=Check.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["visit", "what"], name="visit_check_once"),)

    def __str__(self) -> str:
        return self.what


class CheckInLink(Row):
    """A link with which a patient says "I'm here"; only its hash is kept. When it works hangs on the visit's day."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"link of {self.visit_id}"


class ScreenQuerySet(models.QuerySet["Screen"]):
    def visible_to(self, actor: Actor) -> ScreenQuerySet:
        return self if actor.clinics is None else self.filter(clinic__in=actor.clinics)


class Screen(Identified):
    """A screen that is let in by the secret in its address instead of a sign-in; only the hash of it is kept."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="screens")
    kind = models.CharField(max_length=7, choices=ScreenKind.choices)
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, help_text="when it last asked, to the minute")

    objects = ScreenQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name
