"""The calendar's views: by key, kept under a key, on a phone, and from right to left."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.hold import hold
from orderly.appointments.inputs import Wish
from orderly.calendars.models import Rule, RuleKind
from orderly.catalogue.models import Offering, Service
from orderly.core import clock
from orderly.people.queries import actor_for
from tests.browser.conftest import EVERY_DAY, Cast
from tests.browser.desk import Desk
from tests.browser.test_looks import PHONE
from tests.browser.visits import made
from tests.factories import at, make_clinic, make_provider, make_service

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]


def shows(desk: Desk, view: str) -> None:
    """Wait until the calendar shows this view, drawn."""
    desk.page.wait_for_selector(f"[data-shows={view}]", state="attached")
    expect(desk.page.locator(f"[data-view={view}]")).to_have_attribute("aria-pressed", "true")


def places(found: Locator) -> list[tuple[float, float]]:
    """Where each begins on the screen, and how wide it is."""
    measured = "all => all.map((one) => one.getBoundingClientRect()).map(({x, width}) => [x, width])"
    return [(x, width) for x, width in found.evaluate_all(measured)]


def test_each_view_by_its_key(open_desk: Open, cast: Cast) -> None:
    """CAL-1, CAL-5: what is shown is in the address, and the browser's own way back leads through it."""
    made(cast, "Karimova", "10:00")
    desk = open_desk()
    page = desk.page
    for key, view, shown in (
        ("k", "week", ".ec-event.box"),
        ("m", "month", f"[data-open-day='{cast.tomorrow}']"),
        ("a", "agenda", ".list-open"),
        ("d", "day", ".ec-event.box"),
    ):
        page.keyboard.press(key)
        shows(desk, view)
        page.locator(shown).first.wait_for()
        assert f"view={view}" in page.url
    page.go_back()
    shows(desk, "agenda")
    page.locator(".list-open").first.focus()
    page.keyboard.press("c")
    desk.panel.locator("#cancel-reason:focus").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "list-open"
    page.locator("#main").focus()  # on a row m moves it
    page.keyboard.press("m")
    shows(desk, "month")
    page.locator(f"[data-open-day='{cast.tomorrow}']").press("Enter")
    shows(desk, "day")
    assert desk.boxes() == ["10:00 Aziza Karimova"]


def test_a_view_kept_on_a_key(open_desk: Open, cast: Cast) -> None:
    """CAL-1, CAL-8: a filter is a chip; kept with the view, it is one key away."""
    made(cast, "Karimova", "10:00")
    made(cast, "Aliev", "11:00", provider=cast.young)
    desk = open_desk()
    page = desk.page
    page.get_by_role("button", name="Filters", exact=True).click()
    page.locator(f"#filter-form [name=provider][value='{cast.young.pk}']").check()
    expect(desk.box("Karimova")).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="View options", exact=True).click()
    page.locator("#view-name").fill("Young alone")
    page.locator("#view-key").select_option("F2")
    page.locator("#keep-view button").click()
    page.locator("[data-key=F2]").wait_for()
    page.keyboard.press("Escape")
    page.locator("#chips button").last.click()
    desk.box("Karimova").wait_for()
    page.keyboard.press("F2")
    expect(desk.box("Karimova")).to_have_count(0)
    assert desk.boxes() == ["11:00 Bekzod Aliev"]
    assert "Aliev" not in page.url


def test_a_phone_begins_with_the_agenda(open_desk: Open, cast: Cast) -> None:
    """CAL-1, CAL-6: seven days as a list that fits; one tap opens the card."""
    made(cast, "Karimova", "10:00")
    desk = open_desk(**PHONE)
    page = desk.page
    shows(desk, "agenda")
    assert page.locator(".agenda-day").count() == 7
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator(".list-open", has_text="Karimova").tap()
    desk.panel.locator("[data-appointment]").first.wait_for()


