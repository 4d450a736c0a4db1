"""Patients by what is known of them, in one query however many there are."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from orderly.appointments.choices import EXTENDABLE
from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.core.clock import instant, minute
from orderly.dossier.inputs import PatientFilter, Standing
from orderly.engine.walltime import day_start, local
from orderly.journal.actor import Actor
from orderly.patients.models import Patient, PatientQuerySet, Registration

VIEW = "patients:view"
NEWEST = ("-created_at", "-id")
EVERYWHERE = "UTC"  # whose day it is where no clinic is named


def patients(asked: PatientFilter, *, clinic: Clinic | None, actor: Actor, now: datetime) -> PatientQuerySet:
    """Those who are as `asked`, newest first: of one clinic, or of all where the actor may look at patients.

    The caller has seen to it that the actor may look at those of `clinic`. Last visits and bookings are those there;
    where no clinic is named, in any of the actor's.
    """
    zone = clinic.timezone if clinic else EVERYWHERE
    places = _places(clinic, actor)
    found = _standing(asked.standing).filter(**_plain(asked, local(zone, minute(now))[0], zone))
    if asked.visited_from or asked.visited_to:
        found = found.filter(pk__in=_visited(asked, places))
    elif places is not None:
        found = found.filter(Exists(Registration.objects.filter(patient=OuterRef("pk"), clinic__in=places)))
    if asked.booked is not None:
        booked = _booked(places, now)
        found = found.filter(booked if asked.booked else ~booked)
    return found.matching(asked.words).order_by(*NEWEST)


def born_by(age: int, today: date) -> date:
    """The last birthday of those who are at least `age` years old `today`."""
    year = max(today.year - age, date.min.year)
    try:
        return today.replace(year=year)
    except ValueError:  # 29 February; whoever was born on it is a year older on 1 March
        return date(year, 2, 28)


def _places(clinic: Clinic | None, actor: Actor) -> list[UUID] | None:
    """The clinics that are asked about; None means all there are."""
    if clinic is not None:
        return [clinic.pk]
    clinics = actor.within(VIEW).clinics
    return None if clinics is None else sorted(clinics)


def _plain(asked: PatientFilter, today: date, zone: str) -> dict[str, Any]:
    """What the records themselves say."""
    day_before = born_by(asked.age_to + 1, today) if asked.age_to is not None else None
    wanted = {
        "gender__in": asked.gender,
        "region": asked.region,
        "district": asked.district,
        "birth_date__lte": born_by(asked.age_from, today) if asked.age_from else None,
        "birth_date__gt": day_before,
        "created_at__gte": _start(zone, asked.registered_from),
        "created_at__lt": _start(zone, asked.registered_to),
    }
    return {name: value for name, value in wanted.items() if value}


def _standing(standing: Standing) -> PatientQuerySet:
    if standing is Standing.ALL:
        return Patient.objects.standing()
    return Patient.objects.active() if standing is Standing.ACTIVE else Patient.objects.standing().inactive()


def _start(zone: str, day: date | None) -> datetime | None:
    return instant(day_start(zone, day)) if day else None


def _visited(asked: PatientFilter, places: list[UUID] | None) -> QuerySet[Registration, Any]:
    wanted = {"clinic__in": places, "last_visit_on__gte": asked.visited_from, "last_visit_on__lt": asked.visited_to}
    given = {name: value for name, value in wanted.items() if value is not None}
    return Registration.objects.filter(last_visit_on__isnull=False, **given).values("patient")


def _booked(places: list[UUID] | None, now: datetime) -> Exists:
    open_ones = Appointment.objects.filter(patient=OuterRef("pk"), status__in=EXTENDABLE, end__gt=minute(now))
    return Exists(open_ones if places is None else open_ones.filter(clinic__in=places))
