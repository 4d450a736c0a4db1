"""Real rows for tests, made with as few words as the test needs."""

import itertools
from datetime import UTC, date, datetime
from uuid import UUID

from orderly.appointments.inputs import BookingRequest
from orderly.calendars.models import Rule, RuleKind
from orderly.catalogue.models import Need, NeedRole, Offering, Phase, Service
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.walltime import to_minute
from orderly.journal.actor import Actor
from orderly.patients.actions.index import index
from orderly.patients.models import Gender, Patient, Registration
from orderly.people.models import Membership, User
from orderly.people.permissions import Role
from orderly.people.queries import actor_for
from orderly.resources.models import Asset, Kind, Provider, Resource

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # a Monday, before opening
MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)
WEEKDAYS = 0b0111110  # Monday to Friday

_count = itertools.count(1)


def make_clinic(**fields: object) -> Clinic:
    defaults = {
        "name": f"Clinic {next(_count)}",
        "timezone": "Europe/London",
        "currency": "GBP",
        "country": "GB",
    }
    return Clinic.objects.create(**{**defaults, **fields})


def make_user(role: str | None = Role.FRONT_DESK, clinic: Clinic | None = None, **fields: object) -> User:
    """A user with one role: in `clinic`, or super_admin."""
    email = f"user{next(_count)}@example.org"
    user = User.objects.create_user(**{"email": email, "password": "correct horse", "name": email, **fields})
    if role is not None:
        Membership.objects.create(user=user, clinic=None if role == Role.SUPER_ADMIN else clinic, role=role)
    return user


def make_actor(role: str | None = Role.FRONT_DESK, clinic: Clinic | None = None) -> Actor:
    return actor_for(make_user(role, clinic), address="127.0.0.1")


def make_provider(
    clinic: Clinic,
    *,
    service: Service | None = None,
    hours: tuple[int, int] | None = (9 * 60, 17 * 60),
    weekdays: int = WEEKDAYS,
    **fields: object,
) -> Provider:
    """A provider of the clinic who works `hours` on `weekdays` and gives `service`."""
    resource = Resource.objects.create(kind=Kind.PROVIDER)
    provider = Provider.objects.create(resource=resource, **{"name": f"Provider {next(_count)}", **fields})
    provider.clinics.add(clinic)
    if hours:
        Rule.objects.create(
            clinic=clinic,
            resource=resource,
            kind=RuleKind.HOURS,
            weekdays=weekdays,
            start=hours[0],
            end=hours[1],
        )
    if service:
        Offering.objects.create(service=service, provider=provider)
    return provider


def make_asset(clinic: Clinic, kind: str = Kind.CHAIR, capacity: int = 1, **fields: object) -> Asset:
    resource = Resource.objects.create(kind=kind, capacity=capacity)
    return Asset.objects.create(resource=resource, clinic=clinic, **{"name": f"{kind} {next(_count)}", **fields})


def make_service(clinic: Clinic, minutes: int = 30, *, asset_kinds: tuple[str, ...] = (), **fields: object) -> Service:
    """A service of one phase that occupies the provider, and one asset of each kind."""
    service = Service.objects.create(**{"name": f"Service {next(_count)}", "price": 5000, **fields})
    service.clinics.add(clinic)
    add_phase(service, minutes, provider=True, asset_kinds=asset_kinds)
    return service


def add_phase(service: Service, minutes: int, *, provider: bool = True, asset_kinds: tuple[str, ...] = ()) -> Phase:
    phase = Phase.objects.create(service=service, order=service.phases.count(), minutes=minutes)
    if provider:
        Need.objects.create(phase=phase, role=NeedRole.PROVIDER)
    for kind in asset_kinds:
        Need.objects.create(phase=phase, role=NeedRole.RESOURCE, kind=kind)
    return phase


def make_patient(clinic: Clinic, **fields: object) -> Patient:
    number = next(_count)
    defaults = {
        "first_name": "Test",
        "last_name": f"Patient{number}",
        "birth_date": date(1990, 1, 1),
        "gender": Gender.UNSTATED,
        "mobile": f"+44770090{number % 10000:04}",
        "created_at": NOW,
        "updated_at": NOW,
    }
    patient = Patient.objects.create(resource=Resource.objects.create(kind=Kind.PATIENT), **{**defaults, **fields})
    Registration.objects.create(patient=patient, clinic=clinic)
    index(Patient.objects.get(pk=patient.pk))  # with a date that was given as text
    return patient


def at(clinic: Clinic, day: date, clock: str) -> int:
    """The minute of a wall time such as "10:30" in the clinic."""
    hours, minutes = clock.split(":")
    return to_minute(clinic.timezone, day, int(hours) * 60 + int(minutes))


def booking(
    clinic: Clinic,
    service: Service,
    provider: Provider | None,
    patient: Patient | None,
    start: int,
    **fields: object,
) -> BookingRequest:
    ids: dict[str, UUID | None] = {
        "provider": provider.pk if provider else None,
        "patient": patient.pk if patient else None,
    }
    return BookingRequest(clinic=clinic.pk, service=service.pk, start=start, **{"source": "phone", **ids, **fields})


def minute_of(year: int, month: int, day: int, hour: int, minutes: int = 0) -> int:
    return minute(datetime(year, month, day, hour, minutes, tzinfo=UTC))
