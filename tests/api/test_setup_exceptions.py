"""Time off, extra hours and closures by REST."""

from typing import Any

import pytest

from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_clinic, make_provider, make_user

pytestmark = pytest.mark.django_db

ONCE = {"start": None, "end": None}
WEEKLY = {
    "weekdays": None,
    "from_time": None,
    "to_time": None,
    "from": None,
    "until": None,
    "every": None,
    "phase": None,
}
LUNCH = {"kind": "lunch", "weekdays": [1, 2], "from_time": "12:00", "to_time": "13:00"}


def test_time_off_once() -> None:
    """SET-6: in wall time, or with an offset; what is booked then stays, and is listed."""
    practice = Practice()
    booked = practice.book("2026-03-03T10:00")
    desk, whose = practice.desk, {"provider": str(practice.provider.pk), "clinic": str(practice.clinic.pk)}
    vacation = {"kind": "vacation", "start": "2026-03-03T08:30+00:00", "end": "2026-03-07", "note": "Sea"}

    response = desk.post("time-off", {**whose, **vacation})

    [item] = desk.get("time-off").json()["items"]
    times = {"start": "2026-03-03T09:30:00+01:00", "end": "2026-03-07T00:00:00+01:00"}
    assert item == {"id": item["id"], **whose, "kind": "vacation", "note": "Sea", **WEEKLY, **times}
    assert response.status_code == 201
    assert response.json() == {**item, "stranded": [booked["appointment"]["id"]]}
    assert said(desk.post("appointments", practice.body("2026-03-04T10:00"))) == (409, [("time_off", "provider")])
    assert desk.call("DELETE", f"time-off/{item['id']}").status_code == 204
    assert desk.call("DELETE", f"time-off/{item['id']}").status_code == 404
    practice.book("2026-03-04T10:00")


def test_time_off_every_week_and_everywhere() -> None:
    """SET-6"""
    practice = Practice()
    other = make_provider(practice.clinic)
    desk, provider = practice.desk, str(practice.provider.pk)
    weekly = {**LUNCH, "from": "2026-03-02", "until": "2026-12-31", "every": 2}
    response = desk.post("time-off", {"provider": provider, **weekly})
    [item] = desk.get("time-off", provider=provider, clinic=practice.clinic.pk).json()["items"]
    shown = {"id": item["id"], "provider": provider, "clinic": None, "note": "", **ONCE, **weekly, "phase": 0}
    assert item["phase"] in (0, 1)
    assert item == {**shown, "phase": item["phase"]}
    assert (response.status_code, response.json()) == (201, {**item, "stranded": []})
    assert desk.get("time-off", provider=other.pk).json() == {"items": [], "next": None}
    assert Caller(make_clinic()).get("time-off").json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"kind": "off"}, ("missing", "start")),
        ({"kind": "off", "start": "2026-03-03T10:00"}, ("missing", "end")),
        ({"kind": "off", "weekdays": [1], "from_time": "12:00"}, ("missing", "to_time")),
        ({"kind": "off", "weekdays": [1], "start": "2026-03-03T10:00"}, ("invalid", "weekdays")),
        ({"kind": "off", "start": "2026-03-03T10:00", "end": "2026-03-03T10:00"}, ("invalid", "end")),
        ({"kind": "closure", "start": "2026-03-03T10:00", "end": "2026-03-03T11:00"}, ("invalid", "kind")),
        ({"kind": "off", "start": "soon", "end": "2026-03-03T11:00"}, ("invalid", "start")),
        ({**LUNCH, "weekdays": []}, ("missing", "weekdays")),
        ({**LUNCH, "to_time": "11:00"}, ("invalid", "to_time")),
        ({**LUNCH, "every": 0}, ("invalid", "every")),
    ],
)
def test_what_time_off_can_t_be(body: dict[str, Any], problem: tuple[str, str]) -> None:
    """SET-6"""
    clinic = make_clinic()
    body = {**body, "provider": str(make_provider(clinic).pk)}
    assert said(Caller(clinic).post("time-off", body)) == (422, [problem])


def test_times_everywhere_need_one_clock() -> None:
    clinic, berlin = make_clinic(), make_clinic(timezone="Europe/Berlin")
    provider, owner = make_provider(clinic), Caller(role="super_admin")
    provider.clinics.add(berlin)
    off = {"provider": str(provider.pk), "kind": "off", "start": "2026-03-03T10:00", "end": "2026-03-03T11:00"}
    assert said(owner.post("time-off", off)) == (422, [("missing", "clinic")])
    there = owner.post("time-off", {**off, "clinic": str(berlin.pk)}).json()
    assert there["start"] == "2026-03-03T10:00:00+01:00"
    elsewhere = {**off, "clinic": str(make_clinic().pk)}
    assert said(owner.post("time-off", elsewhere)) == (404, [("invalid", "clinic")])


