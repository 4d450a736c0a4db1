import json
import re
from datetime import timedelta

import pytest

from orderly.appointments.models import Appointment
from orderly.journal.models import Look
from orderly.people.models import RoleOverride
from orderly.web.calendar.feed import week_json
from tests.factories import MONDAY, NOW, TUESDAY, make_asset, make_clinic, make_provider, make_user
from tests.web.desk import Desk, text

pytestmark = pytest.mark.django_db


def given(response) -> dict:
    """What the page gives to its scripts."""
    found = re.findall(r'<script id="(?:shell|desk)" type="application/json">(.*?)</script>', response.content.decode())
    shell, desk = map(json.loads, sorted(found, key=lambda one: "socket" not in one))
    return {**shell, **desk}


def test_home_is_the_calendar_of_the_first_clinic(desk: Desk) -> None:
    """CAL-1"""
    response = desk.get("home")
    assert (response.status_code, response["Location"]) == (302, f"/calendar/{desk.clinic.pk}/")


def test_who_belongs_to_no_clinic_is_told_what_to_do(desk: Desk) -> None:
    desk.client.force_login(make_user(None))
    assert "Ask a clinic administrator to give you a role in one." in text(desk.get("home"))


def test_the_day_is_in_the_address(desk: Desk) -> None:
    response = desk.get("calendar", desk.clinic.pk, day="2026-11-20")
    assert "Fri 20 Nov 2026" in text(response)
    page = given(response)
    assert (page["day"], page["today"], page["mayBook"], page["clinics"][0]["mayMove"], page["grid"]) == (
        "2026-11-20",
        "2026-03-02",
        True,
        True,
        15,
    )


@pytest.mark.parametrize("day", ["", "yesterday", "2026-02-31"])
def test_a_day_that_is_none_is_today(desk: Desk, day: str) -> None:
    assert given(desk.get("calendar", desk.clinic.pk, day=day))["day"] == "2026-03-02"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_time_are_days_too(desk: Desk, day: str) -> None:
    response = desk.get("calendar", desk.clinic.pk, day=day)
    shown = given(response)["day"]
    assert (
        response.status_code,
        desk.get("calendar-feed", desk.clinic.pk, **{"from": shown, "to": shown}).status_code,
    ) == (200, 400)


def test_today_is_the_clinics(desk: Desk) -> None:
    far = make_clinic(timezone="Pacific/Honolulu")  # where it is still Sunday
    desk.client.force_login(make_user("front_desk", far))
    assert given(desk.get("calendar", far.pk))["today"] == "2026-03-01"


def test_the_switcher_has_my_clinics_alone(desk: Desk) -> None:
    """ACC-4"""
    second, _third = make_clinic(name="Hillside"), make_clinic(name="Elsewhere")
    desk.user.memberships.create(clinic=second, role="doctor")
    shown = text(desk.get("calendar", desk.clinic.pk))
    assert ("Hillside" in shown, "Elsewhere" in shown) == (True, False)


def test_whoever_may_not_book_has_no_button(desk: Desk) -> None:
    """ACC-3"""
    desk.client.force_login(make_user("read_only", desk.clinic))
    response = desk.get("calendar", desk.clinic.pk)
    assert (given(response)["mayBook"], "New booking" in text(response)) == (False, False)


def test_a_new_clinic_says_what_is_missing_and_where_it_is_made(desk: Desk) -> None:
    """SET-7: whoever may not make it is told whom to ask; where somebody can be booked it isn't there."""
    assert "Nobody can be booked here yet" not in text(desk.get("calendar", desk.clinic.pk))
    new = make_clinic(name="New")
    desk.client.force_login(make_user("clinic_admin", new))
    calls = re.findall(r"<code[^>]*>(\w+) (.*?)</code>", desk.get("calendar", new.pk).content.decode())
    assert calls == [
        ("POST", "/api/v1/providers"),
        ("POST", "/api/v1/resources"),
        ("POST", "/api/v1/services"),
        ("PUT", "/api/v1/providers/{provider}/hours"),
    ]
    paths = json.loads(desk.get("api:openapi-json").content)["paths"]
    assert [call for verb, call in calls if verb.lower() not in paths[call]] == []
    desk.client.force_login(make_user("read_only", new))
    shown = text(desk.get("calendar", new.pk))
    assert (shown.count("Ask an administrator."), "API:" in shown) == (4, False)


