"""From visits to rows: claims and reservations, appointments, payments, visits, and what the journal says."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from orderly.appointments.choices import VISIT_OF, WAY_TO_COMPLETED, Status
from orderly.appointments.facts import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentCompleted,
    AppointmentStatusChanged,
)
from orderly.appointments.models import Appointment, QueueCounter, Visit
from orderly.billing.models import Payment, PaymentStatus
from orderly.calendars.models import Claim, ClaimKind, Reservation
from orderly.core.ids import SPOKEN, uuid7_of
from orderly.engine.money import split
from orderly.engine.walltime import local
from orderly.journal.facts import kind
from orderly.journal.models import Entry, Head
from orderly.people.permissions import Role
from orderly.seed.load import Table, moment
from orderly.seed.organisation import Made
from orderly.seed.packing import Visit as Packed
from orderly.seed.people import Person
from orderly.seed.story import Story

BOOKED, COMPLETED = kind(AppointmentBooked), kind(AppointmentCompleted)
CHANGED, CANCELLED = kind(AppointmentStatusChanged), kind(AppointmentCancelled)
STRIDE = 9973  # shares no factor with 14, so codes of one day never repeat


@dataclass(frozen=True, slots=True)
class Place:
    """The clinic a row belongs to, in the words rows use."""

    made: Made
    people: list[Person]

    @property
    def user(self) -> str:
        """Who books, for the most part: the front desk."""
        return next(login.user.pk.hex for login in self.made.logins if login.role == Role.FRONT_DESK)


def code(nth: int) -> str:
    """The `nth` code of a day: four of the characters that survive a telephone line, more when those run out."""
    length, size = 4, len(SPOKEN)
    while nth >= size**length:
        nth -= size**length
        length += 1
    value = nth * STRIDE % size**length
    return "".join(SPOKEN[value // size**place % size] for place in reversed(range(length)))


class Rows:
    """Collects rows until they are written. Numbers run on over all clinics; ids come from `dice`."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._claims, self._positions = count(1), count(1)
        self._codes: dict[str, int] = defaultdict(int)
        self._queue: dict[tuple[str, str], int] = defaultdict(int)
        self._last_position = 0
        self._tables = {
            Claim: Table(Claim, "id", "kind"),
            Reservation: Table(Reservation, "claim_id", "resource_id", "lane", "start", "end"),
            Payment: Table(
                Payment,
                *("id", "clinic_id", "status", "method", "currency", "total", "paid"),
                *("provider_share", "clinic_share", "created_at"),
            ),
            Appointment: Table(
                Appointment,
                *("id", "number", "clinic_id", "patient_id", "provider_id", "service_id", "claim_id", "payment_id"),
                *("start", "end", "uses", "status", "source", "cancelled_from", "created_at", "created_by_id"),
            ),
            Visit: Table(
                Visit,
                *("id", "appointment_id", "clinic_id", "day", "queue_number", "status", "planned"),
                *("arrived_at", "called_at", "started_at", "done_at"),
            ),
            Entry: Table(Entry, "id", "position", "at", "fact", "clinic", "subject", "user", "ids", "changes"),
        }
        self._rows: dict[Any, list[tuple[Any, ...]]] = {model: [] for model in self._tables}

    def __len__(self) -> int:
        return len(self._rows[Appointment])

    def add(self, place: Place, visit: Packed, story: Story) -> None:
        """All the rows of one visit."""
        number, clinic = self._number(place, story), place.made.clinic
        start, end = visit.start, visit.start + visit.treatment.minutes
        patient, provider = place.people[visit.patient], place.made.providers[visit.provider]
        identity, payment = self._id(story.booked), self._id(story.booked)
        uses = [*visit.uses, (patient.resource, ((0, end - start),))]
        claim = None if story.status == Status.CANCELLED else self._claim(start, uses)
        self._pay(place, visit, story, payment.hex, provider.share_percent)
        kept = ",".join(f"[{one},{low},{high}]" for one, parts in uses for low, high in parts)
        self._rows[Appointment].append(
            (
                *(identity.hex, number, clinic.pk.hex, patient.id.hex, provider.pk.hex),
                *(visit.treatment.service.pk.hex, claim, payment.hex, start, end, f"[{kept}]", story.status),
                *(story.source, "confirmed" if story.called_off else "", moment(story.booked), place.user),
            )
        )
        day = local(clinic.timezone, start)[0].isoformat()
        self._visit(identity, clinic.pk.hex, day, start, story)
        ids = f'"patient":"{patient.id}","provider":"{provider.pk}","service":"{visit.treatment.service.pk}"'
        booked = _changes(number=number, status="confirmed", start=start, end=end, source=story.source)
        about = clinic.pk.hex, identity.hex, place.user
        self._enter(BOOKED, story.booked, about, ids, booked)
        self._outcome(story, start, about, ids, day)
        if story.status == Status.COMPLETED and day > (patient.last_visit_on or ""):
            patient.last_visit_on = day

    def write(self) -> None:
        """Write what has been collected, in an order that foreign keys like."""
        for model, rows in self._rows.items():
            self._tables[model].write(rows)
            rows.clear()

    def write_counters(self) -> None:
        """The last queue number of each day, and the journal's last position."""
        counters = Table(QueueCounter, "clinic_id", "day", "last")
        counters.write([(clinic, day, last) for (clinic, day), last in self._queue.items()])
        Head.objects.update_or_create(pk=1, defaults={"position": self._last_position})

    def _id(self, minute: int) -> UUID:
        return uuid7_of(minute * 60_000, self._dice.getrandbits(74))

    def _number(self, place: Place, story: Story) -> str:
        day = _compact(local(place.made.clinic.timezone, story.booked)[0])
        nth = self._codes[day]
        self._codes[day] += 1
        return f"AP-{day}-{code(nth)}"

    def _claim(self, start: int, uses: list[tuple[int, Any]]) -> int:
        claim = next(self._claims)
        self._rows[Claim].append((claim, ClaimKind.APPOINTMENT.value))
        self._rows[Reservation].extend(
            (claim, resource, 0, start + low, start + high) for resource, parts in uses for low, high in parts
        )
        return claim

    def _pay(self, place: Place, visit: Packed, story: Story, payment: str, share: int) -> None:
        clinic, total = place.made.clinic, visit.treatment.service.price
        paid = total if story.payment == PaymentStatus.PAID else 0
        shares = _shares(total, share)
        row = (payment, clinic.pk.hex, story.payment, story.method, clinic.currency, total, paid)
        self._rows[Payment].append((*row, *shares, moment(story.booked)))

    def _visit(self, appointment: UUID, clinic: str, day: str, start: int, story: Story) -> None:
        self._queue[clinic, day] += 1
        times = (story.arrived, story.begun, story.begun, story.done)
        self._rows[Visit].append(
            (
                *(self._id(story.booked).hex, appointment.hex, clinic, day, self._queue[clinic, day]),
                *(VISIT_OF[Status(story.status)].value, start),
                *(None if at is None else moment(at) for at in times),
            )
        )

    def _outcome(self, story: Story, start: int, about: tuple[str, str, str], ids: str, day: str) -> None:
        """The moves from confirmed to where the appointment stands."""
        if story.called_off:
            self._enter(CANCELLED, story.called_off, about, ids, _changes(_from="confirmed", status="cancelled"))
        elif story.status == Status.NO_SHOW:
            self._enter(CHANGED, start + 30, about, ids, _changes(_from="confirmed", status="no_show"))
        elif story.status != Status.CONFIRMED:
            reached = WAY_TO_COMPLETED.index(Status(story.status))
            for nth, at in zip(range(1, reached + 1), (story.arrived, story.begun, story.done), strict=False):
                old, new = WAY_TO_COMPLETED[nth - 1].value, WAY_TO_COMPLETED[nth].value
                fact, more = (COMPLETED, f',"day":"{day}"') if new == Status.COMPLETED else (CHANGED, "")
                self._enter(fact, at or start, about, ids + more, _changes(_from=old, status=new))

    def _enter(self, fact: str, at: int, about: tuple[str, str, str], ids: str, changes: str) -> None:
        self._last_position = position = next(self._positions)
        self._rows[Entry].append((position, position, moment(at), fact, *about, f"{{{ids}}}", changes))


def _changes(_from: str | None = None, **new: Any) -> str:
    """The journal's `changes` as JSON."""
    return json.dumps({name: [_from, value] for name, value in new.items()}, separators=(",", ":"))


@cache
def _shares(total: int, percent: int) -> tuple[int, int]:
    return split(total, percent)


@cache
def _compact(day: date) -> str:
    return f"{day:%Y%m%d}"
