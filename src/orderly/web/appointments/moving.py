"""Where an appointment could go."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from orderly.appointments.inputs import Search
from orderly.appointments.models import Appointment
from orderly.appointments.queries.slots import slots
from orderly.resources.models import Provider
from orderly.web.dates import as_fields, clock, picked


@dataclass(frozen=True, slots=True)
class Moving:
    """The form as it stands; `free` are that provider's free times of that day."""

    typed: dict[str, str]
    providers: list[Provider]
    free: list[str]


def moving(found: Appointment, typed: dict[str, str], *, now: datetime) -> Moving:
    """What was typed, else where the appointment is now."""
    given = Provider.objects.filter(clinics=found.clinic_id, offerings__service=found.service_id, resource__active=True)
    stands = {
        **as_fields(found.clinic.timezone, found.start),
        "provider": str(found.provider_id or found.proposed_provider_id or ""),
        "minutes": str(found.end - found.start),
        "version": str(found.version),
    }
    values = {**stands, **typed}
    return Moving(values, list(given), _free(found, values, now))


def _free(found: Appointment, typed: dict[str, str], now: datetime) -> list[str]:
    zone = found.clinic.timezone
    try:
        day, provider = picked(typed["day"]), UUID(typed["provider"])
    except ValueError:
        return []
    search = Search(
        clinic=found.clinic_id, service=found.service_id, first=day, last=day + timedelta(days=1), provider=provider
    )
    return [clock(start, zone) for start, _, _ in slots(search, now=now).slots]