def test_the_feed_is_the_week_as_json(desk: Desk) -> None:
    made = desk.book("10:00")
    response = desk.get("calendar-feed", desk.clinic.pk, **{"from": str(MONDAY), "to": str(TUESDAY)})
    assert response["Content-Type"] == "application/json"
    assert response.content == week_json(desk.clinic.pk, MONDAY, TUESDAY, now=NOW)
    assert response.json() == {
        "now": "2026-03-02T06:00:00+00:00",
        "grid": 15,
        "columns": [[str(desk.provider.pk), "Smith", "Dr", "#4263eb", True, "provider"]],
        "closed": [
            [0, "2026-03-02T00:00", "2026-03-02T09:00", "hours", ""],
            [0, "2026-03-02T17:00", "2026-03-03T00:00", "hours", ""],
        ],
        "appointments": [
            [
                str(made.pk),
                0,
                "2026-03-02T10:00",
                "2026-03-02T10:30",
                "confirmed",
                1,
                "Ann Lee",
                "Consultation",
                "#4263eb",
                "",
                "",
                0,
                "",
                False,
                "",
                False,
                0,
                0,
            ]
        ],
        "assisting": [],
        "holds": [],
    }


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"from": "2026-03-02"},
        {"from": "2026-03-02", "to": "2026-03-02"},
        {"from": "2026-03-02", "to": "2026-05-02"},
        {"by": "patient"},
        {"provider": "Smith"},
        {"service": ["all"]},
        {"status": "late"},
        {"place": ["00000000-0000-0000-0000-000000000000"] * 101},
    ],
)
def test_a_question_that_makes_no_sense(desk: Desk, query: dict[str, str]) -> None:
    whole = {"from": "2026-03-02", "to": "2026-03-03", **query} if "from" not in query and query else query
    for name in ("calendar-feed", "calendar-density"):
        assert desk.get(name, desk.clinic.pk, **whole).status_code == 400


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_and_its_feed_cost_the_same_however_many(desk: Desk, many: int, django_assert_num_queries) -> None:
    """OPS-5"""
    for number in range(many):
        make_provider(desk.clinic, service=desk.service)
        desk.book(f"1{number}:00")
    desk.get("calendar", desk.clinic.pk)
    with django_assert_num_queries(12):
        desk.get("calendar", desk.clinic.pk)
    with django_assert_num_queries(10):  # three for the look
        desk.get("calendar-feed", desk.clinic.pk, **{"from": str(MONDAY), "to": str(TUESDAY)})
    with django_assert_num_queries(8):
        desk.get("calendar-density", desk.clinic.pk, **{"from": str(MONDAY), "to": str(MONDAY + timedelta(days=42))})


def test_a_month_in_numbers(desk: Desk) -> None:
    """CAL-1: at most six weeks; nobody is named."""
    desk.book("10:00")
    response = desk.get("calendar-density", desk.clinic.pk, **{"from": str(MONDAY), "to": "2026-03-04"})
    assert response.json() == {"days": [["2026-03-02", 1, 480, 30], ["2026-03-03", 0, 480, 0]]}
    far = {"from": str(MONDAY), "to": str(MONDAY + timedelta(days=43))}
    assert desk.get("calendar-density", desk.clinic.pk, **far).status_code == 400


def test_the_feed_shows_what_is_asked_for(desk: Desk) -> None:
    """CAL-1, CAL-8: and the log of looks says what that was."""
    desk.book("10:00")
    chair = make_asset(desk.clinic, name="Chair 1")
    query = {
        "from": str(MONDAY),
        "to": str(TUESDAY),
        "by": "place",
        "phones": "yes",
        "status": ["arrived", "confirmed"],
    }
    found = desk.get("calendar-feed", desk.clinic.pk, **query).json()
    assert found["columns"] == [[str(chair.pk), "Chair 1", "", "", True, "chair"]]
    assert [(box[1], box[12], box[14]) for box in found["appointments"]] == [(-1, "+447400900123", "Dr Smith")]
    assert Look.objects.latest("id").asked == {
        "first": str(MONDAY),
        "last": str(TUESDAY),
        "by": "place",
        "statuses": ["arrived", "confirmed"],
        "phones": True,
    }
    without = {"from": str(MONDAY), "to": str(TUESDAY), "cancelled": "no"}
    Appointment.objects.update(status="cancelled", claim=None)
    assert desk.get("calendar-feed", desk.clinic.pk, **without).json()["appointments"] == []


