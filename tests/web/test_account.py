"""ACC-1: signing in with a second factor, one's own account, another password, and when a sign-in ends."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client
from django.urls import reverse

from orderly.core import clock
from orderly.journal.models import Entry
from orderly.people.queries import session_users
from orderly.worker.loop import Worker
from tests.factories import make_clinic, make_user
from tests.web.desk import Desk, errors, text

pytestmark = pytest.mark.django_db

PASSWORD = {"password": "correct horse"}
OTHER = {"password1": "battery staple", "password2": "battery staple"}


@pytest.fixture
def desk(settings: Any) -> Desk:
    settings.IDLE_MINUTES = 15
    return Desk()


def code_for(secret: str) -> str:
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def set_up(client: Client) -> str:
    """As somebody does it; the secret."""
    page = client.get(reverse("mfa_activate_totp"), follow=True)
    if page.redirect_chain:  # the password once more
        page = client.post(page.redirect_chain[-1][0], PASSWORD, follow=True)
    secret = re.search(r'factor-key" dir="ltr">([A-Z2-7]+)<', page.content.decode())
    assert secret
    done = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret[1])}, follow=True)
    assert "Recovery codes" in text(done)
    return secret[1]


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def later(monkeypatch: pytest.MonkeyPatch, **by: int) -> None:
    at = clock.now() + timedelta(**by)
    monkeypatch.setattr(clock, "now", lambda: at)


def test_a_second_factor_is_set_up_and_asked_for(desk: Desk) -> None:
    """ACC-1: the password alone is not enough any more; each recovery code is good for once."""
    client = Client()
    client.force_login(desk.user)
    set_up(client)
    shown = re.findall(r"<li>(\d{8})</li>", client.get(reverse("mfa_view_recovery_codes")).content.decode())
    assert len(shown) == 10
    other = Client()
    login = {"login": desk.user.email, **PASSWORD}
    asked = other.post(reverse("account_login"), login)
    assert (asked["Location"], signed_in(other)) == (reverse("mfa_authenticate"), False)
    refused = other.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert (len(errors(refused)), signed_in(other)) == (1, False)
    assert other.post(reverse("mfa_authenticate"), {"code": shown[0]}).status_code == 302
    assert signed_in(other)
    third = Client()
    third.post(reverse("account_login"), login)
    third.post(reverse("mfa_authenticate"), {"code": shown[0]})
    assert not signed_in(third)


def test_it_is_removed_only_with_the_password_and_not_where_it_is_due(desk: Desk, settings: Any) -> None:
    client = Client()
    client.force_login(desk.user)
    set_up(client)
    settings.SECOND_FACTOR_ROLES = ["front_desk"]
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=desk.user).count() == 2
    settings.SECOND_FACTOR_ROLES = []
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=desk.user).count() == 0


def test_a_role_may_have_to_have_one(desk: Desk, settings: Any) -> None:
    """ACC-1: nothing else opens before it is set up, on the screens and through the API."""
    settings.SECOND_FACTOR_ROLES = ["front_desk"]
    client = Client()
    client.force_login(desk.user)
    calendar = reverse("calendar", args=[desk.clinic.pk])
    assert client.get(calendar)["Location"] == reverse("mfa_activate_totp")
    piece = desk.get("calendar", desk.clinic.pk)
    assert (piece.status_code, piece["HX-Refresh"]) == (401, "true")
    answer = client.get("/api/v1/clinics")
    assert (answer.status_code, answer.json()["detail"]) == (403, "a second factor is due")
    set_up(client)
    assert (client.get(calendar).status_code, client.get("/api/v1/clinics").status_code) == (200, 200)
    doctor = Client()
    doctor.force_login(make_user("doctor", desk.clinic))
    assert doctor.get(calendar).status_code == 200


def test_a_forgotten_password_is_replaced_by_a_link(desk: Desk) -> None:
    """ACC-1: it works once; the answer is the same where there is no account."""
    asked = [
        Client().post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in (desk.user.email.upper(), "nobody@example.org")
    ]
    assert text(asked[0]) == text(asked[1])
    assert [entry.subject for entry in Entry.objects.filter(fact="password_reset_asked")] == [desk.user.pk]
    Worker().drain()
    [sent] = mail.outbox
    assert sent.to == [desk.user.email]
    link = re.search(r"http://127\.0\.0\.1:8000(/accounts/forgotten/\S+/)", str(sent.body))
    assert link
    client = Client()
    form = client.get(link[1], follow=True)
    short = client.post(form.request["PATH_INFO"], {"password1": "short", "password2": "short"})
    assert errors(short) != []
    assert "Your password is changed" in text(client.post(form.request["PATH_INFO"], OTHER, follow=True))
    assert "doesn't work any more" in text(Client().get(link[1], follow=True))
    desk.user.refresh_from_db()
    assert desk.user.check_password(OTHER["password1"])
    assert not signed_in(client)


def test_changing_the_password_signs_everybody_else_out(desk: Desk) -> None:
    mine, elsewhere = Client(), Client()
    for client in (mine, elsewhere):
        client.force_login(desk.user)
    wrong = mine.post(reverse("account_change_password"), {"oldpassword": "wrong", **OTHER})
    assert (wrong.status_code, len(errors(wrong))) == (200, 1)
    mine.post(reverse("account_change_password"), {"oldpassword": PASSWORD["password"], **OTHER})
    page = reverse("account")
    assert (mine.get(page).status_code, elsewhere.get(page).status_code) == (200, 302)


def test_one_signs_oneself_out_everywhere_else(desk: Desk) -> None:
    mine, elsewhere = Client(), Client()
    for client in (mine, elsewhere):
        client.force_login(desk.user)
    assert "signed out everywhere else" in text(mine.post(reverse("account-leave"), follow=True))
    assert elsewhere.get(reverse("account")).status_code == 302
    assert Entry.objects.get(fact="sessions_ended").user == desk.user.pk


def test_a_sign_in_ends_when_nobody_is_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """ACC-1: what a page asks for by itself keeps nobody in; a key pressed does."""
    feed = {"headers": {"Sec-Fetch-Dest": "empty"}}
    page, here = reverse("account"), reverse("account-here")
    client = Client()
    client.force_login(desk.user)
    client.get(page)
    later(monkeypatch, minutes=10)
    client.get(page, **feed)
    later(monkeypatch, minutes=4)
    assert client.post(here).status_code == 204
    later(monkeypatch, minutes=14)
    assert client.get(page, **feed).status_code == 200
    key = client.cookies["sessionid"].value
    assert list(session_users([key], now=clock.now())) == [key]
    client.post(reverse("appointment-list-find", args=[desk.clinic.pk]), {"again": "1"}, headers={"HX-Request": "true"})
    later(monkeypatch, minutes=1)
    assert session_users([key], now=clock.now()) == {}  # sockets end too
    assert client.get(page)["Location"] == f"/accounts/login/?next={page}"


def test_and_after_a_working_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(desk.user)
    for _ in range(12 * 6):
        assert client.post(reverse("account-here")).status_code == 204
        later(monkeypatch, minutes=10)
    assert client.post(reverse("account-here")).status_code == 302


def test_who_works_in_several_clinics_chooses_one(desk: Desk) -> None:
    """ACC-1: once for each browser; the only one needs no question, another's clinic in the cookie neither."""
    second = make_clinic(name="Hillside")
    assert desk.get("home")["Location"] == reverse("calendar", args=[desk.clinic.pk])
    desk.user.memberships.create(clinic=second, role="doctor")
    assert "Where do you work today?" in text(desk.get("home"))
    desk.get("calendar", second.pk)
    assert desk.get("home")["Location"] == reverse("calendar", args=[second.pk])
    desk.client.cookies["clinic"] = str(make_clinic().pk)
    assert "Where do you work today?" in text(desk.get("home"))


def test_from_ones_account_the_bar_leads_on(desk: Desk) -> None:
    """CAL-6: to the pages of the clinic one was in last, as everywhere."""
    shown = desk.get("account").content.decode()
    assert f'href="/calendar/{desk.clinic.pk}/"' in shown
    assert f'href="/queue/{desk.clinic.pk}/"' in shown
