"""Providers and their working hours, by REST."""

from typing import Any

import pytest

from orderly.resources.models import Provider
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_clinic, make_provider, make_service, make_user

pytestmark = pytest.mark.django_db

MORNINGS = {"weekdays": [1, 2], "from_time": "09:00", "to_time": "12:00", "until": "2026-12-31", "every": 2, "phase": 1}


def shown(provider: Provider, clinics: list[Any], services: list[Any], **more: Any) -> dict[str, Any]:
    return {
        "id": str(provider.pk),
        "name": provider.name,
        "title": provider.title,
        "active": True,
        "clinics": [str(one.pk) for one in clinics],
        "services": [str(one.pk) for one in services],
        "user": None,
        "colour": "#4263eb",
        "photo": "",
        "share_percent": 50,
        "version": 1,
        **more,
    }


def test_taking_on_a_provider() -> None:
    """SET-2"""
    clinic = make_clinic()
    service, _other = make_service(clinic), make_service(clinic)
    user = make_user("doctor", clinic)
    body = {
        "name": "Ann Lee",
        "title": "Dr",
        "clinics": [str(clinic.pk)],
        "services": [str(service.pk)],
        "user": str(user.pk),
        "colour": "#112233",
        "photo": "https://example.org/ann.jpg",
        "share_percent": 40,
    }
    response = Caller(clinic, "clinic_admin").post("providers", body)
    made = Provider.objects.get()
    assert (response.status_code, response["ETag"]) == (201, '"v1"')
    assert response.json() == shown(made, [clinic], [service]) | body


def test_without_services_all_of_the_clinic_s() -> None:
    """SET-2: the clinic by the query, the body's `clinic` or `clinics`."""
    clinic = make_clinic()
    service, admin = make_service(clinic), Caller(clinic, "clinic_admin")
    ways = (
        (f"providers?clinic={clinic.pk}", {}),
        ("providers", {"clinic": str(clinic.pk)}),
        ("providers", {"clinics": [str(clinic.pk)]}),
    )
    for path, more in ways:
        made = admin.post(path, {"name": "Ann", **more}).json()
        assert (made["clinics"], made["services"]) == ([str(clinic.pk)], [str(service.pk)])


def test_what_can_t_be_taken_on_and_by_whom() -> None:
    clinic = make_clinic()
    admin, ann = Caller(clinic, "clinic_admin"), {"name": "Ann", "clinic": str(clinic.pk)}
    assert said(admin.post("providers", {"name": "Ann"})) == (422, [("missing", "clinics")])
    assert said(admin.post("providers", {**ann, "colour": "red"})) == (422, [("invalid", "colour")])
    assert said(admin.post("providers", {**ann, "user": str(make_user(None).pk)})) == (422, [("invalid", "user")])
    elsewhere = make_clinic()
    assert said(admin.post("providers", {**ann, "clinic": str(elsewhere.pk)})) == (404, [("invalid", "clinics")])
    service = str(make_service(elsewhere).pk)
    assert said(admin.post("providers", {**ann, "services": [service]})) == (422, [("invalid", "services")])
    assert Caller(clinic).post("providers", ann).status_code == 403
    assert not Provider.objects.exists()


def test_listing() -> None:
    """SET-2, ACC-4: of one's own clinics; those of others aren't mentioned."""
    clinic, other = make_clinic(), make_clinic()
    service = make_service(clinic)
    bob, ann = make_provider(clinic, name="Bob"), make_provider(clinic, service=service, name="Ann")
    bob.clinics.add(other)
    bob.resource.active = False
    bob.resource.save()
    make_provider(other)
    desk = Caller(clinic)
    shown_bob = shown(bob, [clinic], [], active=False)
    assert desk.get("providers").json() == {"items": [shown(ann, [clinic], [service]), shown_bob], "next": None}
    assert desk.get("providers", active="true", clinic=clinic.pk).json()["items"] == [shown(ann, [clinic], [service])]
    assert desk.get(f"providers/{bob.pk}").json() == shown_bob
    assert said(desk.get("providers", active="yes")) == (422, [("invalid", "active")])
    assert desk.get("providers", clinic=other.pk).status_code == 404
    assert Caller(make_clinic()).get(f"providers/{bob.pk}").status_code == 404


def test_changing_a_provider() -> None:
    """SET-2, API-1"""
    clinic = make_clinic()
    one, two = make_service(clinic), make_service(clinic)
    provider = make_provider(clinic, service=one, name="Ann")
    admin, path = Caller(clinic, "clinic_admin"), f"providers/{provider.pk}"
    response = admin.call("PATCH", path, {"share_percent": 60}, if_match='"v1"')
    expected = shown(provider, [clinic], [one], share_percent=60, version=2)
    assert (response.json(), response["ETag"]) == ({**expected, "stranded": []}, '"v2"')
    assert admin.call("PATCH", path, {"share_percent": 60}, if_match='"v1"').status_code == 412
    assert admin.call("PATCH", path, {"services": [str(two.pk)]}).json()["services"] == [str(two.pk)]
    assert said(admin.call("PATCH", path, {"name": None})) == (422, [("invalid", "name")])
    assert Caller(clinic).call("PATCH", path, {"name": "B"}).status_code == 403
    assert Caller(make_clinic(), "clinic_admin").call("PATCH", path, {"name": "B"}).status_code == 404


