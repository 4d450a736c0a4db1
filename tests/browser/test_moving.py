"""Moving by hand on the calendar: dragging, stretching, the pinboard, and all of it by keyboard."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from orderly.appointments.actions.book import book
from orderly.appointments.actions.progress import arrive
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.calendars.models import Hold
from orderly.core import clock
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.models import User
from orderly.people.queries import actor_for
from tests.browser.conftest import EVERY_DAY, Cast
from tests.browser.desk import Desk
from tests.browser.visits import made, stands
from tests.factories import at, booking, make_clinic, make_patient, make_provider

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def visit(cast: Cast) -> Appointment:
    """Aziza Karimova with Dr Smith, tomorrow at 10:00."""
    return made(cast, "Karimova", "10:00")


def stretch(desk: Desk, patient: str, pixels: int) -> None:
    """Take an appointment by its lower edge."""
    box = desk.box(patient).and_(desk.page.locator(".ec-draggable:not(.is-saving)"))
    box.hover(position={"x": 40, "y": 4})  # waits until it may be taken and stands still
    place = box.bounding_box()
    assert place is not None
    x, y = place["x"] + 40, place["y"] + place["height"]
    desk.page.mouse.move(x, y - 2)
    desk.page.mouse.down()
    desk.page.mouse.move(x, y + pixels / 2, steps=3)
    desk.page.mouse.move(x, y + pixels - 2, steps=3)
    desk.page.mouse.up()


def test_dragging_moves_and_stretching_extends(open_desk: Open, visit: Appointment) -> None:
    """CAL-2, CAL-9, APT-3, APT-6: shown at once, marked until it is saved; then each asks whether to tell the patient,
    and the newer question takes the place of the older.
    """
    Patient.objects.filter(pk=visit.patient_id).update(email="aziza@example.org")
    desk = open_desk()
    sent: list[str] = []
    desk.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    desk.page.route("**/move/to", lambda route: (desk.page.wait_for_timeout(300), route.continue_()))
    desk.drag("Karimova", 1, "11:30")
    desk.page.locator(".is-saving", has_text="Karimova").wait_for()
    assert desk.boxes() == ["11:30 Aziza Karimova"] or desk.box("Karimova").count() == 1
    desk.toast("11:30")
    assert stands(visit) == ("Bella Young", "11:30", 30)
    desk.page.locator(".is-saving").wait_for(state="detached")
    stretch(desk, "Karimova", 24)
    desk.toast("Now until 12:15")
    assert stands(visit) == ("Bella Young", "11:30", 45)
    question = desk.page.locator("#toasts .ask")
    question.get_by_text("Tell Aziza Karimova by e-mail?").wait_for()
    assert (question.count(), desk.violations()) == (1, [])
    desk.page.keyboard.press("e")
    assert desk.focused() == "Tell"
    desk.page.keyboard.press("Enter")
    desk.toast("Aziza Karimova will be told in three minutes.")
    assert [one.ids["tell"] for one in Entry.objects.filter(fact="telling_chosen")] == [True]
    assert len([url for url in sent if url.endswith("/move/to")]) == 2


def test_a_refused_drag_is_taken_back_and_says_why(open_desk: Open, cast: Cast, visit: Appointment) -> None:
    """CAL-2, AVL-5"""
    made(cast, "Aliev", "14:00")
    desk = open_desk()
    desk.drag("Karimova", 0, "14:00")
    desk.panel.get_by_text("Dr Alan Smith is busy 14:00–14:30.").wait_for()
    assert desk.value("time") == "14:00"
    assert stands(visit) == ("Alan Smith", "10:00", 30)
    assert desk.boxes() == ["10:00 Aziza Karimova", "14:00 Bekzod Aliev"]
    desk.panel.locator(".alternatives button").first.click()
    desk.page.keyboard.press("Enter")
    desk.toast("13:30")
    assert stands(visit) == ("Alan Smith", "13:30", 30)


def test_dropped_onto_a_taken_time_it_may_be_squeezed_in(open_desk: Open, cast: Cast, visit: Appointment) -> None:
    """APT-3: where right and service allow it, with a reason."""
    cast.receptionist.memberships.update(role="clinic_admin")
    made(cast, "Aliev", "14:00")
    desk = open_desk()
    desk.drag("Karimova", 0, "14:00")
    desk.panel.get_by_label("Squeeze it in beside the other visit? Say why:").fill("in pain")
    desk.page.keyboard.press("Enter")
    desk.toast("14:00")
    assert stands(visit) == ("Alan Smith", "14:00", 30)


def test_a_stale_drag_shows_the_newer_state_and_who_made_it(open_desk: Open, cast: Cast, visit: Appointment) -> None:
    """APT-6"""
    desk = open_desk()
    desk.page.route("**/feed?*", lambda route: route.abort())  # so that the screen can't learn of it in time
    arrive(visit.pk, actor=actor_for(cast.colleague), now=clock.now())
    desk.drag("Karimova", 1, "15:00")
    desk.panel.get_by_text("Somebody changed this appointment meanwhile.").wait_for()
    assert desk.panel.locator(".badge-status").first.inner_text() == "Arrived"
    assert "Timur" in desk.panel.locator(".stale-last").inner_text()
    assert desk.boxes() == ["10:00 Aziza Karimova"]
    assert stands(visit) == ("Alan Smith", "10:00", 30)
    desk.page.unroute_all(behavior="ignoreErrors")


def test_escape_lets_go_of_a_drag(open_desk: Open, visit: Appointment) -> None:
    """CAL-2, CAL-5: nothing is moved, and nothing opens."""
    desk = open_desk()
    box = desk.box("Karimova").bounding_box()
    assert box is not None
    desk.page.mouse.move(box["x"] + 60, box["y"] + 4)
    desk.page.mouse.down()
    desk.page.mouse.move(*desk.place(1, "12:00"), steps=4)
    desk.page.keyboard.press("Escape")
    desk.page.locator(".ec-preview").wait_for(state="detached")
    desk.page.mouse.up()
    assert desk.boxes() == ["10:00 Aziza Karimova"]
    assert (desk.panel.is_visible(), stands(visit)) == (False, ("Alan Smith", "10:00", 30))
    desk.box("Karimova").click()  # the next click counts again
    desk.panel.locator(".facts").wait_for()


def test_by_keyboard_alone(open_desk: Open, cast: Cast, visit: Appointment) -> None:
    """APT-6, CAL-5: from box to box, the form, another provider, a time that only its own stands in, and longer."""
    made(cast, "Aliev", "11:00", provider=cast.young)
    desk = open_desk()
    press = desk.page.keyboard.press
    desk.box("Aliev").focus()
    press("ArrowLeft")
    assert "Karimova" in desk.focused()
    press("m")
    desk.panel.locator("[data-time='10:15']").focus()
    press("Enter")
    assert desk.value("time") == "10:15"
    desk.panel.locator("#move-minutes").fill("45")
    press("Tab")
    desk.panel.locator("[data-time='10:30']").wait_for()
    desk.panel.locator("#move-provider").focus()
    press("ArrowUp")
    press("ArrowUp")  # anybody
    desk.panel.locator("[data-time='10:30'] small").wait_for()
    assert desk.focused() == "move-provider"
    desk.panel.locator("#move-time").focus()
    press("Enter")
    desk.toast("10:15")
    assert stands(visit) == ("Alan Smith", "10:15", 45)


def test_the_pinboard_carries_a_visit_to_another_day(open_desk: Open, cast: Cast, visit: Appointment) -> None:
    """CAL-8: dropped onto it, kept over days and a reload, dropped on a time there, and confirmed."""
    desk = open_desk()
    page, later = desk.page, cast.tomorrow + timedelta(days=1)
    box = desk.box("Karimova").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, 900, steps=3)
    page.mouse.move(400, 985, steps=3)
    page.mouse.up()
    page.locator("[data-pinned]", has_text="Aziza Karimova").wait_for()
    assert desk.boxes() == ["10:00 Aziza Karimova"]
    page.keyboard.press("ArrowRight")
    desk.loaded(later)
    page.reload()
    desk.loaded(later)
    pinned = page.locator("[data-pinned] strong")
    pinned.wait_for()
    grip = pinned.bounding_box()
    assert grip is not None
    page.mouse.move(grip["x"] + 10, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(*desk.place(1, "15:00"), steps=4)
    assert page.locator(".pin-target").inner_text().startswith("15:00")
    page.mouse.up()
    desk.panel.locator("#move").wait_for()
    assert (desk.value("day"), desk.value("time")) == (str(later), "15:00")
    assert stands(visit) == ("Alan Smith", "10:00", 30)
    assert desk.focused() == "Move"
    page.keyboard.press("Enter")
    desk.toast("15:00")
    page.locator("#pinboard").wait_for(state="hidden")
    assert stands(visit) == ("Bella Young", "15:00", 30)
    stored = page.evaluate("JSON.stringify({...sessionStorage}) + JSON.stringify({...localStorage})")
    assert "Karimova" not in stored


def test_a_pinned_visit_that_others_change(open_desk: Open, cast: Cast, visit: Appointment) -> None:
    """CAL-8, CAL-3: it is seen in place, and moved by key from where it is now."""
    desk = open_desk()
    desk.box("Karimova").focus()
    desk.page.keyboard.press("x")
    pinned = desk.page.locator("[data-pinned]", has_text="10:00–10:30")
    pinned.wait_for()
    move = Move(start=at(cast.clinic, cast.tomorrow, "16:00"))
    reschedule(visit.pk, move, actor=actor_for(cast.colleague), now=clock.now())
    desk.page.evaluate("document.dispatchEvent(new CustomEvent('orderly:fresh'))")
    desk.page.locator("[data-pinned]", has_text="16:00–16:30").get_by_text("Changed meanwhile").wait_for()
    desk.page.get_by_role("button", name="Move here… Aziza Karimova").click()
    desk.panel.locator("[data-time='09:30']").click()
    desk.button("Move").click()
    desk.toast("09:30")
    assert stands(visit) == ("Alan Smith", "09:30", 30)


def test_why_not_is_said_where_one_points(open_desk: Open, cast: Cast, visit: Appointment) -> None:
    """AVL-5: closed time by mouse, taken time by key; the nearest opens the booking form."""
    desk = open_desk()
    desk.click(0, "08:30")
    why = desk.page.locator("#why")
    why.get_by_role("heading", name="Why not 08:30?").wait_for()
    assert "outside" in why.locator(".why-reasons").inner_text() or "work" in why.locator(".why-reasons").inner_text()
    desk.page.keyboard.press("Escape")
    desk.box("Karimova").focus()
    desk.page.keyboard.press("y")
    why.get_by_text("Dr Alan Smith is busy 10:00–10:30.").wait_for()
    why.get_by_role("button", name="Aziza Karimova").wait_for()
    assert desk.violations() == []
    assert desk.focused().endswith("09:30")
    desk.page.keyboard.press("Enter")
    desk.held()
    assert (desk.value("time"), desk.value("provider")) == ("09:30", str(cast.smith.pk))
    assert Hold.objects.get().start == at(cast.clinic, cast.tomorrow, "09:30")


def test_a_box_tells_more_to_those_who_wait_on_it(open_desk: Open, visit: Appointment) -> None:
    """CAL-2, CAL-5: by pointer and by focus, and it goes away."""
    desk = open_desk()
    desk.box("Karimova").hover()
    peek = desk.page.get_by_role("tooltip")
    peek.get_by_text("+998 90 123 45 67").wait_for()
    desk.page.mouse.move(5, 5)
    peek.wait_for(state="hidden")
    desk.box("Karimova").click(button="right")
    menu = desk.page.get_by_role("menuitem")
    assert menu.all_inner_texts() == [
        "Open\nEnter",
        "Move…\nm",
        "Call off…\nc",
        "Pin or unpin\nx",
        "Why not this time?\ny",
    ]
    menu.nth(1).click()
    desk.panel.get_by_role("heading", name="Move appointment").wait_for()


def test_a_request_looks_like_one(open_desk: Open, cast: Cast) -> None:
    """CAL-2, APT-5: dashed, called so, its provider only proposed; dragged within its column it stays so."""
    asked = made(cast, "Karimova", "10:00", provider=None)
    desk = open_desk()
    box = desk.page.locator(".box.is-requested")
    assert box.evaluate("e => getComputedStyle(e).borderTopStyle") == "dashed"
    assert {"Requested", "proposed"} <= set(box.inner_text().split())
    column = 0 if stands(asked)[0] == "Alan Smith" else 1
    desk.drag("Karimova", column, "12:00")
    desk.toast("12:00")
    assert stands(asked)[1] == "12:00"
    assert asked.provider is None


def test_in_a_narrow_column_a_request_keeps_the_name(open_desk: Open, cast: Cast) -> None:
    """CAL-2, APT-5: the word gives way to it, though it is still read aloud."""
    made(cast, "Karimova", "10:00", provider=None)
    for name in ("Third", "Fourth", "Fifth"):
        make_provider(cast.clinic, name=name)
    desk = open_desk(viewport={"width": 700, "height": 900})
    box = desk.page.locator(".box.is-requested")
    name = box.locator(".box-patient").evaluate("one => one.offsetWidth / one.closest('.box').offsetWidth")
    assert name > 0.4
    assert "Requested" in box.inner_text()


def test_a_finger_holds_before_it_drags(open_desk: Open, visit: Appointment) -> None:
    """CAL-6: scrolling with a finger moves nothing; a long press takes hold."""
    desk = open_desk(**{**PHONE, "viewport": {"width": 820, "height": 1180}})
    box = desk.box("Karimova").bounding_box()
    assert box is not None
    touch = desk.page.context.new_cdp_session(desk.page)

    def finger(kind: str, x: float = 0, y: float = 0) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = box["x"] + 40, box["y"] + 8
    finger("touchStart", x, y)
    desk.page.wait_for_timeout(600)
    for step in range(1, 5):
        finger("touchMove", x, y + step * 32)
    finger("touchEnd")
    desk.toast("11:00")
    assert stands(visit) == ("Alan Smith", "11:00", 30)


def test_pins_are_of_the_clinic_they_come_from(open_desk: Open, cast: Cast) -> None:
    """CAL-8: two clinics side by side; a pin is seen where its clinic is, and dropped on its columns alone."""
    hillside = make_clinic(name="Hillside", timezone="Asia/Tashkent", currency="UZS", country="UZ")
    there = make_provider(hillside, service=cast.service, weekdays=EVERY_DAY, name="Olim Karim", title="Dr")
    cast.service.clinics.add(hillside)
    patient = make_patient(hillside, first_name="Sabina", last_name="Rahimova")
    for user in (cast.receptionist, cast.colleague):
        user.memberships.create(clinic=hillside, role="front_desk")
    ten = booking(hillside, cast.service, there, patient, at(hillside, cast.tomorrow, "10:00"))
    visit = book(ten, actor=actor_for(cast.colleague), now=clock.now())
    desk = open_desk()
    page = desk.page
    both = f"{desk.url}/calendar/{cast.clinic.pk}/?day={cast.tomorrow}&view=day&clinic={hillside.pk}"
    page.goto(both)
    desk.loaded(cast.tomorrow)
    desk.box("Rahimova").focus()
    page.keyboard.press("x")
    pinned = page.locator("[data-pinned]", has_text="Sabina Rahimova")
    pinned.wait_for()
    desk.visit(cast.clinic, cast.tomorrow)
    page.locator("#pinboard").wait_for(state="hidden")
    page.goto(both)
    desk.loaded(cast.tomorrow)
    pinned.wait_for()
    assert desk.violations() == []
    for column, target in ((0, ""), (2, "15:00 Olim Karim")):
        grip = pinned.locator("strong").bounding_box()
        assert grip is not None
        page.mouse.move(grip["x"] + 10, grip["y"] + 5)
        page.mouse.down()
        page.mouse.move(*desk.place(column, "15:00"), steps=4)
        assert page.locator(".pin-target").inner_text() == target
        page.mouse.up()
        assert desk.panel.is_visible() == (column == 2)
    desk.panel.locator("#move").wait_for()
    assert (desk.value("time"), desk.value("provider")) == ("15:00", str(there.pk))
    page.keyboard.press("Enter")
    desk.toast("15:00")
    page.locator("#pinboard").wait_for(state="hidden")
    assert stands(visit) == ("Olim Karim", "15:00", 30)


@pytest.mark.parametrize("rtl", [False, True])
def test_on_a_phone_the_question_is_at_hand(open_desk: Open, cast: Cast, visit: Appointment, rtl: bool) -> None:
    """CAL-6, CAL-9: all of it on the screen, its buttons as large as a finger, and over none of those of the page."""
    Patient.objects.filter(pk=visit.patient_id).update(email="aziza@example.org")
    if rtl:
        User.objects.filter(pk=cast.receptionist.pk).update(language="ar")
    desk = open_desk(**PHONE)
    page = desk.page
    page.locator("[data-view=day]").tap()
    box = desk.box("Karimova").and_(page.locator(".ec-draggable"))
    box.hover(position={"x": 40, "y": 4})
    spot = box.bounding_box()
    assert spot is not None
    page.mouse.down()
    page.mouse.move(spot["x"] + 40, spot["y"] + 40, steps=4)
    page.mouse.move(spot["x"] + 40, spot["y"] + 4 + 2 * 32, steps=4)
    page.mouse.up()
    question = page.locator("#toasts .is-asking")
    question.locator(".ask-answers button").first.wait_for()
    place = question.bounding_box()
    assert place is not None
    assert (place["x"] >= 0, place["x"] + place["width"] <= 390, place["y"] > 844 / 2) == (True, True, True)
    hidden = """els => els.filter((e) => e.checkVisibility()).map((e) => [e, e.getBoundingClientRect()])
        .filter(([e, {x, y, width, height}]) => !e.contains(document.elementFromPoint(x + width / 2, y + height / 2)))
        .map(([e]) => e.outerHTML)"""
    assert page.locator(".routes a, .bar-button, .day-bar .btn, #toasts button").evaluate_all(hidden) == []
    small = "els => els.filter((e) => e.offsetHeight < 44).map((e) => e.outerHTML)"
    assert page.locator("#toasts button").evaluate_all(small) == []
    assert desk.violations() == []
    question.locator("[name=tell][value=true]").tap()
    page.locator("#toasts .is-answered").wait_for()
    assert [one.ids["tell"] for one in Entry.objects.filter(fact="telling_chosen")] == [True]
