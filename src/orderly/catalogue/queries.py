"""A service as one clinic offers it, in one query; and services as they were described."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from orderly.catalogue.inputs import NeedDetails, OfferingDetails, PhaseDetails
from orderly.catalogue.models import Need, Offering, Phase, Service
from orderly.core.database import fetch, uuid_param
from orderly.core.errors import NotFound
from orderly.core.models import as_uuid
from orderly.resources.models import Kind, Resource

TERMS = (
    "SELECT s.id, s.active, s.buffer_before, s.buffer_after, s.price, s.follow_up_price, s.follow_up_days, s.audience, "
    "s.overbook, s.places, s.notice_minutes, s.horizon_days, c.timezone, c.currency, c.slot_minutes, c.hold_minutes, "
    'sc.id, p."order", p.minutes, n.id, n.role, n.kind, n.count, a.resource_id '
    "FROM catalogue_service s JOIN clinics_clinic c ON c.id = %s "
    "LEFT JOIN catalogue_service_clinics sc ON sc.service_id = s.id AND sc.clinic_id = c.id "
    "LEFT JOIN catalogue_phase p ON p.service_id = s.id LEFT JOIN catalogue_need n ON n.phase_id = p.id "
    "LEFT JOIN catalogue_need_any_of a ON a.need_id = n.id "
    'WHERE s.id IN ({services}) ORDER BY s.id, p."order", n.id, a.resource_id'
)
HEAD = 17  # columns of TERMS before the phases'


@dataclass(frozen=True, slots=True)
class NeedTerms:
    """`count` of the resources in `any_of`; where that is empty, of the clinic's of this `kind` (or of its
    providers).
    """

    role: str
    kind: str
    count: int
    any_of: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PhaseTerms:
    minutes: int
    needs: tuple[NeedTerms, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything about a service and its clinic that a booking must heed. `offered`: the clinic has it at all."""

    service: UUID
    clinic: UUID
    active: bool
    offered: bool
    buffer_before: int
    buffer_after: int
    price: int
    follow_up_price: int | None
    follow_up_days: int
    audience: str
    overbook: int
    places: int
    notice_minutes: int
    horizon_days: int
    zone: str
    currency: str
    grid: int
    hold_minutes: int
    phases: tuple[PhaseTerms, ...]

    @property
    def minutes(self) -> int:
        return sum(phase.minutes for phase in self.phases)


def terms(service: UUID, clinic: UUID) -> Terms:
    """What holds for `service` in `clinic`. Raises NotFound where there is no such service or clinic at all."""
    found = terms_of([service], clinic)
    if not found:
        raise NotFound("service")
    return found[service]


def terms_of(services: Collection[UUID], clinic: UUID) -> dict[UUID, Terms]:
    """What holds for these services in `clinic`, in one query; without those there aren't."""
    sql = TERMS.format(services=",".join(["%s"] * len(services)))
    rows = fetch(sql, [uuid_param(clinic), *map(uuid_param, services)])
    groups = ((as_uuid(service), list(of_one)) for service, of_one in groupby(rows, key=itemgetter(0)))
    return {service: _terms(service, clinic, of_one) for service, of_one in groups}


def _terms(service: UUID, clinic: UUID, rows: list[tuple[Any, ...]]) -> Terms:
    head = rows[0][1:HEAD]
    active, before, after, price, follow_price, follow_days, audience, overbook, places = head[:9]
    notice, horizon, zone, currency, grid, hold, offered = head[9:]
    return Terms(
        service=service,
        clinic=clinic,
        active=bool(active),
        offered=offered is not None,
        buffer_before=before,
        buffer_after=after,
        price=price,
        follow_up_price=follow_price,
        follow_up_days=follow_days,
        audience=audience,
        overbook=overbook,
        places=places,
        notice_minutes=notice,
        horizon_days=horizon,
        zone=zone,
        currency=currency,
        grid=grid,
        hold_minutes=hold,
        phases=_phases([row[HEAD:] for row in rows]),
    )


def _phases(rows: list[tuple[Any, ...]]) -> tuple[PhaseTerms, ...]:
    minutes: dict[int, int] = {}
    needs: dict[int, dict[int, list[Any]]] = {}
    for order, length, need, role, kind, count, resource in rows:
        if order is None:
            continue
        minutes[order] = length
        of_phase = needs.setdefault(order, {})
        if need is not None:
            any_of = of_phase.setdefault(need, [role, kind, count, []])[3]
            if resource is not None:
                any_of.append(resource)
    return tuple(
        PhaseTerms(
            minutes[order],
            tuple(NeedTerms(role, kind, count, tuple(ids)) for role, kind, count, ids in needs[order].values()),
        )
        for order in sorted(minutes)
    )


def whole(services: QuerySet[Service]) -> QuerySet[Service]:
    """With phases, needs, whom and what they name, and who gives them: five more queries, however many."""
    named = Resource.objects.select_related("provider", "asset")
    needs = Need.objects.order_by("id").prefetch_related(Prefetch("any_of", named))
    phases = Phase.objects.order_by("order").prefetch_related(Prefetch("needs", needs))
    offerings = Offering.objects.order_by("id")
    return services.prefetch_related(Prefetch("phases", phases), Prefetch("offerings", offerings))


def described(service: Service) -> tuple[PhaseDetails, ...]:
    """The phases as they were given. Of a `whole` service nothing is read any more."""
    return tuple(
        PhaseDetails(minutes=phase.minutes, needs=tuple(map(_described, phase.needs.all())))
        for phase in service.phases.all()
    )


def _described(need: Need) -> NeedDetails:
    named = (one.provider.pk if one.kind == Kind.PROVIDER else one.asset.pk for one in need.any_of.all())
    return NeedDetails(role=need.role, kind=need.kind, count=need.count, any_of=tuple(sorted(named)))


def givers(service: Service) -> tuple[OfferingDetails, ...]:
    """Who gives the service, in the order they came. Of a `whole` service nothing is read any more."""
    return tuple(
        OfferingDetails(provider=one.provider_id, minutes=one.minutes, price=one.price)
        for one in service.offerings.all()
    )
