"""ACC-8 in a browser: somebody is invited, reads the mail, chooses a password and is in."""

from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from orderly.core import clock
from orderly.people.actions.invitations import invite
from orderly.people.models import Invitation, User
from orderly.people.queries import actor_for
from orderly.people.rules import secret
from tests.browser.conftest import AXE, Cast
from tests.browser.desk import Desk
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]


@pytest.fixture
def stranger(chromium: Browser, site: str) -> Iterator[Page]:
    """A browser that nobody has signed in to."""
    context = chromium.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def boss(cast: Cast) -> User:
    return make_user("clinic_admin", cast.clinic, name="Ada Boss")


def mailed(site: str) -> str:
    """The link as the server's worker mails it."""
    made = Invitation.objects.get()
    return site + reverse("join", args=[made.pk, secret(made.pk, made.nonce)])


def test_from_the_invitation_to_the_calendar(
    open_desk: Open, cast: Cast, boss: User, stranger: Page, site: str
) -> None:
    """ACC-8"""
    page = open_desk(boss).page
    page.get_by_role("button", name="Signed in as Ada Boss").click()
    page.get_by_role("link", name="Team").click()
    page.get_by_role("link", name="Invite").click()
    page.get_by_label("E-mail").fill("nora@example.org")
    page.get_by_label("Doctor").check()
    page.keyboard.press("Enter")
    page.get_by_text("An invitation is on its way to nora@example.org.").wait_for()
    stranger.goto(mailed(site))
    stranger.get_by_label("Your name").fill("Nora New")
    stranger.get_by_label("Choose a password").fill("password")
    stranger.keyboard.press("Enter")
    stranger.get_by_text("this one is among the first that are tried.").wait_for()
    stranger.get_by_label("Choose a password").fill("a horse that is correct")
    stranger.keyboard.press("Enter")
    stranger.wait_for_url(f"**/calendar/{cast.clinic.pk}/")
    page.reload()
    page.get_by_role("link", name="Nora New").click()
    page.get_by_label("Doctor").uncheck()
    page.get_by_label("Front desk").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. It counts at once.").wait_for()
    page.locator(".deed", has_text="Sign out everywhere").get_by_role("button").click()
    page.get_by_text("Nora New is signed out everywhere.").wait_for()
    stranger.reload()
    stranger.wait_for_url("**/accounts/login/**")


def test_the_invitations_page_is_for_everybody(stranger: Page, cast: Cast, boss: User, site: str) -> None:
    """CAL-6"""
    invite("n@example.org", "doctor", clinic=cast.clinic.pk, language="ar", actor=actor_for(boss), now=clock.now())
    stranger.goto(mailed(site))
    assert stranger.locator("html").get_attribute("dir") == "rtl"
    assert Desk(stranger, site, AXE).violations() == []
