"""Chairs, rooms and devices."""

import pytest

from orderly.core.edits import wrong
from orderly.core.errors import Forbidden, Invalid, NotFound, Stale
from orderly.engine.problems import Code, Problem
from orderly.journal.queries import history
from orderly.people.permissions import Role
from orderly.resources.actions.assets import add_asset, change_asset
from orderly.resources.inputs import AssetDetails
from orderly.resources.models import Asset
from tests.factories import NOW, make_actor, make_asset, make_clinic

pytestmark = pytest.mark.django_db


def state_of(asset: Asset) -> tuple[object, ...]:
    fresh = Asset.objects.select_related("resource").get(pk=asset.pk)
    return fresh.name, fresh.resource.kind, fresh.resource.capacity, fresh.resource.active, fresh.version


def test_a_room_for_three_is_added() -> None:
    """SET-4"""
    clinic = make_clinic()
    details = AssetDetails(name="Gym", capacity=3)

    made = add_asset(clinic.pk, "room", details, actor=make_actor(Role.CLINIC_ADMIN, clinic), now=NOW)

    assert state_of(made) == ("Gym", "room", 3, True, 1)
    [entry] = history(made.pk)
    changes = {"kind": [None, "room"], "name": [None, "Gym"], "capacity": [None, 3], "active": [None, True]}
    assert (entry.fact, entry.clinic, entry.changes) == ("asset_added", clinic.pk, changes)


def test_a_chair_is_renamed_and_taken_out_of_use() -> None:
    """SET-4"""
    clinic = make_clinic()
    chair = make_asset(clinic, name="Old")
    details = AssetDetails(name="New", active=False)

    change_asset(chair.pk, details, actor=make_actor(Role.CLINIC_ADMIN, clinic), now=NOW, version=1)

    assert state_of(chair) == ("New", "chair", 1, False, 2)
    [entry] = history(chair.pk)
    assert (entry.fact, entry.changes) == ("asset_changed", {"name": ["Old", "New"], "active": [True, False]})


@pytest.mark.parametrize(
    ("kind", "details", "problem"),
    [
        ("sofa", AssetDetails(name="A"), wrong("kind", "unknown")),
        ("provider", AssetDetails(name="A"), wrong("kind", "unknown")),
        ("chair", AssetDetails(), Problem(Code.MISSING, "name")),
        ("chair", AssetDetails(name="A", capacity=0), wrong("capacity", "between", least=1, most=1000)),
        ("chair", AssetDetails(name="A", capacity=1001), wrong("capacity", "between", least=1, most=1000)),
    ],
)
def test_what_an_asset_can_t_be(kind: str, details: AssetDetails, problem: Problem) -> None:
    clinic = make_clinic()
    with pytest.raises(Invalid) as refused:
        add_asset(clinic.pk, kind, details, actor=make_actor(Role.CLINIC_ADMIN, clinic), now=NOW)
    assert (refused.value.problems, list(Asset.objects.all())) == ((problem,), [])


def test_who_may_not_and_who_is_late() -> None:
    clinic = make_clinic()
    chair, details = make_asset(clinic), AssetDetails(name="New")
    for role, place, error in ((Role.DOCTOR, clinic, Forbidden), (Role.CLINIC_ADMIN, make_clinic(), NotFound)):
        actor = make_actor(role, place)
        with pytest.raises(error):
            change_asset(chair.pk, details, actor=actor, now=NOW)
        with pytest.raises(error):
            add_asset(clinic.pk, "chair", details, actor=actor, now=NOW)
    with pytest.raises(Stale):
        change_asset(chair.pk, details, actor=make_actor(Role.CLINIC_ADMIN, clinic), now=NOW, version=9)
    with pytest.raises(NotFound):
        add_asset(chair.pk, "chair", details, actor=make_actor(Role.SUPER_ADMIN), now=NOW)
