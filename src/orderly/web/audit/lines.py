"""Lines of the audit log as they are read: names for ids, words for codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.core.text import listed
from orderly.edge import audit
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.journal.queries import changed
from orderly.patients.models import Patient
from orderly.people.models import User
from orderly.resources.models import Provider
from orderly.web.audit.words import FACT, FIELD, KIND, LOOK
from orderly.web.templatetags.desk import clock, day
from orderly.web.words import GENDER, SOURCE, STATUS, VISIT

PATIENTS: Final = "patients:view"
PROVIDERS: Final = ("provider", "proposed_provider")
TIMES: Final = ("start", "end")
CODES: Final = {"status": STATUS, "source": SOURCE, "visit": VISIT, "gender": GENDER}
HIDDEN: Final = ("resources", "guardian")  # bare ids, of other clinics perhaps: that they changed is enough


@dataclass(frozen=True, slots=True)
class Change:
    field: Any
    values: tuple[str, str] | None
    """Before and after; None where only the name of the field is to be shown."""


@dataclass(frozen=True, slots=True)
class Row:
    at: datetime
    who: str
    kind: str
    kind_name: Any
    what: Any
    subject: UUID | None
    about: str
    changes: list[Change]
    address: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Names:
    people: Mapping[UUID, str]
    subjects: Mapping[UUID, str]
    providers: Mapping[str, str]
    sees_patients: bool
    zone: str


def rows(found: Sequence[audit.Line], clinic: Clinic, actor: Actor) -> list[Row]:
    """Six queries, however many lines."""
    ids = [line.id for line in found if line.rank == audit.CHANGED]
    entries = {entry.pk: entry for entry in Entry.objects.filter(pk__in=ids).prefetch_related("words")}
    names = _names(found, entries, clinic, actor)
    return [_row(line, entries.get(line.id) if line.rank == audit.CHANGED else None, names) for line in found]


def _names(found: Sequence[audit.Line], entries: Mapping[int, Entry], clinic: Clinic, actor: Actor) -> Names:
    subjects = {line.subject for line in found if line.subject}
    ids = {line.user for line in found if line.user} | subjects
    people = {user.pk: str(user) for user in User.objects.filter(pk__in=ids)}
    sees_patients = actor.may(PATIENTS, clinic.pk)
    known = Patient.objects.filter(pk__in=subjects, registrations__clinic=clinic.pk) if sees_patients else ()
    booked = Appointment.objects.filter(pk__in=subjects, clinic=clinic.pk).values_list("pk", "number")
    about = {**people, **{one.pk: str(one) for one in known}, **dict(booked)}
    return Names(people, about, _providers(entries), sees_patients, clinic.timezone)


def _providers(entries: Mapping[int, Entry]) -> dict[str, str]:
    ids = {one for entry in entries.values() for name in PROVIDERS for one in entry.changes.get(name, ()) if one}
    return {str(one.pk): str(one) for one in Provider.objects.filter(pk__in=ids)}


def _row(line: audit.Line, entry: Entry | None, names: Names) -> Row:
    called = LOOK if entry is None else FACT
    nobody = _("Orderly itself")
    return Row(
        at=line.at,
        who=names.people.get(line.user, nobody) if line.user else nobody,
        kind=line.kind,
        kind_name=KIND[line.kind],
        what=called.get(line.action, line.action),
        subject=line.subject,
        about=names.subjects.get(line.subject, str(line.subject)) if line.subject else "",
        changes=_changes(entry, names) if entry is not None else [],
        address=line.address,
        count=line.count,
    )


def _changes(entry: Entry, names: Names) -> list[Change]:
    words = {one.field for one in entry.words.all()}
    values = sorted(changed(entry).items())
    return [_change(name, both, names, hidden=name in words and not names.sees_patients) for name, both in values]


def _change(name: str, both: tuple[Any, Any], names: Names, *, hidden: bool) -> Change:
    if hidden or name in HIDDEN or both == (None, None):
        return Change(FIELD.get(name, name), None)
    old, new = both
    return Change(FIELD.get(name, name), (_value(name, old, names), _value(name, new, names)))


def _value(name: str, value: Any, names: Names) -> str:
    if value is None or value == "":
        return "–"
    if name in TIMES and isinstance(value, int):
        return f"{day(value, names.zone)} {clock(value, names.zone)}"
    if name in PROVIDERS:
        return names.providers.get(value, "–")
    if name in CODES:
        return str(CODES[name].get(value, value))
    return listed(value) if isinstance(value, list) else str(value)
