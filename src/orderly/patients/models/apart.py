from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from orderly.core.models import Row
from orderly.patients.models.patient import Patient


class ToldApartQuerySet(models.QuerySet["ToldApart"]):
    def of(self, one: UUID, other: UUID) -> ToldApartQuerySet:
        """Of these two, whichever is named first."""
        first, second = sorted((one, other))
        return self.filter(first=first, second=second)

    def around(self, patient: UUID) -> ToldApartQuerySet:
        """Of this one and anybody."""
        return self.filter(Q(first=patient) | Q(second=patient))

    def among(self, patients: Collection[UUID]) -> ToldApartQuerySet:
        """Of any two of these."""
        return self.filter(first__in=patients, second__in=patients)

    def mark(self, one: UUID, other: UUID, *, at: datetime, by: UUID | None) -> bool:
        """Whether that is new."""
        first, second = sorted((one, other))
        _mark, new = self.get_or_create(first_id=first, second_id=second, defaults={"at": at, "by_id": by})
        return new


class ToldApart(Row):
    """Two records that look like one person and aren't: somebody said so. The lower id comes first."""

    first = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ToldApartQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="told_apart_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="told_apart_sorted"),
        )

    def __str__(self) -> str:
        return f"{self.first_id} isn't {self.second_id}"

    def beside(self, patient: UUID) -> UUID:
        """The other of the two."""
        return self.second_id if self.first_id == patient else self.first_id
