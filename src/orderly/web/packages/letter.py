"""What a patient would read of visits that are about to be booked on a package, or called off with it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from orderly.appointments.models import Appointment
from orderly.core.clock import minute
from orderly.edge.notices import About, Kind
from orderly.edge.package_telling import by_clinic, unheard
from orderly.edge.series_notices import Visit, series_notice
from orderly.journal.models import Entry
from orderly.packages.models import Purchase
from orderly.packages.queries.plan import Outlook, PlannedVisit
from orderly.resources.models import Provider
from orderly.web.letters import Letter, addressed


def of_plan(outlook: Outlook, visits: Iterable[PlannedVisit], names: Mapping[UUID, Provider]) -> Letter | None:
    """None where nothing has a time."""
    services = {one.service_id: one.service.name for one in outlook.left}
    said = sorted(Visit(one.start, one.end, str(names[one.provider]), services[one.service]) for one in visits)
    if not said:
        return None
    patient, first = outlook.purchase.patient, said[0]
    it = About(outlook.clinic, patient, first.service, "", first.start, first.end)
    return addressed(patient, series_notice(Kind.BOOKED, it, said), for_good=True)


def of_ending(purchase: Purchase, booked: Sequence[Appointment], *, now: datetime) -> Letter | None:
    """One of each clinic, of what is to come and the patient has heard of; None where nothing is. One query."""
    unknown = unheard(list(Entry.objects.filter(subject=purchase.pk)), now)
    known = [one for one in booked if one.start > minute(now) and str(one.pk) not in unknown]
    notices = [said for _clinic, said in by_clinic(Kind.CANCELLED, known)]
    return addressed(purchase.patient, *notices, for_good=True) if notices else None
