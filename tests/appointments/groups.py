"""A clinic with a group of three places: half an hour with a provider who works 9 to 17."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.hold import hold
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Move, Search, Wish
from orderly.appointments.models import Appointment, Session
from orderly.appointments.queries.slots import slots, why
from orderly.calendars.models import Hold
from orderly.core.errors import CannotBook
from orderly.patients.models import Patient
from orderly.resources.models import Provider
from tests.appointments.asking import codes
from tests.factories import MONDAY, NOW, at, booking, make_actor, make_clinic, make_patient, make_provider, make_service


class School:
    """`group` is the service; `plain` another one that the same provider gives alone."""

    def __init__(self, *, places: int = 3, **service: Any) -> None:
        self.clinic = make_clinic()
        self.group = make_service(self.clinic, 30, places=places, **service)
        self.plain = make_service(self.clinic, 30)
        self.doctor = self.employ()
        self.desk = make_actor("clinic_admin", self.clinic)

    def employ(self) -> Provider:
        found = make_provider(self.clinic, service=self.group)
        self.plain.offerings.create(provider=found)
        return found

    def time(self, clock: str) -> int:
        return at(self.clinic, MONDAY, clock)

    def book(
        self, clock: str = "10:00", patient: Patient | None = None, *, now: datetime = NOW, **fields: Any
    ) -> Appointment:
        service = fields.pop("service", self.group)
        provider = fields.pop("provider", self.doctor)
        actor = fields.pop("actor", self.desk)
        who = patient or make_patient(self.clinic)
        return book(booking(self.clinic, service, provider, who, self.time(clock), **fields), actor=actor, now=now)

    def refused(self, *given: Any, **fields: Any) -> list[tuple[str, str]]:
        """The reasons for which it can't be booked."""
        try:
            self.book(*given, **fields)
        except CannotBook as refused:
            return codes(refused.problems)
        raise AssertionError("it was booked")

    def wish(self, clock: str = "10:00", **fields: Any) -> Wish:
        usual = {"service": self.group.pk, "provider": self.doctor.pk, "start": self.time(clock)}
        return Wish(clinic=self.clinic.pk, **{**usual, **fields})

    def hold(self, clock: str = "10:00", *, now: datetime = NOW, **fields: Any) -> Hold:
        actor = fields.pop("actor", self.desk)
        return hold(self.wish(clock, **fields), actor=actor, now=now)

    def move(self, made: Appointment, clock: str, **more: Any) -> Appointment:
        return reschedule(made.pk, Move(start=self.time(clock), **more), actor=self.desk, now=NOW)

    def cancel(self, made: Appointment) -> Appointment:
        return cancel(made.pk, "other", actor=self.desk, now=NOW)

    def why(self, clock: str = "10:00", **fields: Any) -> list[tuple[str, str]]:
        return codes(why(self.wish(clock, **fields), now=fields.pop("now", NOW)))

    def left(self, service: Any = None, *, now: datetime = NOW, **fields: Any) -> dict[str, int]:
        """The free places by time of day; of a service without groups 1 for each free time."""
        search = Search(
            clinic=self.clinic.pk,
            service=(service or self.group).pk,
            first=MONDAY,
            last=MONDAY + timedelta(days=1),
            **{"provider": self.doctor.pk, "step": 30, **fields},
        )
        found, midnight = slots(search, now=now), self.time("00:00")
        clock = {start: f"{(start - midnight) // 60:02}:{(start - midnight) % 60:02}" for start, _, _ in found.slots}
        return {clock[slot[0]]: found.places_left(slot) for slot in found.slots}


def sessions() -> list[tuple[int, int, list[UUID]]]:
    """Start, places, and who is in it."""
    return [
        (
            one.start,
            one.resource.capacity,
            list(one.appointments.order_by("created_at", "pk").values_list("pk", flat=True)),
        )
        for one in Session.objects.order_by("start", "pk")
    ]
