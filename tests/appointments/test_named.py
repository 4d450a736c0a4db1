"""Needs that name whom or what they want: the appointment's provider is among them, and all are of its clinic."""

import pytest

from orderly.appointments.actions.book import book
from orderly.appointments.inputs import Search
from orderly.appointments.models import Appointment
from orderly.appointments.queries.slots import slots
from orderly.catalogue.models import Need, NeedRole, Service
from orderly.clinics.models import Clinic
from orderly.core.errors import CannotBook
from orderly.journal.actor import Actor
from orderly.patients.models import Patient
from orderly.resources.models import Asset, Provider
from tests.factories import (
    MONDAY,
    NOW,
    TUESDAY,
    add_phase,
    at,
    booking,
    make_asset,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
)


def name(
    service: Service, *named: Provider | Asset, role: str = NeedRole.PROVIDER, count: int = 1, phase: int = 0
) -> None:
    """Let a phase need `count` of these."""
    need = Need.objects.create(phase=service.phases.get(order=phase), role=role, count=count)
    need.any_of.set([one.resource for one in named])


def named_only(clinic: Clinic, *staff: Provider) -> Service:
    """Half an hour that doesn't say that it needs its provider; all of `staff` may give it."""
    service = Service.objects.create(name="Team")
    service.clinics.add(clinic)
    add_phase(service, 30, provider=False)
    service.providers.add(*staff)
    return service


def taken(made: Appointment) -> set[int]:
    """Whose time it holds, but the patient's."""
    return {resource for resource, _, _ in made.uses} - {made.patient.resource_id}


def starts(clinic: Clinic, service: Service, provider: Provider) -> list[int]:
    search = Search(clinic=clinic.pk, service=service.pk, provider=provider.pk, first=MONDAY, last=TUESDAY)
    return [start for start, _, _ in slots(search, now=NOW).slots]


@pytest.fixture
def staff(clinic: Clinic) -> list[Provider]:
    """Five, lowest id first."""
    return [make_provider(clinic) for _ in range(5)]


def test_one_of_two_is_whoever_was_booked(clinic: Clinic, desk: Actor, patient: Patient, staff: list[Provider]) -> None:
    """SET-3: never the other one, whose id is lower."""
    ann, bob = staff[:2]
    service = named_only(clinic, ann, bob)
    name(service, ann, bob)
    ten = at(clinic, MONDAY, "10:00")

    made = book(booking(clinic, service, bob, patient, ten), actor=desk, now=NOW)

    assert (made.provider_id, taken(made)) == (bob.pk, {bob.resource_id})
    assert ten in starts(clinic, service, ann)
    assert ten not in starts(clinic, service, bob)
    again = booking(clinic, service, bob, make_patient(clinic), ten)
    with pytest.raises(CannotBook):
        book(again, actor=desk, now=NOW)


def test_two_of_three_and_one_of_two(clinic: Clinic, desk: Actor, patient: Patient, staff: list[Provider]) -> None:
    """AVL-7: the provider is one of the team, and the others are still chosen."""
    therapists, doctors = staff[:3], staff[3:]
    service = named_only(clinic, *staff)
    name(service, *therapists, count=2)
    name(service, *doctors)
    ten, eleven = at(clinic, MONDAY, "10:00"), at(clinic, MONDAY, "11:00")

    led_by_therapist = book(booking(clinic, service, therapists[2], patient, ten), actor=desk, now=NOW)
    led_by_doctor = book(booking(clinic, service, doctors[1], patient, eleven), actor=desk, now=NOW)

    assert taken(led_by_therapist) == {one.resource_id for one in (therapists[0], therapists[2], doctors[0])}
    assert taken(led_by_doctor) == {one.resource_id for one in (therapists[0], therapists[1], doctors[1])}


def test_a_team_beside_the_provider(clinic: Clinic, desk: Actor, patient: Patient, staff: list[Provider]) -> None:
    """AVL-7: where the provider is needed anyway, those named come on top."""
    service = make_service(clinic)
    service.providers.add(staff[0])
    name(service, *staff[:3], count=2)
    made = book(booking(clinic, service, staff[0], patient, at(clinic, MONDAY, "10:00")), actor=desk, now=NOW)
    assert taken(made) == {one.resource_id for one in staff[:3]}


def test_of_those_named_only_the_clinic_s(clinic: Clinic, desk: Actor, patient: Patient, doctor: Provider) -> None:
    """SET-3: a service of two clinics names the chairs of both."""
    other = make_clinic()
    there, here = make_asset(other), make_asset(clinic)
    service = make_service(clinic)
    service.clinics.add(other)
    service.providers.add(doctor)
    name(service, there, here, role=NeedRole.RESOURCE)
    ten = at(clinic, MONDAY, "10:00")

    made = book(booking(clinic, service, doctor, patient, ten), actor=desk, now=NOW)

    assert taken(made) == {doctor.resource_id, here.resource_id}
    colleague = make_provider(clinic, service=service)
    second = booking(clinic, service, colleague, make_patient(clinic), ten)
    with pytest.raises(CannotBook):
        book(second, actor=desk, now=NOW)
