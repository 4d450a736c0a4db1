"""ACC-8 on the screen: the list, a person's page, inviting; and the mail that goes out because of it."""

import re
import smtplib
from collections.abc import Iterator
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client
from django.urls import reverse

from orderly.journal.models import Delivery, Entry
from orderly.people.actions.invitations import invite, resend, revoke
from orderly.people.models import Invitation, Membership, User
from orderly.people.queries import actor_for
from orderly.web.team.mail import link
from orderly.worker.loop import Worker
from tests.factories import NOW, make_clinic, make_user
from tests.web.desk import Desk, errors, text

pytestmark = pytest.mark.django_db
FORM = {"email": "nora@example.org", "role": "doctor", "language": "en"}
LINK = re.compile(r"http://127\.0\.0\.1:8000(/join/\S+/)")


@pytest.fixture
def team() -> Desk:
    return Desk("clinic_admin")


def work() -> None:
    Worker().drain()


def mailed() -> str:
    """The link in the last mail."""
    [found] = LINK.findall(str(mail.outbox[-1].body))
    return str(found)


def send(team: Desk, **more: str) -> Any:
    return team.post("team-invite-send", team.clinic.pk, **{**FORM, **more})


def test_the_list(team: Desk) -> None:
    """ACC-4, ACC-8: those of this clinic, and who has been asked."""
    off = make_user("doctor", team.clinic, name="Olga Off", is_active=False)
    make_user("doctor", make_clinic(), name="Else Where")
    make_user("patient", team.clinic, name="Pat Ient")
    User.objects.filter(pk=team.user.pk).update(last_login=NOW - timedelta(days=1))
    send(team)
    shown = text(team.get("team", team.clinic.pk))
    expected = f"Dee Desk {team.user.email} Clinic administrator last in Sun 1 Mar 2026, 06:00"
    assert expected in shown
    assert f"Olga Off {off.email} Doctor Deactivated" in shown
    assert "nora@example.org by Dee Desk Doctor not sent yet" in shown
    assert "Else" not in shown
    assert "Ient" not in shown
    work()
    assert "sent, valid until Mon 9 Mar 2026, 06:00" in text(team.get("team", team.clinic.pk))
    found = text(team.post("team-search", team.clinic.pk, q="olga"))
    assert ("Olga Off" in found, expected in found) == (True, False)
    assert "Nobody by that name or address." in text(team.post("team-search", team.clinic.pk, q="xyz"))


def test_it_costs_the_same_however_many(team: Desk, django_assert_max_num_queries: Any) -> None:
    """OPS-5"""
    for _ in range(2):
        with django_assert_max_num_queries(16):
            team.get("team", team.clinic.pk)
        for number in range(3):
            make_user("doctor", team.clinic)
            send(team, email=f"{number}@example.org")


def test_the_calendar_leads_administrators_there() -> None:
    shown = {role: Desk(role) for role in ("clinic_admin", "front_desk")}
    addresses = {role: reverse("team", args=[desk.clinic.pk]) for role, desk in shown.items()}
    found = {
        role: addresses[role] in desk.get("calendar", desk.clinic.pk).content.decode() for role, desk in shown.items()
    }
    assert found == {"clinic_admin": True, "front_desk": False}


def test_an_invitation_is_mailed_in_the_language_chosen(team: Desk) -> None:
    """ACC-8"""
    answer = send(team, language="ru")
    assert (answer.status_code, answer["Location"]) == (302, reverse("team", args=[team.clinic.pk]))
    assert mail.outbox == []
    work()
    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.from_email) == (
        ["nora@example.org"],
        "Приглашение в «Riverside»",
        "orderly@127.0.0.1",
    )
    made = Invitation.objects.get()
    assert "Dee Desk приглашает вас" in str(sent.body)
    assert link(made) in str(sent.body)
    assert (made.sent_at, Delivery.objects.count()) == (NOW, 0)
    assert mailed().split("/")[3] not in repr([*Entry.objects.values(), *Invitation.objects.values()])


