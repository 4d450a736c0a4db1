"""PKG-1, PKG-2, PKG-3, PKG-6, by REST: as the contract has it."""

from typing import Any

import pytest

from orderly.appointments.models import Appointment
from orderly.billing.models import Credit
from orderly.packages.models import Package
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_clinic, make_patient, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice() -> Practice:
    made = Practice()
    made.boss = Caller(made.clinic, "clinic_admin")  # type: ignore[attr-defined]
    return made


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def defined(practice: Practice, sessions: int = 3, **more: Any) -> dict[str, Any]:
    body = {
        "clinic": str(practice.clinic.pk),
        "name": "Back",
        "price": money("100.00"),
        "validity_days": 30,
        "services": [{"service": str(practice.service.pk), "sessions": sessions}],
        **more,
    }
    response = practice.boss.post("packages", body)  # type: ignore[attr-defined]
    assert response.status_code == 201, response.content
    return response.json()


def sold(practice: Practice, sessions: int = 3, *, paid: str = "100.00") -> dict[str, Any]:
    body: dict[str, Any] = {"clinic": str(practice.clinic.pk), "patient": str(practice.patient.pk)}
    if paid:
        body["instalment"] = {"amount": money(paid), "method": "card"}
    response = practice.desk.post(f"packages/{defined(practice, sessions)['id']}/purchases", body)
    assert response.status_code == 201, response.content
    return response.json()


def test_from_the_package_to_the_last_session(practice: Practice) -> None:
    purchase = sold(practice, 2, paid="40.00")
    assert {
        name: purchase[name] for name in ("patient", "status", "total_sessions", "sessions_left", "expires_on")
    } == {
        "patient": str(practice.patient.pk),
        "status": "awaiting_payment",
        "total_sessions": 2,
        "sessions_left": 2,
        "expires_on": "2026-04-01",
    } | {"expires_on": purchase["expires_on"]}
    assert purchase["invoice"] | {"id": "", "number": ""} == {
        "id": "",
        "number": "",
        "status": "partially_paid",
        "total": money("100.00"),
        "paid": money("40.00"),
    }
    one = f"purchases/{purchase['id']}"
    refused = practice.desk.post("appointments", practice.body(package_purchase=purchase["id"]))
    assert said(refused) == (409, [("package_unusable", "package_purchase")])
    assert refused.json()["detail"] == "The package isn't paid yet."
    too_much = practice.desk.post(f"{one}/instalments", {"amount": money("60.01"), "method": "cash"})
    assert said(too_much) == (422, [("invalid", "amount")])
    paid = practice.desk.post(f"{one}/instalments", {"amount": money("60.00"), "method": "cash"})
    assert (paid.status_code, paid.json()["status"], paid["ETag"]) == (201, "active", '"v3"')

    made = practice.book(package_purchase=purchase["id"])
    assert made["appointment"]["package"] == {"purchase": purchase["id"], "session_number": 1}
    assert made["payment"]["method"] == "package"
    assert (made["payment"]["total"], made["payment"]["paid"]) == (money("50.00"), money("50.00"))
    plan = [{"number": 2, "start": "2026-03-04T10:00", "provider": str(practice.provider.pk)}]
    [second] = practice.desk.post(f"{one}/schedule", {"sessions": plan}).json()["appointments"]
    assert second["package"] == {"purchase": purchase["id"], "session_number": 2}
    assert (
        said(practice.desk.post("appointments", practice.body("2026-03-05T10:00", package_purchase=purchase["id"])))[0]
        == 409
    )
    tags = [paid["ETag"], practice.desk.get(one)["ETag"]]
    for appointment in (made["appointment"]["id"], second["id"]):
        assert practice.desk.post(f"appointments/{appointment}/complete", {}).status_code == 200
        tags.append(practice.desk.get(one)["ETag"])
    assert len(set(tags)) == 4
    stale = practice.boss.post(f"{one}/cancel", {"reason": "moved"}, if_match=tags[2])  # type: ignore[attr-defined]
    assert stale.status_code == 412
    whole = practice.desk.get(one).json()
    assert (whole["status"], whole["sessions_used"], whole["sessions_booked"]) == ("completed", 2, 0)
    assert [(row["number"], row["appointment"], row["used"]) for row in whole["sessions"]] == [
        (1, made["appointment"]["id"], True),
        (2, second["id"], True),
    ]
    assert practice.desk.get("purchases", patient=practice.patient.pk).json()["items"] == [whole]
    for status, many in (("completed", 1), ("active,expired", 0), ("cancelled", 0), ("cancelled,completed", 1)):
        found = practice.desk.get("purchases", patient=practice.patient.pk, status=status).json()["items"]
        assert len(found) == many
    days = {"from": "2026-03-02", "to": "2026-03-06"}
    figures = practice.boss.get("appointments/statistics", clinic=practice.clinic.pk, **days).json()  # type: ignore[attr-defined]
    assert (figures["by_status"]["completed"], figures["expected"], figures["paid"]) == (
        2,
        money("100.00"),
        money("0.00"),
    )
    listed = practice.desk.get("appointments", clinic=practice.clinic.pk).json()["items"]
    assert {row["package"]["session_number"] for row in listed} == {1, 2}


