from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from orderly.clinics.models import Clinic
from orderly.core.models import Identified, Row, Versioned
from orderly.journal.actor import Actor


class Kind(models.TextChoices):
    PROVIDER = "provider"
    PATIENT = "patient"
    CHAIR = "chair"
    ROOM = "room"
    EQUIPMENT = "equipment"
    SESSION = "session"


ASSET_KINDS = (Kind.CHAIR, Kind.ROOM, Kind.EQUIPMENT)


class Resource(Row):
    """What reservations and locks name. Whatever it is — see `kind` — its own table points here."""

    kind = models.CharField(max_length=10, choices=Kind.choices)
    capacity = models.PositiveSmallIntegerField(default=1, help_text="how many may use it at once")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(capacity__gte=1, capacity__lte=1000), name="resource_capacity"),
        )
        indexes = (models.Index(fields=["kind"], name="resource_inactive", condition=models.Q(active=False)),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ProviderQuerySet(models.QuerySet["Provider"]):
    def visible_to(self, actor: Actor) -> ProviderQuerySet:
        return self if actor.clinics is None else self.filter(clinics__in=actor.clinics).distinct()


class Provider(Identified, Versioned):
    """Somebody who treats patients, in one or more clinics."""

    resource = models.OneToOneField(Resource, on_delete=models.PROTECT, related_name="provider")
    clinics = models.ManyToManyField(Clinic, related_name="providers")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="provider"
    )
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=100, blank=True)
    colour = models.CharField(max_length=7, default="#4263eb")
    photo = models.URLField(blank=True)
    share_percent = models.PositiveSmallIntegerField(
        default=50, validators=[MinValueValidator(0), MaxValueValidator(100)], help_text="of the price"
    )

    objects = ProviderQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (models.CheckConstraint(condition=models.Q(share_percent__lte=100), name="provider_share"),)

    def __str__(self) -> str:
        return f"{self.title} {self.name}".strip()


class AssetQuerySet(models.QuerySet["Asset"]):
    def visible_to(self, actor: Actor) -> AssetQuerySet:
        return self if actor.clinics is None else self.filter(clinic__in=actor.clinics)


class Asset(Identified, Versioned):
    """A chair, room or device of one clinic."""

    resource = models.OneToOneField(Resource, on_delete=models.PROTECT, related_name="asset")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="assets")
    name = models.CharField(max_length=200)

    objects = AssetQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name
