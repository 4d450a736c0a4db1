"""An appointment's history as sentences: who, when, what."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from orderly.appointments.models import Appointment
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.journal.queries import history
from orderly.people.models import User
from orderly.resources.models import Provider
from orderly.web.templatetags.desk import clock, day
from orderly.web.words import SAID, SOURCE, STATUS, VISIT

AUDIT, MODIFY = "audit:view", "booking:modify_appointment"

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


def story(found: Appointment, actor: Actor) -> list[Line]:
    """Everything that happened to the appointment, the newest first. Four queries."""
    entries = list(history(found.pk))
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
    return lines[::-1]


def _providers(entries: Iterable[Entry]) -> dict[str, str]:
    ids = {one for entry in entries for name in WHO for one in entry.changes.get(name, ()) if one}
    found = Provider.objects.filter(pk__in=[UUID(one) for one in ids]) if ids else ()
    return {str(provider.pk): str(provider) for provider in found}


def _what(entry: Entry, providers: Mapping[str, str], zone: str) -> Iterator[str]:
    if entry.fact == "appointment_booked":
        yield _("Booked")
        return
    if entry.fact == "appointment_put_back":
        yield _("Put back to an earlier state")
        return
    changes = entry.changes
    if "status" in changes:
        old, new = changes["status"]
        yield f"{STATUS.get(old, old)} → {STATUS.get(new, new)}"
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
        yield f"{SAID.get(words.field, words.field)}: {words.old or '–'} → {words.new or '–'}"


def _moment(at: Any, zone: str) -> str:
    return f"{day(at, zone)} {clock(at, zone)}"
