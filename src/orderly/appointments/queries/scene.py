"""Everything one question about a service's time is about, in two queries: its terms, and who and what may take
part.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from orderly.appointments.inputs import Wish
from orderly.appointments.models import Session
from orderly.calendars.models import LONGEST
from orderly.calendars.queries import Loaded, Part, load
from orderly.catalogue.models import NeedRole
from orderly.catalogue.queries import NeedTerms, PhaseTerms, Terms, terms, terms_of
from orderly.core.clock import minute, minute_up
from orderly.core.database import fetch, uuid_param
from orderly.core.models import as_uuid
from orderly.engine.plan import Need, Phase, Plan, Requirement, Role, compile_plan, with_length
from orderly.engine.slots import Terms as TimeTerms
from orderly.engine.slots import reach
from orderly.engine.spans import Span
from orderly.engine.walltime import day_start, local

NOTHING = "CAST(NULL AS integer), CAST(NULL AS bigint), CAST(NULL AS integer), CAST(NULL AS bigint), CAST(NULL AS date)"
PROVIDERS = (
    "SELECT 'provider', p.id, r.id, r.kind, r.capacity, r.active, o.minutes, o.price, p.share_percent, "
    "CAST(NULL AS bigint), CAST(NULL AS date) "
    "FROM catalogue_offering o JOIN resources_provider p ON p.id = o.provider_id "
    "JOIN resources_resource r ON r.id = p.resource_id "
    "JOIN resources_provider_clinics pc ON pc.provider_id = p.id AND pc.clinic_id = %s WHERE o.service_id = %s"
)
OF_KIND = (
    f"SELECT 'asset', a.id, r.id, r.kind, r.capacity, r.active, {NOTHING} "
    "FROM resources_asset a JOIN resources_resource r ON r.id = a.resource_id "
    "WHERE a.clinic_id = %s AND r.kind IN ({kinds})"
)
NAMED = (
    f"SELECT 'asset', COALESCE(a.id, p.id), r.id, r.kind, r.capacity, r.active, {NOTHING} FROM resources_resource r "
    "LEFT JOIN resources_asset a ON a.resource_id = r.id LEFT JOIN resources_provider p ON p.resource_id = r.id "
    "LEFT JOIN resources_provider_clinics pc ON pc.provider_id = p.id AND pc.clinic_id = %s "
    "WHERE (a.clinic_id = %s OR pc.id IS NOT NULL) AND r.id IN ({ids})"
)
PATIENT = (
    "SELECT 'patient', p.id, r.id, r.kind, r.capacity, r.active, CAST(NULL AS integer), CAST(NULL AS bigint), "
    "CAST(NULL AS integer), g.id, g.last_visit_on "
    "FROM patients_patient p JOIN resources_resource r ON r.id = p.resource_id "
    "LEFT JOIN patients_registration g ON g.patient_id = p.id AND g.clinic_id = %s WHERE p.id = %s"
)

# From when to when each has a claim to time; its start; how long it would be at most, and the buffers around that.
REQUESTS = (
    "SELECT 'request', a.id, (SELECT MIN(r.start) FROM calendars_reservation r WHERE r.claim_id = a.claim_id), "
    "'request', (SELECT MAX(r.\"end\") FROM calendars_reservation r WHERE r.claim_id = a.claim_id), TRUE, "
    "s.buffer_before, CAST(a.start AS bigint), s.buffer_after, CAST(COALESCE(a.asked_minutes, (SELECT "
    "MAX(COALESCE(o.minutes, (SELECT SUM(p.minutes) FROM catalogue_phase p WHERE p.service_id = s.id))) "
    "FROM catalogue_offering o WHERE o.service_id = s.id)) AS bigint), CAST(NULL AS date) "
    "FROM appointments_appointment a JOIN catalogue_service s ON s.id = a.service_id "
    "WHERE a.clinic_id = %s AND a.status = 'requested' AND a.provider_id IS NULL AND a.start >= %s AND a.start < %s"
)


@dataclass(frozen=True, slots=True)
class Giver:
    """A provider who gives the service in the clinic, on their own terms."""

    id: UUID
    resource: int
    minutes: int
    price: int
    share_percent: int


@dataclass(frozen=True, slots=True)
class Taker:
    """The patient; `registered` tells whether the clinic knows them yet."""

    resource: int
    registered: bool
    last_visit_on: date | None


@dataclass(frozen=True, slots=True)
class Scene:
    terms: Terms
    givers: Mapping[UUID, Giver]
    taker: Taker | None
    parts: Mapping[int, Part]
    kinds: Mapping[int, str]
    names: Mapping[int, UUID]
    """What a resource is known by outside."""
    requests: tuple[Span, ...] = ()
    """What the requests around it, whose providers are only proposed, take or could take, from first to last."""
    sessions: Mapping[tuple[int, int], Session] = field(default_factory=dict)
    """Of a group service: those there are, by provider's resource and start."""
    company: tuple[int, ...] = ()
    """Patients (as resources) who all come together."""

    def asked_in(self, span: Span) -> bool:
        """Whether a request with a proposal could be in the way there."""
        return any(low < span[1] and span[0] < high for low, high in self.requests)

    def resources_of(self, ids: Iterable[UUID]) -> frozenset[int] | None:
        """The resources that these ids name; None if one of them has no part in this."""
        known = {name: resource for resource, name in self.names.items()}
        wanted = frozenset(ids)
        return frozenset(known[one] for one in wanted) if wanted <= known.keys() else None

    def plan(self, giver: Giver, minutes: int | None = None) -> Plan:
        """What a visit with `giver` occupies, the patient included.

        Raises ValueError where the phases can't be made `minutes` long, or somebody would be taken for over a day.
        """
        phases = [Phase(phase.minutes, tuple(self._needs(phase, giver))) for phase in self.terms.phases]
        phases = list(with_length(phases, giver.minutes if minutes is None else minutes))
        plan = compile_plan(phases, self.terms.buffer_before, self.terms.buffer_after)
        if any(end - start > LONGEST for need in plan.requirements for start, end in need.parts):
            raise ValueError("longer than a day")
        return self.attended(plan)

    def attended(self, plan: Plan) -> Plan:
        """`plan` with the patient, or all of a group, there from start to end, without the buffers."""
        if self.company:
            together = Requirement(Role.PATIENT, self.company, len(self.company), ((0, plan.length),))
            plan = replace(plan, requirements=(*plan.requirements, together))
        if self.taker is None:
            return plan
        present = Requirement(Role.PATIENT, (self.taker.resource,), 1, ((0, plan.length),))
        return replace(plan, requirements=(*plan.requirements, present))

    def _needs(self, phase: PhaseTerms, giver: Giver) -> Iterable[Need]:
        """Where no need is simply for the service's provider, the giver takes a place among those that one names."""
        joins = all(need.any_of for part in self.terms.phases for need in part.needs if need.role == NeedRole.PROVIDER)
        for need in phase.needs:
            if need.role != NeedRole.PROVIDER:
                yield Need(Role.RESOURCE, self._candidates(need), need.count)
            elif not need.any_of:
                yield Need(Role.PROVIDER, (giver.resource,), 1)
            elif joins and giver.resource in need.any_of:
                joins = False
                yield from self._with(giver, need)
            else:
                yield Need(Role.PROVIDER, self._candidates(need), need.count)

    def _with(self, giver: Giver, need: NeedTerms) -> Iterable[Need]:
        yield Need(Role.PROVIDER, (giver.resource,), 1)
        if need.count > 1:
            others = tuple(one for one in self._candidates(need) if one != giver.resource)
            yield Need(Role.PROVIDER, others, need.count - 1)

    def _candidates(self, need: NeedTerms) -> tuple[int, ...]:
        """Those of the clinic that are named, or are of the kind."""
        if need.any_of:
            return tuple(one for one in need.any_of if one in self.parts)
        return tuple(sorted(one for one, kind in self.kinds.items() if kind == need.kind))

    def time_terms(self, now: datetime) -> TimeTerms:
        """Notice and horizon, counted from `now`; the last bookable day is a whole one."""
        today, _ = local(self.terms.zone, minute(now))
        end = day_start(self.terms.zone, today + timedelta(days=self.terms.horizon_days + 1))
        return TimeTerms(minute_up(now), self.terms.notice_minutes, end)

    def load(self, plans: list[Plan], window: Span, *, now: datetime, ignoring: frozenset[int] = frozenset()) -> Loaded:
        """The calendars of all that `plans` may use, for starts in `window`."""
        wanted = {one for plan in plans for need in plan.requirements for one in need.candidates}
        low, high = reach(plans, window)
        zone = self.terms.zone
        return load(
            {one: self.parts[one] for one in wanted if one in self.parts},
            clinic=self.terms.clinic,
            zone=zone,
            first=local(zone, low)[0],
            last=local(zone, high)[0] + timedelta(days=1),
            now=now,
            ignoring=ignoring,
        )