def test_whose_time_off_a_person_may_write_down() -> None:
    """ACC-3: a doctor's own only."""
    clinic = make_clinic()
    user = make_user("doctor", clinic)
    own, colleague = make_provider(clinic, user=user), make_provider(clinic)
    doctor, desk = Caller(user=user), Caller(clinic)
    mine = doctor.post("time-off", {**LUNCH, "provider": str(own.pk)})
    assert mine.status_code == 201
    assert doctor.post("time-off", {**LUNCH, "provider": str(colleague.pk)}).status_code == 403
    theirs = desk.post("time-off", {**LUNCH, "provider": str(colleague.pk)}).json()["id"]
    assert doctor.call("DELETE", f"time-off/{theirs}").status_code == 403
    assert Caller(make_clinic()).call("DELETE", f"time-off/{theirs}").status_code == 404
    assert said(Caller(make_clinic()).post("time-off", {**LUNCH, "provider": str(own.pk)})) == (
        404,
        [("invalid", "provider")],
    )
    assert doctor.call("DELETE", f"time-off/{mine.json()['id']}").status_code == 204


def test_extra_hours() -> None:
    """SET-5: an exception on a date; what is booked in them stays when they are taken back, and is listed."""
    practice = Practice()
    desk, path = practice.desk, f"providers/{practice.provider.pk}/extra-hours"
    body = {"date": "2026-03-07", "from_time": "09:00", "to_time": "24:00", "note": "Open day"}
    response = desk.post(path, body)
    [item] = desk.get(path, clinic=practice.clinic.pk).json()["items"]
    whose = {"provider": str(practice.provider.pk), "clinic": str(practice.clinic.pk)}
    assert (response.status_code, response.json()) == (201, item)
    assert item == {"id": item["id"], **whose, **body}
    booked = practice.book("2026-03-07T23:30")
    other = make_provider(practice.clinic)
    assert desk.call("DELETE", f"providers/{other.pk}/extra-hours/{item['id']}").status_code == 404
    assert Caller(practice.clinic, "doctor").call("DELETE", f"{path}/{item['id']}").status_code == 403
    gone = desk.call("DELETE", f"{path}/{item['id']}")
    assert (gone.status_code, gone.json()) == (200, {"stranded": [booked["appointment"]["id"]]})
    assert desk.get(path).json() == {"items": [], "next": None}
    assert said(desk.post(path, {**body, "to_time": "09:00"})) == (422, [("invalid", "end")])


def test_closures() -> None:
    """SET-1: holidays and closures, by times or by days."""
    practice = Practice()
    booked = practice.book("2026-03-03T10:00")
    desk, clinic = practice.desk, str(practice.clinic.pk)
    days = {"clinic": clinic, "kind": "holiday", "dates": ["2026-03-04", "2026-03-03"], "note": "Easter"}

    response = desk.post("closures", days)

    [holiday] = desk.get("closures", clinic=clinic).json()["items"]
    times = {"start": "2026-03-03T00:00:00+01:00", "end": "2026-03-05T00:00:00+01:00"}
    assert holiday == {"id": holiday["id"], "clinic": clinic, "kind": "holiday", "note": "Easter", **times}
    assert response.status_code == 201
    assert response.json() == {**holiday, "stranded": [booked["appointment"]["id"]]}
    assert said(desk.post("appointments", practice.body("2026-03-04T10:00"))) == (409, [("closed", "start")])

    closed = desk.post("closures", {"clinic": clinic, "start": "2026-03-06T12:00", "end": "2026-03-06T13:00"}).json()
    assert (closed["kind"], closed["start"]) == ("closure", "2026-03-06T12:00:00+01:00")
    assert {item["id"] for item in desk.get("closures").json()["items"]} == {holiday["id"], closed["id"]}
    assert Caller(practice.clinic, "doctor").call("DELETE", f"closures/{closed['id']}").status_code == 403
    assert Caller(make_clinic()).call("DELETE", f"closures/{closed['id']}").status_code == 404
    assert desk.call("DELETE", f"closures/{holiday['id']}").status_code == 204
    practice.book("2026-03-04T10:00")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, ("missing", "start")),
        ({"start": "2026-03-03"}, ("missing", "end")),
        ({"start": "2026-03-03", "end": "2026-03-02"}, ("invalid", "end")),
        ({"dates": []}, ("invalid", "dates")),
        ({"dates": ["2026-03-03", "2026-03-05"]}, ("invalid", "dates")),
        ({"dates": ["2026-03-03"], "start": "2026-03-03"}, ("invalid", "dates")),
        ({"kind": "lunch", "dates": ["2026-03-03"]}, ("invalid", "kind")),
        ({"dates": ["2026-03-03"], "note": "x" * 201}, ("invalid", "note")),
    ],
)
def test_what_a_closure_can_t_be(body: dict[str, Any], problem: tuple[str, str]) -> None:
    """SET-1"""
    clinic = make_clinic()
    assert said(Caller(clinic).post("closures", {"clinic": str(clinic.pk), **body})) == (422, [problem])


def test_who_may_not_close() -> None:
    clinic = make_clinic()
    body = {"clinic": str(clinic.pk), "dates": ["2026-03-03"]}
    assert Caller(clinic, "doctor").post("closures", body).status_code == 403
    assert said(Caller(make_clinic()).post("closures", body)) == (404, [("invalid", "clinic")])
