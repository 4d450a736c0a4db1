import json

import pytest
from django.test import Client

from orderly.people.models import ApiToken, Membership, RoleOverride
from orderly.people.permissions import PERMISSIONS, Role, defaults
from tests.api.client import ROOT, Caller, said
from tests.factories import make_clinic, make_user

pytestmark = pytest.mark.django_db


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, path: str, body: object, **headers: str) -> object:
    return client.post(ROOT + path, json.dumps(body), "application/json", headers=headers)


def test_me() -> None:
    clinic = make_clinic(timezone="Asia/Tashkent", currency="UZS")
    desk = Caller(clinic)
    Membership.objects.create(user=desk.user, clinic=clinic, role=Role.BILLING)
    rights = defaults(Role.FRONT_DESK) | defaults(Role.BILLING)
    assert desk.get("me").json() == {
        "id": str(desk.user.pk),
        "email": desk.user.email,
        "name": desk.user.name,
        "language": "",
        "clinics": [
            {
                "id": str(clinic.pk),
                "name": clinic.name,
                "timezone": "Asia/Tashkent",
                "currency": "UZS",
                "roles": ["billing", "front_desk"],
                "permissions": sorted(rights),
            }
        ],
    }


def test_a_super_admin_is_at_home_everywhere() -> None:
    make_clinic()
    make_clinic()
    clinics = Caller(None, Role.SUPER_ADMIN).get("me").json()["clinics"]
    assert [(one["roles"], one["permissions"]) for one in clinics] == [(["super_admin"], sorted(PERMISSIONS))] * 2


def test_a_token_for_one_clinic_and_some_rights() -> None:
    """ACC-6: shown once, only a hash is kept."""
    clinic = make_clinic(timezone="Europe/Berlin")
    user = make_user("front_desk", clinic)
    body = {
        "name": "Kiosk",
        "clinic": str(clinic.pk),
        "permissions": ["booking:view_calendar"],
        "expires_at": "2026-04-01T00:00",
    }
    made = post(signed_in(user), "tokens", body).json()
    token = ApiToken.objects.get()
    secret = made.pop("secret")
    shown = {
        "id": str(token.pk),
        "name": "Kiosk",
        "clinic": str(clinic.pk),
        "permissions": ["booking:view_calendar"],
        "created_at": "2026-03-02T06:00:00+00:00",
        "expires_at": "2026-03-31T22:00:00+00:00",
        "last_used_at": None,
    }
    assert made == shown
    assert secret not in json.dumps([*ApiToken.objects.values_list("digest", "name")])
    kiosk = Client(headers={"authorization": f"Bearer {secret}"})
    assert kiosk.get(f"{ROOT}appointments").status_code == 200
    assert kiosk.get(f"{ROOT}patients").status_code == 403
    used = {**shown, "last_used_at": "2026-03-02T06:00:00+00:00"}
    assert kiosk.get(f"{ROOT}tokens").json() == {"items": [used], "next": None}
    assert kiosk.delete(f"{ROOT}tokens/{token.pk}").status_code == 204
    assert kiosk.get(f"{ROOT}appointments").status_code == 401
    assert signed_in(user).get(f"{ROOT}tokens").json() == {"items": [], "next": None}


def test_a_repeated_request_does_not_show_the_secret_again() -> None:
    client = signed_in(make_user("front_desk", make_clinic()))
    first = post(client, "tokens", {"name": "x"}, **{"idempotency-key": "k"})
    second = post(client, "tokens", {"name": "x"}, **{"idempotency-key": "k"})
    assert second.status_code == 201
    assert second.json() == {**first.json(), "secret": None}
    assert ApiToken.objects.count() == 1


def test_tokens_that_cannot_be() -> None:
    clinic, elsewhere = make_clinic(), make_clinic()
    user = make_user("front_desk", clinic)
    client = signed_in(user)
    for body, expected in (
        ({}, (422, [("missing", "name")])),
        ({"name": ""}, (422, [("invalid", "name")])),
        ({"name": "x", "permissions": ["fly"]}, (422, [("invalid", "permissions")])),
        ({"name": "x", "permissions": ["users:manage"]}, (403, [])),
        ({"name": "x", "clinic": str(elsewhere.pk)}, (404, [("invalid", "clinic")])),
        ({"name": "x", "expires_at": "2026-03-02T05:59"}, (422, [("invalid", "expires_at")])),
    ):
        assert said(post(client, "tokens", body)) == expected
    assert not ApiToken.objects.exists()


def test_a_token_makes_no_tokens_and_revokes_only_its_users() -> None:
    clinic = make_clinic()
    desk, other = Caller(clinic), Caller(clinic)
    assert said(desk.post("tokens", {"name": "x"})) == (403, [])
    theirs = ApiToken.objects.get(user=other.user)
    assert said(desk.call("DELETE", f"tokens/{theirs.pk}")) == (404, [])


def test_roles_of_a_clinic() -> None:
    """ACC-3: one table in code, changed per clinic."""
    clinic = make_clinic()
    admin = Caller(clinic, "clinic_admin")
    table = admin.get("roles", clinic=clinic.pk).json()
    assert table == {
        "items": [
            {"role": role, "permissions": sorted(defaults(role))}
            for role in Role
            if role not in ("super_admin", "patient")
        ],
        "next": None,
    }
    change = {"clinic": str(clinic.pk), "role": "billing", "permission": "patients:edit", "allowed": True}
    assert admin.call("PUT", "roles", change).json() == {
        "role": "billing",
        "permissions": sorted({*defaults("billing"), "patients:edit"}),
    }
    assert RoleOverride.objects.values_list("role", "permission", "allowed").get() == (
        "billing",
        "patients:edit",
        True,
    )


def test_roles_that_cannot_be_changed() -> None:
    clinic = make_clinic()
    admin, desk = Caller(clinic, "clinic_admin"), Caller(clinic)
    change = {"clinic": str(clinic.pk), "role": "billing", "permission": "patients:edit", "allowed": True}
    for body, expected in (
        ({"role": "super_admin"}, (422, [("invalid", "role")])),
        ({"role": "boss"}, (422, [("invalid", "role")])),
        ({"permission": "fly"}, (422, [("invalid", "permission")])),
        ({"permission": "records:view"}, (403, [])),
        ({"allowed": "yes"}, (422, [("invalid", "allowed")])),
        ({"clinic": str(make_clinic().pk)}, (404, [("invalid", "clinic")])),
    ):
        assert said(admin.call("PUT", "roles", {**change, **body})) == expected
    assert said(desk.call("PUT", "roles", change)) == (403, [])
    assert said(desk.get("roles", clinic=clinic.pk)) == (403, [])
    assert not RoleOverride.objects.exists()