def test_several_clinics_side_by_side(desk: Desk) -> None:
    """CAL-1, ACC-4: only those whose calendar one may see, each asked by itself and in its own time."""
    tashkent = make_clinic(name="Tashkent", timezone="Asia/Tashkent")
    closed, foreign = make_clinic(name="Closed to us"), make_clinic(name="Foreign")
    for clinic in (tashkent, closed):
        desk.user.memberships.create(clinic=clinic, role="front_desk")
    make_provider(tashkent, name="Karim")
    RoleOverride.objects.create(clinic=closed, role="front_desk", permission="booking:view_calendar", allowed=False)
    asked = [str(one.pk) for one in (tashkent, closed, foreign)] + ["nonsense"]
    page = given(desk.get("calendar", desk.clinic.pk, clinic=asked))
    assert [one["name"] for one in page["clinics"]] == ["Riverside", "Tashkent"]
    assert page["known"]["clinic"] == [str(tashkent.pk)]
    assert sorted(page["names"].values()) == ["Consultation", "Dr Smith", "Karim", "Tashkent"]
    feeds = [desk.client.get(one["feed"], {"from": str(MONDAY), "to": str(TUESDAY)}).json() for one in page["clinics"]]
    assert [one["now"][-6:] for one in feeds] == ["+00:00", "+05:00"]
    refused = [
        desk.get("calendar-feed", one.pk, **{"from": str(MONDAY), "to": str(TUESDAY)}) for one in (closed, foreign)
    ]
    assert [one.status_code for one in refused] == [403, 404]


def test_one_may_ask_for_ones_own(desk: Desk) -> None:
    """CAL-1"""
    assert "Only my own" not in text(desk.get("calendar", desk.clinic.pk))
    desk.provider.user = desk.user
    desk.provider.save()
    assert "Only my own" in text(desk.get("calendar", desk.clinic.pk))


@pytest.mark.parametrize(
    ("country", "first", "numbered"),
    [("GB", 1, True), ("RU", 1, True), ("EG", 6, False), ("US", 0, False), ("XX", 1, False)],
)
def test_weeks_are_the_countrys(desk: Desk, country: str, first: int, numbered: bool) -> None:
    """CAL-1: whichever language is spoken at the desk."""
    desk.clinic.country = country
    desk.clinic.save()
    page = given(desk.get("calendar", desk.clinic.pk))
    assert (page["firstDay"], page["countsWeeks"]) == (first, numbered)


def test_who_may_note_absences_does_so_from_the_columns(desk: Desk) -> None:
    """APT-13: a doctor their own."""
    away = f"/absences/{desk.clinic.pk}/away"
    [clinic] = given(desk.get("calendar", desk.clinic.pk))["clinics"]
    assert (clinic["away"], clinic["awayOnly"]) == (away, "")
    desk.client.force_login(make_user("doctor", desk.clinic))  # who has no calendar here
    [clinic] = given(desk.get("calendar", desk.clinic.pk))["clinics"]
    assert (clinic["away"], clinic["awayOnly"]) == ("", "")
    desk.provider.user = make_user("doctor", desk.clinic)
    desk.provider.save()
    desk.client.force_login(desk.provider.user)
    [clinic] = given(desk.get("calendar", desk.clinic.pk))["clinics"]
    assert (clinic["away"], clinic["awayOnly"]) == (away, str(desk.provider.pk))
    desk.client.force_login(make_user("read_only", desk.clinic))
    [clinic] = given(desk.get("calendar", desk.clinic.pk))["clinics"]
    assert clinic["away"] == ""