def test_an_arabic_week_runs_from_right_to_left(open_desk: Open, cast: Cast) -> None:
    """CAL-1, OPS-2"""
    made(cast, "Karimova", "10:00")
    desk = open_desk().in_arabic(cast.tomorrow)
    desk.page.keyboard.press("k")
    shows(desk, "week")
    heads = "els => els.map((one) => one.getBoundingClientRect().x)"
    across = desk.page.locator(".ec-col-head").evaluate_all(heads)
    assert len(across) >= 7
    assert across[0] > across[-1]
    desk.page.keyboard.press("ArrowLeft")
    desk.loaded(cast.tomorrow + timedelta(days=7))


def test_a_week_of_many_is_a_board(open_desk: Open, cast: Cast) -> None:
    """CAL-1, CAL-5: a row for each and a cell for each day, by key; from there to the visit, and to one's own week."""
    made(cast, "Karimova", "10:00")
    made(cast, "Aliev", "11:00", provider=cast.young)
    make_provider(cast.clinic, service=cast.service, name="Third", title="Dr")
    desk = open_desk()
    page = desk.page
    page.keyboard.press("k")
    shows(desk, "week")
    cell = page.get_by_role("button", name="Dr Alan Smith").and_(page.locator(f"[data-cell$='{cast.tomorrow}']"))
    assert cell.locator(".board-sum, .board-lines").all_inner_texts() == ["1\n6 %", "10:00\nAziza Karimova"]
    assert desk.violations() == []
    cell.focus()
    page.keyboard.press("ArrowDown")
    assert desk.page.evaluate("document.activeElement.dataset.cell").endswith(str(cast.tomorrow))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    listed = page.get_by_role("dialog", name="Dr Alan Smith")
    listed.get_by_text("Consultation").wait_for()
    made(cast, "Aliev", "12:00")  # by somebody else: drawn anew, the list stays open
    listed.get_by_text("Aliev").wait_for()
    assert "Karimova" in page.evaluate("document.activeElement.textContent")
    assert desk.violations() == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.cell").endswith(str(cast.tomorrow))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    desk.panel.locator("[data-appointment]").first.wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Dr Alan Smith", exact=True).click()
    desk.box("Karimova").wait_for()
    assert desk.boxes() == ["10:00 Aziza Karimova", "12:00 Bekzod Aliev"]


@pytest.mark.parametrize("width", [1366, 1280])
def test_beside_the_panel_the_day_keeps_its_whole_name(open_desk: Open, width: int) -> None:
    """CAL-6: on one line or two, in a bar that is no higher for it; New booking is still named."""
    desk = open_desk(viewport={"width": width, "height": 768})
    page = desk.page
    high = page.locator(".day-bar").evaluate("one => one.offsetHeight")
    page.keyboard.press("n")
    desk.panel.locator("#patient-q").wait_for()
    for key, view in (("d", "day"), ("k", "week")):
        page.locator("#main").focus()
        page.keyboard.press(key)
        shows(desk, view)
        cut = "one => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 1"
        assert page.locator("#day-title").evaluate(cut) is False
        assert page.locator(".day-bar").evaluate("one => one.offsetHeight") == high
    assert page.get_by_role("button", name="New booking").is_visible()


