"""What screens that nobody is signed in to may show: numbers and places, nothing of patients."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orderly.appointments.choices import ScreenKind, Status, VisitStatus
from orderly.appointments.models import Screen, Visit
from orderly.appointments.queries.queue import today, turn
from orderly.clinics.models import Clinic
from orderly.people.queries import digest
from orderly.resources.models import Asset, Kind


@dataclass(frozen=True, slots=True)
class Call:
    """A number that is called, and where to."""

    number: int
    where: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """`called` begins with the last one called, `waiting` with the next."""

    called: list[Call]
    waiting: list[int]


def screen_of(clinic: UUID, secret: str, kind: ScreenKind) -> Screen | None:
    """The screen with this secret, while its link is alive."""
    live = Screen.objects.filter(clinic=clinic, kind=kind, digest=digest(secret), revoked_at__isnull=True)
    return live.select_related("clinic").defer("clinic__logo").first()


def display_of(secret: str) -> Screen | None:
    """The display with this secret, wherever it hangs."""
    live = Screen.objects.filter(kind=ScreenKind.DISPLAY, digest=digest(secret), revoked_at__isnull=True)
    return live.first()


def numbers(clinic: UUID, *, now: datetime) -> Numbers:
    """Today's queue without a word about anybody, in three queries. Patients aren't even read."""
    day = today(clinic, now=now)
    rows = Visit.objects.filter(clinic=clinic, day=day, arrived_at__isnull=False, queue_number__isnull=False)
    rows = rows.filter(status__in=(VisitStatus.WAITING, VisitStatus.CALLED), appointment__status=Status.ARRIVED)
    found = list(rows.select_related("appointment__provider"))
    called = [visit for visit in found if visit.status == VisitStatus.CALLED]
    called.sort(key=lambda visit: (visit.called_at or now, visit.queue_number), reverse=True)
    waiting = sorted((visit for visit in found if visit.status == VisitStatus.WAITING), key=turn)
    places = places_of(called)
    return Numbers(
        called=[Call(visit.queue_number or 0, places[visit.pk]) for visit in called],
        waiting=[visit.queue_number or 0 for visit in waiting],
    )


def places_of(visits: Iterable[Visit]) -> dict[UUID, str]:
    """Where each is to go: into the room that was booked, else to the provider. One query."""
    rows = list(visits)
    used = {resource for visit in rows for resource, _, _ in visit.appointment.uses}
    assets = Asset.objects.filter(resource__in=used, resource__kind=Kind.ROOM) if used else Asset.objects.none()
    rooms = dict(assets.values_list("resource", "name"))
    return {visit.pk: _place(visit, rooms) for visit in rows}


def _place(visit: Visit, rooms: dict[int, str]) -> str:
    room = next((rooms[resource] for resource, _, _ in visit.appointment.uses if resource in rooms), "")
    return room or str(visit.appointment.provider or "")


def screens(clinic: Clinic) -> list[Screen]:
    """The clinic's live screens by name."""
    return list(Screen.objects.filter(clinic=clinic, revoked_at__isnull=True).select_related("made_by"))
