"""Who else belongs to an appointment: those who were booked with it, and those who are in the same group session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from orderly.appointments.choices import MOVABLE, Status
from orderly.appointments.models import Appointment
from orderly.appointments.queries.sessions import attended
from orderly.core.clock import minute_up
from orderly.journal.actor import Actor
from orderly.parties.actions.change import CANCELLABLE
from orderly.parties.choices import PartyKind
from orderly.parties.models import Party
from orderly.parties.queries.members import of_party, party_of
from orderly.parties.queries.undoable import deed_of
from orderly.web.dates import as_fields
from orderly.web.words import Words

CREATE = "booking:create_appointment"
TITLE: Final[Words] = {
    PartyKind.FAMILY: _("Together with the family"),
    PartyKind.GROUP: _("Together with"),
    PartyKind.VISIT: _("The other steps of this visit"),
}


@dataclass(frozen=True, slots=True)
class Company:
    """The others of its party, by time, and how many of them could still be moved or called off with it."""

    party: UUID
    title: Any
    others: Sequence[Appointment]

    @property
    def movable(self) -> int:
        return sum(one.status in MOVABLE for one in self.others)

    @property
    def cancellable(self) -> int:
        return sum(one.status in CANCELLABLE for one in self.others)


@dataclass(frozen=True, slots=True)
class Gathering:
    """A group's session: its places, those that are taken (some perhaps only held), and who is in it. `where` fills the
    form in which somebody is added.
    """

    places: int
    taken: int
    others: Sequence[Appointment]
    where: dict[str, str] | None

    @property
    def free(self) -> int:
        return max(0, self.places - self.taken)

    @property
    def waiting(self) -> int:
        """How many others have only asked."""
        return sum(one.status == Status.REQUESTED for one in self.others)


def company(found: Appointment) -> Company | None:
    """Two queries; nothing for what was booked alone."""
    party = Party.objects.filter(members__appointment=found.pk).first()
    if party is None:
        return None
    others = [one for one in of_party(party.pk) if one.pk != found.pk]
    return Company(party.pk, TITLE[party.kind], sorted(others, key=lambda one: one.start))


def way_back(appointment: UUID) -> dict[str, Any]:
    """Where the page asks for undoing what was just done to all of the party."""
    party = party_of(appointment)
    return {"way_back": "party-undo", "deed": deed_of(party)} if party else {}


def gathering(found: Appointment, *, actor: Actor, now: datetime) -> Gathering | None:
    """Nothing for what isn't in a session."""
    if found.session is None:
        return None
    [there] = attended([found.session], now=now)
    others = Appointment.objects.whole().filter(session=found.session_id).exclude(pk=found.pk)
    places = found.session.resource.capacity
    open_to = there.taken < places and found.start >= minute_up(now) and actor.may(CREATE, found.clinic_id)
    where = _where(found) if open_to else None
    return Gathering(places, there.taken, list(others.order_by("patient__last_name", "pk")), where)


def _where(found: Appointment) -> dict[str, str]:
    giver = found.provider_id or found.proposed_provider_id
    fields = as_fields(found.clinic.timezone, found.start)
    return {**fields, "provider": str(giver), "service": str(found.service_id)}
