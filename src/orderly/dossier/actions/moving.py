"""What hangs on a patient goes to another record, by ids that can be kept: the way back is the same way."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F

from orderly.appointments.actions.place import GUARD
from orderly.appointments.actions.sessions import end_expired
from orderly.appointments.models import Appointment
from orderly.appointments.queries import seen
from orderly.billing.models import Invoice
from orderly.calendars.actions.claims import release_expired
from orderly.calendars.models import Hold, Reservation
from orderly.calendars.queries import Taken, reservations
from orderly.core.clock import minute
from orderly.core.edits import wrong
from orderly.core.errors import Conflict, NotFound, Stale
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor
from orderly.packages.models import Purchase
from orderly.patients.models import LinkRequest, LinkStatus, Patient, Registration
from orderly.resources import locks

MERGE = "patients:merge"
BOOKINGS = "booking:view_calendar"
FOR_EVER = 2**31 - 1
AT_ONCE = 500  # rows of one UPDATE


def locked(patients: Sequence[UUID], theirs: Collection[UUID]) -> dict[UUID, Patient]:
    """These patients in the order that all verbs keep: the appointments that are to move (`theirs`), then what was
    sold to both, then their time, then their rows with those of their wards. Nobody can book either, sell them anything
    or make them somebody's family until the transaction ends.

    Errors: NotFound; Conflict `contended` where something was sold to one while we waited.
    """
    list(Appointment.objects.filter(pk__in=theirs).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    purchases = Purchase.objects.filter(patient__in=patients).order_by("pk")
    list(purchases.select_for_update(no_key=True).values_list("pk"))
    invoices = Invoice.objects.filter(patient__in=patients).order_by("pk")
    sold = list(invoices.select_for_update(no_key=True).values_list("pk", flat=True))
    times = list(Patient.objects.filter(pk__in=patients).values_list("resource", flat=True))
    rows = locks.lock(times)
    wards = Patient.objects.filter(guardian__in=patients).values_list("pk", flat=True)
    found = Patient.objects.filter(pk__in={*patients, *wards}).order_by("pk").select_for_update(no_key=True)
    by_id = {one.pk: one for one in found if one.pk in patients}
    if by_id.keys() != set(patients):
        raise NotFound
    if list(invoices.values_list("pk", flat=True)) != sold:  # it isn't locked, and mustn't be waited for any more
        raise contended()
    for one in by_id.values():
        one.resource = rows[one.resource_id]
    return by_id


def shared_clinic(places: Collection[UUID], actor: Actor) -> UUID:
    """The clinic in which the actor makes two records one, or two of one: of those that know both. NotFound where none
    of these is the actor's; Forbidden names the right.
    """
    mine = sorted(place for place in places if actor.belongs_to(place))
    if not mine:
        raise NotFound
    for place in mine:
        if actor.may(MERGE, place):
            return place
    actor.require(MERGE, mine[0])
    return mine[0]


def require_version(patient: Patient, version: int | None) -> None:
    """Raises Stale where somebody changed the record since `version`."""
    if version is not None and version != patient.version:
        raise Stale


def move_appointments(ids: Collection[UUID], here: Patient, to: Patient) -> None:
    """With their visits and payments, which hang on them; whoever has one open learns that it changed. Called after the
    time has moved: what stayed with the old resource, since it is over, is remembered as it is.
    """
    Appointment.objects.filter(pk__in=ids).update(patient=to, version=F("version") + 1)
    stayed = Reservation.objects.filter(resource=here.resource_id).values_list("claim", flat=True)
    rows = list(Appointment.objects.filter(pk__in=ids).exclude(claim__in=set(stayed)).only("pk", "uses"))
    for one in rows:
        one.uses = [[to.resource_id if used == here.resource_id else used, *span] for used, *span in one.uses]
    Appointment.objects.bulk_update(rows, ["uses"], batch_size=AT_ONCE)


def move_holds(ids: Collection[UUID], to: Patient) -> None:
    """Who holds them goes on holding them, for this patient."""
    Hold.objects.filter(pk__in=ids).update(patient=to)


def move_invoices(ids: Collection[UUID], to: Patient) -> None:
    """With the packages on them: their sessions are this patient's."""
    Invoice.objects.filter(pk__in=ids).update(patient=to, version=F("version") + 1)
    Purchase.objects.filter(invoice__in=ids).update(patient=to, version=F("version") + 1)


