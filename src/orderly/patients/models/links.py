from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from orderly.clinics.models import Clinic
from orderly.core.models import Identified
from orderly.patients.models.patient import Patient


class LinkStatus(models.TextChoices):
    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"


class LinkRequest(Identified):
    """That a clinic asks to know a patient whom others treat. `name` and `birth_date` are what it typed: until it is
    approved, that is all it may see of them.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="link_requests")
    name = models.CharField(max_length=201)
    birth_date = models.DateField()
    status = models.CharField(max_length=8, choices=LinkStatus.choices, default=LinkStatus.OPEN)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["clinic", "-id"], name="link_request_newest"),)
        constraints = (
            models.UniqueConstraint(
                fields=["clinic", "patient"], condition=Q(status=LinkStatus.OPEN), name="link_request_open_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.patient_id} for {self.clinic_id}"
