"""AVL-7: teams and things over REST, from the description of a service to the booking and the reasons against it."""

from typing import Any

import pytest

from orderly.catalogue.models import Offering
from orderly.resources.models import Provider
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_asset, make_patient, make_provider

pytestmark = pytest.mark.django_db

DAY = "2026-03-03"


class Hospital:
    """Two doctors and five therapists; whatever is described is booked with the doctors."""

    def __init__(self) -> None:
        self.practice = Practice()
        self.clinic = self.practice.clinic
        self.admin = Caller(self.clinic, "clinic_admin")
        self.doctors = [make_provider(self.clinic) for _ in range(2)]
        self.therapists = [make_provider(self.clinic) for _ in range(5)]
        self.chairs = [make_asset(self.clinic) for _ in range(3)]

    def offer(self, *phases: dict[str, Any]) -> str:
        """A new service's id."""
        body = {
            "name": "New",
            "clinics": [str(self.clinic.pk)],
            "phases": list(phases),
            "providers": [{"provider": str(one.pk)} for one in self.doctors],
        }
        response = self.admin.post(f"services?clinic={self.clinic.pk}", body)
        assert response.status_code == 201, response.content
        return str(response.json()["id"])

    def some_of(self, people: list[Provider], count: int = 1) -> dict[str, Any]:
        return {"role": "provider", "any_of": [str(one.pk) for one in people], "count": count}

    def starts(self, service: str, **more: Any) -> set[tuple[str, str]]:
        """The free (time of day, provider) of the morning."""
        items = self.practice.slots(service=service, step=30, **more).json()["items"]
        return {(one["start"][11:16], one["provider"]) for one in items if one["start"][11:13] in ("09", "10")}

    def book(self, service: str, clock: str, provider: Provider, **more: Any) -> Any:
        patient = str(make_patient(self.clinic).pk)
        body = self.practice.body(f"{DAY}T{clock}", service=service, provider=str(provider.pk), patient=patient, **more)
        return self.practice.desk.post("appointments", body)

    def busy(self, provider: Provider, clock: str) -> None:
        """With something else, for half an hour."""
        Offering.objects.get_or_create(service=self.practice.service, provider=provider)
        assert self.book(str(self.practice.service.pk), clock, provider).status_code == 201

    def why(self, service: str, clock: str, provider: Provider) -> dict[str, Any]:
        query = {"clinic": self.clinic.pk, "service": service, "start": f"{DAY}T{clock}", "provider": provider.pk}
        return self.practice.desk.get("slots/why", **query).json()


def test_two_of_these_five_and_one_of_these_two() -> None:
    """As long as there are two therapists and the doctor; list, booking and reasons agree."""
    hospital = Hospital()
    doctor, other = hospital.doctors
    phase = {"minutes": 30, "needs": [hospital.some_of(hospital.doctors), hospital.some_of(hospital.therapists, 2)]}
    service = hospital.offer(phase)
    for one in hospital.therapists[:3]:
        hospital.busy(one, "09:00")
    assert {("09:00", str(one.pk)) for one in hospital.doctors} <= hospital.starts(service)
    made = hospital.book(service, "09:00", doctor).json()["appointment"]
    assert made["provider"] == str(doctor.pk)
    assert made["team"] == [str(one.pk) for one in hospital.therapists[3:]]
    assert ("09:00", str(other.pk)) not in hospital.starts(service)
    answer = hospital.why(service, "09:00", other)
    assert (answer["bookable"], [one["code"] for one in answer["problems"]]) == (False, ["provider_busy"])
    assert said(hospital.book(service, "09:00", other)) == (409, [("provider_busy", "provider")])
    assert hospital.book(service, "09:30", other).status_code == 201


def test_the_ones_asked_for_come() -> None:
    hospital = Hospital()
    phase = {"minutes": 30, "needs": [hospital.some_of(hospital.doctors), hospital.some_of(hospital.therapists, 2)]}
    service = hospital.offer(phase)
    wanted = [str(hospital.therapists[4].pk), str(hospital.therapists[2].pk)]
    made = hospital.book(service, "09:00", hospital.doctors[0], resources=wanted).json()["appointment"]
    assert sorted(made["team"]) == sorted(wanted)
    refused = hospital.book(service, "09:00", hospital.doctors[1], resources=wanted[:1])
    assert said(refused) == (409, [("provider_busy", "provider")])


def test_for_part_of_the_time() -> None:
    """A therapist prepares, the doctor comes for the last half hour: the doctor may see others meanwhile."""
    hospital = Hospital()
    doctor, _ = hospital.doctors
    helper = hospital.some_of(hospital.therapists[:1])
    service = hospital.offer(
        {"minutes": 30, "needs": [helper]}, {"minutes": 30, "needs": [hospital.some_of(hospital.doctors), helper]}
    )
    hospital.busy(doctor, "09:00")
    assert ("09:00", str(doctor.pk)) in hospital.starts(service)
    assert hospital.book(service, "09:00", doctor).status_code == 201
    assert ("09:30", str(doctor.pk)) not in hospital.starts(service)


def test_one_doctor_runs_three_chairs() -> None:
    """SET-3: there for the first and the last ten minutes; the chair is one, from beginning to end."""
    hospital = Hospital()
    doctor, _ = hospital.doctors
    chair, there = {"role": "resource", "kind": "chair"}, {"role": "provider"}
    service = hospital.offer(
        {"minutes": 10, "needs": [there, chair]},
        {"minutes": 40, "needs": [chair]},
        {"minutes": 10, "needs": [there, chair]},
    )
    made = [hospital.book(service, clock, doctor).json()["appointment"] for clock in ("09:00", "09:10", "09:20")]
    assert [one["resources"] for one in made] == [[str(chair.pk)] for chair in hospital.chairs]
    assert said(hospital.book(service, "09:30", doctor)) == (409, [("resource_busy", "resources")])
    query = {"service": service, "provider": doctor.pk, "step": 10}
    items = hospital.practice.slots(**query).json()["items"]
    assert [one["start"][11:16] for one in items][:2] == ["10:20", "10:30"]
    assert not hospital.why(service, "10:00", doctor)["bookable"]