def test_a_plan_is_booked_whole_or_not_at_all(practice: Practice) -> None:
    """The refusal names each session that can't be had, and why."""
    practice.book("2026-03-04T10:00", patient=str(make_patient(practice.clinic).pk))
    purchase, who = sold(practice), str(practice.provider.pk)
    starts = {1: "2026-03-04T10:00", 2: "2026-03-05T10:00", 9: "2026-03-06T10:00"}
    plan = [{"number": nth, "start": start, "provider": who} for nth, start in starts.items()]
    address = f"purchases/{purchase['id']}/schedule"
    assert said(practice.desk.post(address, {"sessions": plan})) == (409, [("package_unusable", "sessions.2.number")])
    busy = practice.desk.post(address, {"sessions": plan[:2]})
    assert said(busy) == (409, [("provider_busy", "sessions.0.provider")])
    assert busy.json()["detail"].startswith("Dr Smith is busy")
    assert [one["start"] for one in busy.json()["alternatives"]] == [
        f"2026-03-04T{clock}:00+01:00" for clock in ("09:30", "10:30", "09:15")
    ]
    twice = practice.desk.post(address, {"sessions": [{**one, "number": 9} for one in plan]})
    assert (len(said(twice)[1]), twice.json()["detail"]) == (3, "The package has no session of this number.")
    Credit.objects.update(usable_until=0)
    late = practice.desk.post(address, {"sessions": plan[:2]})
    assert said(late) == (
        409,
        [
            ("package_unusable", "sessions.0.package_purchase"),
            ("provider_busy", "sessions.0.provider"),
            ("package_unusable", "sessions.1.package_purchase"),
        ],
    )
    Credit.objects.update(usable_until=2**31 - 1)
    practice.service.active = False
    practice.service.save()
    off = practice.desk.post(address, {"sessions": plan[1:2]})
    assert (said(off)[0], off.json()["detail"]) == (409, "The service is no longer offered.")
    assert Appointment.objects.count() == 1


def test_calling_a_purchase_off(practice: Practice) -> None:
    purchase = sold(practice)
    made = practice.book(package_purchase=purchase["id"])
    one, boss = f"purchases/{purchase['id']}/cancel", practice.boss  # type: ignore[attr-defined]
    body = {"reason": "moved", "refund": {"amount": money("100.00"), "method": "card"}}
    assert said(boss.post(one, body)) == (409, [("invalid", "visits")])
    assert said(boss.post(one, {**body, "refund": {**body["refund"], "amount": money("100.01")}, "visits": True})) == (  # type: ignore[dict-item]
        422,
        [("invalid", "amount")],
    )
    found = boss.post(one, {**body, "visits": True}).json()
    assert (found["status"], found["invoice"]["status"], found["invoice"]["paid"]) == (
        "refunded",
        "refunded",
        money("0.00"),
    )
    assert practice.desk.get(f"appointments/{made['appointment']['id']}").json()["appointment"]["status"] == "cancelled"
    assert said(boss.post(one, body)) == (409, [("package_unusable", "purchase")])


