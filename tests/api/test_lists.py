from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.api.paging import cursor_of
from orderly.appointments.models import CancelReason
from orderly.appointments.queries import search
from orderly.core.ids import uuid7
from orderly.journal.models import Entry
from orderly.people.models import Membership
from orderly.people.permissions import Role
from orderly.resources.models import Kind
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_asset, make_clinic, make_patient, make_provider, make_service, make_user

pytestmark = pytest.mark.django_db


def ids(response: Any) -> list[str]:
    return [one["id"] for one in response.json()["items"]]


def test_newest_first_exactly_as_each_is_shown_alone() -> None:
    """APT-9"""
    practice = Practice(asset_kinds=(Kind.CHAIR,))
    make_asset(practice.clinic)
    first, second = practice.book("2026-03-03T10:00"), practice.book("2026-03-04T10:00")
    assert practice.desk.get("appointments").json() == {
        "items": [second["appointment"], first["appointment"]],
        "next": None,
    }


def test_filters() -> None:
    practice = Practice()
    other = make_provider(practice.clinic, service=practice.service)
    karimova = make_patient(practice.clinic, first_name="Nodira", last_name="Karimova", mobile="+998901234567")
    usual = practice.book("2026-03-03T10:00")["appointment"]
    hers = practice.book("2026-03-04T10:00", provider=str(other.pk), patient=str(karimova.pk))["appointment"]
    practice.verb({"appointment": hers}, "arrive", {})

    def found(**query: Any) -> list[str]:
        return ids(practice.desk.get("appointments", **query))

    clinic = practice.clinic.pk
    assert found(clinic=clinic) == [hers["id"], usual["id"]]
    assert found(clinic=clinic, **{"from": "2026-03-04"}) == [hers["id"]]
    assert found(clinic=clinic, to="2026-03-04") == [usual["id"]]
    assert found(clinic=clinic, **{"from": "2026-03-03", "to": "2026-03-04"}) == [usual["id"]]
    assert found(provider=other.pk) == [hers["id"]]
    assert found(patient=karimova.pk) == [hers["id"]]
    assert found(status="arrived") == [hers["id"]]
    assert found(status="arrived,confirmed") == [hers["id"], usual["id"]]
    assert found(status=["arrived", "confirmed"]) == [hers["id"], usual["id"]]
    assert found(service=practice.service.pk, sort="start") == [usual["id"], hers["id"]]
    assert found(service=make_service(practice.clinic).pk) == []
    assert found(source="walk_in,website") == []
    assert found(source=["phone", "website"], visit_status="done,waiting") == [hers["id"], usual["id"]]
    assert found(visit_status="called") == []
    assert found(q=usual["number"][:11]) == [hers["id"], usual["id"]]
    assert found(q="karim nod") == [hers["id"]]
    assert found(q="901234") == [hers["id"]]
    assert found(q=usual["number"].lower()) == [usual["id"]]
    assert found(q="nobody") == []
    assert found(clinic=clinic, when="tomorrow") == [usual["id"]]
    assert found(clinic=clinic, when="week", sort="start") == [usual["id"], hers["id"]]
    assert found(clinic=clinic, when="today") == []
    assert found(arrived=True) == [hers["id"]]
    assert found(clinic=clinic, owed=True) == [hers["id"], usual["id"]]


@pytest.mark.parametrize(("sort", "step"), [("-start", -1), ("start", 1)])
def test_pages(sort: str, step: int) -> None:
    practice = Practice()
    booked = [practice.book(f"2026-03-03T{hour:02}:00")["appointment"]["id"] for hour in range(9, 14)]
    found, cursor = [], {}
    while True:
        page = practice.desk.get("appointments", limit=2, sort=sort, **cursor)
        found += ids(page)
        if page.json()["next"] is None:
            break
        cursor = {"cursor": page.json()["next"]}
    assert found == booked[::step]


@pytest.mark.parametrize(
    ("query", "status", "problem"),
    [
        ({"from": "2026-03-03"}, 422, ("missing", "clinic")),
        ({"status": "late"}, 422, ("invalid", "status.0")),
        ({"provider": "x"}, 422, ("invalid", "provider")),
        ({"q": "a\0"}, 422, ("invalid", "q")),
        ({"q": "\u202e"}, 422, ("invalid", "q")),
        ({"q": "a" * 101}, 422, ("invalid", "q")),
        ({"limit": 501}, 422, ("invalid", "limit")),
        ({"cursor": "WzFd:x:y"}, 422, ("invalid", "cursor")),
        ({"sort": "price"}, 422, ("invalid", "sort")),
        ({"when": "today"}, 422, ("missing", "clinic")),
        ({"when": "yesteryear"}, 422, ("invalid", "when")),
        ({"owed": "true"}, 422, ("missing", "clinic")),
    ],
)
def test_what_cannot_be_asked(query: dict[str, Any], status: int, problem: tuple[str, str]) -> None:
    assert said(Practice().desk.get("appointments", **query)) == (status, [problem])


