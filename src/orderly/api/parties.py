"""Several people, or several services, booked as one."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field, StrictInt

from orderly.api.appointments import CANCEL, CREATE, MODIFY, VIEW, CancelIn, Tell
from orderly.api.holds import Resources
from orderly.api.operations import reads, writes
from orderly.api.paging import Paged, piece
from orderly.api.refusals import together
from orderly.api.schemas import In, Nothing, Out, Page
from orderly.api.shown import AppointmentOut, listed
from orderly.api.types import Day, Id, Text, Time, minute_of, moment
from orderly.appointments.choices import Source
from orderly.edge.actors import actor_of, now_of
from orderly.edge.limits import SEARCH
from orderly.edge.parties import clinic_for_party
from orderly.edge.readlog import looked
from orderly.edge.scope import clinic_for
from orderly.edge.versions import expected_version
from orderly.engine.succession import Order
from orderly.engine.walltime import rfc3339
from orderly.journal.models import Kind
from orderly.parties.actions.book import book_party
from orderly.parties.actions.change import cancel_party, move_party
from orderly.parties.actions.undo import undo_party
from orderly.parties.inputs import PartyRequest, PartySearch, Placed, Wanted
from orderly.parties.models import Party
from orderly.parties.queries.members import members_of, of_party, seen, version_of
from orderly.parties.queries.search import Proposal, proposals
from orderly.parties.rules import FEWEST, LONGEST_WAIT, MOST

router = Router(tags=["parties"])
ONE = "parties/{uuid:party}"
USUAL, MOST_FOUND = 20, 100

Wait = Annotated[StrictInt, Field(ge=0, le=LONGEST_WAIT, description="minutes between one and the next, at most")]
Ordered = Annotated[Order, Field(description="one after the other as given, in any order, or all at once")]


class StepIn(In):
    patient: Id
    service: Id
    provider: Id | None = None

    def wanted(self) -> Wanted:
        return Wanted(patient=self.patient, service=self.service, provider=self.provider)


class PlacedIn(In):
    patient: Id
    service: Id
    provider: Id
    start: Time
    resources: Resources = []

    def placed(self, zone: str) -> Placed:
        return Placed(
            patient=self.patient,
            service=self.service,
            provider=self.provider,
            start=minute_of(zone, self.start),
            resources=frozenset(self.resources),
        )


class SearchIn(In):
    clinic: Id
    steps: list[StepIn] = Field(min_length=FEWEST, max_length=MOST)
    first: Day = Field(alias="from")
    last: Day = Field(alias="to", description="not included")
    order: Ordered = Order.GIVEN
    wait_minutes: Wait = 0
    limit: StrictInt = Field(USUAL, ge=1, le=MOST_FOUND)


class PartyIn(In):
    clinic: Id
    steps: list[PlacedIn] = Field(min_length=FEWEST, max_length=MOST)
    source: Source
    order: Ordered = Order.GIVEN
    wait_minutes: Wait = 0
    notes: Annotated[str, Text(2000, lines=True)] = ""
    tell: Tell = None


class MovePartyIn(In):
    start: Time = Field(description="when the first of them is to begin; the others move by as much")
    tell: Tell = None


class PartiesQuery(Paged):
    clinic: Id
    appointment: Id | None = Field(None, description="the party that it belongs to")


class StepOut(Out):
    patient: UUID
    service: UUID
    provider: UUID
    resources: list[UUID]
    start: str
    end: str


class ProposalOut(Out):
    """When all of the steps can be had; they can be sent to book as they are."""

    start: str
    end: str
    waiting_minutes: int
    steps: list[StepOut]


class PartyOut(Out):
    """`appointments` in the order that was asked for; the version is another one whenever one of theirs is."""

    id: UUID
    clinic: UUID
    kind: str
    appointments: list[AppointmentOut]
    created_at: str
    version: int


class PartyRow(Out):
    id: UUID
    clinic: UUID
    kind: str
    appointments: list[UUID]
    created_at: str


class ProposalsOut(Out):
    """Not `complete`: there was too much to try, so that later times weren't looked at. Fewer days help, or providers,
    or the order given.
    """

    items: list[ProposalOut]
    complete: bool


@reads(router, "parties/search", method="POST", needs=CREATE, shows="patients", limit=SEARCH)
def search_parties(request: HttpRequest, body: SearchIn) -> ProposalsOut:
    """When several people, or several services, can be had one after the other or at once.

    For each start that all of it could have, earliest first, the arrangement with the least waiting.
    """
    steps = tuple(step.wanted() for step in body.steps)
    clinic = clinic_for_party(actor_of(request), CREATE, body.clinic, steps)
    search = PartySearch(
        clinic=body.clinic, steps=steps, first=body.first, last=body.last, order=body.order, wait=body.wait_minutes
    )
    found = proposals(search, now=now_of(request), most=body.limit)
    looked(request, "patients", among={step.patient for step in steps}, clinic=body.clinic, kind=Kind.SEARCH)
    items = [proposal_out(one, clinic.timezone) for one in found.found]
    return ProposalsOut(items=items, complete=not found.cut)


@writes(router, "POST", "parties", needs=CREATE, status=201)
def book_parties(request: HttpRequest, body: PartyIn) -> PartyOut:
    """Book all of the steps, or none. Refused, it says what is against each, and the nearest times for all of them."""
    actor, now = actor_of(request), now_of(request)
    clinic = clinic_for_party(actor, CREATE, body.clinic, [_wanted(step) for step in body.steps])
    wish = PartyRequest(
        clinic=body.clinic,
        steps=tuple(step.placed(clinic.timezone) for step in body.steps),
        source=body.source,
        order=body.order,
        wait=body.wait_minutes,
        notes=body.notes,
        tell=body.tell,
    )
    return _whole(book_party(wish, actor=actor, now=now))


@reads(router, "parties", needs=VIEW, shows="appointments")
def list_parties(request: HttpRequest, asked: Query[PartiesQuery]) -> Page[PartyRow]:
    """The parties of a clinic, newest first."""
    clinic = clinic_for(actor_of(request), VIEW, asked.clinic)
    rows = Party.objects.filter(clinic=clinic)
    if asked.appointment:
        rows = rows.filter(members__appointment=asked.appointment)
    found, rest = piece(rows, ("-id",), asked, name="parties")
    members = members_of(one.pk for one in found)
    looked(request, "parties", among=[one for some in members.values() for one in some], clinic=clinic.pk)
    items = [
        PartyRow(
            id=one.pk,
            clinic=one.clinic_id,
            kind=one.kind,
            appointments=members[one.pk],
            created_at=str(moment(clinic.timezone, one.created_at)),
        )
        for one in found
    ]
    return Page[PartyRow](items=items, next=rest)


@reads(router, ONE, needs=VIEW, shows="appointments")
def get_party(request: HttpRequest, party: UUID) -> PartyOut:
    """One party with its appointments."""
    actor = actor_of(request)
    found = seen(party, actor)
    actor.require(VIEW, found.clinic_id)
    shown = _whole(found)
    looked(request, "party", among=[one.id for one in shown.appointments], clinic=found.clinic_id, party=party)
    return shown


@writes(router, "POST", f"{ONE}/move", needs=MODIFY, versioned=True)
def move_whole_party(request: HttpRequest, party: UUID, body: MovePartyIn) -> PartyOut:
    """Move all that still can move by as much as the first of them. All of them, or none.

    Refused, it says what is against each, and the nearest times to which all of it can be moved.
    """
    actor = actor_of(request)
    found = seen(party, actor)
    start = minute_of(found.clinic.timezone, body.start)
    move_party(party, start, actor=actor, now=now_of(request), version=expected_version(request), tell=body.tell)
    return _whole(found)


@writes(router, "POST", f"{ONE}/cancel", needs=CANCEL, versioned=True)
def cancel_whole_party(request: HttpRequest, party: UUID, body: CancelIn) -> PartyOut:
    """Call off all that still can be, for one reason."""
    actor, version = actor_of(request), expected_version(request)
    cancel_party(party, body.reason, note=body.note, tell=body.tell, actor=actor, now=now_of(request), version=version)
    return _whole(seen(party, actor))


@writes(router, "POST", f"{ONE}/undo", needs=MODIFY, versioned=True)
def undo_whole_party(request: HttpRequest, party: UUID, body: Nothing | None = None) -> PartyOut:
    """Take back that one has booked, moved or called off the party, within three minutes: all of it, or none.

    Refused with `not_undoable` where that isn't possible any more. Any other change is undone visit by visit.
    """
    actor = actor_of(request)
    found = seen(party, actor)
    with together("appointments", found.clinic.timezone):
        undo_party(party, actor=actor, now=now_of(request), version=expected_version(request))
    return _whole(found)


def proposal_out(found: Proposal, zone: str) -> ProposalOut:
    steps = [
        StepOut(
            patient=step.patient,
            service=step.service,
            provider=step.provider,
            resources=sorted(step.resources),
            start=rfc3339(zone, step.start),
            end=rfc3339(zone, end),
        )
        for step, end in zip(found.steps, found.ends, strict=True)
    ]
    start, end = rfc3339(zone, found.start), rfc3339(zone, found.end)
    return ProposalOut(start=start, end=end, waiting_minutes=found.waiting, steps=steps)


def _wanted(step: PlacedIn) -> Wanted:
    return Wanted(patient=step.patient, service=step.service, provider=step.provider)


def _whole(party: Party) -> PartyOut:
    members = of_party(party.pk)
    return PartyOut(
        id=party.pk,
        clinic=party.clinic_id,
        kind=party.kind,
        appointments=listed(members),
        created_at=str(moment(members[0].clinic.timezone, party.created_at)),
        version=version_of(members),
    )