def test_what_is_over_isnt_mailed(team: Desk) -> None:
    """A mail that a change has made wrong meanwhile isn't sent, and only the newest link is."""
    admin = actor_for(team.user)
    for email in ("revoked@example.org", "again@example.org"):
        send(team, email=email)
    again, revoked = Invitation.objects.order_by("email")
    revoke(revoked.pk, actor=admin, now=NOW)
    resend(again.pk, actor=admin, now=NOW)
    work()
    assert [one.to for one in mail.outbox] == [["again@example.org"]]
    assert link(Invitation.objects.get(pk=again.pk)).endswith(mailed())


def test_a_mail_server_that_refuses_is_tried_again_and_nothing_personal_kept(
    team: Desk, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    def refuse(*_: object, **__: object) -> None:
        raise SMTPRecipientsRefused({"nora@example.org": (550, b"nora@example.org: no such user")})

    monkeypatch.setattr(smtplib, "SMTP", refuse)
    send(team)
    work()
    waiting = Delivery.objects.get()
    assert (waiting.error, waiting.attempts) == ("Fault: the mail server refused: SMTPRecipientsRefused", 1)
    assert Invitation.objects.get().sent_at is None


def test_wrong_words_come_back_in_the_form(team: Desk) -> None:
    assert errors(send(team, email="nora")) == ["e-mail: this isn't an e-mail address."]
    assert errors(send(team, role="boss")) == ["role: this isn't one of the choices."]
    assert errors(send(team, email=team.user.email, role="clinic_admin")) == [
        "e-mail: whoever has this address holds that role here already."
    ]
    assert not Invitation.objects.exists()


def test_resending_and_revoking(team: Desk) -> None:
    send(team)
    made = Invitation.objects.get()
    team.post("team-invitation-resend", team.clinic.pk, made.pk)
    assert Invitation.objects.get().round == 2
    team.post("team-invitation-revoke", team.clinic.pk, made.pk)
    shown = text(team.client.get(reverse("team", args=[team.clinic.pk])))
    assert "The invitation of nora@example.org is revoked." in shown
    team.post("team-invitation-resend", team.clinic.pk, made.pk)
    assert "it was accepted or revoked already." in text(team.get("team", team.clinic.pk))
    elsewhere = Desk("clinic_admin")
    assert elsewhere.post("team-invitation-revoke", elsewhere.clinic.pk, made.pk).status_code == 404


def test_a_persons_page(team: Desk) -> None:
    """ACC-8: roles are ticked, and count at once."""
    user = make_user("front_desk", team.clinic, name="Finn")
    TOTP.activate(user, "SECRET")
    shown = text(team.get("team-member", team.clinic.pk, user.pk))
    assert all(word in shown for word in ("Finn", "with a second factor", "Reset the second factor", "Deactivate"))
    team.post("team-roles", team.clinic.pk, user.pk, role=["doctor", "read_only"])
    assert set(user.memberships.values_list("role", flat=True)) == {"doctor", "read_only"}
    gone = team.post("team-roles", team.clinic.pk, user.pk)
    assert (gone["Location"], user.memberships.count()) == (reverse("team", args=[team.clinic.pk]), 0)
    assert team.get("team-member", team.clinic.pk, user.pk).status_code == 404


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("deactivate", "Finn can't sign in any more."),
        ("reactivate", "Finn can sign in again."),
        ("end-sessions", "Finn is signed out everywhere."),
        ("reset-second-factor", "Finn signs in with the password alone for now."),
    ],
)
def test_an_accounts_steps(team: Desk, step: str, said: str) -> None:
    user = make_user("front_desk", team.clinic, name="Finn")
    assert team.post("team-step", team.clinic.pk, user.pk, step).status_code == 302
    assert said in text(team.get("team-member", team.clinic.pk, user.pk))
    assert team.post("team-step", team.clinic.pk, user.pk, "explode").status_code == 404


