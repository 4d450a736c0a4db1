"""A mother and two children at a clinic with two doctors who give two services, and a hygienist with a third."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from orderly.appointments.models import Appointment
from orderly.catalogue.models import Service
from orderly.engine.walltime import local
from orderly.parties.actions.book import book_party
from orderly.parties.inputs import PartyRequest, PartySearch, Wanted
from orderly.parties.models import Party
from orderly.parties.queries.search import Proposal, proposals
from orderly.patients.models import Patient
from orderly.resources.models import Provider
from tests.appointments.asking import booked
from tests.factories import MONDAY, NOW, at, make_actor, make_clinic, make_patient, make_provider, make_service


class Household:
    def __init__(self) -> None:
        self.clinic = make_clinic()
        self.exam = make_service(self.clinic, 30, name="Examination")
        self.filling = make_service(self.clinic, 45, name="Filling")
        self.cleaning = make_service(self.clinic, 20, name="Cleaning")
        self.doctors = [make_provider(self.clinic, service=self.exam) for _ in range(2)]
        for doctor in self.doctors:
            self.filling.offerings.create(provider=doctor)
        self.hygienist = make_provider(self.clinic, service=self.cleaning)
        self.mother = make_patient(self.clinic, first_name="Ada")
        self.children = [make_patient(self.clinic, first_name=name, guardian=self.mother) for name in ("Ben", "Cleo")]
        self.desk = make_actor("front_desk", self.clinic)

    @property
    def family(self) -> list[Patient]:
        return [self.mother, *self.children]

    def time(self, clock: str, day: date = MONDAY) -> int:
        return at(self.clinic, day, clock)

    def want(self, patient: Patient, service: Service | None = None, provider: Provider | None = None) -> Wanted:
        return Wanted(patient=patient.pk, service=(service or self.exam).pk, provider=provider.pk if provider else None)

    def search(self, *steps: Wanted, days: int = 1, **more: Any) -> PartySearch:
        last = MONDAY + timedelta(days=days)
        return PartySearch(clinic=self.clinic.pk, steps=steps, first=MONDAY, last=last, **more)

    def find(self, *steps: Wanted, most: int | None = None, now: datetime = NOW, **more: Any) -> list[Proposal]:
        return proposals(self.search(*steps, **more), now=now, most=most).found

    def request(self, found: Proposal, **more: Any) -> PartyRequest:
        return PartyRequest(clinic=self.clinic.pk, steps=found.steps, **{"source": "phone", **more})

    def book(self, *steps: Wanted, **more: Any) -> Party:
        """The first that can be had."""
        return book_party(self.request(self.find(*steps, **more)[0]), actor=self.desk, now=NOW)

    def three(self, **more: Any) -> Party:
        return self.book(*(self.want(one, provider=self.doctors[0]) for one in self.family), **more)

    def take(self, provider: Provider, clock: str, service: Service | None = None) -> Appointment:
        return booked(self.clinic, service or self.exam, provider, make_patient(self.clinic), clock)

    def clocks(self, found: Sequence[Proposal]) -> list[list[str]]:
        return [[self.clock(step.start) for step in one.steps] for one in found]

    def clock(self, start: int) -> str:
        _, minutes = local(self.clinic.timezone, start)
        return f"{minutes // 60:02}:{minutes % 60:02}"
