"""Clinics, their logo and opening hours, by REST."""

from typing import Any

import pytest

from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_clinic

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n and so on"
NEW = {"name": "North", "timezone": "Europe/Berlin", "currency": "EUR"}
USUAL = {
    "address": "",
    "phone": "",
    "email": "",
    "document_footer": "",
    "country": "GB",
    "languages": ["en"],
    "slot_minutes": 15,
    "hold_minutes": 5,
    "check_in": "14:00",
    "check_out": "12:00",
    "free_cancel_hours": 24,
    "late_fee_kind": "none",
    "late_fee": None,
    "late_fee_percent": None,
    "no_show_uses_session": False,
    "patient_requires": [],
    "late_cancel_uses_session": False,
    "package_from_first_instalment": False,
    "self_service_hours": 24,
    "online_confirms": False,
    "waiting_long_minutes": 15,
    "waiting_too_long_minutes": 30,
    "check_in_requires": [],
}
MONDAYS = {"weekdays": [1], "from_time": "09:00", "to_time": "24:00"}
SHOWN_MONDAYS = {**MONDAYS, "from": None, "until": None, "every": 1, "phase": 0}


def shown(clinic: Clinic, **more: Any) -> dict[str, Any]:
    nothing = {"amount": "0.00", "currency": clinic.currency}
    own = {"id": str(clinic.pk), "name": clinic.name, "timezone": clinic.timezone, "currency": clinic.currency}
    return {**USUAL, **own, "no_show_fee": nothing, "version": 1, **more}


def test_a_calendar_that_can_be_booked_in_three_steps() -> None:
    """SET-1, SET-2, SET-3, SET-5: a clinic, a provider, hours; the general service is there already."""
    owner = Caller(role="super_admin")
    clinic = owner.post("clinics", NEW).json()["id"]
    provider = owner.post("providers", {"name": "Ann", "clinic": clinic}).json()["id"]
    hours = {"hours": [{**MONDAYS, "to_time": "11:00"}]}
    assert owner.call("PUT", f"providers/{provider}/hours", hours).status_code == 200
    [service] = owner.get("services", clinic=clinic).json()["items"]
    query = {"clinic": clinic, "service": service["id"], "from": "2026-03-02", "to": "2026-03-04"}
    found = owner.get("slots", **query).json()["items"]
    assert [(slot["start"], slot["provider"]) for slot in found] == [
        (f"2026-03-02T09:{minute}:00+01:00", provider) for minute in ("00", "15", "30")
    ]


def test_opening_a_clinic() -> None:
    """SET-1"""
    response = Caller(role="super_admin").post(
        "clinics",
        {
            **NEW,
            "address": "1 High Street",
            "phone": "030 901820",
            "country": "DE",
            "languages": ["ru", "en"],
            "slot_minutes": 10,
            "check_in": "15:00",
            "late_fee_kind": "fixed",
            "late_fee": {"amount": "12.50", "currency": "EUR"},
            "no_show_fee": {"amount": "30.00", "currency": "EUR"},
        },
    )
    clinic = Clinic.objects.get()
    assert (response.status_code, response["ETag"]) == (201, '"v1"')
    assert response.json() == shown(
        clinic,
        address="1 High Street",
        phone="+4930901820",
        country="DE",
        languages=["ru", "en"],
        slot_minutes=10,
        check_in="15:00",
        late_fee_kind="fixed",
        late_fee={"amount": "12.50", "currency": "EUR"},
        no_show_fee={"amount": "30.00", "currency": "EUR"},
    )
    assert list(Service.objects.filter(general=True, clinics=clinic).values_list("name", flat=True)) == ["Общий приём"]


def test_what_can_t_be_opened_and_by_whom() -> None:
    """SET-1"""
    owner = Caller(role="super_admin")
    assert said(owner.post("clinics", {**NEW, "timezone": "right/UTC"})) == (422, [("invalid", "timezone")])
    assert said(owner.post("clinics", {"name": "A"})) == (422, [("missing", "timezone"), ("missing", "currency")])
    assert said(owner.post("clinics", {**NEW, "address": None})) == (422, [("invalid", "address")])
    assert said(owner.post("clinics", {**NEW, "colour": "red"})) == (422, [("invalid", "colour")])
    pounds, fractions = ({"amount": amount, "currency": unit} for amount, unit in (("1", "GBP"), ("1.005", "EUR")))
    for fee in (pounds, fractions):
        assert said(owner.post("clinics", {**NEW, "no_show_fee": fee})) == (422, [("invalid", "no_show_fee")])
    assert Caller(make_clinic(), "clinic_admin").post("clinics", NEW).status_code == 403
    assert Caller(role=None).post("clinics", NEW).status_code == 401


def test_my_clinics_by_name_in_pieces() -> None:
    """ACC-4: and no others."""
    owner = Caller(role="super_admin")
    c, a, b = (make_clinic(name=name) for name in "CAB")
    assert Caller(a, "read_only").get("clinics").json() == {"items": [shown(a)], "next": None}
    first = owner.get("clinics", limit=2).json()
    assert [first["items"], owner.get("clinics", limit=2, cursor=first["next"]).json()] == [
        [shown(a), shown(b)],
        {"items": [shown(c)], "next": None},
    ]
    assert owner.get(f"clinics/{a.pk}").json() == shown(a)
    assert Caller(a).get(f"clinics/{b.pk}").status_code == 404


