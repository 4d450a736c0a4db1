"""A fact is written with the change it tells of, or not at all."""

from datetime import timedelta
from typing import Any

import pytest

from orderly.core.database import writing
from orderly.core.ids import uuid7
from orderly.journal.actions import entry_of, record, sequence
from orderly.journal.actor import SYSTEM, Actor
from orderly.journal.facts import kind
from orderly.journal.models import Entry
from orderly.journal.queries import history, position
from orderly.patients.facts import PatientRegistered
from tests.factories import NOW, make_clinic
from tests.journal.happening import BellRung, ring

SUBJECT, CLINIC, USER = uuid7(), uuid7(), uuid7()
WHOLE = BellRung(
    subject=SUBJECT,
    clinic=CLINIC,
    ids={"door": "front", "rings": 2},
    changes={"status": ("quiet", "loud"), "rings": (None, 2)},
    note="twice",
)


def kept(entry: Entry) -> dict[str, Any]:
    return {field.name: getattr(entry, field.name) for field in Entry._meta.fields if field.name != "id"}


WHOLE_KEPT = {
    "position": None,
    "at": NOW,
    "fact": "bell_rung",
    "clinic": CLINIC,
    "subject": SUBJECT,
    "user": USER,
    "address": "192.0.2.7",
    "ids": {"door": "front", "rings": 2},
    "changes": {"status": ["quiet", "loud"], "rings": [None, 2]},
    "note": "twice",
}


def test_a_fact_becomes_a_row() -> None:
    assert kept(entry_of(WHOLE, actor=Actor(user=USER, address="192.0.2.7"), now=NOW)) == WHOLE_KEPT


def test_the_least_a_fact_can_say() -> None:
    nothing = {"clinic": None, "user": None, "address": "", "ids": {}, "changes": {}, "note": ""}
    assert kept(entry_of(BellRung(subject=SUBJECT), actor=SYSTEM, now=NOW)) == {**WHOLE_KEPT, **nothing}


@pytest.mark.django_db
def test_the_database_gives_back_what_was_recorded() -> None:
    record(WHOLE, actor=Actor(user=USER, address="192.0.2.7"), now=NOW)
    assert kept(Entry.objects.get()) == WHOLE_KEPT


def test_facts_are_kept_under_the_names_of_their_classes() -> None:
    assert [kind(BellRung), kind(PatientRegistered)] == ["bell_rung", "patient_registered"]


def rename_and_fail() -> None:
    with writing():
        make_clinic(name="Never")
        record(WHOLE, actor=SYSTEM, now=NOW)
        raise LookupError


@pytest.mark.django_db
def test_it_is_undone_with_the_change() -> None:
    with pytest.raises(LookupError):
        rename_and_fail()
    assert list(Entry.objects.all()) == []


@pytest.mark.django_db(transaction=True)
def test_it_is_undone_with_the_change_for_good() -> None:
    """Without a transaction of the test around it."""
    with pytest.raises(LookupError):
        rename_and_fail()
    assert list(Entry.objects.all()) == []


@pytest.mark.django_db
def test_the_history_of_one_thing_is_its_own_oldest_first() -> None:
    times = [NOW + timedelta(minutes=minutes) for minutes in (2, 0, 1)]
    for at in times:
        record(BellRung(subject=SUBJECT), actor=SYSTEM, now=at)
        ring()
    assert [entry.at for entry in history(SUBJECT)] == times


@pytest.mark.django_db
def test_the_last_position_is_known() -> None:
    assert position() == 0
    ring()
    assert position() == 0
    sequence({}, now=NOW)
    assert position() == 1
