"""PKG-4, PKG-5: ten sessions are scheduled at once, one of them by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from orderly.appointments.models import Appointment
from orderly.core import clock
from orderly.engine.walltime import local, weekday
from orderly.packages.actions.define import add_package
from orderly.packages.actions.sell import sell
from orderly.packages.inputs import PackageDetails, Sessions
from orderly.patients.models import Patient
from orderly.people.queries import actor_for
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAYS = (0, 2, 4)  # Sunday, Tuesday, Thursday
HOUR = 2 * 36  # pixels, as in packages/plan_calendar.js


def sold(cast: Cast) -> Any:
    """Ten sessions for Aziza."""
    boss, place, now = actor_for(make_user("clinic_admin", cast.clinic)), cast.clinic.pk, clock.now()
    services = (Sessions(service=cast.service.pk, sessions=10),)
    details = PackageDetails(name="Course", clinic=place, price=0, validity_days=90, services=services)
    package = add_package(details, actor=boss, now=now)
    return sell(package.pk, Patient.objects.get(first_name="Aziza").pk, clinic=place, actor=boss, now=now)


def visits(cast: Cast) -> list[tuple[int, int]]:
    """The weekday and the minute of day of all that is booked."""
    starts = Appointment.objects.order_by("start").values_list("start", flat=True)
    walls = [local(cast.clinic.timezone, start) for start in starts]
    return [(weekday(day), wall) for day, wall in walls]


def test_ten_sessions_on_three_weekdays_one_dragged(open_desk: Callable[..., Desk], cast: Cast) -> None:
    purchase, page = sold(cast), open_desk().page
    page.goto(f"{page.url.split('/calendar')[0]}/packages/{cast.clinic.pk}/purchases/{purchase.pk}/plan")
    page.locator("#session-10").wait_for()
    for day in DAYS:
        with page.expect_response("**/plans"):
            page.locator(f".weekday:has([value='{day}'])").click()
    with page.expect_response("**/plans"):
        page.get_by_label("Time of day").fill("10:00")
    page.locator("#session-10 .from-to", has_text="10:00").wait_for()
    box = page.locator(".plan-box", has_text="1. 10:00").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + HOUR, steps=5)
    with page.expect_response("**/plans"):
        page.mouse.move(box["x"] + 20, box["y"] + 5 + 2 * HOUR, steps=5)
        page.mouse.up()
    page.get_by_text("Session 1 is moved; nothing else had to change.").wait_for()
    page.locator(".plan-box", has_text="1. 12:00").get_by_text("Dr Alan Smith").wait_for()
    page.locator("#session-2 .btn").click()
    page.locator("#session-2 .times").wait_for()
    page.locator("#session-2 .btn").first.press("Escape")
    page.locator("#session-2 .times").wait_for(state="detached")
    page.get_by_role("button", name="Book all 10 appointments").click()
    page.get_by_text("10 appointments are booked.").wait_for()
    found = visits(cast)
    assert (len(found), {day for day, _ in found}) == (10, set(DAYS))
    assert [wall for _, wall in found] == [12 * 60] + [10 * 60] * 9


def test_what_came_to_nothing_is_asked_again(open_desk: Callable[..., Desk], cast: Cast) -> None:
    """Without a connection the plan stays, and says so; once there is one, what is chosen by now is planned."""
    purchase, page = sold(cast), open_desk().page
    page.goto(f"{page.url.split('/calendar')[0]}/packages/{cast.clinic.pk}/purchases/{purchase.pk}/plan")
    page.locator("#session-10").wait_for()
    before = page.locator("#session-2 .plan-when").inner_text()
    page.context.set_offline(True)
    page.locator(f".weekday:has([value='{DAYS[0]}'])").click()
    page.locator(".toast-line.is-wrong").wait_for()
    assert page.locator("#session-2 .plan-when").inner_text() == before
    page.context.set_offline(False)
    with page.expect_response("**/plans"):
        page.locator(".toast-line.is-wrong .toast-button").click()
    page.locator("#session-2 .plan-when", has_text="Sun").wait_for()
    page.context.set_offline(True)
    page.get_by_role("button", name="Book all 10 appointments").click()
    page.locator(".toast-line.is-wrong").wait_for()
    page.context.set_offline(False)
    page.locator(".toast-line.is-wrong .toast-button").click()
    page.get_by_text("10 appointments are booked.").wait_for()
    assert {day for day, _ in visits(cast)} == {DAYS[0]}
