"""Who belongs to a party."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from orderly.appointments.models import Appointment
from orderly.core.errors import NotFound
from orderly.journal.actor import Actor
from orderly.parties.models import Member, Party


def seen(party: UUID, actor: Actor) -> Party:
    """The party, if it is the actor's to see. Errors: NotFound."""
    found = Party.objects.visible_to(actor).select_related("clinic").defer("clinic__logo").filter(pk=party).first()
    if found is None:
        raise NotFound
    return found


def of_party(party: UUID) -> list[Appointment]:
    """Its appointments in their order, with all they are shown with. One query."""
    return list(Appointment.objects.whole().filter(member__party=party).order_by("member__place"))


def members_of(parties: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The appointments of each of these, in their order. One query."""
    found: dict[UUID, list[UUID]] = {party: [] for party in parties}
    for party, appointment in Member.objects.filter(party__in=found).values_list("party", "appointment"):
        found[party].append(appointment)
    return found


def party_of(appointment: UUID) -> UUID | None:
    """The party that an appointment belongs to."""
    return Party.objects.filter(members__appointment=appointment).values_list("pk", flat=True).first()


def version_of(members: Sequence[Appointment]) -> int:
    """A party has changed when one of its appointments has."""
    return sum(one.version for one in members)
