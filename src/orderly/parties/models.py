from __future__ import annotations

from django.conf import settings
from django.db import models

from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.core.models import Identified, Row
from orderly.journal.actor import Actor
from orderly.parties.choices import PartyKind


class PartyQuerySet(models.QuerySet["Party"]):
    def visible_to(self, actor: Actor) -> PartyQuerySet:
        return self if actor.clinics is None else self.filter(clinic__in=actor.clinics)


class Party(Identified):
    """Appointments that were booked as one: of a family, of a group, or the steps of one person's visit."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=PartyKind.choices)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = PartyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Member(Row):
    """An appointment of a party, by its place in the order that was asked for."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="members", db_index=False)
    appointment = models.OneToOneField(Appointment, on_delete=models.CASCADE, related_name="member")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=["party", "place"], name="member_place_once"),)

    def __str__(self) -> str:
        return f"{self.place} of {self.party_id}"