def test_changing_a_clinic() -> None:
    """SET-1, API-1: only what is given, only the version that was read."""
    clinic = make_clinic()
    admin, path = Caller(clinic, "clinic_admin"), f"clinics/{clinic.pk}"
    response = admin.call("PATCH", path, {"late_fee_kind": "percent", "late_fee_percent": 50}, if_match='"v1"')
    expected = shown(clinic, late_fee_kind="percent", late_fee_percent=50, version=2)
    assert (response.json(), response["ETag"]) == ({**expected, "stranded": []}, '"v2"')
    assert admin.call("PATCH", path, {"name": "B"}, if_match='"v1"').status_code == 412
    assert admin.get(path).json() == expected

    money = {"amount": "1.00", "currency": "GBP"}
    assert said(admin.call("PATCH", path, {"late_fee": money})) == (422, [("invalid", "late_fee")])
    assert said(admin.call("PATCH", path, {"late_fee_percent": 101})) == (422, [("invalid", "late_fee")])
    fixed = {"late_fee_kind": "fixed", "late_fee_percent": 5}
    assert said(admin.call("PATCH", path, fixed)) == (422, [("invalid", "late_fee_percent")])
    assert Caller(clinic).call("PATCH", path, {"name": "B"}).status_code == 403


def test_what_waiting_and_checking_in_mean_in_a_clinic() -> None:
    """VIS-2, VIS-3: too long isn't shorter than long, and only what is known is required, once."""
    clinic = make_clinic()
    admin, path = Caller(clinic, "clinic_admin"), f"clinics/{clinic.pk}"
    new = {"waiting_long_minutes": 10, "waiting_too_long_minutes": 10, "check_in_requires": ["identity", "contact"]}
    assert admin.call("PATCH", path, new).status_code == 200
    assert admin.get(path).json() == shown(clinic, **new, version=2)
    for wrong in (
        {"waiting_long_minutes": 0},
        {"waiting_too_long_minutes": 9},
        {"check_in_requires": ["shoes"]},
        {"check_in_requires": ["contact", "contact"]},
    ):
        assert said(admin.call("PATCH", path, wrong)) == (422, [("invalid", next(iter(wrong)))])
    assert Caller(make_clinic(), "clinic_admin").call("PATCH", path, {"name": "B"}).status_code == 404


def test_another_time_zone_moves_the_hours_but_not_what_is_booked() -> None:
    practice = Practice()
    early, _noon = practice.book("2026-03-03T09:00"), practice.book("2026-03-03T12:00")
    admin = Caller(practice.clinic, "clinic_admin")
    response = admin.call("PATCH", f"clinics/{practice.clinic.pk}", {"timezone": "Europe/London"})
    assert (response.status_code, response.json()["stranded"]) == (200, [early["appointment"]["id"]])


def test_the_logo() -> None:
    """SET-1"""
    clinic = make_clinic()
    admin, path = Caller(clinic, "clinic_admin"), f"clinics/{clinic.pk}/logo"
    assert admin.get(path).status_code == 404
    assert admin.call("PUT", path, PNG, if_match='"v1"').json() == shown(clinic, version=2)
    logo = Caller(clinic, "read_only").get(path)
    assert (logo.content, logo["Content-Type"], logo["X-Content-Type-Options"]) == (PNG, "image/png", "nosniff")
    for wrong in (b"", b"<svg/>", PNG + bytes(512 * 1024)):
        assert said(admin.call("PUT", path, wrong)) == (422, [("invalid", "logo")])
    assert Caller(clinic).call("PUT", path, PNG).status_code == 403
    assert Caller(make_clinic(), "clinic_admin").get(path).status_code == 404
    assert admin.call("DELETE", path).json() == shown(clinic, version=3)
    assert admin.get(path).status_code == 404


def test_opening_hours() -> None:
    """SET-1: what is booked outside them stays, and is listed."""
    practice = Practice()
    booked = practice.book("2026-03-03T09:00")
    path, desk = f"clinics/{practice.clinic.pk}/hours", practice.desk
    nothing = {"clinic": str(practice.clinic.pk), "hours": [], "version": 1}
    assert desk.get(path).json() == nothing

    response = desk.call("PUT", path, {"hours": [MONDAYS]}, if_match='"v1"')

    expected = {**nothing, "hours": [SHOWN_MONDAYS], "version": 2}
    assert (response.json(), response["ETag"]) == ({**expected, "stranded": [booked["appointment"]["id"]]}, '"v2"')
    assert desk.get(path).json() == expected
    assert desk.call("PUT", path, {"hours": []}, if_match='"v1"').status_code == 412
    overlapping = {"hours": [MONDAYS, {**MONDAYS, "weekdays": [0, 1]}]}
    assert said(desk.call("PUT", path, overlapping)) == (422, [("invalid", "hours.1")])
    assert Caller(practice.clinic, "doctor").call("PUT", path, {"hours": []}).status_code == 403
    assert Caller(make_clinic()).call("PUT", path, {"hours": []}).status_code == 404