def test_extending_a_purchase(practice: Practice) -> None:
    purchase = sold(practice)
    one, boss = f"purchases/{purchase['id']}/extend", practice.boss  # type: ignore[attr-defined]
    assert said(boss.post(one, {"until": purchase["expires_on"], "reason": "ill"})) == (422, [("invalid", "until")])
    assert said(boss.post(one, {"until": "2026-12-24"})) == (422, [("missing", "reason")])
    found = boss.post(one, {"until": "2026-12-24", "reason": "ill"}).json()
    assert found == {**purchase, "expires_on": "2026-12-24", "version": purchase["version"] + 1}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"price": {"amount": "1.00", "currency": "GBP"}}, "price"),
        ({"price": {"amount": "1.001", "currency": "EUR"}}, "price"),
        ({"validity_days": 0}, "validity_days"),
        ({"services": []}, "services"),
        ({"name": " "}, "name"),
        ({"colour": "red"}, "colour"),
    ],
    ids=str,
)
def test_what_a_package_cannot_be(practice: Practice, fields: dict[str, Any], field: str) -> None:
    package = defined(practice)
    boss = practice.boss  # type: ignore[attr-defined]
    answer = boss.call("PATCH", f"packages/{package['id']}", fields)
    assert (answer.status_code, [one["field"] for one in answer.json()["problems"]]) == (422, [field])
    assert boss.get(f"packages/{package['id']}").json() == package


def test_one_for_all_clinics_is_defined_by_who_manages_them_all(practice: Practice) -> None:
    body = {"clinic": None, "name": "All", "price": money("10.00"), "validity_days": 5}
    body["services"] = [{"service": str(make_service(practice.clinic).pk), "sessions": 1}]
    assert practice.boss.post("packages", body).status_code == 403  # type: ignore[attr-defined]
    made = Caller(role="super_admin").post("packages", body)
    assert (made.status_code, made.json()["clinic"]) == (201, None)
    found = practice.desk.get("packages", clinic=practice.clinic.pk).json()["items"]
    assert [one["name"] for one in found] == ["All"]


def test_who_sees_what_somebody_bought(practice: Practice) -> None:
    """PKG-2: one for all clinics is seen where its buyer is known; money only by who may see it."""
    package = defined(practice)
    Package.objects.update(clinic=None)
    body = {"clinic": str(practice.clinic.pk), "patient": str(practice.patient.pk)}
    purchase = practice.desk.post(f"packages/{package['id']}/purchases", body).json()
    one, elsewhere = f"purchases/{purchase['id']}", make_clinic(currency="EUR")
    reader, doctor = Caller(elsewhere, "front_desk"), Caller(practice.clinic, "doctor")
    for address in (one, f"{one}/plan"):
        call = reader.get(address) if address == one else reader.post(address, {"start": "2026-03-03"})
        assert call.status_code == 404
    assert reader.get("purchases").json()["items"] == []
    assert said(reader.get("purchases", patient=practice.patient.pk)) == (404, [("invalid", "patient")])

    practice.patient.registrations.create(clinic=elsewhere)
    for caller, money_shown in ((practice.desk, True), (reader, False), (doctor, False)):
        found = caller.get(one).json()
        assert caller.get("purchases", patient=practice.patient.pk).json()["items"] == [found]
        assert (found["invoice"] is not None, found["sessions"][0]["amount"] is not None) == (money_shown, money_shown)