def test_a_range_over_92_days_is_too_much() -> None:
    practice = Practice()
    query = {"clinic": practice.clinic.pk, "from": "2026-01-01"}
    assert practice.desk.get("appointments", **query, to="2026-04-03").status_code == 200
    response = practice.desk.get("appointments", **query, to="2026-04-04")
    assert said(response) == (400, [("invalid", "to")])


def test_days_that_move_along_are_not_asked_for_with_others() -> None:
    practice = Practice()
    query = {"clinic": practice.clinic.pk, "from": "2026-01-01", "when": "today"}
    assert said(practice.desk.get("appointments", **query)) == (422, [("invalid", "when")])


def test_who_owes_is_for_those_who_see_payments() -> None:
    """ACC-3"""
    practice = Practice()
    caller = Caller(practice.clinic, Role.READ_ONLY)
    assert said(caller.get("appointments", clinic=practice.clinic.pk, owed=True)) == (403, [])


def test_many_patients_of_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found in the same order whether they are named one by one or not."""
    practice = Practice()
    for hour in (9, 10, 11):
        lee = make_patient(practice.clinic, last_name="Lee")
        practice.book(f"2026-03-03T{hour:02}:00", patient=str(lee.pk))
    practice.book("2026-03-03T12:00")
    one_by_one = ids(practice.desk.get("appointments", q="lee"))
    monkeypatch.setattr(search, "FEW", 2)
    assert ids(practice.desk.get("appointments", q="lee")) == one_by_one
    assert len(one_by_one) == 3


def test_a_cursor_of_another_order_is_refused() -> None:
    practice = Practice()
    practice.book("2026-03-03T10:00")
    practice.book("2026-03-03T11:00")
    cursor = practice.desk.get("appointments", limit=1).json()["next"]
    assert said(practice.desk.get("appointments", cursor=cursor, sort="start")) == (422, [("invalid", "cursor")])


def test_a_cursor_of_another_list_is_refused() -> None:
    practice = Practice()
    make_patient(practice.clinic)
    cursor = practice.desk.get("patients", limit=1).json()["next"]
    assert said(practice.desk.get("appointments", cursor=cursor)) == (422, [("invalid", "cursor")])


def test_a_cursor_has_no_names_in_it() -> None:
    """ACC-5: it stands in the address. The order is the names' all the same."""
    clinic = make_clinic()
    patients = [make_patient(clinic, last_name="Lee", first_name=name) for name in ("Cid", "Ann", "Bob")]
    users = [make_user("doctor", clinic, name=name) for name in ("Zoe", "Yan")]
    admin = Caller(user=make_user("clinic_admin", clinic, name="Abe"))
    for path, rows in (("patients", [patients[1], patients[2], patients[0]]), ("users", [admin.user, *users[::-1]])):
        found, rest, sort = [], {}, {"sort": "name"} if path == "patients" else {}
        while True:
            answer = admin.get(path, limit=1, **sort, **rest).json()
            found += [one["id"] for one in answer["items"]]
            if answer["next"] is None:
                break
            rest = {"cursor": answer["next"]}
            assert signing.loads(answer["next"], salt=" ".join([path, *sort.values()])) == [found[-1]]
        assert found == [str(one.pk) for one in rows]
    gone = cursor_of("patients name", [str(uuid7())])
    assert said(admin.get("patients", cursor=gone, sort="name")) == (422, [("invalid", "cursor")])


def test_only_ones_own_clinics() -> None:
    """ACC-4: in lists too, also for somebody with different roles in two clinics."""
    practice, other, third = Practice(), Practice(), Practice()
    mine, theirs = practice.book()["appointment"], other.book()["appointment"]
    third.book()
    both = Caller(practice.clinic)
    Membership.objects.create(user=both.user, clinic=other.clinic, role=Role.READ_ONLY)
    assert set(ids(both.get("appointments"))) == {mine["id"], theirs["id"]}
    assert ids(practice.desk.get("appointments")) == [mine["id"]]
    assert said(practice.desk.get("appointments", clinic=other.clinic.pk)) == (404, [("invalid", "clinic")])
    assert ids(practice.desk.get("appointments", patient=other.patient.pk)) == []
    assert len(ids(Caller(None, Role.SUPER_ADMIN).get("appointments"))) == 3
    assert said(Caller(user=make_user(None)).get("appointments")) == (403, [])


