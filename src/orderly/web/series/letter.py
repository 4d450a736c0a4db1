"""What a patient would read of a series that is about to be booked, changed or called off."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from orderly.appointments.models import Appointment
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.edge.notices import About, Kind, about
from orderly.edge.series_notices import Visit, series_notice, visits_of
from orderly.patients.models import Patient
from orderly.resources.models import Provider
from orderly.series.choices import LEFT_OUT
from orderly.series.queries.chain import Chain, is_to_come
from orderly.series.queries.sight import Planned
from orderly.web.letters import Letter, addressed


def letter_of(kind: Kind, clinic: Clinic, patient: Patient, service: Service, rows: Iterable[Planned]) -> Letter | None:
    """None where there are no visits, or something still stands against one. A change of them has no undo."""
    rows = list(rows)
    kept = [row for row in rows if row.state not in LEFT_OUT]
    if not kept or any(row.blocked for row in rows):
        return None
    people = {one.pk: str(one) for one in Provider.objects.filter(pk__in={_provider(row) for row in kept})}
    visits = sorted(Visit(row.start, row.end, _name(people, _provider(row))) for row in kept)
    it = About(clinic, patient, service.name, "", visits[0].start, visits[0].end)
    return addressed(patient, series_notice(kind, it, visits), for_good=kind is Kind.MOVED)


def calling_off(chain: Chain | None, here: Appointment, *, now: datetime) -> Letter | None:
    """Of this visit, `here`, and all after it; None where none of them is to come."""
    every = [one.appointment for one in chain.every[chain.number - 1 :] if one.appointment] if chain else []
    found = [one for one in every if is_to_come(one, now)]
    if not found:
        return None
    return addressed(here.patient, series_notice(Kind.CANCELLED, about(here), visits_of(found)))


def _provider(row: Planned) -> UUID | None:
    """What stays is with whom it is."""
    found = row.occurrence.appointment if row.occurrence else None
    return found.provider_id if found and row.state == "stays" else row.by.provider


def _name(people: Mapping[UUID, str], provider: UUID | None) -> str:
    return people.get(provider, "") if provider else ""
