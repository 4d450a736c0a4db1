"""Who could serve a request: who is free, and why somebody isn't."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.appointments.queries.candidates import Candidate, candidates
from orderly.edge.wording import names_of, words
from orderly.resources.models import Provider


@dataclass(frozen=True, slots=True)
class Server:
    """`chosen`: who is proposed or assigned already, else the first who is free."""

    provider: UUID
    name: str
    minutes: int
    against: list[str]
    proposed: bool
    assigned: bool
    chosen: bool


def servers(found: Appointment, *, now: datetime) -> list[Server]:
    """Everybody who gives the service here, whoever is meant already first, then the free. Nobody for what isn't a
    request.
    """
    if found.status != Status.REQUESTED:
        return []
    listed = candidates(found, now=now)
    names = {one.pk: str(one) for one in Provider.objects.filter(pk__in=[one.provider for one in listed])}
    meant = found.provider_id or found.proposed_provider_id
    listed.sort(key=lambda one: (bool(one.problems), one.provider != meant, names[one.provider], one.provider))
    first = next((one.provider for one in listed if not one.problems), None)
    called = names_of(problem for one in listed for problem in one.problems)
    return [_server(found, one, names[one.provider], called, one.provider == first) for one in listed]


def _server(found: Appointment, one: Candidate, name: str, called: dict[int, str], chosen: bool) -> Server:
    zone = found.clinic.timezone
    return Server(
        one.provider,
        name,
        one.minutes,
        list(dict.fromkeys(words(problem, zone=zone, names=called) for problem in one.problems)),
        proposed=one.provider == found.proposed_provider_id,
        assigned=one.provider == found.provider_id,
        chosen=chosen,
    )
