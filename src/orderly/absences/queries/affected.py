"""Which appointments are to be rearranged, and who moves together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from orderly.absences.inputs import Rearrangement
from orderly.appointments.choices import MOVABLE
from orderly.appointments.models import Appointment
from orderly.appointments.queries.scene import Scene, Taker, scenes
from orderly.appointments.queries.stranded import by_clinic, by_rule
from orderly.calendars.models import CLOSURES, MAINTENANCE, TIME_OFF
from orderly.calendars.queries import Part, rules_of
from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound
from orderly.engine.plan import Role
from orderly.engine.seats import Takings
from orderly.journal.actor import Actor
from orderly.patients.models import Registration


@dataclass(frozen=True, slots=True)
class Unit:
    """Those who move together: one appointment, or those of a group session. The scene knows who comes."""

    appointments: tuple[Appointment, ...]
    stage: Scene

    @property
    def first(self) -> Appointment:
        return self.appointments[0]

    @property
    def start(self) -> int:
        return self.first.start

    @property
    def provider(self) -> int | None:
        """Who would have seen them, as a resource."""
        found = self.first.provider or self.first.proposed_provider
        return None if found is None else found.resource_id

    @property
    def holds(self) -> Takings:
        """All whose time they have."""
        uses = {(one, low, high) for found in self.appointments for one, low, high in found.uses}
        return tuple(sorted((one, self.start + low, self.start + high) for one, low, high in uses))

    def named(self, takes: Takings, *, besides: int) -> frozenset[UUID]:
        """What of this is known by a name, without the giver and who comes."""
        used = {one for one, _, _ in takes} - {besides}
        return frozenset(self.stage.names[one] for one in used if one in self.stage.names)


def affected(asked: Rearrangement, clinic: Clinic, *, actor: Actor, now: datetime) -> list[UUID]:
    """Those that can still move, by start. Raises NotFound for one, or a rule, that isn't there."""
    rows = Appointment.objects.visible_to(actor).filter(clinic=clinic)
    if asked.appointments is not None:
        rows = rows.filter(pk__in=asked.appointments)
        if rows.count() < len(asked.appointments):
            raise NotFound("appointments")
    else:
        rows = rows.filter(pk__in=_stranded(asked, clinic, actor, now))
    return list(rows.filter(status__in=MOVABLE).order_by("start", "pk").values_list("pk", flat=True))


def whole(known: Sequence[UUID]) -> list[Appointment]:
    """These, with all that is shown of them and that they need to move, by start."""
    rows = Appointment.objects.filter(pk__in=known).whole().select_related("session")
    return list(rows.order_by("start", "pk"))


def _stranded(asked: Rearrangement, clinic: Clinic, actor: Actor, now: datetime) -> list[UUID]:
    if asked.rule is None:
        return by_clinic(clinic, actor=actor, now=now)
    rule = rules_of([*TIME_OFF, *CLOSURES, *MAINTENANCE], actor=actor).filter(pk=asked.rule).first()
    if rule is None:
        raise NotFound("time_off")
    return by_rule(rule, actor=actor, now=now)


def units(found: Sequence[Appointment], clinic: UUID) -> list[Unit]:
    """Who moves together, by start. Three queries."""
    stages = scenes({one.service_id for one in found}, clinic) if found else {}
    known = Registration.objects.filter(clinic=clinic, patient__in=[one.patient_id for one in found])
    seen = dict(known.values_list("patient", "last_visit_on"))
    together: dict[UUID, list[Appointment]] = {}
    for one in found:
        together.setdefault(one.session_id or one.pk, []).append(one)
    return [Unit(tuple(some), _attended(stages[some[0].service_id], some, seen)) for some in together.values()]


def _attended(stage: Scene, found: Sequence[Appointment], seen: Mapping[UUID, date | None]) -> Scene:
    """The scene with the patient; with all of a group, as one visit of all of them."""
    patients = sorted(one.patient.resource_id for one in found)
    stage = replace(stage, parts={**stage.parts, **{one: Part(Role.PATIENT) for one in patients}})
    if found[0].session_id is not None:
        return replace(stage, terms=replace(stage.terms, places=1), company=tuple(patients))
    patient = found[0].patient_id
    return replace(stage, taker=Taker(patients[0], patient in seen, seen.get(patient)))


def claims_of(found: Iterable[Unit]) -> frozenset[int]:
    """The claims that are free once they have moved: their own, and those of sessions in which nobody is left."""
    every = [one for unit in found for one in unit.appointments]
    own = {one.claim_id for one in every if one.claim_id is not None}
    sessions = {one.session_id: one.session for one in every if one.session is not None}
    staying = set(
        Appointment.objects.filter(session__in=sessions).exclude(claim__in=own).values_list("session", flat=True)
        if sessions
        else ()
    )
    return frozenset(own | {one.claim_id for pk, one in sessions.items() if pk not in staying})