def tidy(resource: int, now: datetime) -> Sequence[Taken]:
    """What takes a resource's time from now on, whose lock is held, without the holds that have expired."""
    rows = reservations([resource], minute(now), FOR_EVER)
    gone = release_expired(rows, now=now)
    end_expired(gone)
    return [row for row in rows if row[5] not in gone and row[2] > minute(now)]


def taken(resource: int) -> Sequence[Taken]:
    """All that takes a resource's time, also what is over."""
    return reservations([resource], 0, FOR_EVER)


def move_time(rows: Iterable[Taken], to: int) -> None:
    """The same times on another resource, under the same claims. Errors: Conflict where the database finds an
    overlap, which has the last word.
    """
    rows = list(rows)
    for one in rows:
        Reservation.objects.filter(resource=one[0], start=one[1], claim=one[5]).delete()
    moved = [
        Reservation(claim_id=claim, resource_id=to, lane=lane, start=start, end=end, expires=expires)
        for _, start, end, lane, expires, claim in rows
    ]
    try:
        Reservation.objects.bulk_create(moved)
    except IntegrityError as error:
        if GUARD in str(error):
            raise Conflict(wrong("other", "both_booked_unnamed")) from error
        raise


def clashes(mine: Sequence[Taken], theirs: Sequence[Taken], actor: Actor) -> list[Problem]:
    """The visits of both that overlap, each named once; what isn't the actor's to see only as being there."""
    pairs = [(one[5], other[5]) for one in mine for other in theirs if one[1] < other[2] and other[1] < one[2]]
    claims = {claim for pair in pairs for claim in pair}
    seen = Appointment.objects.visible_to(actor.within(BOOKINGS)).filter(claim__in=claims)
    numbers = list(seen.order_by("start", "number").values_list("number", flat=True))
    if not pairs:
        return []
    if not numbers:
        return [wrong("other", "both_booked_unnamed")]
    return [wrong("other", "both_booked", number=", ".join(numbers))]


def contended() -> Conflict:
    """Others are at work on the same records: ask again."""
    return Conflict(Problem(Code.CONTENDED))


def move_requests(there: Patient, to: Patient) -> list[str]:
    """Other clinics' requests to know the patient; one that is open for both stays where it is, since a clinic asks
    once. The ids of those that moved.
    """
    rows = LinkRequest.objects.filter(patient=there).order_by("pk").select_for_update(no_key=True)
    asked = LinkRequest.objects.filter(patient=to, status=LinkStatus.OPEN).values_list("clinic", flat=True)
    double = set(asked)
    moved = [one.pk for one in rows if one.status != LinkStatus.OPEN or one.clinic_id not in double]
    LinkRequest.objects.filter(pk__in=moved).update(patient=to)
    return [str(one) for one in moved]


def last_seen(patient: Patient, clinic: UUID, former: str | None) -> date | None:
    """When a clinic last saw somebody, going by what was noted before and by their own visits there."""
    days = (date.fromisoformat(former) if former else None, seen.last_seen(patient.pk, clinic))
    return max((day for day in days if day), default=None)


def register_at(patient: Patient, clinic: UUID, day: date | None) -> None:
    """The clinic knows the patient, and last saw them on `day`."""
    values: dict[str, Any] = {"last_visit_on": day}
    Registration.objects.update_or_create(patient=patient, clinic_id=clinic, defaults=values)
