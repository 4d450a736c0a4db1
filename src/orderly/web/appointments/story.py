"""An appointment's history as sentences: who, when, what."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderly.appointments.models import Appointment
from orderly.appointments.queries.undoable import ANSWERED, UNDONE
from orderly.core.text import listed
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.people.models import User
from orderly.resources.models import Provider
from orderly.web.templatetags.desk import clock, day
from orderly.web.words import CHECK, SAID, SOURCE, STATUS, VISIT, WAY, Words

AUDIT, MODIFY = "audit:view", "booking:modify_appointment"
ALONE: Final[Words] = {
    "appointment_put_back": gettext_lazy("Put back to an earlier state"),
    UNDONE: gettext_lazy("Undone"),
    "patient_told": gettext_lazy("The patient was told by e-mail"),
    "patient_phoned": gettext_lazy("The patient was told by telephone"),
    "phoning_taken_back": gettext_lazy("Not told by telephone after all"),
}

WHO = ("provider", "proposed_provider")


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    who: str
    what: list[str]
    note: str
    address: str
    entry: int
    back: bool
    """Whether what was before it may be put back."""


def story(found: Appointment, actor: Actor, entries: Sequence[Entry]) -> list[Line]:
    """Everything that happened to the appointment by its `entries`, the newest first. Two queries."""
    people = {user.pk: str(user) for user in User.objects.filter(pk__in={entry.user for entry in entries})}
    providers = _providers(entries)
    zone = found.clinic.timezone
    audits, modifies = (actor.may(right, found.clinic_id) for right in (AUDIT, MODIFY))
    lines = [
        Line(
            entry.at,
            people[entry.user] if entry.user in people else _("Orderly itself"),
            list(_what(entry, providers, zone)),
            entry.note,
            entry.address if audits else "",
            entry.pk,
            modifies and bool(entry.changes) and entry.fact != "appointment_booked",
        )
        for entry in entries
    ]
    return list(_folded(entries, lines))[::-1]


def _folded(entries: Sequence[Entry], lines: Iterable[Line]) -> Iterator[Line]:
    """An undo, and what it did because of that, are one line, that nobody wants to put back."""
    undo: tuple[Entry, Line] | None = None
    for entry, line in zip(entries, lines, strict=True):
        if undo and (entry.at, entry.user) == (undo[0].at, undo[0].user) and entry.fact != UNDONE:
            undo[1].what.extend(line.what)
            continue
        if undo:
            yield undo[1]
        undo = (entry, line) if entry.fact == UNDONE else None
        if undo is None:
            yield line
    if undo:
        yield undo[1]


def _providers(entries: Iterable[Entry]) -> dict[str, str]:
    ids = {one for entry in entries for name in WHO for one in entry.changes.get(name, ()) if one}
    found = Provider.objects.filter(pk__in=[UUID(one) for one in ids]) if ids else ()
    return {str(provider.pk): str(provider) for provider in found}


def _what(entry: Entry, providers: Mapping[str, str], zone: str) -> Iterator[str]:
    if entry.fact == "appointment_booked":
        yield _("Booked")
        return
    if entry.fact in ALONE:
        yield str(ALONE[entry.fact])
        return
    changes = entry.changes
    if "status" in changes:
        old, new = changes["status"]
        yield f"{STATUS.get(old, old)} → {STATUS.get(new, new)}"
    if "way" in entry.ids:
        yield str(WAY.get(entry.ids["way"], entry.ids["way"]))
    if entry.fact == "visit_checked":
        yield listed(CHECK.get(one, one) for one in entry.ids.get("checks", ()))
    if entry.fact == ANSWERED:
        yield _("The patient is to be told") if entry.ids["tell"] else _("The patient isn't to be told")
    if entry.fact == "check_in_link_made":
        yield _("Link for checking in made")
    if "visit" in changes:
        yield VISIT.get(changes["visit"][1], changes["visit"][1])
    if "start" in changes:
        yield f"{_moment(changes['start'][0], zone)} → {_moment(changes['start'][1], zone)}"
    elif "end" in changes:
        yield _("Until %(old)s → %(new)s") % {
            "old": clock(changes["end"][0], zone),
            "new": clock(changes["end"][1], zone),
        }
    who = next((name for name in WHO if name in changes), None)
    if who is not None:
        yield " → ".join(providers.get(one or "", _("nobody")) for one in changes[who])
    elif "resources" in changes and "start" not in changes:
        yield _("Another room or device")
    if "source" in changes:
        yield " → ".join(str(SOURCE.get(one, one)) for one in changes["source"])
    for words in entry.words.all():
        if words.field in SAID:
            yield f"{SAID.get(words.field, words.field)}: {words.old or '–'} → {words.new or '–'}"


def _moment(at: Any, zone: str) -> str:
    return f"{day(at, zone)} {clock(at, zone)}"