def scene_of(wish: Wish) -> Scene:
    """What a wish is about. Raises NotFound for an unknown service."""
    around = wish.start, wish.start + 1
    return scene(wish.service, wish.clinic, provider=wish.provider, patient=wish.patient, around=around)


def scene(
    service: UUID,
    clinic: UUID,
    *,
    provider: UUID | None = None,
    patient: UUID | None = None,
    around: Span | None = None,
) -> Scene:
    """What the question is about; `provider` narrows the givers to one, `around` is when it is to start. Raises
    NotFound for an unknown service.
    """
    found = terms(service, clinic)
    return _scene(found, fetch(*_participants(found, provider, patient, around)))


def scenes(services: Collection[UUID], clinic: UUID) -> dict[UUID, Scene]:
    """What several services are about, with all who give them. Two queries, however many there are."""
    found = terms_of(services, clinic)
    selects: list[str] = []
    params: list[Any] = []
    for number, one in enumerate(found.values()):
        sql, more = _participants(one)
        selects.append(f"SELECT {number}, of_{number}.* FROM ({sql}) AS of_{number}")
        params += more
    rows = fetch(" UNION ALL ".join(selects), params) if selects else []
    return {
        service: _scene(one, [row[1:] for row in rows if row[0] == number])
        for number, (service, one) in enumerate(found.items())
    }


