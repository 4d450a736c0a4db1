"""ACC-5: a booking form that was open when the sign-in ended comes back to its own user, and to nobody else."""

from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from orderly.appointments.models import Appointment
from orderly.core import clock
from orderly.edge import drafts
from orderly.edge.models import Draft
from tests.factories import make_user
from tests.web.desk import Desk, text

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"
SENT = "You were signed out before this could be saved: nothing was booked or changed."
SEEN = "You have been signed out."


@pytest.fixture
def desk() -> Desk:
    return Desk()


def resumed(client: Client, desk: Desk) -> str:
    """Where the next page of the clinic says that a form was left."""
    page = client.get(reverse("calendar", args=[desk.clinic.pk]))
    found = page.context["shell"]["resume"]
    assert "ended" not in client.cookies or client.cookies["ended"].value == ""
    return str(found)


def test_a_form_comes_back_as_it_was(desk: Desk) -> None:
    form = desk.form(token=str(uuid4()), notes="Afraid of needles", pointed="1")
    held = desk.post("booking-hold", desk.clinic.pk, **form)
    desk.client.logout()
    lost = desk.post("booking-book", desk.clinic.pk, **form)
    assert (lost.status_code, lost["HX-Refresh"], Appointment.objects.count()) == (401, "true", 0)
    assert lost.cookies["ended"].value == "sent"
    page = Client(headers={})
    page.cookies = desk.client.cookies
    calendar = reverse("calendar", args=[desk.clinic.pk]) + "?day=2026-03-09"
    asked = page.get(calendar, follow=True)
    assert (asked.redirect_chain[0][0], SENT in text(asked)) == (f"/accounts/login/?next={quote(calendar)}", True)
    there = page.post(asked.redirect_chain[0][0], {"login": desk.user.email, "password": PASSWORD, "next": calendar})
    assert there["Location"] == calendar
    address = resumed(page, desk)
    assert address == reverse("booking", args=[desk.clinic.pk]) + "?resume"
    back = page.get(address)
    typed = back.context["draft"].typed
    wanted = {name: str(value) for name, value in form.items()} | {"hold": held["Orderly-Hold"]}
    assert {name: typed[name] for name in wanted} == wanted
    assert "Ann Lee" in text(back)
    assert resumed(page, desk) == ""


def test_notes_are_kept_without_a_time(desk: Desk) -> None:
    token = str(uuid4())
    assert desk.post("booking-keep", desk.clinic.pk, **desk.form(token=token, notes="Soup")).status_code == 204
    assert desk.post("booking-keep", desk.clinic.pk, notes="A form without a token").status_code == 204
    [draft] = Draft.objects.all()
    assert (draft.user, draft.clinic, str(draft.form), "notes=Soup" in draft.typed) == (
        desk.user,
        desk.clinic,
        token,
        True,
    )


def test_sent_or_closed_it_is_forgotten(desk: Desk) -> None:
    for end, form in (("booking-book", desk.form("09:00")), ("booking-let-go", desk.form("11:00"))):
        form["token"] = str(uuid4())
        form["hold"] = desk.post("booking-hold", desk.clinic.pk, **form)["Orderly-Hold"]
        desk.post("booking-let-go", desk.clinic.pk, token=str(uuid4()))  # another window's
        assert Draft.objects.count() == 1
        desk.post(end, desk.clinic.pk, **form)
        assert Draft.objects.count() == 0


def test_closed_without_a_time_it_is_forgotten_too(desk: Desk) -> None:
    form = desk.form(token=str(uuid4()), notes="Soup")
    desk.post("booking-keep", desk.clinic.pk, **form)
    assert desk.post("booking-let-go", desk.clinic.pk, hold="", token=form["token"]).status_code == 204
    assert Draft.objects.count() == 0


def test_booked_as_a_series_it_is_forgotten(desk: Desk) -> None:
    form = desk.form(token=str(uuid4()))
    desk.post("booking-keep", desk.clinic.pk, **form)
    booked = desk.post("series-book", desk.clinic.pk, **form, every="1", unit="week", ends="count", count="2")
    assert (booked.status_code, Draft.objects.count()) == (200, 0)


def test_who_signs_out_by_themselves_left_nothing(desk: Desk) -> None:
    out = desk.client.post(reverse("account_logout"))
    assert (out.status_code, "ended" in out.cookies) == (302, False)


def test_it_is_ones_own_and_for_an_hour(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.post("booking-keep", desk.clinic.pk, **desk.form(token=str(uuid4()), notes="Soup"))
    other = Client()
    other.force_login(make_user("front_desk", desk.clinic))
    other.cookies["ended"] = "sent"
    assert resumed(other, desk) == ""
    assert "Soup" not in other.get(reverse("booking", args=[desk.clinic.pk]) + "?resume").content.decode()
    assert drafts.tidy(clock.now()) == 0
    late = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert "Soup" not in desk.get("booking", desk.clinic.pk, resume="").content.decode()
    assert (drafts.tidy(late), Draft.objects.count()) == (1, 0)


def test_the_sign_in_says_what_happened_only_to_those_who_were_in(desk: Desk) -> None:
    calendar = reverse("calendar", args=[desk.clinic.pk])
    stranger = Client().get(calendar, follow=True)
    assert SEEN not in text(stranger)
    was_in = Client()
    was_in.cookies["sessionid"] = "of a session that is over"
    assert SEEN in text(was_in.get(calendar, follow=True))
