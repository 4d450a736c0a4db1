"""ACC-8: users, for the administrators of their clinics."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from orderly.people.models import ApiToken, Membership
from orderly.people.permissions import Role
from tests.api.client import ROOT, Caller, said
from tests.factories import make_clinic, make_user

pytestmark = pytest.mark.django_db
AT_SIX = "2026-03-02T06:00:00+00:00"


def test_the_team_of_a_clinic(django_assert_num_queries: object) -> None:
    """ACC-8, ACC-4: names, roles here, nobody of elsewhere, and nothing of what they are elsewhere."""
    clinic, other = make_clinic(), make_clinic()
    admin = Caller(user=make_user("clinic_admin", clinic, name="Ada"))
    bea = make_user("doctor", clinic, name="Bea", language="ru")
    Membership.objects.create(user=bea, clinic=other, role="front_desk")
    Membership.objects.create(user=bea, clinic=clinic, role="read_only")
    TOTP.activate(bea, "SECRET")
    make_user("front_desk", other)
    make_user("patient", clinic)
    usual = {"language": "", "active": True, "last_login": None, "second_factor": False, "version": 1}
    here = {"clinic": str(clinic.pk)}
    shown = [
        {
            **usual,
            "id": str(admin.user.pk),
            "email": admin.user.email,
            "name": "Ada",
            "roles": [{**here, "role": "clinic_admin"}],
            "manageable": True,
        },
        {
            **usual,
            "id": str(bea.pk),
            "email": bea.email,
            "name": "Bea",
            "language": "ru",
            "second_factor": True,
            "roles": [{**here, "role": "doctor"}, {**here, "role": "read_only"}],
            "manageable": False,
        },
    ]
    assert admin.get("users", clinic=clinic.pk).json() == {"items": shown, "next": None}
    assert admin.get("users").json()["items"] == shown
    assert admin.get("users", q="be").json()["items"] == shown[1:]
    assert admin.get("users", q=bea.email, active=False).json()["items"] == []
    assert admin.get(f"users/{bea.pk}").json() == shown[1]
    assert admin.get(f"users/{bea.pk}")["ETag"] == '"v1"'


def test_it_costs_the_same_however_many(django_assert_num_queries) -> None:
    """OPS-5"""
    clinic = make_clinic()
    admin = Caller(clinic, "clinic_admin")
    admin.get("users")  # the token is used for the first time
    for _ in range(2):
        with django_assert_num_queries(8):
            assert admin.get("users").status_code == 200
        for _ in range(3):
            make_user("front_desk", clinic)
    first = admin.get("users", limit=2).json()
    rest = admin.get("users", limit=2, cursor=first["next"]).json()
    assert (len(first["items"]), len(rest["items"])) == (2, 2)


def test_a_super_admin_sees_all() -> None:
    clinic = make_clinic()
    make_user("front_desk", clinic)
    nobody = make_user(role=None)
    chief = Caller(None, Role.SUPER_ADMIN)
    assert len(chief.get("users").json()["items"]) == 3
    assert len(chief.get("users", clinic=clinic.pk).json()["items"]) == 1
    assert chief.get(f"users/{nobody.pk}").json()["manageable"] is True
    own = chief.get(f"users/{chief.user.pk}").json()
    assert own["roles"] == [{"clinic": None, "role": "super_admin"}]


def test_changing_somebody() -> None:
    clinic = make_clinic()
    admin, user = Caller(clinic, "clinic_admin"), make_user("front_desk", clinic)
    changed = admin.call("PATCH", f"users/{user.pk}", {"name": "Ana", "language": "ar"}, if_match='"v1"').json()
    assert (changed["name"], changed["language"], changed["version"]) == ("Ana", "ar", 2)
    assert admin.call("PATCH", f"users/{user.pk}", {"name": "Old"}, if_match='"v1"').status_code == 412
    assert said(admin.call("PATCH", f"users/{user.pk}", {"language": "xx"})) == (422, [("invalid", "language")])
    assert said(admin.call("PATCH", f"users/{user.pk}", {"email": "a@b.example"})) == (422, [("invalid", "email")])


def test_roles() -> None:
    """ACC-8"""
    clinic = make_clinic()
    admin, user = Caller(clinic, "clinic_admin"), make_user("front_desk", clinic)
    path, here = f"users/{user.pk}/roles", {"clinic": str(clinic.pk)}
    given = admin.call("PUT", path, {**here, "roles": ["doctor"]}).json()
    assert given["roles"] == [{**here, "role": "doctor"}]
    for body, expected in (
        ({**here, "roles": ["boss"]}, (422, [("invalid", "roles")])),
        ({**here, "roles": ["super_admin"]}, (422, [("invalid", "roles")])),
        ({"clinic": None, "roles": ["super_admin"]}, (403, [])),
        ({"roles": ["doctor"]}, (422, [("missing", "clinic")])),
        ({"clinic": str(make_clinic().pk), "roles": []}, (404, [])),
    ):
        assert said(admin.call("PUT", path, body)) == expected
    taken = admin.call("PUT", path, {**here, "roles": []}).json()
    assert (taken["roles"], taken["manageable"]) == ([], True)
    assert admin.get(f"users/{user.pk}").status_code == 404
    last = admin.call("PUT", f"users/{admin.user.pk}/roles", {**here, "roles": []})
    assert said(last) == (409, [("invalid", "user")])
    assert last.json()["detail"] == (
        "user: somebody must be left to administer the clinic; give another person that role first."
    )


def test_the_deactivated_are_out_at_once() -> None:
    """ACC-8: the session, and the token, with the next request."""
    clinic = make_clinic()
    admin, desk = Caller(clinic, "clinic_admin"), Caller(clinic)
    browser = Client()
    browser.force_login(desk.user)
    assert (browser.get(f"{ROOT}me").status_code, desk.get("me").status_code) == (200, 200)
    shown = admin.post(f"users/{desk.user.pk}/deactivate").json()
    assert (shown["active"], browser.get(f"{ROOT}me").status_code, desk.get("me").status_code) == (False, 401, 401)
    shown = admin.post(f"users/{desk.user.pk}/reactivate").json()
    assert (shown["active"], browser.get(f"{ROOT}me").status_code, desk.get("me").status_code) == (True, 401, 401)
    assert said(admin.post(f"users/{admin.user.pk}/deactivate")) == (409, [("invalid", "user")])


def test_sessions_end_and_a_second_factor_goes() -> None:
    """ACC-8"""
    clinic = make_clinic()
    admin, desk = Caller(clinic, "clinic_admin"), Caller(clinic)
    TOTP.activate(desk.user, "SECRET")
    browser = Client()
    browser.force_login(desk.user)
    assert admin.post(f"users/{desk.user.pk}/reset-second-factor").json()["second_factor"] is False
    assert browser.get(f"{ROOT}me").status_code == 200
    admin.post(f"users/{desk.user.pk}/end-sessions")
    assert (browser.get(f"{ROOT}me").status_code, desk.get("me").status_code) == (401, 200)


def test_a_role_that_is_taken_is_gone_with_the_next_request() -> None:
    """ACC-8: whether by session or by token."""
    clinic = make_clinic()
    admin, desk = Caller(clinic, "clinic_admin"), Caller(clinic)
    browser = Client()
    browser.force_login(desk.user)
    path = f"patients?clinic={clinic.pk}"
    assert [browser.get(ROOT + path).status_code, desk.get(path).status_code] == [200, 200]
    admin.call("PUT", f"users/{desk.user.pk}/roles", {"clinic": str(clinic.pk), "roles": []})
    assert [browser.get(ROOT + path).status_code, desk.get(path).status_code] == [404, 404]


def test_tokens_of_others() -> None:
    """ACC-6: seen and revoked by those who administer where they work."""
    clinic, other = make_clinic(), make_clinic()
    admin, desk = Caller(clinic, "clinic_admin"), Caller(clinic)
    Membership.objects.create(user=desk.user, clinic=other, role="front_desk")
    everywhere = ApiToken.objects.get(user=desk.user)
    made = {}
    for place in (clinic, other):
        kept = {"name": place.name, "digest": place.name, "created_at": AT_SIX}
        made[place] = ApiToken.objects.create(user=desk.user, clinic=place, **kept)
    path = f"users/{desk.user.pk}/tokens"
    listed = admin.get(path).json()["items"]
    assert {one["id"] for one in listed} == {str(made[clinic].pk), str(everywhere.pk)}
    assert admin.call("DELETE", f"{path}/{made[clinic].pk}").status_code == 204
    assert said(admin.call("DELETE", f"{path}/{made[other].pk}")) == (404, [])
    assert said(admin.call("DELETE", f"{path}/{everywhere.pk}")) == (403, [])
    Membership.objects.filter(user=desk.user, clinic=other).delete()
    assert admin.call("DELETE", f"{path}/{everywhere.pk}").status_code == 204
    assert desk.get("me").status_code == 401
    stranger = Caller(other)
    assert said(admin.get(f"users/{stranger.user.pk}/tokens")) == (404, [])
    theirs = ApiToken.objects.get(user=stranger.user)
    assert said(admin.call("DELETE", f"{path}/{theirs.pk}")) == (404, [])
