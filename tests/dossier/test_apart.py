"""PAT-4, PAT-5: twins are told apart once, and aren't suggested as one person any more."""

from datetime import timedelta

import pytest

from orderly.clinics.models import Clinic
from orderly.core.errors import Forbidden, NotFound
from orderly.dossier.actions.apart import compare_again, tell_apart
from orderly.dossier.actions.merge import merge
from orderly.dossier.actions.unmerge import unmerge
from orderly.dossier.queries.likely import likely_pairs
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.keys import SAID
from orderly.patients.models import Patient, ToldApart
from orderly.patients.queries import apart_from, duplicates
from orderly.people.permissions import Role
from tests.factories import NOW, make_actor, make_clinic, make_patient

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def boss(clinic: Clinic) -> Actor:
    return make_actor(Role.CLINIC_ADMIN, clinic)


@pytest.fixture
def twins(clinic: Clinic) -> list[Patient]:
    """Three of them, with one number."""
    return [
        make_patient(clinic, first_name=name, last_name="Lee", mobile="+447400900111")
        for name in ("Ann", "Anna", "Anne")
    ]


def pairs(clinic: Clinic) -> set[frozenset[str]]:
    return {frozenset((one.older.first_name, one.newer.first_name)) for one in likely_pairs(clinic.pk)}


def alike(patient: Patient, actor: Actor, *, but: bool = True) -> set[str]:
    said = {name: getattr(patient, name) for name in SAID}
    found = duplicates(said, actor=actor, but=patient.pk if but else None)
    return {one.patient.first_name for one in found}


def test_they_are_not_suggested_to_each_other(clinic: Clinic, twins: list[Patient], boss: Actor) -> None:
    """Said of two, whichever way; a third may still be either. Somebody who is new is compared with all."""
    ann, anna, anne = twins
    assert (len(pairs(clinic)), alike(ann, boss)) == (3, {"Anna", "Anne"})
    tell_apart(anna.pk, ann.pk, actor=boss, now=NOW)
    tell_apart(ann.pk, anna.pk, actor=boss, now=NOW)
    assert pairs(clinic) == {frozenset(("Ann", "Anne")), frozenset(("Anna", "Anne"))}
    assert [alike(one, boss) for one in twins] == [{"Anne"}, {"Anne"}, {"Ann", "Anna"}]
    assert alike(anne, boss, but=False) == {"Ann", "Anna", "Anne"}
    [mark] = ToldApart.objects.all()
    assert ({mark.first_id, mark.second_id}, mark.by_id, mark.at) == ({ann.pk, anna.pk}, boss.user, NOW)
    compare_again(ann.pk, anna.pk, actor=boss, now=NOW)
    compare_again(ann.pk, anna.pk, actor=boss, now=NOW)
    assert len(pairs(clinic)) == 3


def test_what_was_said_of_a_record_is_said_of_the_one_it_goes_into(
    clinic: Clinic, twins: list[Patient], boss: Actor
) -> None:
    """Until the two are taken apart; who is told apart from both stays so."""
    ann, anna, anne = twins
    again = make_patient(clinic, first_name="Ana", last_name="Lee", mobile="+447400900111")
    tell_apart(anna.pk, ann.pk, actor=boss, now=NOW)
    tell_apart(anna.pk, anne.pk, actor=boss, now=NOW)
    tell_apart(again.pk, anne.pk, actor=boss, now=NOW)
    tell_apart(again.pk, anna.pk, actor=boss, now=NOW)
    before = pairs(clinic)
    assert before == {frozenset(("Ann", "Anne")), frozenset(("Ann", "Ana"))}
    merge(again.pk, anna.pk, {}, actor=boss, now=LATER)
    assert pairs(clinic) == {frozenset(("Ann", "Anne"))}
    assert {mark.at for mark in ToldApart.objects.of(again.pk, ann.pk)} == {NOW}
    unmerge(again.pk, actor=boss, now=LATER)
    assert pairs(clinic) == before
    assert apart_from(again.pk) == {anne.pk, anna.pk}


def test_both_histories_say_so(clinic: Clinic, twins: list[Patient], boss: Actor) -> None:
    ann, anna, _ = twins
    tell_apart(ann.pk, anna.pk, actor=boss, now=NOW)
    compare_again(anna.pk, ann.pk, actor=boss, now=NOW)
    assert list(Entry.objects.order_by("pk").values_list("fact", "subject", "clinic", "ids")) == [
        (fact, one.pk, clinic.pk, {"other": str(other.pk)})
        for fact, pair in (("patients_told_apart", (ann, anna)), ("patients_comparable", (anna, ann)))
        for one, other in (pair, pair[::-1])
    ]


def test_who_may_not(clinic: Clinic, twins: list[Patient], boss: Actor) -> None:
    ann, anna, anne = twins
    elsewhere = make_clinic()
    stranger, theirs = make_actor(Role.CLINIC_ADMIN, elsewhere), make_patient(elsewhere)
    Patient.objects.filter(pk=anne.pk).update(merged_into=ann)
    for verb in (tell_apart, compare_again):
        with pytest.raises(Forbidden):
            verb(ann.pk, anna.pk, actor=make_actor(Role.DOCTOR, clinic), now=NOW)
        for one, other, actor, field in (
            (ann, anna, stranger, ""),
            (ann, theirs, boss, "other"),
            (ann, ann, boss, "other"),
            (ann, anne, boss, "other"),
            (anne, ann, boss, ""),
        ):
            with pytest.raises(NotFound) as refused:
                verb(one.pk, other.pk, actor=actor, now=NOW)
            assert refused.value.field == field
    assert (ToldApart.objects.count(), Entry.objects.count()) == (0, 0)