def test_what_cant_be_done_is_said(team: Desk) -> None:
    alone = team.post("team-roles", team.clinic.pk, team.user.pk, role="read_only")
    assert (alone.status_code, errors(alone)) == (
        409,
        ["user: somebody must be left to administer the clinic; give another person that role first."],
    )
    own = text(team.get("team-member", team.clinic.pk, team.user.pk))
    assert ("Sign out everywhere" in own, "can't sign in; their" in own) == (True, False)
    both = make_user("front_desk", team.clinic)
    Membership.objects.create(user=both, clinic=make_clinic(), role="front_desk")
    assert "a clinic that you don't administer" in text(team.get("team-member", team.clinic.pk, both.pk))
    assert team.post("team-step", team.clinic.pk, both.pk, "deactivate").status_code == 403
    chief = make_user("super_admin")
    Membership.objects.create(user=chief, clinic=team.clinic, role="front_desk")
    assert team.post("team-step", team.clinic.pk, chief.pk, "deactivate").status_code == 403


@pytest.fixture
def invited(team: Desk) -> Iterator[str]:
    send(team)
    work()
    return mailed()


def accept(client: Client, address: str, **form: str) -> Any:
    _, _, invitation, secret, _ = address.split("/")
    typed = {"secret": secret, "name": "Nora New", "password": "a horse that is correct", **form}
    return client.post(reverse("join-accept", args=[invitation]), typed)


def test_the_link_shows_and_the_button_does(team: Desk, invited: str) -> None:
    """ACC-8: a mail scanner that opens every link takes nothing away."""
    client = Client()
    for _ in range(3):
        page = client.get(invited)
        assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    shown = text(page)
    assert ("Join Riverside" in shown, "Dee Desk invites you, as: Doctor." in shown) == (True, True)
    assert (User.objects.filter(email=FORM["email"]).exists(), "sessionid" in client.cookies) == (False, False)
    assert accept(client, invited)["Location"] == "/"
    assert client.get("/")["Location"] == reverse("calendar", args=[team.clinic.pk])
    assert client.get(invited).status_code == 404
    assert "This link isn't valid any more" in text(accept(Client(), invited))


def test_a_bad_password_is_said_and_the_link_goes_on(invited: str) -> None:
    client = Client()
    refused = accept(client, invited, password="short", name="")
    assert (refused.status_code, errors(refused)) == (
        422,
        ["password: must have at least 8 characters."],
    )
    assert invited.split("/")[3] not in refused.request["PATH_INFO"]
    assert accept(client, invited).status_code == 302


def test_the_page_speaks_the_invitations_language(team: Desk) -> None:
    """OPS-2"""
    send(team, language="ar")
    work()
    assert '<html lang="ar" dir="rtl">' in Client().get(mailed()).content.decode()


def test_who_has_an_account_signs_in_first(team: Desk) -> None:
    """ACC-8: the link alone opens no account that exists."""
    user = make_user("front_desk", make_clinic(), email="there@example.org")
    send(team, email="there@example.org")
    work()
    client = Client()
    shown = text(client.get(mailed()))
    assert ("You have an account already" in shown, "Choose a password" in shown) == (True, False)
    assert "You have an account already" in text(accept(client, mailed()))
    client.force_login(team.user)
    assert "You are signed in as somebody else" in text(client.get(mailed()))
    assert "You are signed in as somebody else" in text(accept(client, mailed()))
    assert user.memberships.count() == 1
    client.logout()
    credentials = {"login": "there@example.org", "password": "correct horse", "next": mailed()}
    assert client.post("/accounts/login/", credentials)["Location"] == mailed()
    assert accept(client, mailed())["Location"] == reverse("calendar", args=[team.clinic.pk])
    assert user.memberships.count() == 2


def test_nothing_is_where_no_invitation_is() -> None:
    assert Client().get("/join/00000000-0000-0000-0000-000000000000/x/").status_code == 404
    assert Client().post("/join/00000000-0000-0000-0000-000000000000/accept").status_code == 404


def test_a_super_administrator_joins_the_organisation(team: Desk) -> None:
    chief = actor_for(make_user("super_admin"))
    invite("c@example.org", "super_admin", clinic=None, language="en", actor=chief, now=NOW)
    work()
    client = Client()
    assert "Join the organisation" in text(client.get(mailed()))
    accept(client, mailed())
    assert actor_for(User.objects.get(email="c@example.org")).clinics is None
