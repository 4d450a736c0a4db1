"""One day on which everybody in the clinic of twenty sees twenty patients."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from bench.world import SHOWN, TODAY
from orderly.appointments.actions.book import book
from orderly.appointments.inputs import BookingRequest, Search
from orderly.appointments.queries.slots import slots
from orderly.calendars.models import Rule, RuleKind
from orderly.catalogue.models import Need, NeedRole, Offering, Phase, Service
from orderly.clinics.models import Clinic
from orderly.patients.models import Patient
from orderly.people.models import Membership, User
from orderly.people.permissions import Role
from orderly.people.queries import actor_for

EACH, MINUTES = 20, 20
DAY = TODAY + timedelta(days=98)  # a Monday behind all that is seeded
NOW = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC) - timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Busy:
    """Where it is busy and when, and who looks at it."""

    clinic: UUID
    day: date
    user: User
    visits: int


def busy() -> Busy:
    """Books the day, by the same way as everybody does."""
    clinic = Clinic.objects.get(name=SHOWN)
    user = Membership.objects.get(clinic=clinic, role=Role.FRONT_DESK).user
    service = _service(clinic)
    _open(clinic)
    patients = iter(Patient.objects.filter(registrations__clinic=clinic).order_by("pk").values_list("pk", flat=True))
    actor = actor_for(user)
    chosen = [(start, provider) for provider, starts in _starts(clinic, service).items() for start in starts[:EACH]]
    for start, provider in chosen:
        request = BookingRequest(
            clinic=clinic.pk,
            service=service.pk,
            start=start,
            provider=provider,
            patient=next(patients),
            source="phone",
        )
        book(request, actor=actor, now=NOW)
    return Busy(clinic.pk, DAY, user, len(chosen))


def _service(clinic: Clinic) -> Service:
    """Twenty minutes with any of the providers."""
    service = Service.objects.create(name="Check", price=2000, colour="#0ca678", mark="H")
    service.clinics.add(clinic)
    phase = Phase.objects.create(service=service, order=0, minutes=MINUTES)
    Need.objects.create(phase=phase, role=NeedRole.PROVIDER)
    Offering.objects.bulk_create(Offering(service=service, provider=one) for one in clinic.providers.all())
    return service


def _open(clinic: Clinic) -> None:
    """Whoever is off on that weekday comes all the same."""
    hours = {"kind": RuleKind.HOURS, "first": DAY, "last": DAY, "start": 8 * 60, "end": 20 * 60}
    Rule.objects.bulk_create(
        Rule(clinic=clinic, resource_id=one.resource_id, **hours) for one in clinic.providers.all()
    )


def _starts(clinic: Clinic, service: Service) -> dict[UUID, list[int]]:
    """Free times of each provider that don't touch each other."""
    search = Search(clinic=clinic.pk, service=service.pk, first=DAY, last=DAY + timedelta(days=1))
    found = slots(search, now=NOW)
    starts: dict[UUID, list[int]] = defaultdict(list)
    for start, _, resource in found.slots:
        own = starts[found.givers[resource].id]
        if not own or start >= own[-1] + MINUTES:
            own.append(start)
    return starts
