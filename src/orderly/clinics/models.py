from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from orderly.core.models import Identified, Versioned
from orderly.journal.actor import Actor


class FeeKind(models.TextChoices):
    NONE = "none"
    FIXED = "fixed"
    PERCENT = "percent"


class Check(models.TextChoices):
    """What may be checked of somebody who comes: who they are, that they consented, how to reach them."""

    IDENTITY = "identity"
    CONSENTS = "consents"
    CONTACT = "contact"


class Home(models.TextChoices):
    """What of where somebody lives may be required."""

    REGION = "region"
    DISTRICT = "district"


class ClinicQuerySet(models.QuerySet["Clinic"]):
    def visible_to(self, actor: Actor) -> ClinicQuerySet:
        return self if actor.clinics is None else self.filter(pk__in=actor.clinics)


def default_languages() -> list[str]:
    return ["en"]


class Clinic(Identified, Versioned):
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=500, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    logo = models.BinaryField(blank=True, default=bytes)
    document_footer = models.TextField(blank=True, max_length=2000)
    country = models.CharField(max_length=2, default="GB", help_text="ISO 3166: how phone numbers without + are read")
    timezone = models.CharField(max_length=60, default="UTC")
    currency = models.CharField(max_length=3, default="GBP")
    languages = models.JSONField(default=default_languages)
    slot_minutes = models.PositiveSmallIntegerField(
        default=15, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    hold_minutes = models.PositiveSmallIntegerField(default=5, validators=[MinValueValidator(1), MaxValueValidator(60)])
    check_in_minute = models.PositiveSmallIntegerField(default=14 * 60)
    check_out_minute = models.PositiveSmallIntegerField(default=12 * 60)
    free_cancel_hours = models.PositiveSmallIntegerField(default=24)
    late_fee_kind = models.CharField(max_length=7, choices=FeeKind.choices, default=FeeKind.NONE)
    late_fee = models.PositiveBigIntegerField(default=0, help_text="minor units, or whole percent")
    no_show_fee = models.PositiveBigIntegerField(default=0, help_text="minor units")
    no_show_uses_session = models.BooleanField(default=False, help_text="who doesn't come has used a prepaid session")
    late_cancel_uses_session = models.BooleanField(default=False, help_text="who cancels late has used one")
    package_from_first_instalment = models.BooleanField(default=False, help_text="else once it is paid in full")
    self_service_hours = models.PositiveSmallIntegerField(default=24)
    online_confirms = models.BooleanField(default=False, help_text="an online booking is confirmed at once")

    waiting_long_minutes = models.PositiveSmallIntegerField(default=15, help_text="from the arrival: long")
    waiting_too_long_minutes = models.PositiveSmallIntegerField(default=30, help_text="and too long")
    check_in_requires = models.JSONField(default=list, blank=True, help_text="without which nobody has arrived")
    patient_requires = models.JSONField(default=list, blank=True, help_text="without which nobody is registered")

    objects = ClinicQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(slot_minutes__gte=1, slot_minutes__lte=1440), name="clinic_slot_minutes"
            ),
        )

    def __str__(self) -> str:
        return self.name
