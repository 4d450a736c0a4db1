"""APT-8, over HTTP: what a series would be, is, and becomes."""

from typing import Any

import pytest

from orderly.appointments.models import Appointment
from orderly.journal.models import Look
from orderly.series.models import Series
from tests.api.client import said
from tests.api.practice import Practice
from tests.factories import make_patient

pytestmark = pytest.mark.django_db

WEEKLY = {"rule": "FREQ=WEEKLY;COUNT=3"}
TEN = "T10:00:00+01:00"


def busy(practice: Practice) -> None:
    """Somebody else is there on the second Tuesday."""
    practice.book("2026-03-10T10:00", patient=str(make_patient(practice.clinic).pk))


def test_looking_deciding_and_booking() -> None:
    """Europe/Berlin changes its clocks on the 29th: the offset is another, the time of day isn't."""
    practice = Practice()
    busy(practice)
    body = practice.body(start="2026-03-03T10:00", rule="FREQ=WEEKLY;COUNT=5")
    found = practice.desk.post("series/preview", {**body, "source": None} | {"occurrences": []})
    assert found.status_code == 422  # a source is nothing to look at
    del body["source"]
    found = practice.desk.post("series/preview", body).json()
    assert (found["rule"], found["bookable"], len(found["items"])) == ("FREQ=WEEKLY;BYDAY=TU", False, 5)
    reason = {"code": "provider_busy", "message": "Dr Smith is busy 10:00–10:30.", "field": "provider"}
    assert found["items"][1] == {
        "day": "2026-03-10",
        "start": f"2026-03-10{TEN}",
        "end": "2026-03-10T10:30:00+01:00",
        "state": "conflict",
        "problems": [reason],
        "alternatives": [f"2026-03-10T{clock}:00+01:00" for clock in ("09:30", "10:30", "09:15")],
        "others": [],
    }
    body["source"] = "phone"
    refused = practice.desk.post("series", body)
    assert (refused.status_code, refused.json()["problems"]) == (409, [{**reason, "field": "occurrences.1.provider"}])
    assert (Series.objects.count(), Appointment.objects.count()) == (0, 1)
    instead = found["items"][1]["alternatives"][0]
    made = practice.desk.post("series", {**body, "occurrences": [{"day": "2026-03-10", "start": instead}]})
    assert made.status_code == 201
    shown = made.json()
    assert [(one["start"], one["exception"]) for one in shown["occurrences"]] == [
        (f"2026-03-03{TEN}", False),
        ("2026-03-10T09:30:00+01:00", True),
        (f"2026-03-17{TEN}", False),
        (f"2026-03-24{TEN}", False),
        ("2026-03-31T10:00:00+02:00", False),
    ]
    assert (shown["rule"], shown["time"]) == ("FREQ=WEEKLY;BYDAY=TU;COUNT=5", "10:00")
    assert practice.desk.get(f"series/{shown['id']}").json() == shown
    calendar = practice.desk.get(f"series/{shown['id']}/calendar")
    assert (calendar["Content-Type"], calendar.content.count(b"BEGIN:VEVENT")) == ("text/calendar", 2)


def test_it_is_another_version_once_one_of_its_visits_is() -> None:
    """Cancelled or moved by itself, or split off: whoever has seen it before is told so."""
    practice = Practice()
    made = practice.desk.post("series", practice.body(**WEEKLY)).json()
    address, ids = f"series/{made['id']}", [one["appointment"] for one in made["occurrences"]]
    seen = practice.desk.get(address)["ETag"]
    practice.desk.post(f"appointments/{ids[0]}/cancel", {"reason": "other"})
    between = practice.desk.get(address)["ETag"]
    body = {"appointment": ids[2], "scope": "following", "time": "12:00"}
    assert practice.desk.call("POST", f"{address}/change", body, if_match=seen).status_code == 412
    assert practice.desk.call("POST", f"{address}/change", body, if_match=between).status_code == 200
    assert len({seen, between, practice.desk.get(address)["ETag"]}) == 3
    body = {"appointment": ids[1], "scope": "this", "time": "15:00"}
    one = practice.desk.get(f"appointments/{ids[1]}")["ETag"]
    assert practice.desk.call("POST", f"{address}/change", body, if_match=one).status_code == 200
    assert practice.desk.call("POST", f"{address}/change", body, if_match=one).status_code == 412
    refused = practice.desk.post(f"{address}/change", {**body, "time": "23:00"}).json()
    assert (refused["problems"][0]["code"], len(refused["alternatives"])) == ("outside_hours", 3)
    alone = practice.desk.post(f"{address}/change", {"appointment": ids[1], "scope": "this", "rule": "FREQ=DAILY"})
    assert said(alone) == (422, [("invalid", "rule")])


