"""Everything the panel shows of one appointment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import override

from orderly.appointments.models import Appointment, CancelReason
from orderly.appointments.queries.undoable import change_of
from orderly.core.errors import NotFound
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.journal.queries import history
from orderly.packages.queries import Place, places
from orderly.parties.queries import undoable as of_party
from orderly.resources.models import Asset
from orderly.series.queries import undoable as of_series
from orderly.series.queries.chain import Chain, chain_of, version_of
from orderly.web.appointments.company import Company, Gathering, company, gathering
from orderly.web.appointments.costs import Costs, costs
from orderly.web.appointments.serving import Server, servers
from orderly.web.appointments.steps import MODIFY, Offered, offered
from orderly.web.appointments.story import AUDIT, Line, story
from orderly.web.appointments.telling import Question, Telling, question, telling
from orderly.web.check_in.checks import Checks, checks_of
from orderly.web.dates import as_fields
from orderly.web.letters import Letter
from orderly.web.patients.cards import Card, cards
from orderly.web.series.letter import calling_off
from orderly.web.series.rules import in_words
from orderly.web.words import CANCEL_REASONS, PAYMENT, SOURCE

VIEW = "booking:view_calendar"
PATIENTS, PACKAGES, MONEY = "patients:view", "packages:view", "billing:view"
ALONE = "appointment-undo"
STEPS = (-15, -5, 5, 15, 30)  # minutes


@dataclass(frozen=True, slots=True)
class Details:
    appointment: Appointment
    patient: Card
    assets: list[str]
    offered: Offered
    reasons: list[tuple[str, Any]]
    history: list[Line]
    audits: bool
    sees_patient: bool
    sees_money: bool
    costs: Costs
    servers: list[Server]
    telling: Telling
    question: Question | None
    """Whether to tell the patient of what has just been done, where that wasn't asked with it."""
    undoable: int
    """For how many seconds the reader may still take back what they have just done; 0 for not at all."""
    checks: Checks | None
    company: Company | None
    gathering: Gathering | None
    chain: Chain | None
    """The series it is part of."""
    chain_version: int | None
    """As which it is called off from here on."""
    calling_off: Letter | None
    """What the patient would be told if it and all after it were called off."""
    way_back: str
    """Where undoing is asked for: of all of the series, or of the party, where that was done at once."""
    deed: int | None
    """What was done to all of them, where that is what would be undone."""
    place: Place | None
    """The session of a package that it draws on."""

    @property
    def beside(self) -> list[UUID]:
        """The other appointments that are shown with it."""
        together = [one.pk for some in (self.company, self.gathering) if some for one in some.others]
        return [*together, *(self.chain.others if self.chain else ())]

    @property
    def rule(self) -> str:
        return in_words(self.chain.here.series.rule) if self.chain else ""

    @property
    def source(self) -> Any:
        return SOURCE[self.appointment.source]

    @property
    def sources(self) -> list[tuple[str, Any]]:
        return list(SOURCE.items())

    @property
    def minutes(self) -> int:
        return self.appointment.end - self.appointment.start

    @property
    def lengths(self) -> list[tuple[int, str]]:
        """How long it could be made by one press, and what that adds; a group is as long as it is for everybody."""
        if self.appointment.session_id is not None:
            return []
        return [(self.minutes + by, f"{by:+d}".replace("-", "\N{MINUS SIGN}")) for by in STEPS if self.minutes + by > 0]

    @property
    def where(self) -> dict[str, str]:
        """Day and time as a form sends them."""
        return as_fields(self.appointment.clinic.timezone, self.appointment.start)

    @property
    def payment(self) -> Any:
        return PAYMENT[self.appointment.payment.status]

    @property
    def cancel_reason(self) -> Any:
        listed = self.appointment.cancel_reason
        return named(listed) if listed else ""


def found_for(appointment: UUID, *, actor: Actor) -> Appointment:
    """The appointment if it is the actor's to see. Raises NotFound, Forbidden."""
    found = (
        Appointment.objects.visible_to(actor)
        .whole()
        .select_related("cancel_reason", "occurrence__series")
        .filter(pk=appointment)
        .first()
    )
    if found is None:
        raise NotFound
    actor.require(VIEW, found.clinic_id)
    return found


def details(found: Appointment, *, actor: Actor, now: datetime) -> Details:
    [patient] = cards([found.patient], found.clinic, now=now)
    used = {resource for resource, _, _ in found.uses}
    can, entries, chain = offered(found, actor, now=now), list(history(found.pk)), chain_of(found)
    undoable = _undoable(entries, found, actor, now)
    together = company(found)
    way_back, deed = _way_back(chain, together, found, actor, now) if undoable else (ALONE, None)
    return Details(
        appointment=found,
        patient=patient,
        assets=list(Asset.objects.filter(resource__in=used).values_list("name", flat=True)),
        offered=can,
        reasons=_reasons(found) if can.cancel else [],
        history=story(found, actor, entries),
        audits=actor.may(AUDIT, found.clinic_id),
        sees_patient=actor.may(PATIENTS, found.clinic_id),
        sees_money=actor.may(MONEY, found.clinic_id),
        costs=costs(found, now=now),
        servers=servers(found, now=now) if can.assign else [],
        telling=telling(found),
        question=question(found, entries, actor=actor, now=now),
        undoable=undoable,
        checks=checks_of(found, actor),
        company=together,
        gathering=gathering(found, actor=actor, now=now),
        chain=chain,
        chain_version=version_of(chain.here.series) if chain and can.cancel else None,
        calling_off=calling_off(chain, found, now=now) if can.cancel else None,
        way_back=way_back,
        deed=deed,
        place=places([found.payment]).get(found.payment_id) if actor.may(PACKAGES, found.clinic_id) else None,
    )


def _undoable(entries: Sequence[Entry], found: Appointment, actor: Actor, now: datetime) -> int:
    change = change_of(entries[::-1])
    if not actor.may(MODIFY, found.clinic_id) or change.against(actor.user, now):
        return 0
    return max(0, int((change.until - now).total_seconds()))


def _way_back(
    chain: Chain | None, together: Company | None, found: Appointment, actor: Actor, now: datetime
) -> tuple[str, int | None]:
    """Where what was done last is undone, and which entry it is where it was done to several."""
    ways = (
        ("series-undo", of_series.last_done(chain.here.series) if chain else None, of_series.against),
        ("party-undo", of_party.last_done(together.party) if together else None, of_party.against),
    )
    for name, entry, against in ways:
        if entry and str(found.pk) in entry.ids["appointments"] and not against(entry, actor.user, now):
            return name, entry.pk
    return ALONE, None


def _reasons(found: Appointment) -> list[tuple[str, Any]]:
    """The organisation's in their usual order, then the clinic's own, "other" last."""
    listed = CancelReason.objects.filter(Q(clinic=found.clinic_id) | Q(clinic__isnull=True), active=True)
    usual = list(CANCEL_REASONS)
    shown = sorted(listed, key=lambda one: (one.code == "other", one.clinic_id is not None, *_place(one, usual)))
    return [(reason.code, named(reason)) for reason in shown]


def _place(reason: CancelReason, usual: list[str]) -> tuple[int, str]:
    return usual.index(reason.code) if reason.code in usual else len(usual), reason.name


def named(reason: CancelReason) -> Any:
    """The organisation's in the reader's language, as long as nobody has renamed them."""
    usual = CANCEL_REASONS.get(reason.code) if reason.clinic_id is None else None
    with override("en"):
        renamed = str(usual) != reason.name
    return reason.name if usual is None or renamed else usual
