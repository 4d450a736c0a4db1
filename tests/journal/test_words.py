"""PAT-9, OPS-1: what people's own words said is kept apart, and can be erased while the log stands."""

import pytest

from orderly.core.ids import uuid7
from orderly.journal.actions import erase_words, record
from orderly.journal.actor import SYSTEM, Actor
from orderly.journal.models import Entry, Words
from orderly.journal.queries import history
from tests.factories import NOW
from tests.journal.happening import BellRung

pytestmark = pytest.mark.django_db

WORDS = {"name": ("Ann", "Anna"), "born": (NOW.date(), None), "weeks": (None, 9), "extra": ({}, {"a": [1]})}


def test_words_are_typed_and_stand_apart() -> None:
    record(BellRung(subject=uuid7(), changes={"rings": (1, 2)}, words=WORDS), actor=SYSTEM, now=NOW)
    nothing = [None, None]
    fields = {"name": nothing, "born": nothing, "weeks": nothing, "extra": nothing}
    assert Entry.objects.get().changes == {**fields, "rings": [1, 2]}
    assert {(one.field, str(one.old), str(one.new)) for one in Words.objects.all()} == {
        ("name", "Ann", "Anna"),
        ("born", "2026-03-02", "None"),
        ("weeks", "None", "9"),
        ("extra", "{}", "{'a': [1]}"),
    }


def test_erasing_leaves_the_log_whole() -> None:
    gone, kept = uuid7(), uuid7()
    for subject in (gone, kept):
        fact = BellRung(subject=subject, ids={"door": 1}, words={"name": ("Ann", "Anna")}, note="rang twice")
        record(fact, actor=Actor(user=uuid7(), address="192.0.2.7"), now=NOW)
    before = list(Entry.objects.order_by("id").values())
    erase_words(gone)
    assert list(Entry.objects.order_by("id").values()) == [{**before[0], "note": ""}, before[1]]
    assert [one.entry.subject for one in Words.objects.all()] == [kept]
    erase_words(gone)
    assert [entry.note for entry in (*history(gone), *history(kept))] == ["", "rang twice"]
