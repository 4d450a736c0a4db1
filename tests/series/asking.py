"""Shorthands for visits that repeat: every other Tuesday at ten, and what became of it."""

from datetime import date
from typing import Any

from orderly.appointments.models import Appointment
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.engine.walltime import local
from orderly.patients.models import Patient
from orderly.resources.models import Provider
from orderly.series.inputs import SeriesRequest
from orderly.series.queries.sight import Planned
from tests.factories import TUESDAY

TEN = 10 * 60
WEEKLY = "FREQ=WEEKLY;COUNT=4"


def asked(clinic: Clinic, service: Service, doctor: Provider, patient: Patient, **more: Any) -> SeriesRequest:
    """Four Tuesdays at ten."""
    usual = {"first": TUESDAY, "wall": TEN, "rule": WEEKLY}
    ids = {"clinic": clinic.pk, "service": service.pk, "provider": doctor.pk, "patient": patient.pk}
    return SeriesRequest(**ids, **{**usual, **more})


def told(rows: list[Planned]) -> list[tuple[str, str, list[str]]]:
    """Day, state and what is against it."""
    return [(f"{row.day:%m-%d}", str(row.state), [str(one.code) for one in row.problems]) for row in rows]


def clocks(clinic: Clinic, starts: Any) -> list[str]:
    """Instants as the clinic's clocks show them: 03-10 10:00."""
    shown = (local(clinic.timezone, start) for start in starts)
    return [f"{day:%m-%d} {wall // 60:02}:{wall % 60:02}" for day, wall in shown]


def times(clinic: Clinic) -> list[str]:
    """When everything is that isn't called off."""
    found = Appointment.objects.filter(claim__isnull=False).order_by("start")
    return clocks(clinic, found.values_list("start", flat=True))


def day(text: str) -> date:
    """03-10 of the tests' year."""
    return date.fromisoformat(f"2026-{text}")
