"""Visits that are there before anybody looks."""

from typing import Any

from orderly.appointments.actions.book import book
from orderly.appointments.models import Appointment
from orderly.core import clock
from orderly.engine.walltime import local
from orderly.patients.models import Patient
from orderly.people.queries import actor_for
from tests.browser.conftest import Cast
from tests.factories import at, booking


def made(cast: Cast, name: str, time: str, **more: Any) -> Appointment:
    """With Dr Smith, tomorrow, if nothing else is said; by the colleague."""
    patient = Patient.objects.get(last_name=name)
    asked = {"service": cast.service, "provider": cast.smith, **more}
    request = booking(cast.clinic, asked["service"], asked["provider"], patient, at(cast.clinic, cast.tomorrow, time))
    return book(request, actor=actor_for(cast.colleague), now=clock.now())


def stands(visit: Appointment) -> tuple[str, str, int]:
    """Provider, wall time and length as the database has them now."""
    visit.refresh_from_db()
    provider = visit.provider or visit.proposed_provider
    assert provider is not None
    _, wall = local("Asia/Tashkent", visit.start)
    return provider.name, f"{wall // 60:02}:{wall % 60:02}", visit.end - visit.start