@pytest.mark.parametrize("rtl", [False, True])
def test_who_cancelled_takes_no_room_from_who_comes(open_desk: Open, cast: Cast, rtl: bool) -> None:
    """CAL-1, CAL-5: two strips at the end of the column, one for each, that tell by pointer and open by key."""
    for name in ("Karimova", "Aliev"):
        cancel(made(cast, name, "10:00").pk, "patient_ill", actor=actor_for(cast.colleague), now=clock.now())
    made(cast, "Karimova", "10:00")
    desk = open_desk()
    page = desk.page
    if rtl:
        desk.in_arabic(cast.tomorrow)
    live = page.locator(".box.is-confirmed")
    live.wait_for()
    [[_, column], *_] = places(page.locator(".ec-body .ec-day"))
    [visit] = places(live)
    strips = places(page.locator(".is-strip"))
    assert [wide for _, wide in strips] == [24, 24]
    assert column - visit[1] < 24 * 2 + 6
    order = [x for x, _ in (visit, *strips)]
    assert order == sorted(order, reverse=rtl)
    page.locator(".is-strip").first.hover()
    page.get_by_role("tooltip").get_by_text("Aziza Karimova").wait_for()
    struck = page.locator(".is-strip .box-patient").first.evaluate("one => getComputedStyle(one).textDecorationLine")
    assert struck == "line-through"
    live.focus()
    page.keyboard.press("ArrowLeft" if rtl else "ArrowRight")
    assert "is-strip" in page.evaluate("document.activeElement.className")
    assert desk.violations() == []
    page.keyboard.press("Enter")
    desk.panel.locator(".badge-status.is-cancelled").first.wait_for()


def test_however_narrow_each_is_reached_by_key(open_desk: Open, cast: Cast) -> None:
    """CAL-5: five who cancelled the same time, one after the other, beside who has it now."""
    for name in ("Karimova", "Aliev", "Karimova", "Aliev", "Karimova"):
        cancel(made(cast, name, "10:00").pk, "patient_ill", actor=actor_for(cast.colleague), now=clock.now())
    made(cast, "Aliev", "10:00")
    desk = open_desk(viewport={"width": 700, "height": 900})
    page = desk.page
    strips = page.locator(".is-strip")
    expect(strips).to_have_count(5)
    assert strips.first.evaluate("one => one.offsetWidth") < 24
    page.locator(".box.is-confirmed").focus()
    reached = []
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        reached.append(page.evaluate("Math.round(document.activeElement.getBoundingClientRect().x)"))
    assert reached == sorted(round(x) for x, _ in places(strips))


def test_why_the_time_beside_a_visit_cant_be_had(open_desk: Open, cast: Cast) -> None:
    """CAL-1, CAL-5, AVL-5: hatched, named by pointer and in what is read aloud; asked for, it says who is busy."""
    Service.objects.filter(pk=cast.service.pk).update(buffer_before=15, buffer_after=15)
    made(cast, "Karimova", "10:00")
    desk = open_desk()
    page = desk.page
    around = page.locator(".around")
    expect(around).to_have_count(2)
    assert page.locator(".around [title]").evaluate_all("all => all.map((one) => one.title)") == [
        "Preparation 09:45–10:00",
        "Cleaning up 10:30–10:45",
    ]
    assert "Cleaning up 10:30–10:45" in desk.box("Karimova").inner_text()
    around.last.hover()
    desk.click(0, "10:30")
    page.locator("#why").get_by_text("Dr Alan Smith is busy").wait_for()
    assert desk.violations() == []


def test_a_visit_over_midnight_is_on_both_days(open_desk: Open, cast: Cast) -> None:
    """CAL-1: of the board, with when it ends on the second; and of the columns, which begin at midnight then."""
    night = {"kind": RuleKind.HOURS, "weekdays": EVERY_DAY, "start": 22 * 60, "end": 26 * 60}
    Rule.objects.create(clinic=cast.clinic, resource=cast.smith.resource, **night)
    made(cast, "Karimova", "23:45")
    make_provider(cast.clinic, service=cast.service, name="Third", title="Dr")
    later = cast.tomorrow + timedelta(days=1)
    desk = open_desk(day=later)
    desk.box("Karimova").wait_for()
    assert desk.page.locator(".ec-slot").first.inner_text() in ("", "00:00")
    written = []
    for day in (cast.tomorrow, later):  # which may be in two weeks
        desk.page.goto(f"{desk.url}/calendar/{cast.clinic.pk}/?view=week&day={day}")
        cell = desk.page.get_by_role("button", name="Dr Alan Smith").and_(desk.page.locator(f"[data-cell$='{day}']"))
        written.append((cell.locator(".board-lines").inner_text(), cell.locator(".board-part").count()))
    assert written == [("23:45\nAziza Karimova", 1), ("–00:15\nAziza Karimova", 1)]


