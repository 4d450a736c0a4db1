"""The audit list: what was changed and what was looked at, as one list, the newest first."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from orderly.appointments.models import Appointment
from orderly.core.errors import Forbidden
from orderly.journal.actor import Actor
from orderly.journal.models import Concerned, Entry, Kind, Look, Shown
from orderly.patients.models import Patient
from orderly.patients.queries import merged_with

AUDIT: Final = "audit:view"
AT_A_TIME: Final = 500
GONE: Final = ("_removed", "_deleted", "_erased", "_revoked")
LOOKED, CHANGED = 0, 1
OVERWRITTEN: Final = "before"  # values, kept for taking a change back


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to list. `patient` means whatever was about them: their record, their appointments, lists they stood in."""

    clinic: UUID | None = None
    first: datetime | None = None
    last: datetime | None = None
    user: UUID | None = None
    subject: UUID | None = None
    patient: UUID | None = None
    kind: str = ""
    fact: str = ""


class After(NamedTuple):
    """Where a piece of the list ended."""

    at: datetime
    rank: int
    id: int


@dataclass(frozen=True, slots=True)
class Line:
    """One change or one look. `fields` of a change are named, not shown: a history shows them to those who may."""

    rank: int
    id: int
    at: datetime
    kind: str
    action: str
    clinic: UUID | None
    user: UUID | None
    address: str
    subject: UUID | None
    about: Mapping[str, Any]
    fields: Sequence[str]
    count: int | None

    @property
    def place(self) -> After:
        return After(self.at, self.rank, self.id)


def lines(asked: Asked, *, actor: Actor, limit: int, after: After | None = None) -> list[Line]:
    """At most `limit` lines beyond `after`. As many queries however long the journal is.

    Errors: NotFound and Forbidden (`audit:view`) for the clinic.
    """
    clinics = _clinics(asked, actor)
    found: list[Line] = []
    for rank, rows in _sources(asked, clinics):
        beyond = rows if after is None else rows.filter(_beyond(rank, after))
        shown = _change if rank == CHANGED else _look
        found += [shown(row) for row in beyond.order_by("-at", "-id")[:limit]]
    return sorted(found, key=lambda line: line.place, reverse=True)[:limit]


def every(asked: Asked, *, actor: Actor, last: datetime) -> Iterator[Line]:
    """All lines up to an instant, a piece at a time: the list itself may grow meanwhile."""
    asked, after = replace(asked, last=min(asked.last or last, last)), None
    while some := lines(asked, actor=actor, limit=AT_A_TIME, after=after):
        yield from some
        after = some[-1].place


def _clinics(asked: Asked, actor: Actor) -> Collection[UUID] | None:
    """Those whose log is to be read; None means all, and what belongs to none."""
    if asked.clinic is not None:
        actor.require(AUDIT, asked.clinic)
        return [asked.clinic]
    if AUDIT in actor.everywhere:
        return None
    clinics = [clinic for clinic, held in actor.rights.items() if AUDIT in held]
    if not clinics:
        raise Forbidden(AUDIT)
    return clinics


def _sources(asked: Asked, clinics: Collection[UUID] | None) -> Iterator[tuple[int, QuerySet[Any]]]:
    subjects = _subjects(asked, clinics)
    if asked.kind in ("", Kind.EDIT, Kind.DELETE):
        rows = _common(Entry.objects.all(), asked, subjects)
        yield CHANGED, _of_kind(_within(rows, clinics), asked.kind)
    if asked.kind in (Kind.EDIT, Kind.DELETE):
        return
    looks = Look.objects.filter(kind=asked.kind) if asked.kind else Look.objects.all()
    for rows in _seen(_common(looks, asked, None), subjects):
        yield LOOKED, _within(rows, clinics)
        if clinics is not None:  # several clinics were looked into at once: it is the business of each
            concerned = Concerned.objects.filter(look=OuterRef("pk"), clinic__in=clinics)
            yield LOOKED, rows.filter(Exists(concerned), clinic__isnull=True)


def _subjects(asked: Asked, clinics: Collection[UUID] | None) -> list[UUID] | None:
    """What lines may be about; None means anything."""
    if asked.patient is None:
        return None if asked.subject is None else [asked.subject]
    appointments, known = Appointment.objects.filter(patient=asked.patient), Patient.objects.filter(pk=asked.patient)
    if clinics is not None:
        appointments = appointments.filter(clinic__in=clinics)
        known = known.filter(registrations__clinic__in=clinics)
    one = list(known.values_list("pk", flat=True)[:1])
    about = [*one, *(merged_with(asked.patient) if one else ()), *appointments.values_list("pk", flat=True)]
    return about if asked.subject is None else [one for one in about if one == asked.subject]


def _common(rows: QuerySet[Any], asked: Asked, subjects: list[UUID] | None) -> QuerySet[Any]:
    """What both tables are asked alike."""
    action = "fact" if rows.model is Entry else "what"
    wanted = {"at__gte": asked.first, "at__lt": asked.last, "user": asked.user, action: asked.fact or None}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return rows if subjects is None else rows.filter(subject__in=subjects)


def _seen(looks: QuerySet[Look], subjects: list[UUID] | None) -> Iterator[QuerySet[Look]]:
    """Looks at these things, and looks at lists they stood in: an index each."""
    if subjects is None:
        yield looks
        return
    yield looks.filter(subject__in=subjects)
    yield looks.filter(pk__in=Shown.objects.filter(subject__in=subjects).values("look"))


def _within(rows: QuerySet[Any], clinics: Collection[UUID] | None) -> QuerySet[Any]:
    return rows if clinics is None else rows.filter(clinic__in=clinics)


def _of_kind(rows: QuerySet[Entry], kind: str) -> QuerySet[Entry]:
    gone = Q()
    for ending in GONE:
        gone |= Q(fact__endswith=ending)
    return {Kind.DELETE: rows.filter(gone), Kind.EDIT: rows.exclude(gone)}.get(Kind(kind), rows) if kind else rows


def _beyond(rank: int, after: After) -> Q:
    same = Q(at=after.at)
    if rank == after.rank:
        return Q(at__lt=after.at) | (same & Q(id__lt=after.id))
    return Q(at__lte=after.at) if rank < after.rank else Q(at__lt=after.at)


def _change(entry: Entry) -> Line:
    kind = Kind.DELETE if entry.fact.endswith(GONE) else Kind.EDIT
    return Line(
        *(CHANGED, entry.pk, entry.at, kind, entry.fact, entry.clinic, entry.user, entry.address, entry.subject),
        about={name: value for name, value in entry.ids.items() if name != OVERWRITTEN},
        fields=sorted(entry.changes),
        count=None,
    )


def _look(look: Look) -> Line:
    return Line(
        *(LOOKED, look.pk, look.at, look.kind, look.what, look.clinic, look.user, look.address, look.subject),
        about=look.asked,
        fields=(),
        count=look.count,
    )
