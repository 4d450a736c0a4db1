"""ACC-8: invitations over the API. The link is in no answer: it goes by mail alone."""

import pytest

from orderly.people.models import Invitation
from orderly.people.rules import secret
from tests.api.client import Caller, said
from tests.factories import make_clinic, make_user

pytestmark = pytest.mark.django_db


def test_inviting_listing_sending_again_and_revoking() -> None:
    """ACC-8"""
    clinic = make_clinic()
    admin = Caller(clinic, "clinic_admin")
    body = {"clinic": str(clinic.pk), "email": "n@example.org", "role": "doctor", "language": "ru"}
    made = admin.post("invitations", body)
    invitation = Invitation.objects.get()
    shown = {
        **body,
        "id": str(invitation.pk),
        "invited_by": str(admin.user.pk),
        "created_at": "2026-03-02T06:00:00+00:00",
        "expires_at": "2026-03-09T06:00:00+00:00",
        "sent_at": None,
        "accepted_at": None,
        "accepted_by": None,
        "revoked_at": None,
    }
    assert (made.status_code, made.json()) == (201, shown)
    assert secret(invitation.pk, invitation.nonce) not in made.content.decode()
    assert admin.get("invitations", clinic=clinic.pk).json() == {"items": [shown], "next": None}
    assert admin.post(f"invitations/{invitation.pk}/resend").json() == shown
    assert admin.call("DELETE", f"invitations/{invitation.pk}").status_code == 204
    assert said(admin.post(f"invitations/{invitation.pk}/resend")) == (409, [("invalid", "invitation")])
    revoked = {**shown, "revoked_at": "2026-03-02T06:00:00+00:00"}
    assert admin.get("invitations").json()["items"] == [revoked]
    assert admin.get("invitations", pending=True).json()["items"] == []


def test_an_address_with_an_account_elsewhere_is_answered_alike() -> None:
    """ACC-4"""
    clinic = make_clinic()
    admin = Caller(clinic, "clinic_admin")
    make_user("doctor", make_clinic(), email="there@example.org")
    body = {"clinic": str(clinic.pk), "role": "doctor"}
    answers = [admin.post("invitations", {**body, "email": f"{who}@example.org"}) for who in ("there", "nobody")]
    first, second = ({**one.json(), "id": "", "email": ""} for one in answers)
    assert ([one.status_code for one in answers], first) == ([201, 201], second)


def test_invitations_that_cannot_be() -> None:
    clinic, other = make_clinic(), make_clinic()
    admin = Caller(clinic, "clinic_admin")
    good = {"clinic": str(clinic.pk), "email": "n@example.org", "role": "doctor"}
    for body, expected in (
        ({**good, "email": "nobody"}, (422, [("invalid", "email")])),
        ({**good, "role": "boss"}, (422, [("invalid", "role")])),
        ({**good, "clinic": str(other.pk)}, (404, [("invalid", "clinic")])),
        ({**good, "clinic": None, "role": "super_admin"}, (403, [])),
        ({"email": "n@example.org", "role": "doctor"}, (422, [("missing", "clinic")])),
    ):
        assert said(admin.post("invitations", body)) == expected
    assert not Invitation.objects.exists()


def test_it_costs_the_same_however_many(django_assert_num_queries) -> None:
    """OPS-5"""
    clinic = make_clinic()
    admin = Caller(clinic, "clinic_admin")
    admin.get("invitations")
    for _ in range(2):
        with django_assert_num_queries(4):
            assert admin.get("invitations").status_code == 200
        for number in range(3):
            admin.post("invitations", {"clinic": str(clinic.pk), "email": f"{number}@example.org", "role": "doctor"})
