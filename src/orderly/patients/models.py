from __future__ import annotations

import re
from datetime import date
from itertools import product
from uuid import UUID

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from orderly.clinics.models import Clinic
from orderly.core.models import Identified, Row, Versioned
from orderly.core.text import is_clean
from orderly.journal.actor import Actor
from orderly.resources.models import Resource

NAMES = ("last_name", "first_name", "middle_name")
A_NUMBER = re.compile(r"[\s+()./-]*\d[\d\s+()./-]*")
FEWEST_DIGITS = 3
MOST_WORDS = 6


class Gender(models.TextChoices):
    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNSTATED = "unstated"


class PatientQuerySet(models.QuerySet["Patient"]):
    def visible_to(self, actor: Actor) -> PatientQuerySet:
        """Patients registered with one of the actor's clinics."""
        if actor.clinics is None:
            return self
        return self.filter(Q(pk__in=Registration.objects.filter(clinic__in=actor.clinics).values("patient")))

    def viewable_by(self, actor: Actor) -> PatientQuerySet:
        """Those of the clinics where the actor may look at patients."""
        return self.visible_to(actor.within("patients:view"))

    def in_clinic(self, clinic: UUID) -> PatientQuerySet:
        return self.filter(registrations__clinic=clinic)

    def matching(self, query: str) -> PatientQuerySet:
        """Each word of the query starts a part of the name, or its digits are in the mobile number. A number may be
        written with gaps.
        """
        if not is_clean(query, lines=True):  # in no name, and PostgreSQL stumbles over NUL
            return self.none()
        found = self
        for word in [query] if A_NUMBER.fullmatch(query) else query.split()[:MOST_WORDS]:
            found = found.filter(_matches(word))
        return found


def _matches(word: str) -> Q:
    digits = "".join(str(int(c)) for c in word if c.isdecimal()).lstrip("0")  # E.164 has no trunk prefix
    found = Q(mobile__contains=digits) if len(digits) >= FEWEST_DIGITS else Q()
    for name, spelling in product(NAMES, _spellings(word)):
        found |= Q(**{f"{name}__istartswith": spelling})
    return found


def _spellings(word: str) -> set[str]:
    """Only of Latin letters does every database know that small and capital ones are the same."""
    return {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}


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

    def __str__(self) -> str:
        return f"{self.patient_id} in {self.clinic_id}"


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
