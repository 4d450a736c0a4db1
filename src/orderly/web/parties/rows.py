"""Who is to come for what: the rows of the form, with all that can be chosen in each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict

from orderly.catalogue.models import Offering, Service
from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.parties.inputs import Wanted
from orderly.parties.rules import FEWEST, MOST
from orderly.patients.models import Patient
from orderly.resources.models import Provider
from orderly.web.booking.choice import given_in
from orderly.web.fields import known
from orderly.web.patients.cards import Card, cards

MOST_OFFERED = 6


@dataclass(frozen=True, slots=True)
class Typed:
    """A row as it was sent; what isn't an id is nothing."""

    patient: UUID | None = None
    service: UUID | None = None
    provider: UUID | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One service for somebody, with those who give it."""

    card: Card | None
    service: Service | None
    provider: Provider | None
    providers: Sequence[Provider]

    @property
    def wanted(self) -> Wanted | None:
        """None where nobody or nothing is chosen yet."""
        if self.card is None or self.service is None:
            return None
        provider = self.provider.pk if self.provider else None
        return Wanted(patient=self.card.patient.pk, service=self.service.pk, provider=provider)


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows, the services to choose from, and who else might come: relatives, and those who are here once more."""

    rows: Sequence[Row]
    services: Sequence[Service]
    relatives: Sequence[Card]

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        return tuple(row.wanted for row in self.rows if row.wanted)

    @property
    def patients(self) -> list[UUID]:
        """Everybody who is shown."""
        return [card.patient.pk for card in (*self.people, *self.relatives)]

    @property
    def people(self) -> list[Card]:
        """Those who come, each once."""
        return list({row.card.patient.pk: row.card for row in self.rows if row.card}.values())

    @property
    def full(self) -> bool:
        return len(self.rows) >= MOST

    @property
    def removable(self) -> bool:
        return len(self.rows) > FEWEST


def typed(sent: QueryDict) -> list[Typed]:
    """The rows that were sent, after one has been added or taken away."""
    columns = [sent.getlist(name)[:MOST] for name in ("patient", "service", "provider")]
    found = [Typed(*map(known, row)) for row in zip_longest(*columns, fillvalue="")]
    gone = sent.get("remove", "")
    if gone.isascii() and gone.isdecimal() and int(gone) < len(found):
        del found[int(gone)]
    return _with(found, known(str(sent["add"]))) if "add" in sent else found


def _with(found: list[Typed], patient: UUID | None) -> list[Typed]:
    """One more, for the same service as the one before; somebody goes to the first row that is nobody's yet."""
    empty = next((nth for nth, row in enumerate(found) if row.patient is None), None)
    service = next((row.service for row in reversed(found) if row.service), None)
    if patient and empty is not None:
        return [*found[:empty], Typed(patient, found[empty].service, found[empty].provider), *found[empty + 1 :]]
    return [*found, Typed(patient, service)][:MOST]


def rows_of(found: Sequence[Typed], clinic: Clinic, *, actor: Actor, now: datetime) -> Rows:
    """The rows with everything that can be chosen: as many queries however many there are."""
    services = list(given_in(clinic))
    givers = _givers(clinic, services)
    seen = Patient.objects.viewable_by(actor)
    here = {one.patient.pk: one for one in cards(seen.filter(pk__in=[row.patient for row in found]), clinic, now=now)}
    rows = [_row(one, here, services, givers) for one in (*found, *[Typed()] * (FEWEST - len(found)))]
    return Rows(rows, services, _relatives(here, clinic, actor, now))


def _row(one: Typed, here: dict[UUID, Card], services: Sequence[Service], givers: dict[UUID, list[Provider]]) -> Row:
    service = next((each for each in services if each.pk == one.service), next(iter(services), None))
    providers = givers.get(service.pk, []) if service else []
    provider = next((each for each in providers if each.pk == one.provider), None)
    return Row(here.get(one.patient) if one.patient else None, service, provider, providers)


def _givers(clinic: Clinic, services: Sequence[Service]) -> dict[UUID, list[Provider]]:
    found: dict[UUID, list[Provider]] = {}
    working = Offering.objects.filter(
        service__in=services, provider__clinics=clinic, provider__resource__active=True
    ).select_related("provider")
    for offering in sorted(working, key=lambda one: (one.provider.name, one.provider.pk)):
        found.setdefault(offering.service_id, []).append(offering.provider)
    return found


def _relatives(here: Iterable[UUID], clinic: Clinic, actor: Actor, now: datetime) -> list[Card]:
    """Guardians, wards and family of those who come, who don't come yet."""
    ids = list(here)
    kin = Patient.objects.viewable_by(actor).filter(resource__active=True).exclude(pk__in=ids)
    linked = kin.filter(Q(wards__in=ids) | Q(guardian__in=ids) | Q(family__in=ids)).distinct()
    return cards(linked.order_by("birth_date", "id")[:MOST_OFFERED], clinic, now=now) if ids else []
