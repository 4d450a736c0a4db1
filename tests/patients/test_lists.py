"""SET-8, PAT-1: lists of regions, districts and documents; what a record may hold, and has to."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.clinics.models import Clinic
from orderly.core.errors import Forbidden, Invalid, NotFound
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.actions import change, register
from orderly.patients.actions.lists import add_item, change_item
from orderly.patients.filling import fill_lists
from orderly.patients.inputs import ItemDetails, PatientDetails
from orderly.patients.models import ListItem, Patient, SearchKey
from tests.factories import NOW, make_actor, make_patient
from tests.patients.details import nodira as details

pytestmark = pytest.mark.django_db
Add = Callable[..., ListItem]


@pytest.fixture
def boss(clinic: Clinic) -> Actor:
    return make_actor("clinic_admin", clinic)


@pytest.fixture
def add(clinic: Clinic, boss: Actor) -> Add:
    def made(kind: str, name: str, parent: ListItem | None = None) -> ListItem:
        return add_item(kind, name, parent=parent and parent.pk, clinic=clinic.pk, actor=boss, now=NOW)

    return made


def wrongs(error: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(one.field, str(dict(one.params).get("reason", one.code))) for one in error.value.problems]


def test_kept_in_order_and_journalled(add: Add, clinic: Clinic, boss: Actor) -> None:
    kent, surrey, essex = (add("region", name) for name in ("Kent", " Surrey ", "Essex"))
    add("district", "Woking", surrey)

    def order() -> list[tuple[str, int, bool]]:
        return list(ListItem.objects.among("region").values_list("name", "position", "active"))

    assert order() == [("Kent", 0, True), ("Surrey", 1, True), ("Essex", 2, True)]
    more = {"clinic": clinic.pk, "actor": boss, "now": NOW}
    change_item(essex.pk, ItemDetails(position=0), **more)
    change_item(kent.pk, ItemDetails(active=False), **more)
    change_item(kent.pk, ItemDetails(active=False), **more)
    assert order() == [("Essex", 0, True), ("Kent", 1, False), ("Surrey", 2, True)]
    facts = list(Entry.objects.order_by("id").values_list("fact", "subject", "changes"))[-2:]
    assert facts == [
        ("list_item_changed", essex.pk, {"position": [2, 0]}),
        ("list_item_changed", kent.pk, {"active": [True, False]}),
    ]
    assert Entry.objects.filter(ids={"parent": str(surrey.pk)}).count() == 1


def test_refusals(add: Add, clinic: Clinic, boss: Actor) -> None:
    kent = add("region", "Kent")
    woking = add("district", "Woking", kent)
    for kind, name, parent, found in (
        ("region", "KENT", None, ("name", "listed")),
        ("region", "  ", None, ("name", "missing")),
        ("document_type", "x" * 51, None, ("name", "too_long")),
        ("country", "x", None, ("kind", "unknown")),
    ):
        with pytest.raises(Invalid) as error:
            add(kind, name, parent)
        assert wrongs(error) == [found]
    for kind, parent in (("district", None), ("region", kent), ("district", woking)):
        with pytest.raises(NotFound):
            add(kind, "New", parent)
    with pytest.raises(Invalid):
        change_item(kent.pk, ItemDetails(position=1), clinic=clinic.pk, actor=boss, now=NOW)
    with pytest.raises(Forbidden):
        change_item(kent.pk, ItemDetails(name="x"), clinic=clinic.pk, actor=make_actor("front_desk", clinic), now=NOW)
    assert ListItem.objects.count() == 2


def test_only_what_is_offered_is_noted_from_now_on(add: Add, clinic: Clinic, boss: Actor) -> None:
    """What a record holds already stays, and an empty list refuses nothing."""
    held = make_patient(clinic, region="Essex", district="Epping", document_type="Old card")
    desk = make_actor("front_desk", clinic)

    def put(**said: str) -> Patient:
        return change(held.pk, PatientDetails(**said), actor=desk, now=NOW)

    put(region="Anywhere", district="At all")
    put(region="Essex", district="Epping")
    kent, surrey = add("region", "Kent"), add("region", "Surrey")
    add("district", "Dartford", kent)
    put(region="Essex", document_type="Any card", address="High Street 1")
    for said, found in (
        ({"region": "Wales"}, [("region", "unlisted")]),
        ({"region": "Kent"}, [("district", "of_region")]),
        ({"region": "Kent", "district": "Epping"}, [("district", "of_region")]),
        ({"region": "", "district": "Dartford"}, [("district", "of_region")]),
    ):
        with pytest.raises(Invalid) as error:
            put(**said)
        assert sorted(set(wrongs(error))) == found
    assert put(region="Kent", district="Dartford").district == "Dartford"
    assert put(region="Surrey", district="Any village").district == "Any village"
    change_item(surrey.pk, ItemDetails(active=False), clinic=clinic.pk, actor=boss, now=NOW)
    assert put(region="Surrey", mobile="+447400900555").mobile == "+447400900555"
    with pytest.raises(Invalid):
        register(details(region="Surrey"), clinic=clinic.pk, actor=desk, now=NOW)


def test_a_clinic_may_require_them(add: Add, clinic: Clinic) -> None:
    """PAT-1: a district only where the region has some; nobody's record is emptied of it."""
    kent = add("region", "Kent")
    add("region", "Rutland")
    add("district", "Dartford", kent)
    clinic.patient_requires = ["region", "district"]
    clinic.save()
    desk = make_actor("front_desk", clinic)
    for said, found in (({}, ["region"]), ({"region": "Kent"}, ["district"]), ({"region": ""}, ["region"])):
        with pytest.raises(Invalid) as error:
            register(details(**said), clinic=clinic.pk, actor=desk, now=NOW)
        assert [one.field for one in error.value.problems] == found
    register(details(region="Rutland"), clinic=clinic.pk, actor=desk, now=NOW)
    made = register(details(region="Kent", district="Dartford"), clinic=clinic.pk, actor=desk, now=NOW)
    with pytest.raises(Invalid):
        change(made.pk, PatientDetails(district=""), actor=desk, now=NOW)
    change(make_patient(clinic).pk, PatientDetails(address="Lane 1"), actor=desk, now=NOW)


