"""The history of a patient's record as lines: who, when, what was and what is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.journal.queries import changed
from orderly.patients.models import Patient
from orderly.patients.queries import history_for
from orderly.web.audit.words import FACT
from orderly.web.patients.labels import LABEL, reading
from orderly.web.who import who_did

AUDIT: Final = "audit:view"
MOST: Final = 100
UNREAD: Final = ("guardian", "family", "extra")  # whose values are ids or data: that they changed is enough


@dataclass(frozen=True, slots=True)
class Change:
    label: Any
    old: str
    new: str
    erased: bool
    told: bool
    """Whether the values are shown, and not only that they changed."""


@dataclass(frozen=True, slots=True)
class Line:
    entry: int
    at: datetime
    who: str
    address: str
    what: Any
    changes: list[Change]
    back: bool
    """Whether what was before it may be put back."""


def story(found: Patient, clinic: Clinic, *, actor: Actor) -> list[Line]:
    """What happened to the record, the newest first; three queries."""
    entries = list(history_for(actor, found.pk).order_by("-id")[:MOST])
    people = who_did(entries, actor)
    edits = actor.may("patients:edit", clinic.pk)
    return [_line(entry, people, actor, edits=edits and entry.subject == found.pk) for entry in entries]


def _line(entry: Entry, people: dict[int, str], actor: Actor, *, edits: bool) -> Line:
    audits = entry.clinic is not None and actor.may(AUDIT, entry.clinic)
    return Line(
        entry=entry.pk,
        at=entry.at,
        who=people[entry.pk],
        address=entry.address if audits else "",
        what=FACT.get(entry.fact, entry.fact),
        changes=[_change(name, *both) for name, both in sorted(changed(entry).items())],
        back=edits and entry.fact == "patient_changed" and bool(entry.changes),
    )


def _change(name: str, old: Any, new: Any) -> Change:
    erased = old is None and new is None
    told = name not in UNREAD and not erased
    both = (reading(name, old), reading(name, new)) if told else ("", "")
    return Change(LABEL.get(name, name), *both, erased=erased, told=told)
