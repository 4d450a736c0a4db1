"""PKG-4, PKG-5: what is left of a purchase, planned through the API."""

from typing import Any

import pytest

from orderly.packages.actions.define import add_package
from orderly.packages.actions.sell import sell
from orderly.packages.inputs import PackageDetails, Sessions, Sum
from orderly.packages.models import Purchase
from tests.api.client import said
from tests.api.practice import Practice
from tests.factories import NOW, make_actor, make_provider

pytestmark = pytest.mark.django_db


def sold(practice: Practice, sessions: int = 3) -> Purchase:
    """A package of the practice's service, paid in full."""
    boss = make_actor("clinic_admin", practice.clinic)
    services = (Sessions(service=practice.service.pk, sessions=sessions),)
    details = PackageDetails(
        name="Massages", clinic=practice.clinic.pk, price=30_000, validity_days=60, services=services
    )
    package = add_package(details, actor=boss, now=NOW)
    first = Sum(amount=30_000, method="card")
    return sell(package.pk, practice.patient.pk, clinic=practice.clinic.pk, actor=boss, now=NOW, first=first)


def planned(practice: Practice, purchase: Purchase, **body: Any) -> Any:
    return practice.desk.post(f"purchases/{purchase.pk}/plan", {"start": "2026-03-03", **body})


def test_a_plan_and_one_moved_within_it() -> None:
    practice = Practice()
    purchase, ids = sold(practice), {"provider": str(practice.provider.pk), "service": str(practice.service.pk)}
    body = {"preferred_weekdays": [0, 2, 4], "preferred_time": "10:00", "min_gap_days": 2, "max_per_week": 2}
    first = planned(practice, purchase, **body).json()
    days = ("03", "05", "10")
    assert first == {
        "sessions": [
            {
                "number": nth + 1,
                "start": f"2026-03-{day}T10:00:00+01:00",
                "end": f"2026-03-{day}T10:30:00+01:00",
                **ids,
            }
            for nth, day in enumerate(days)
        ],
        "unplaced": [],
        "trips": 3,
        "changed": [],
    }
    kept = [{name: one[name] for name in ("number", "start", "provider")} for one in first["sessions"]]
    pinned = [{**kept[1], "start": "2026-03-06T11:00"}]
    again = planned(practice, purchase, **body, kept=kept, pinned=pinned).json()
    assert [one["start"][:16] for one in again["sessions"]] == [
        "2026-03-03T10:00",
        "2026-03-06T11:00",
        "2026-03-10T10:00",
    ]
    assert again["changed"] == [2]
    assert planned(practice, purchase, end="2026-03-04").json()["unplaced"] == [
        {"number": 3, "code": "too_late", "message": "It would be after the last day."}
    ]


def test_what_is_wrong_is_named() -> None:
    practice = Practice()
    purchase, stranger = sold(practice), make_provider(Practice().clinic)
    for body, status, field in (
        ({"start": "soon"}, 422, "start"),
        ({"end": "2026-03-02"}, 422, "end"),
        ({"min_gap_days": 9999}, 422, "min_gap_days"),
        ({"min_gap_days": "1"}, 422, "min_gap_days"),
        ({"max_per_week": 0}, 422, "max_per_week"),
        ({"max_per_week": True}, 422, "max_per_week"),
        ({"preferred_weekdays": [7]}, 422, "preferred_weekdays.0"),
        ({"preferred_time": "25:00"}, 422, "preferred_time"),
        ({"wish": "cheapest"}, 422, "wish"),
        ({"providers": {"9": str(practice.provider.pk)}}, 422, "providers"),
        ({"provider": str(stranger.pk)}, 404, "provider"),
    ):
        assert said(planned(practice, purchase, **body)) == (status, [("invalid", field)]), body
    assert planned(Practice(), purchase).status_code == 404
