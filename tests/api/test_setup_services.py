"""Services by REST."""

from typing import Any

import pytest

from orderly.catalogue.models import Service
from tests.api.client import Caller, said
from tests.factories import make_asset, make_clinic, make_provider, make_service

pytestmark = pytest.mark.django_db

USUAL = {
    "description": "",
    "category": "",
    "active": True,
    "providers": [],
    "general": False,
    "buffer_before": 0,
    "buffer_after": 0,
    "follow_up_price": None,
    "follow_up_days": 0,
    "audience": "all",
    "colour": "#4263eb",
    "mark": "",
    "overbook": 0,
    "notice_minutes": 0,
    "horizon_days": 180,
    "online": False,
    "places": 1,
    "version": 1,
}
THE_PROVIDER = {"role": "provider", "kind": None, "any_of": [], "count": 1}


def pounds(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "GBP"}


def one_phase(minutes: int) -> dict[str, Any]:
    return {"minutes": minutes, "phases": [{"minutes": minutes, "needs": [THE_PROVIDER]}]}


def shown(service: Service, clinic: Any, **more: Any) -> dict[str, Any]:
    whose = {"id": str(service.pk), "name": service.name, "clinics": [str(clinic.pk)]}
    return {**USUAL, **one_phase(30), "price": pounds("50.00"), **whose, **more}


def test_ninety_minutes_of_anybody() -> None:
    """SET-3"""
    clinic = make_clinic()
    ann = make_provider(clinic)
    response = Caller(clinic, "clinic_admin").post(f"services?clinic={clinic.pk}", {"name": "Check-up"})
    made = Service.objects.get()
    assert (response.status_code, response["ETag"]) == (201, '"v1"')
    givers = [{"provider": str(ann.pk), "minutes": None, "price": None}]
    assert response.json() == shown(made, clinic, **one_phase(90), price=pounds("0.00"), providers=givers)


def test_everything_that_can_be_said() -> None:
    """SET-3"""
    clinic = make_clinic()
    ann, bob, laser = make_provider(clinic), make_provider(clinic), make_asset(clinic, kind="equipment")
    body = {
        "name": "Laser",
        "description": "First line\nsecond line",
        "category": "Skin",
        "clinics": [str(clinic.pk)],
        "providers": [
            {"provider": str(ann.pk), "minutes": 45, "price": pounds("99.99")},
            {"provider": str(bob.pk), "minutes": None, "price": None},
        ],
        "general": True,
        "active": True,
        "phases": [
            {"minutes": 10, "needs": [THE_PROVIDER, {"role": "resource", "kind": "chair", "any_of": [], "count": 1}]},
            {"minutes": 20, "needs": [{"role": "resource", "kind": None, "any_of": [str(laser.pk)], "count": 1}]},
            {
                "minutes": 15,
                "needs": [{"role": "provider", "kind": None, "any_of": sorted([str(ann.pk), str(bob.pk)]), "count": 2}],
            },
        ],
        "minutes": 45,
        "buffer_before": 5,
        "buffer_after": 10,
        "price": pounds("80.00"),
        "follow_up_price": pounds("40.00"),
        "follow_up_days": 14,
        "audience": "known",
        "colour": "#abcdef",
        "mark": "L",
        "overbook": 1,
        "notice_minutes": 60,
        "horizon_days": 90,
        "online": True,
        "places": 1,
    }
    admin = Caller(clinic, "clinic_admin")
    response = admin.post("services", body)
    made = Service.objects.get()
    assert (response.status_code, response.json()) == (201, {**body, "id": str(made.pk), "version": 1})
    assert admin.get(f"services/{made.pk}").json() == response.json()


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"minutes": "30"}, ("invalid", "minutes")),
        ({"minutes": 0}, ("invalid", "phases.0.minutes")),
        ({"minutes": 1440, "buffer_after": 1}, ("invalid", "phases")),
        ({"phases": []}, ("missing", "phases")),
        ({"phases": [{"minutes": 10}]}, ("invalid", "phases")),
        ({"phases": [{"minutes": 10, "needs": [{"role": "nurse"}]}]}, ("invalid", "phases.0.needs.0.role")),
        ({"price": {"amount": "1.00", "currency": "EUR"}}, ("invalid", "price")),
        ({"price": pounds("0.001")}, ("invalid", "price")),
        ({"price": "1.00"}, ("invalid", "price")),
        ({"price": pounds("-1.00")}, ("invalid", "price")),
        ({"colour": "blue"}, ("invalid", "colour")),
        ({"audience": "friends"}, ("invalid", "audience")),
        ({"buffer_after": 241}, ("invalid", "buffer_after")),
        ({"follow_up_price": pounds("1.00")}, ("missing", "follow_up_days")),
        ({"providers": ["nobody"]}, ("invalid", "providers.0.provider")),
        ({"name": ""}, ("missing", "name")),
        ({"unknown": 1}, ("invalid", "unknown")),
    ],
)
def test_what_a_service_can_t_be(more: dict[str, Any], problem: tuple[str, str]) -> None:
    """SET-3"""
    clinic = make_clinic()
    body = {"name": "Check-up", "clinic": str(clinic.pk), **more}
    assert said(Caller(clinic, "clinic_admin").post("services", body)) == (422, [problem])
    assert not Service.objects.exists()


def test_who_may_not() -> None:
    clinic, body = make_clinic(), {"name": "Check-up"}
    path = f"services?clinic={clinic.pk}"
    assert Caller(clinic).post(path, body).status_code == 403
    assert said(Caller(make_clinic(), "clinic_admin").post(path, body)) == (404, [("invalid", "clinics")])
    assert said(Caller(clinic, "clinic_admin").post("services", body)) == (422, [("missing", "clinics")])


def test_changing_a_service() -> None:
    """SET-3, API-1"""
    clinic = make_clinic()
    service = make_service(clinic, follow_up_price=100, follow_up_days=3)
    ann = make_provider(clinic)
    admin, path = Caller(clinic, "clinic_admin"), f"services/{service.pk}"
    body = {"minutes": 45, "price": pounds("60.00"), "follow_up_price": None, "providers": [str(ann.pk)]}
    response = admin.call("PATCH", path, body, if_match='"v1"')
    givers = [{"provider": str(ann.pk), "minutes": None, "price": None}]
    expected = shown(
        service, clinic, **one_phase(45), price=pounds("60.00"), follow_up_days=3, providers=givers, version=2
    )
    assert (response.json(), response["ETag"]) == (expected, '"v2"')
    assert admin.call("PATCH", path, {"name": "B"}, if_match='"v1"').status_code == 412
    assert said(admin.call("PATCH", path, {"price": None})) == (422, [("invalid", "price")])
    assert Caller(clinic).call("PATCH", path, {"name": "B"}).status_code == 403
    assert Caller(make_clinic(), "clinic_admin").call("PATCH", path, {"name": "B"}).status_code == 404


def test_listing() -> None:
    """SET-3, ACC-4"""
    clinic, other = make_clinic(), make_clinic()
    b, a = make_service(clinic, name="B", active=False), make_service(clinic, name="A")
    b.clinics.add(other)
    make_service(other)
    desk = Caller(clinic)
    shown_b = shown(b, clinic, active=False)
    assert desk.get("services").json() == {"items": [shown(a, clinic), shown_b], "next": None}
    assert desk.get("services", active="false", clinic=clinic.pk).json()["items"] == [shown_b]
    assert desk.get("services", clinic=other.pk).status_code == 404
    assert Caller(make_clinic()).get(f"services/{a.pk}").status_code == 404