def _scene(found: Terms, rows: Iterable[tuple[Any, ...]]) -> Scene:
    givers: dict[UUID, Giver] = {}
    taker: Taker | None = None
    parts: dict[int, Part] = {}
    kinds: dict[int, str] = {}
    names: dict[int, UUID] = {}
    requests: list[Span] = []
    for tag, uuid, resource, kind, capacity, active, minutes, price, share, registered, visited in rows:
        if tag == "request":
            low, high, before, start, after, longest = resource, capacity, minutes, price, share, registered
            requests.append((min(low, start - before), max(high, start + (longest or 0) + after)))
            continue
        role = _role(tag, kind)
        parts[resource] = Part(role, capacity, bool(active))
        if tag == "patient":
            day = date.fromisoformat(visited) if isinstance(visited, str) else visited
            taker = Taker(resource, registered is not None, day)
            continue
        kinds[resource], names[resource] = kind, as_uuid(uuid)
        if tag == "provider":
            amount = found.price if price is None else price
            giver = Giver(as_uuid(uuid), resource, minutes or found.minutes, amount, share)
            givers[giver.id] = giver
    return Scene(found, givers, taker, parts, kinds, names, tuple(requests))


def _role(tag: str, kind: str) -> Role:
    if tag == "patient":
        return Role.PATIENT
    return Role.PROVIDER if kind == "provider" else Role.RESOURCE


def _participants(
    found: Terms, provider: UUID | None = None, patient: UUID | None = None, around: Span | None = None
) -> tuple[str, list[Any]]:
    needs = [need for phase in found.phases for need in phase.needs]
    kinds = sorted({need.kind for need in needs if need.kind and not need.any_of})
    named = sorted({one for need in needs for one in need.any_of})
    clinic, service = uuid_param(found.clinic), uuid_param(found.service)
    selects, params = [PROVIDERS], [clinic, service]
    if provider is not None:
        selects[0] += " AND p.id = %s"
        params.append(uuid_param(provider))
    if kinds:
        selects.append(OF_KIND.format(kinds=",".join(["%s"] * len(kinds))))
        params += [clinic, *kinds]
    if named:
        selects.append(NAMED.format(ids=",".join(map(str, named))))
        params += [clinic, clinic]
    if patient is not None:
        selects.append(PATIENT)
        params += [clinic, uuid_param(patient)]
    if around is not None:
        selects.append(REQUESTS)
        params += [clinic, around[0] - LONGEST, around[1] + LONGEST]
    return " UNION ALL ".join(selects), params