def test_standing_a_provider_down_lists_what_is_booked() -> None:
    """SET-2: to be seen first, and in the answer."""
    practice = Practice()
    booked = [practice.book("2026-03-03T10:00"), practice.book("2026-03-04T10:00")]
    admin, path = Caller(practice.clinic, "clinic_admin"), f"providers/{practice.provider.pk}"

    upcoming = admin.get(f"{path}/upcoming").json()
    assert upcoming == {"items": [one["appointment"] for one in booked], "next": None}
    assert admin.get(f"{path}/upcoming", limit=1).json()["items"] == upcoming["items"][:1]
    response = admin.call("PATCH", path, {"active": False}, idempotency_key="once")

    stranded = [one["appointment"]["id"] for one in booked]
    assert (response.status_code, response.json()["active"], response.json()["stranded"]) == (200, False, stranded)
    again = admin.call("PATCH", path, {"active": False}, idempotency_key="once")
    assert again.json() == response.json()
    refused = practice.desk.post("appointments", practice.body("2026-03-05T10:00"))
    assert said(refused) == (409, [("inactive", "provider")])
    assert Caller(make_clinic()).get(f"{path}/upcoming").status_code == 404


def test_working_hours() -> None:
    """SET-5: validity and alternating weeks; what is booked outside the new ones stays, and is listed."""
    practice = Practice()
    booked = practice.book("2026-03-03T13:00")
    path, clinic = f"providers/{practice.provider.pk}/hours", str(practice.clinic.pk)
    usual = {"weekdays": [1, 2, 3, 4, 5], "from_time": "09:00", "to_time": "17:00"}
    whose = {"provider": str(practice.provider.pk), "clinic": clinic}
    rest = {"from": None, "until": None, "every": 1, "phase": 0}
    assert practice.desk.get(path).json() == {**whose, "hours": [{**usual, **rest}], "version": 1}

    response = practice.desk.call("PUT", path, {"clinic": clinic, "hours": [MORNINGS]}, if_match='"v1"')

    expected = {**whose, "hours": [{**rest, **MORNINGS}], "version": 2}
    assert (response.json(), response["ETag"]) == ({**expected, "stranded": [booked["appointment"]["id"]]}, '"v2"')
    assert practice.desk.get(path, clinic=clinic).json() == expected
    assert practice.desk.call("PUT", path, {"hours": []}, if_match='"v1"').status_code == 412


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"weekdays": []}, ("missing", "hours.0.weekdays")),
        ({"weekdays": [7]}, ("invalid", "hours.0.weekdays")),
        ({"to_time": "09:00"}, ("invalid", "hours.0.to_time")),
        ({"to_time": "24:01"}, ("invalid", "hours.0.to_time")),
        ({"from_time": "24:00"}, ("invalid", "hours.0.from_time")),
        ({"from": "2027-01-01"}, ("invalid", "hours.0.until")),
        ({"every": 9}, ("invalid", "hours.0.every")),
        ({"phase": 2}, ("invalid", "hours.0.phase")),
        ({"first": "2026-01-01"}, ("invalid", "hours.0.first")),
    ],
)
def test_what_hours_can_t_be(more: dict[str, Any], problem: tuple[str, str]) -> None:
    """SET-5"""
    clinic = make_clinic()
    path = f"providers/{make_provider(clinic).pk}/hours"
    assert said(Caller(clinic).call("PUT", path, {"hours": [{**MORNINGS, **more}]})) == (422, [problem])


def test_whose_hours_a_person_may_set() -> None:
    """ACC-3: a doctor's own only."""
    clinic, other = make_clinic(), make_clinic()
    user = make_user("doctor", clinic)
    own, colleague = make_provider(clinic, user=user), make_provider(clinic)
    doctor, body = Caller(user=user), {"hours": [MORNINGS]}
    assert doctor.call("PUT", f"providers/{own.pk}/hours", body).status_code == 200
    assert doctor.call("PUT", f"providers/{colleague.pk}/hours", body).status_code == 403
    assert Caller(other).call("PUT", f"providers/{own.pk}/hours", body).status_code == 404
    own.clinics.add(other)
    owner = Caller(role="super_admin")
    assert said(owner.call("PUT", f"providers/{own.pk}/hours", body)) == (422, [("missing", "clinic")])
    elsewhere = {**body, "clinic": str(make_clinic().pk)}
    assert said(owner.call("PUT", f"providers/{own.pk}/hours", elsewhere)) == (404, [("invalid", "clinic")])
