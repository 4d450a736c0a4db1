"""Where storms break: a clinic with its providers, chairs and patients, and what clients do there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.hold import hold
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Move, Wish
from orderly.journal.actor import Actor
from orderly.patients.models import Patient
from orderly.resources.models import Provider
from tests.factories import (
    MONDAY,
    NOW,
    at,
    booking,
    make_actor,
    make_asset,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
)

Do = Callable[[], Any]


class Town:
    """Half an hour with a provider, and with a chair where there are `chairs`; open every day from 6 to 22."""

    def __init__(self, *, providers: int = 1, patients: int = 1, chairs: int = 0, **service: Any) -> None:
        self.clinic = make_clinic()
        kinds = ("chair",) if chairs else ()
        self.service = make_service(self.clinic, asset_kinds=kinds, horizon_days=365, **service)
        self.chairs = [make_asset(self.clinic) for _ in range(chairs)]
        self.providers = [self.employ() for _ in range(providers)]
        self.patients = [make_patient(self.clinic) for _ in range(patients)]
        self.desk = self.receptionist()

    def employ(self) -> Provider:
        return make_provider(self.clinic, service=self.service, hours=(6 * 60, 22 * 60), weekdays=127)

    def receptionist(self) -> Actor:
        return make_actor("clinic_admin", self.clinic)

    def time(self, clock: str, day: Any = MONDAY) -> int:
        return at(self.clinic, day, clock)

    def book(
        self,
        patient: Patient,
        start: int,
        provider: Provider | None = None,
        *,
        actor: Actor | None = None,
        now: datetime = NOW,
        **more: Any,
    ) -> Callable[[], UUID]:
        """An act: books, and answers the appointment's id."""
        request = booking(self.clinic, self.service, provider or self.providers[0], patient, start, **more)
        return lambda: book(request, actor=actor or self.desk, now=now).pk

    def ask(self, patient: Patient, start: int) -> Callable[[], UUID]:
        """An act: asks for the time with anybody, and answers the request's id."""
        request = booking(self.clinic, self.service, None, patient, start)
        return lambda: book(request, actor=self.desk, now=NOW).pk

    def hold(
        self, start: int, provider: Provider | None = None, *, actor: Actor | None = None, now: datetime = NOW
    ) -> Callable[[], UUID]:
        """An act: holds the time, and answers the hold's id."""
        who = (provider or self.providers[0]).pk
        wish = Wish(clinic=self.clinic.pk, service=self.service.pk, provider=who, start=start)
        return lambda: hold(wish, actor=actor or self.desk, now=now).pk

    def move(self, appointment: UUID, start: int, **more: Any) -> Callable[[], UUID]:
        """An act: moves or extends the appointment."""
        return lambda: reschedule(appointment, Move(start=start, **more), actor=self.desk, now=NOW).pk

    def cancelled(self, patient: Patient, start: int) -> UUID:
        """An appointment that was called off."""
        made = self.book(patient, start)()
        return cancel(made, "other", actor=self.desk, now=NOW).pk