def test_records_follow_a_new_name(add: Add, clinic: Clinic, boss: Actor) -> None:
    """They are found and compared by it; the district of the same name elsewhere is another."""
    kent, surrey = add("region", "Kent"), add("region", "Surrey")
    mill = add("district", "Mill", kent)
    add("district", "Mill", surrey)
    here = make_patient(clinic, region="Kent", district="Mill", last_name="Brown")
    there = make_patient(clinic, region="Surrey", district="Mill", last_name="Brown")
    change_item(mill.pk, ItemDetails(name="Watermill"), clinic=clinic.pk, actor=boss, now=NOW)
    change_item(kent.pk, ItemDetails(name="County of Kent"), clinic=clinic.pk, actor=boss, now=NOW)
    found = Patient.objects.order_by("created_at", "pk").in_bulk([here.pk, there.pk])
    assert [(found[one.pk].region, found[one.pk].district, found[one.pk].version) for one in (here, there)] == [
        ("County of Kent", "Watermill", 3),
        ("Surrey", "Mill", 1),
    ]
    keys = SearchKey.objects.filter(resource=here.resource_id, key__startswith="d:").values_list("key", flat=True)
    assert {key.split("+")[0] for key in keys} == {"d:watermill"}


def test_what_was_typed_becomes_a_list(clinic: Clinic) -> None:
    """The migration: one item for all spellings, written as most do it."""
    for region, district in (("Kent", "Mill"), ("Kent", "mill"), ("kent", "Mill"), ("Surrey", ""), ("", "Stray")):
        make_patient(clinic, region=region, district=district, document_type="Passport")
    fill_lists(apps)
    assert [
        (one.kind, one.name, one.parent and one.parent.name) for one in ListItem.objects.order_by("kind", "name")
    ] == [
        ("district", "Mill", "Kent"),
        ("document_type", "Passport", None),
        ("region", "Kent", None),
        ("region", "Surrey", None),
    ]
    assert Patient.objects.filter(region="Kent", district="Mill").count() == 3
    assert Patient.objects.get(district="Stray").region == ""


def test_saying_nothing_of_it_costs_nothing(clinic: Clinic, add: Add) -> None:
    """OPS-5"""
    desk, patient = make_actor("front_desk", clinic), make_patient(clinic)

    def queries(**said: str) -> int:
        with CaptureQueriesContext(connection) as counted:
            change(patient.pk, PatientDetails(**said), actor=desk, now=NOW)
        return len([one for one in counted if "listitem" in one["sql"]])

    add("region", "Kent")
    assert (queries(address="Lane 1"), queries(region="Kent")) == (0, 1)
