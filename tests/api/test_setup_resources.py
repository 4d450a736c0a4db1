"""Chairs, rooms and devices, and their maintenance, by REST."""

from typing import Any

import pytest

from orderly.resources.models import Asset
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_asset, make_clinic

pytestmark = pytest.mark.django_db


def shown(asset: Asset, **more: Any) -> dict[str, Any]:
    return {
        "id": str(asset.pk),
        "clinic": str(asset.clinic_id),
        "name": asset.name,
        "kind": "chair",
        "capacity": 1,
        "active": True,
        "version": 1,
        **more,
    }


def test_adding_a_resource() -> None:
    """SET-4"""
    clinic = make_clinic()
    admin = Caller(clinic, "clinic_admin")
    response = admin.post("resources", {"clinic": str(clinic.pk), "name": "Gym", "kind": "room", "capacity": 4})
    made = Asset.objects.get()
    assert (response.status_code, response["ETag"]) == (201, '"v1"')
    assert response.json() == shown(made, name="Gym", kind="room", capacity=4)
    assert admin.get(f"resources/{made.pk}").json() == response.json()


def test_what_can_t_be_added_and_by_whom() -> None:
    """SET-4"""
    clinic = make_clinic()
    admin, path = Caller(clinic, "clinic_admin"), f"resources?clinic={clinic.pk}"
    chair = {"name": "Chair", "kind": "chair"}
    assert said(admin.post("resources", chair)) == (422, [("missing", "clinic")])
    assert said(admin.post(path, {**chair, "kind": "patient"})) == (422, [("invalid", "kind")])
    assert said(admin.post(path, {**chair, "capacity": 0})) == (422, [("invalid", "capacity")])
    assert said(admin.post(path, {**chair, "name": " "})) == (422, [("missing", "name")])
    assert Caller(clinic).post(path, chair).status_code == 403
    assert Caller(make_clinic(), "clinic_admin").post(path, chair).status_code == 404
    assert not Asset.objects.exists()


def test_listing() -> None:
    """SET-4, ACC-4"""
    clinic, other = make_clinic(), make_clinic()
    b, a = make_asset(clinic, name="B"), make_asset(clinic, name="A")
    b.resource.active = False
    b.resource.save()
    theirs, desk = make_asset(other), Caller(clinic)
    assert desk.get("resources").json() == {"items": [shown(a), shown(b, active=False)], "next": None}
    assert desk.get("resources", active="true", clinic=clinic.pk).json()["items"] == [shown(a)]
    assert desk.get("resources", clinic=other.pk).status_code == 404
    assert desk.get(f"resources/{theirs.pk}").status_code == 404


def test_taking_a_chair_out_of_use() -> None:
    """SET-4: what is booked stays, and is listed."""
    practice = Practice(asset_kinds=("chair",))
    chair = make_asset(practice.clinic)
    booked = practice.book()
    admin, path = Caller(practice.clinic, "clinic_admin"), f"resources/{chair.pk}"
    response = admin.call("PATCH", path, {"active": False, "name": "Old"}, if_match='"v1"')
    expected = {**shown(chair, name="Old", active=False, version=2), "stranded": [booked["appointment"]["id"]]}
    assert (response.json(), response["ETag"]) == (expected, '"v2"')
    assert admin.call("PATCH", path, {"name": "B"}, if_match='"v1"').status_code == 412
    assert said(admin.call("PATCH", path, {"kind": "room"})) == (422, [("invalid", "kind")])
    assert practice.desk.call("PATCH", path, {"name": "B"}).status_code == 403
    assert Caller(make_clinic(), "clinic_admin").call("PATCH", path, {"name": "B"}).status_code == 404


def test_maintenance() -> None:
    """SET-4"""
    practice = Practice(asset_kinds=("chair",))
    chair, other = make_asset(practice.clinic, name="A"), make_asset(practice.clinic, name="B")
    booked = practice.book("2026-03-03T10:00", resources=[str(chair.pk)])
    desk = practice.desk
    body = {"resource": str(chair.pk), "start": "2026-03-03T08:00Z", "end": "2026-03-04", "note": "Filter"}

    response = desk.post("maintenance", body)

    [item] = desk.get("maintenance", clinic=practice.clinic.pk, resource=chair.pk).json()["items"]
    assert item == {
        "id": item["id"],
        "resource": str(chair.pk),
        "clinic": str(practice.clinic.pk),
        "start": "2026-03-03T09:00:00+01:00",
        "end": "2026-03-04T00:00:00+01:00",
        "note": "Filter",
    }
    assert response.status_code == 201
    assert response.json() == {**item, "stranded": [booked["appointment"]["id"]]}
    assert desk.get("maintenance", resource=other.pk).json() == {"items": [], "next": None}
    assert Caller(make_clinic()).get("maintenance").json() == {"items": [], "next": None}
    assert Caller(practice.clinic, "doctor").call("DELETE", f"maintenance/{item['id']}").status_code == 403
    assert Caller(make_clinic()).call("DELETE", f"maintenance/{item['id']}").status_code == 404
    assert desk.call("DELETE", f"closures/{item['id']}").status_code == 404
    assert desk.call("DELETE", f"maintenance/{item['id']}").status_code == 204
    assert desk.get("maintenance").json() == {"items": [], "next": None}
    backwards = {**body, "end": "2026-03-03T08:00Z"}
    assert said(desk.post("maintenance", backwards)) == (422, [("invalid", "end")])
    assert said(Caller(make_clinic()).post("maintenance", body)) == (404, [("invalid", "resource")])