def test_one_these_and_all() -> None:
    practice = Practice()
    made = practice.desk.post("series", practice.body(**WEEKLY)).json()
    address, ids = f"series/{made['id']}", [one["appointment"] for one in made["occurrences"]]

    def change(verb: str = "", **body: Any) -> Any:
        return practice.desk.post(f"{address}/change{verb}", {"appointment": ids[1], **body})

    assert change(scope="this", time="12:00").json()["occurrences"][1]["exception"]
    looked = change("/preview", scope="all", time="11:00").json()
    assert (looked["possible"], [one["state"] for one in looked["items"]]) == (True, ["free", "stays", "free"])
    assert [one["before"] for one in looked["items"]] == [
        f"2026-03-03{TEN}",
        "2026-03-10T12:00:00+01:00",
        f"2026-03-17{TEN}",
    ]
    assert change("/preview", scope="this", time="11:00").status_code == 422
    changed = change(scope="all", time="11:00", duration_minutes=45)
    assert [one["start"][11:16] for one in changed.json()["occurrences"]] == ["11:00", "12:00", "11:00"]
    last = {"appointment": ids[2], "scope": "following", "rule": "FREQ=WEEKLY;BYDAY=TH"}
    split = practice.desk.post(f"{address}/change", last).json()
    assert (split["id"] != made["id"], split["chain"]) == (True, made["id"])
    assert [one["start"][:10] for one in split["occurrences"]] == ["2026-03-19"]
    assert practice.desk.get(f"series/{split['id']}/calendar").status_code == 200
    look = Look.objects.latest("pk")
    assert (look.kind, look.count) == ("export", 3)
    busy_body = {"appointment": ids[0], "scope": "all", "time": "18:00"}
    refused = practice.desk.post(f"{address}/change", busy_body).json()
    assert [(one["code"], one["field"]) for one in refused["problems"]] == [
        ("outside_hours", f"occurrences.{place}.start")
        for place in (0, 2)  # 1 was moved by itself
    ]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("FREQ=HOURLY;COUNT=2", "repetition: FREQ=HOURLY can't be used here."),
        ("FREQ=WEEKLY;BYHOUR=2;COUNT=2", "repetition: BYHOUR isn't supported."),
        ("FREQ=WEEKLY", "repetition: say either how many times, or until when."),
        ("FREQ=DAILY;COUNT=1;INTERVAL=0", "repetition: INTERVAL=0 can't be used here."),
    ],
)
def test_what_is_wrong_with_a_rule(rule: str, message: str) -> None:
    practice = Practice()
    for path in ("series", "series/preview"):
        body = practice.body(rule=rule, source="phone" if path == "series" else None)
        refused = practice.desk.post(path, body)
        problem = {"code": "invalid", "message": message, "field": "rule"}
        assert (refused.status_code, refused.json()["problems"]) == (422, [problem])


def test_another_series_and_other_clinics() -> None:
    practice, other = Practice(), Practice()
    made = practice.desk.post("series", practice.body(**WEEKLY)).json()
    alone = practice.book("2026-03-04T10:00")["appointment"]["id"]
    body = {"appointment": alone, "reason": "other"}
    assert practice.desk.post(f"series/{made['id']}/cancel", body).status_code == 404
    body["appointment"] = made["occurrences"][0]["appointment"]
    theirs = {"appointment": body["appointment"], "scope": "all", "provider": str(other.provider.pk)}
    for path in ("change", "change/preview"):
        refused = practice.desk.post(f"series/{made['id']}/{path}", theirs)
        assert (refused.status_code, refused.json()["problems"][0]["field"]) == (404, "provider")
    assert other.desk.post(f"series/{made['id']}/cancel", body).status_code == 404
    assert practice.desk.post(f"series/{made['id']}/cancel", body).status_code == 200
    assert Appointment.objects.filter(claim__isnull=False).count() == 1