def test_as_many_queries_for_three_as_for_one() -> None:
    """OPS-5"""
    practice = Practice(asset_kinds=(Kind.CHAIR,))
    make_asset(practice.clinic)
    counts = []
    for hours in ((9,), (10, 11)):
        for hour in hours:
            booked = practice.book(f"2026-03-03T{hour:02}:00")
            practice.verb(booked, "cancel", {"reason": "patient_ill"})
        practice.desk.get("patients")
        for path in ("appointments", "patients", f"appointments/{booked['appointment']['id']}/history"):
            with CaptureQueriesContext(connection) as queries:
                assert practice.desk.get(path).status_code == 200
            counts.append(len(queries))
        make_patient(practice.clinic)
    assert counts[:3] == counts[3:]


def test_history() -> None:
    """APT-10: who changed what, when, from where and why."""
    practice = Practice(asset_kinds=(Kind.CHAIR,))
    chair, second = make_asset(practice.clinic), make_asset(practice.clinic)
    booked = practice.book(resources=[str(chair.pk)])
    practice.verb(booked, "reschedule", {"start": "2026-03-03T11:00", "resources": [str(second.pk)]})
    practice.verb(booked, "cancel", {"reason": "patient_ill", "note": "flu"})
    same = {"at": "2026-03-02T07:00:00+01:00", "by": str(practice.desk.user.pk), "address": ""}
    response = practice.desk.get(f"appointments/{booked['appointment']['id']}/history")
    told = response.json()
    ids = [entry.pk for entry in Entry.objects.filter(subject=booked["appointment"]["id"]).order_by("id")]
    assert [one.pop("entry") for one in told["items"]] == ids
    assert told == {
        "items": [
            {
                **same,
                "action": "appointment_booked",
                "changes": [
                    {"field": "end", "old": None, "new": "2026-03-03T10:30:00+01:00"},
                    {"field": "number", "old": None, "new": booked["appointment"]["number"]},
                    {"field": "source", "old": None, "new": "phone"},
                    {"field": "start", "old": None, "new": "2026-03-03T10:00:00+01:00"},
                    {"field": "status", "old": None, "new": "confirmed"},
                ],
                "note": "",
            },
            {
                **same,
                "action": "appointment_rescheduled",
                "changes": [
                    {"field": "end", "old": "2026-03-03T10:30:00+01:00", "new": "2026-03-03T11:30:00+01:00"},
                    {"field": "resources", "old": [str(chair.pk)], "new": [str(second.pk)]},
                    {"field": "start", "old": "2026-03-03T10:00:00+01:00", "new": "2026-03-03T11:00:00+01:00"},
                ],
                "note": "",
            },
            {
                **same,
                "action": "appointment_cancelled",
                "changes": [
                    {"field": "reason", "old": None, "new": "patient_ill"},
                    {"field": "status", "old": "confirmed", "new": "cancelled"},
                ],
                "note": "flu",
            },
        ],
        "next": None,
    }


def test_the_clinics_own_reason_replaces_the_organisations() -> None:
    """APT-7, SET-8"""
    practice = Practice()
    own = CancelReason.objects.create(clinic=practice.clinic, code="patient_ill", name="Sick")
    CancelReason.objects.create(clinic=practice.clinic, code="gone", name="Old", active=False)
    CancelReason.objects.create(clinic=make_clinic(), code="theirs", name="Theirs")
    found = practice.desk.get("cancel-reasons", clinic=practice.clinic.pk).json()
    assert [(one["code"], one["name"]) for one in found["items"]] == [
        ("booked_by_mistake", "Booked by mistake"),
        ("other", "Other"),
        ("patient_request", "Patient asked"),
        ("provider_unavailable", "Provider unavailable"),
        ("patient_ill", "Sick"),
    ]
    assert found["items"][-1]["id"] == str(own.pk)


def test_reasons_are_kept_by_the_administrator() -> None:
    """SET-8: added, renamed and no longer offered; twice the same is refused, and others' aren't there."""
    practice = Practice()
    admin, clinic = Caller(practice.clinic, Role.CLINIC_ADMIN), str(practice.clinic.pk)
    made = admin.post("cancel-reasons", {"clinic": clinic, "name": "Deep snow"})
    assert (made.status_code, made.json()["code"], made.json()["active"]) == (201, "deep-snow", True)
    path = f"cancel-reasons/{made.json()['id']}"
    assert said(admin.post("cancel-reasons", {"clinic": clinic, "name": "deep snow"})) == (422, [("invalid", "name")])
    changed = admin.call("PATCH", path, {"clinic": clinic, "name": "Snow", "active": False})
    assert (changed.status_code, changed.json()) == (200, {**made.json(), "name": "Snow", "active": False})
    listed = practice.desk.get("cancel-reasons", clinic=clinic).json()["items"]
    assert "Snow" not in [one["name"] for one in listed]
    assert said(practice.desk.call("PATCH", path, {"clinic": clinic, "active": True}))[0] == 403
    theirs = CancelReason.objects.create(clinic=make_clinic(), code="theirs", name="Theirs")
    assert said(admin.call("PATCH", f"cancel-reasons/{theirs.pk}", {"clinic": clinic, "active": False}))[0] == 404