@pytest.mark.parametrize("look", [{}, PHONE])
def test_clinics_side_by_side_say_whose_column_it_is_and_what_the_clock_is_there(
    open_desk: Open, cast: Cast, look: dict[str, Any]
) -> None:
    """CAL-1, CAL-8: the provider's whole name stands above the clinic's, however many columns there are."""
    far = make_clinic(name="Harley Street Dental Clinic", timezone="Etc/GMT-1")
    for name in ("Edward Whitfield", "Alice Cooper-Hughes", "Charlotte Smythe", "Diana Prince"):
        make_provider(far, weekdays=EVERY_DAY, name=name, title="Dr")
    cast.receptionist.memberships.create(clinic=far, role="front_desk")
    desk = open_desk(**look)
    desk.page.goto(f"{desk.url}/calendar/{cast.clinic.pk}/?view=day&day={cast.tomorrow}&clinic={far.pk}")
    desk.loaded(cast.tomorrow)
    names = desk.page.locator(".ec-col-head strong")
    expect(names).to_have_count(6)
    cut = "one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 1"
    assert names.evaluate_all(f"all => all.filter((one) => {cut}).map((one) => one.textContent)") == []
    assert min(wide for _, wide in places(names)) > 60
    expect(desk.page.locator("#other-clocks")).to_have_text("09:00 in Shifo is 05:00 in Harley Street Dental Clinic")
    assert desk.violations() == []


def test_a_time_that_is_being_booked_says_by_whom_until_when_and_what_else(open_desk: Open, cast: Cast) -> None:
    """CAL-5, AVL-5, AVL-6: on pointing at it and on a click or Enter; one's own too."""
    for user, time in ((cast.colleague, "10:00"), (cast.receptionist, "11:00")):
        start = at(cast.clinic, cast.tomorrow, time)
        wish = Wish(clinic=cast.clinic.pk, service=cast.service.pk, start=start, provider=cast.smith.pk)
        hold(wish, actor=actor_for(user), now=clock.now())
    desk = open_desk(viewport={"width": 700, "height": 900})
    theirs, mine = desk.box("Being booked by Timur"), desk.box("You are booking this")
    theirs.wait_for()
    said = [one.locator("[title]").get_attribute("title") for one in (theirs, mine)]
    assert said == ["10:00–10:30 Being booked by Timur", "11:00–11:30 You are booking this"]
    theirs.click()
    why = desk.page.locator("#why")
    expect(why.locator(".why-hold")).to_have_text(
        re.compile(r"10:00–10:30\s+Being booked by Timur; kept until \d\d:\d\d")
    )
    expect(why.locator("[data-take][data-time]")).to_have_count(3)
    assert desk.violations() == []
    desk.page.keyboard.press("Escape")
    mine.press("Enter")
    expect(why.locator(".why-hold")).to_have_text(
        re.compile(r"11:00–11:30\s+You are booking this; kept until \d\d:\d\d")
    )


def test_on_one_line_the_letter_stands_for_the_service(open_desk: Open, cast: Cast) -> None:
    """CAL-2, CAL-5: which colour alone would tell otherwise."""
    scan = make_service(cast.clinic, 20, name="3D scan", mark="S")
    Offering.objects.create(service=scan, provider=cast.smith)
    made(cast, "Karimova", "10:00", service=scan)
    desk = open_desk()
    letter = desk.box("Karimova").locator(".box-letter")
    letter.wait_for()
    seen = "({x, y, width, height}) => document.elementFromPoint(x + width / 2, y + height / 2).textContent"
    assert desk.page.evaluate(seen, letter.bounding_box()) == "S"
    assert "3D scan" in desk.box("Karimova").inner_text()
