"""What makes a service acceptable."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from orderly.catalogue.inputs import NeedDetails, OfferingDetails, PhaseDetails
from orderly.catalogue.models import LONGEST, NeedRole, Service
from orderly.clinics.models import Clinic
from orderly.core.edits import faults, ranged, wrong
from orderly.core.money import LARGEST
from orderly.engine.plan import Phase, with_length
from orderly.engine.problems import Code, Problem
from orderly.resources.models import ASSET_KINDS, Kind
from orderly.resources.rules import colour_problems

LONGEST_NOTICE = 365 * 24 * 60
LONGEST_FOLLOW_UP = 1000
MOST_PHASES, MOST_NEEDS, MOST_NAMED, MOST_AT_ONCE = 20, 10, 200, 20
RANGES = {
    "price": LARGEST,
    "follow_up_days": LONGEST_FOLLOW_UP,
    "notice_minutes": LONGEST_NOTICE,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A provider or asset that a need names: its resource, what it is, which of the service's clinics it is in."""

    resource: int
    kind: str
    clinics: frozenset[UUID]


def service_problems(service: Service, names: Collection[str]) -> Iterator[Problem]:
    """What is wrong with these fields of the service as it is to become."""
    yield from faults(service, names)
    for name, most in RANGES.items():
        if name in names:
            yield from ranged(name, getattr(service, name), 0, most)
    if "colour" in names:
        yield from colour_problems(service.colour)
    if service.follow_up_price is not None:
        yield from ranged("follow_up_price", service.follow_up_price, 0, LARGEST)
        if not service.follow_up_days:
            yield Problem(Code.MISSING, "follow_up_days")


def clinic_problems(clinics: Collection[Clinic]) -> Iterator[Problem]:
    """A price is one amount, so it is in one currency."""
    if len({clinic.currency for clinic in clinics}) > 1:
        yield wrong("clinics", "currency")


def length_problems(service: Service, phases: Collection[PhaseDetails]) -> Iterator[Problem]:
    """A visit and its buffers fit into a day: nothing occupies anybody for longer."""
    total = service.buffer_before + sum(phase.minutes for phase in phases) + service.buffer_after
    if total > LONGEST:
        yield wrong("phases", "day")


def phase_problems(
    phases: Collection[PhaseDetails], known: Mapping[UUID, Candidate], clinics: Collection[UUID]
) -> Iterator[Problem]:
    """What is wrong with the phases; `known` are the candidates in the service's clinics that they name."""
    if not phases:
        yield Problem(Code.MISSING, "phases")
    elif not any(need.role == NeedRole.PROVIDER for phase in phases for need in phase.needs):
        yield wrong("phases", "provider")
    if len(phases) > MOST_PHASES:
        yield wrong("phases", "too_many")
    for index, phase in enumerate(phases):
        field = f"phases.{index}"
        yield from ranged(f"{field}.minutes", phase.minutes, 1, LONGEST)
        if len(phase.needs) > MOST_NEEDS:
            yield wrong(f"{field}.needs", "too_many")
        for number, need in enumerate(phase.needs):
            yield from _need_problems(f"{field}.needs.{number}", need, known, clinics)


def _need_problems(
    field: str, need: NeedDetails, known: Mapping[UUID, Candidate], clinics: Collection[UUID]
) -> Iterator[Problem]:
    yield from ranged(f"{field}.count", need.count, 1, MOST_AT_ONCE)
    if need.role not in NeedRole.values:
        yield wrong(f"{field}.role", "unknown")
    elif need.kind and need.kind not in _kinds(need.role):
        yield wrong(f"{field}.kind", "unknown")
    elif need.any_of:
        yield from _named_problems(field, need, known, clinics)
    elif need.role == NeedRole.RESOURCE and not need.kind:
        yield Problem(Code.MISSING, f"{field}.kind")
    elif need.role == NeedRole.PROVIDER and need.count > 1:
        yield Problem(Code.MISSING, f"{field}.any_of")


def _named_problems(
    field: str, need: NeedDetails, known: Mapping[UUID, Candidate], clinics: Collection[UUID]
) -> Iterator[Problem]:
    """Each one named is there and of the right kind, and in every clinic there are enough of them."""
    kinds = (need.kind,) if need.kind else _kinds(need.role)
    named = [known[one] for one in set(need.any_of) if one in known and known[one].kind in kinds]
    if len(need.any_of) > MOST_NAMED:
        yield wrong(f"{field}.any_of", "too_many")
    elif len(named) < len(need.any_of):
        yield wrong(f"{field}.any_of", "unknown" if len(set(need.any_of)) == len(need.any_of) else "twice")
    elif any(sum(clinic in one.clinics for one in named) < need.count for clinic in clinics):
        yield wrong(f"{field}.count", "too_few")


def _kinds(role: str) -> tuple[str, ...]:
    return (Kind.PROVIDER,) if role == NeedRole.PROVIDER else ASSET_KINDS


def offering_problems(
    offerings: Collection[OfferingDetails], service: Service, phases: Collection[PhaseDetails], staff: Collection[UUID]
) -> Iterator[Problem]:
    """What is wrong with who gives the service; `staff` are the providers of its clinics."""
    if len({one.provider for one in offerings}) < len(offerings):
        yield wrong("providers", "twice")
    for index, one in enumerate(offerings):
        field = f"providers.{index}"
        if one.provider not in staff:
            yield wrong(f"{field}.provider", "not_found")
        elif not may_lead(phases, one.provider):
            yield wrong(f"{field}.provider", "not_needed")
        if one.minutes is not None and not _can_last(service, phases, one.minutes):
            yield wrong(f"{field}.minutes", "length")
        if one.price is not None:
            yield from ranged(f"{field}.price", one.price, 0, LARGEST)


def may_lead(phases: Collection[PhaseDetails], provider: UUID) -> bool:
    """Whether a visit can be this provider's: some need is for whoever gives the service, or names them."""
    needs = [need for phase in phases for need in phase.needs if need.role == NeedRole.PROVIDER]
    return any(not need.any_of or provider in need.any_of for need in needs)


def _can_last(service: Service, phases: Collection[PhaseDetails], minutes: int) -> bool:
    if not 1 <= minutes <= LONGEST - service.buffer_before - service.buffer_after:
        return False
    try:
        with_length([Phase(phase.minutes, ()) for phase in phases], minutes)
    except ValueError:
        return False
    return True
