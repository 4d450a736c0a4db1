from __future__ import annotations

from django.db import models
from django.db.models import Q

from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.core.ids import uuid7
from orderly.core.models import Identified, Row, Versioned
from orderly.engine.walltime import DAY, to_minute
from orderly.journal.actor import Actor
from orderly.resources.models import Provider


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, actor: Actor) -> SeriesQuerySet:
        return self if actor.clinics is None else self.filter(clinic__in=actor.clinics)


class Series(Identified, Versioned):
    """Visits that repeat at minute `wall` of the clinic's day, `minutes` long, with a provider.

    `rule` is an RRULE without an end: it goes as far as there are occurrences, from the day of the first. A series
    whose later part was changed is several of one `chain`, each with the rule of its part.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    chain = models.UUIDField(default=uuid7, db_index=True)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+", db_index=False)
    rule = models.CharField(max_length=200)
    wall = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()

    objects = SeriesQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(wall__lt=DAY), name="series_wall"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=DAY), name="series_minutes"),
        )

    def __str__(self) -> str:
        return self.rule

    def ending(self, count: int) -> str:
        """The whole RRULE, of so many days."""
        return f"{self.rule};COUNT={count}"


class Occurrence(Row):
    """A day that the rule means, and what it became; no appointment where it was skipped."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="occurrences", db_index=False)
    day = models.DateField()
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, null=True, related_name="occurrence")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["series", "day"], name="occurrence_once"),)

    def __str__(self) -> str:
        return self.day.isoformat()

    @property
    def stands_by_itself(self) -> bool:
        """Whether its appointment isn't where the series has it."""
        series, found = self.series, self.appointment
        if found is None:
            return False
        start = to_minute(found.clinic.timezone, self.day, series.wall)
        here = (found.start, found.end, found.provider_id)
        return here != (start, start + series.minutes, series.provider_id)
