"""Editing rows: what was given, what is wrong with it, what it changed. Clinics stand for all models."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest

from orderly.clinics.models import Clinic
from orderly.core.edits import UNSET, Details, Unset, faults, fresh, locked, plain, put, ranged, refuse, save, wrong
from orderly.core.errors import Invalid, NotFound, Stale
from orderly.engine.problems import Code, Problem
from tests.factories import make_clinic

ID = UUID(int=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Details):
    name: str | Unset = UNSET
    user: UUID | Unset | None = UNSET


def test_what_is_unset_wasn_t_given_and_none_was() -> None:
    assert Said().given() == {}
    assert Said(name=" A ", user=None).given() == {"name": "A", "user": None}


def test_a_value_is_put_and_its_change_kept_as_json_has_it() -> None:
    clinic = Clinic(name="A", slot_minutes=10)
    assert put(clinic, {"name": "B", "slot_minutes": 10}) == {"name": ("A", "B")}
    assert (clinic.name, fresh(clinic, ["name"])) == ("B", {"name": (None, "B")})
    assert [plain(value) for value in (ID, date(2026, 3, 2), None, 5)] == [str(ID), "2026-03-02", None, 5]


@pytest.mark.django_db
def test_the_model_s_own_fields_are_asked() -> None:
    clinic = Clinic(name="", email="nobody", slot_minutes=0, document_footer="a\nb\x00", address="a\nb")
    names = ("name", "email", "slot_minutes", "document_footer", "address")
    assert faults(clinic, names) == [
        wrong("address", "characters"),
        wrong("document_footer", "characters"),
        Problem(Code.MISSING, "name"),
        wrong("email", "email"),
        wrong("slot_minutes", "greater_than_equal", limit=1),
    ]
    assert faults(clinic, ()) == []


def test_ranges_include_their_ends() -> None:
    assert [list(ranged("a", value, 1, 3)) == [] for value in (0, 1, 3, 4)] == [False, True, True, False]


def test_the_first_problem_of_each_field_is_said() -> None:
    with pytest.raises(Invalid) as refused:
        refuse([wrong("a", "one"), wrong("b", "two"), wrong("a", "three")])
    assert refused.value.problems == (wrong("a", "one"), wrong("b", "two"))
    refuse([])


@pytest.mark.django_db
def test_a_row_is_locked_if_it_is_one_s_own_and_as_it_was_read() -> None:
    mine, theirs = make_clinic(), make_clinic()
    rows = Clinic.objects.filter(pk=mine.pk)
    assert [locked(rows, mine.pk), locked(rows, mine.pk, version=1)] == [mine, mine]
    with pytest.raises(NotFound):
        locked(rows, theirs.pk)
    with pytest.raises(Stale):
        locked(rows, mine.pk, version=2)


@pytest.mark.django_db
def test_saving_raises_the_version() -> None:
    clinic = make_clinic()
    clinic.name, clinic.address = "B", "not saved"
    save(clinic, ["name"])
    assert Clinic.objects.values_list("name", "address", "version").get(pk=clinic.pk) == ("B", "", 2)
