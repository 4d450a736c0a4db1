"""PAT-5: who is made family or a guardian while their record is merged: nothing hangs on what is gone."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from orderly.dossier.actions.merge import merge
from orderly.patients import actions
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Gender, Patient
from tests.factories import NOW, make_patient
from tests.races.storm import storm, tally
from tests.races.town import Town
from tests.races.unguarded import without_locks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

KINDS = 4  # of each


def acts(town: Town, keep: Patient, drop: Patient) -> list[Callable[[], Any]]:
    """Relatives, wards who are there and wards who are new, all of them the other's."""
    by = {"clinic": town.clinic.pk, "actor": town.desk, "now": NOW}
    others = [make_patient(town.clinic) for _ in range(2 * KINDS)]
    names = {"first_name": "Ann", "last_name": "Lee", "gender": Gender.FEMALE}
    new = PatientDetails(mobile="+447000000000", birth_date=keep.birth_date, guardian=drop.pk, **names)
    kin = [lambda one=one: actions.relate(one.pk, drop.pk, **by) for one in others[:KINDS]]
    ward = PatientDetails(guardian=drop.pk)
    wards = [lambda one=one: actions.change(one.pk, ward, actor=town.desk, now=NOW).pk for one in others[KINDS:]]
    born = [lambda: actions.register(new, **by).pk for _ in range(KINDS)]
    made = [lambda: merge(keep.pk, drop.pk, {}, actor=town.desk, now=NOW).pk]
    return [*kin[::2], *wards[::2], *born[::2], *made, *kin[1::2], *wards[1::2], *born[1::2]]


def left_behind(drop: Patient) -> int:
    return drop.family.count() + Patient.objects.filter(guardian=drop).count()


def test_they_are_the_survivors_or_refused() -> None:
    town = Town(patients=4)
    for keep, drop in (town.patients[:2], town.patients[2:]):
        found = storm(acts(town, keep, drop))
        assert set(tally(found)) <= {"won", "NotFound"}, tally(found)
        assert (left_behind(drop), Patient.objects.get(pk=drop.pk).merged_into) == (0, keep)


def test_without_the_locks_some_hang_on_what_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    for module in ("change", "family", "register"):
        monkeypatch.setattr(sys.modules[f"orderly.patients.actions.{module}"], "lock_patients", lambda *patients: None)
    with without_locks():
        for _ in range(40):
            town = Town(patients=2)
            keep, drop = town.patients
            storm(acts(town, keep, drop), insist=False)
            if left_behind(drop):
                return
        raise AssertionError("nothing was ever left behind")
