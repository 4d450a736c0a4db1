from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from orderly.clinics.models import Clinic
from orderly.core.models import Identified, Row, Versioned
from orderly.journal.actor import Actor
from orderly.resources.models import Provider, Resource

LONGEST = 24 * 60


class Audience(models.TextChoices):
    """Who may book a service."""

    ALL = "all"
    NEW = "new"
    KNOWN = "known"


class NeedRole(models.TextChoices):
    PROVIDER = "provider"
    RESOURCE = "resource"


class ServiceQuerySet(models.QuerySet["Service"]):
    def visible_to(self, actor: Actor) -> ServiceQuerySet:
        return self if actor.clinics is None else self.filter(clinics__in=actor.clinics).distinct()


class Service(Identified, Versioned):
    """A kind of appointment. Its phases say how long it takes and what is occupied meanwhile."""

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=2000)
    category = models.CharField(max_length=100, blank=True)
    active = models.BooleanField(default=True)
    clinics = models.ManyToManyField(Clinic, related_name="services")
    providers: models.ManyToManyField[Provider, Offering] = models.ManyToManyField(
        Provider, through="Offering", related_name="services"
    )
    general = models.BooleanField(default=False, help_text="the one to use where only a date and a time are asked for")
    buffer_before = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(240)])
    buffer_after = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(240)])
    price = models.PositiveBigIntegerField(default=0, help_text="minor units of the clinic's currency")
    follow_up_price = models.PositiveBigIntegerField(null=True, blank=True)
    follow_up_days = models.PositiveSmallIntegerField(default=0)
    audience = models.CharField(max_length=5, choices=Audience.choices, default=Audience.ALL)
    colour = models.CharField(max_length=7, default="#4263eb")
    mark = models.CharField(max_length=4, blank=True, help_text="tells it apart where colour can't")
    overbook = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(10)],
        help_text="how many more than one a provider may see at once",
    )
    notice_minutes = models.PositiveIntegerField(default=0)
    horizon_days = models.PositiveSmallIntegerField(
        default=180, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    online = models.BooleanField(default=False, help_text="patients may book it themselves")
    places = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(200)])

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(condition=models.Q(places__gte=1), name="service_places"),
            models.CheckConstraint(condition=models.Q(overbook__lte=10), name="service_overbook"),
        )

    def __str__(self) -> str:
        return self.name


class Phase(Row):
    """A stretch of a visit with needs of its own: a provider may be needed for the first and the last part only."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="phases")
    order = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(LONGEST)])

    class Meta:
        ordering = ("order",)
        constraints = (
            models.UniqueConstraint(fields=["service", "order"], name="phase_order"),
            models.CheckConstraint(condition=models.Q(minutes__gte=1, minutes__lte=LONGEST), name="phase_minutes"),
        )

    def __str__(self) -> str:
        return f"{self.minutes} min"


class Need(Row):
    """`count` of the candidates — those named in `any_of`, else all of the kind in the clinic — for the whole phase."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="needs")
    role = models.CharField(max_length=8, choices=NeedRole.choices)
    kind = models.CharField(max_length=10, blank=True)
    count = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(20)])
    any_of = models.ManyToManyField(Resource, related_name="+")

    def __str__(self) -> str:
        return f"{self.count} {self.kind or self.role}"


class Offering(Row):
    """That a provider gives a service, and where their length or price differs."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="offerings")
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="offerings")
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    price = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["service", "provider"], name="offering_once"),)

    def __str__(self) -> str:
        return f"{self.provider_id} gives {self.service_id}"
