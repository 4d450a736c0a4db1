from __future__ import annotations

import re
from datetime import date
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from orderly.clinics.models import Clinic
from orderly.core.models import Identified, Row, Versioned
from orderly.core.text import is_clean
from orderly.journal.actor import Actor
from orderly.patients.models.keys import having, having_document
from orderly.resources.models import Kind, Resource

A_NUMBER = re.compile(r"[\s+()./-]*\d[\d\s+()./-]*")
MOST_WORDS = 6


class Gender(models.TextChoices):
    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNSTATED = "unstated"


class PatientQuerySet(models.QuerySet["Patient"]):
    def visible_to(self, actor: Actor) -> PatientQuerySet:
        """Patients registered with one of the actor's clinics; what has been merged into another record is nobody."""
        if actor.clinics is None:
            return self.standing()
        known = Registration.objects.filter(patient=OuterRef("pk"), clinic__in=actor.clinics)
        return self.standing().filter(Exists(known))

    def viewable_by(self, actor: Actor) -> PatientQuerySet:
        """Those of the clinics where the actor may look at patients."""
        return self.visible_to(actor.within("patients:view"))

    def standing(self) -> PatientQuerySet:
        """Without those that were merged into another record: these are kept for what was said under their ids."""
        return self.filter(merged_into__isnull=True)

    def in_clinic(self, clinic: UUID) -> PatientQuerySet:
        return self.standing().filter(registrations__clinic=clinic)

    def active(self) -> PatientQuerySet:
        """Those who are offered for new bookings."""
        return self.exclude(resource__in=_stood_down())

    def inactive(self) -> PatientQuerySet:
        """Those who aren't any more."""
        return self.filter(resource__in=_stood_down())

    def whole(self) -> PatientQuerySet:
        """With all that one record is shown with, in two queries."""
        return self.select_related("resource").prefetch_related("registrations")

    def matching(self, query: str) -> PatientQuerySet:
        """Each word of the query begins a part of the name, the e-mail address or the document's number, or its digits
        are in a telephone number, which may be written with gaps.
        """
        if not is_clean(query, lines=True):
            return self.none()
        words = [query] if A_NUMBER.fullmatch(query) else query.split()[:MOST_WORDS]
        if not words:
            return self
        found = reduce(and_, map(having, words))
        return self.filter(found if len(words) == 1 else found | having_document(query))


def _stood_down() -> models.QuerySet[Resource, Any]:
    """The few, named by an index of their own: asked one by one whether they are active, the many cost more than all
    the rest of a search.
    """
    return Resource.objects.filter(kind=Kind.PATIENT, active=False).values("pk")


class Patient(Identified, Versioned):
    resource = models.OneToOneField(Resource, on_delete=models.PROTECT, related_name="patient")
    first_name = models.CharField(max_length=100)
    middle_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100)
    birth_date = models.DateField()
    gender = models.CharField(max_length=8, choices=Gender.choices)
    mobile = models.CharField(max_length=20, db_index=True)
    home_phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=500, blank=True)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=100, blank=True)
    district = models.CharField(max_length=100, blank=True)
    document_type = models.CharField(max_length=50, blank=True)
    document_number = models.CharField(max_length=50, blank=True)
    tax_id = models.CharField(max_length=50, blank=True)
    gestation_weeks = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(45)]
    )
    gestation_noted_on = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    emergency_name = models.CharField(max_length=200, blank=True)
    emergency_phone = models.CharField(max_length=20, blank=True)
    guardian = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="wards")
    family = models.ManyToManyField("self", blank=True)
    extra = models.JSONField(default=dict, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    clinics: models.ManyToManyField[Clinic, Registration] = models.ManyToManyField(
        Clinic, through="Registration", related_name="patients"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ("last_name", "first_name", "id")
        indexes = (
            models.Index(fields=["last_name", "first_name", "id"], name="patient_name"),
            models.Index(fields=["-created_at", "-id"], name="patient_newest"),
            models.Index(fields=["birth_date"], name="patient_birth_date"),
            models.Index(fields=["region", "district"], name="patient_region"),
            models.Index(fields=["document_number"], name="patient_document", condition=~Q(document_number="")),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(gestation_weeks__isnull=True)
                | (Q(gestation_weeks__gte=1, gestation_weeks__lte=45) & ~Q(gender=Gender.MALE)),
                name="patient_gestation",
            ),
        )

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name) if part)

    def age(self, today: date) -> int:
        """Full years on `today`; born on 29 February, a year older on 1 March."""
        return (
            today.year
            - self.birth_date.year
            - ((today.month, today.day) < (self.birth_date.month, self.birth_date.day))
        )


class Registration(Row):
    """That a clinic knows a patient, and when they were last seen there."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="registrations")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="registrations")
    last_visit_on = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["clinic", "patient"], name="registration_once"),)
        indexes = (
            models.Index(
                fields=["clinic", "last_visit_on"],
                name="registration_visit",
                condition=Q(last_visit_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.patient_id} in {self.clinic_id}"
