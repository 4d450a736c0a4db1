"""The audit log: who changed what and who looked at what."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router
from pydantic import Field, WithJsonSchema

from orderly.api.operations import reads
from orderly.api.paging import Paged, cursor_of, values_of
from orderly.api.schemas import In, Out, Page
from orderly.api.types import Day, Id, Text
from orderly.clinics.models import Clinic
from orderly.core.clock import instant
from orderly.edge.actors import actor_of, now_of
from orderly.edge.audit import AT_A_TIME, AUDIT, After, Asked, Line, every, lines
from orderly.edge.readlog import looked
from orderly.edge.tables import csv_lines
from orderly.engine.walltime import day_start
from orderly.journal.models import Kind

router = Router(tags=["audit"])
USUAL = timedelta(days=31)
NAME = "audit"
HEADINGS = ("at", "kind", "action", "user", "address", "clinic", "subject", "fields", "about", "count")


# Spelt out: the document knows another `Kind`, of resources.
LoggedKind = Annotated[Kind, WithJsonSchema({"type": "string", "enum": Kind.values})]


class AuditFilters(In):
    clinic: Id | None = Field(None, description="default: every clinic whose audit log is one's own to see")
    first: Day | None = Field(
        None,
        alias="from",
        description="the clinic's day, else UTC's; default: 31 days ago, unless a subject is named",
    )
    last: Day | None = Field(None, alias="to", description="not included")
    user: Id | None = None
    subject: Id | None = Field(None, description="the patient, appointment or other thing itself")
    patient: Id | None = Field(None, description="their record, their appointments, and lists they stood in")
    kind: LoggedKind | None = None
    fact: Annotated[str, Text(60)] = Field("", description="as `action` names it")


class AuditQuery(AuditFilters, Paged):
    pass


class AuditExportQuery(AuditFilters):
    format: Literal["csv", "jsonl"] = "csv"


class AuditOut(Out):
    """A change, with the fields it changed, or a look, with what was asked for and how many things were shown."""

    at: str
    kind: LoggedKind
    action: str
    user: UUID | None
    address: str
    clinic: UUID | None
    subject: UUID | None
    fields: list[str]
    about: dict[str, Any]
    count: int | None


@reads(router, "audit", needs=AUDIT)
def list_audit(request: HttpRequest, asked: Query[AuditQuery]) -> Page[AuditOut]:
    """Changes and looks, the newest first."""
    actor = actor_of(request)
    after = None if asked.cursor is None else _after(asked.cursor)
    found = lines(_asked(request, asked), actor=actor, limit=asked.limit + 1, after=after)
    page = found[: asked.limit]
    looked(request, "audit", asked.subject or asked.patient, clinic=asked.clinic, user=asked.user)
    rest = None
    if len(found) > asked.limit:
        at, rank, pk = page[-1].place
        rest = cursor_of(NAME, (at.isoformat(), rank, pk))
    return Page[AuditOut](items=[_shown(line) for line in page], next=rest)


@reads(router, "audit/export", needs=AUDIT, answers=("text/csv", "application/jsonl"))
def export_audit(request: HttpRequest, asked: Query[AuditExportQuery]) -> StreamingHttpResponse:
    """The same as a file: CSV, or JSON lines. It is itself in the log before it is sent."""
    actor, now = actor_of(request), now_of(request)
    wanted = _asked(request, asked)
    lines(wanted, actor=actor, limit=1)
    looked(request, "audit", asked.subject or asked.patient, clinic=asked.clinic, kind=Kind.EXPORT, user=asked.user)
    rows = (_shown(line) for line in every(wanted, actor=actor, last=now))
    write, content_type = FORMATS[asked.format]
    name = f'attachment; filename="audit-{now:%Y%m%d}.{asked.format}"'
    return StreamingHttpResponse(_sent(write(rows)), content_type=content_type, headers={"Content-Disposition": name})


async def _sent(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Some at a time: a plain iterator would be read to its end before the first byte is sent."""
    while some := await sync_to_async(lambda: b"".join(islice(parts, AT_A_TIME)))():
        yield some


def _asked(request: HttpRequest, asked: AuditFilters) -> Asked:
    mine = Clinic.objects.filter(pk=asked.clinic) if asked.clinic else Clinic.objects.none()
    zone = mine.values_list("timezone", flat=True).first() or "UTC"
    bounded = asked.first or asked.subject or asked.patient
    first = instant(day_start(zone, asked.first)) if asked.first else None if bounded else now_of(request) - USUAL
    return Asked(
        clinic=asked.clinic,
        first=first,
        last=instant(day_start(zone, asked.last)) if asked.last else None,
        user=asked.user,
        subject=asked.subject,
        patient=asked.patient,
        kind=asked.kind or "",
        fact=asked.fact,
    )


def _after(cursor: str) -> After:
    at, rank, pk = values_of(NAME, cursor)
    return After(datetime.fromisoformat(at), rank, pk)


def _shown(line: Line) -> AuditOut:
    return AuditOut(
        at=line.at.isoformat(timespec="milliseconds"),
        kind=Kind(line.kind),
        action=line.action,
        user=line.user,
        address=line.address,
        clinic=line.clinic,
        subject=line.subject,
        fields=list(line.fields),
        about=dict(line.about),
        count=line.count,
    )


def _csv(rows: Iterator[AuditOut]) -> Iterator[bytes]:
    return csv_lines(HEADINGS, ([_cell(getattr(row, name)) for name in HEADINGS] for row in rows))


def _cell(value: Any) -> str | int | None:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value) if isinstance(value, UUID) else value


def _jsonl(rows: Iterator[AuditOut]) -> Iterator[bytes]:
    return (f"{row.model_dump_json()}\n".encode() for row in rows)


FORMATS: Final = {"csv": (_csv, "text/csv; charset=utf-8"), "jsonl": (_jsonl, "application/jsonl")}
