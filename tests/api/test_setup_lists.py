"""What all lists of set-up have in common: pieces, and a fixed number of queries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.client import Caller
from tests.api.practice import Practice
from tests.factories import make_asset, make_clinic, make_provider, make_service

pytestmark = pytest.mark.django_db

LUNCH = {"kind": "lunch", "weekdays": [1], "from_time": "12:00", "to_time": "13:00"}
EVENING = {"start": "2026-03-03T20:00", "end": "2026-03-03T21:00"}
HOUR = {"date": "2026-03-07", "from_time": "09:00", "to_time": "10:00"}


def add_service(practice: Practice, number: int) -> None:
    service = make_service(practice.clinic, asset_kinds=("chair",))
    service.providers.add(make_provider(practice.clinic))
    service.phases.get().needs.get(kind="chair").any_of.add(make_asset(practice.clinic).resource)


def add_time_off(practice: Practice, number: int) -> None:
    provider = str(make_provider(practice.clinic).pk)
    when = LUNCH if number % 2 else {"kind": "off", **EVENING}
    practice.desk.post("time-off", {"provider": provider, **when})


def add_maintenance(practice: Practice, number: int) -> None:
    practice.desk.post("maintenance", {"resource": str(make_asset(practice.clinic).pk), **EVENING})


LISTS: dict[str, Callable[[Practice, int], Any]] = {
    "clinics": lambda practice, number: make_clinic(),
    "providers": lambda practice, number: make_provider(practice.clinic, service=practice.service),
    "providers/{}/extra-hours": lambda practice, number: practice.desk.post(
        f"providers/{practice.provider.pk}/extra-hours", HOUR
    ),
    "providers/{}/upcoming": lambda practice, number: practice.book(f"2026-03-03T1{number}:00"),
    "services": add_service,
    "resources": lambda practice, number: make_asset(practice.clinic),
    "time-off": add_time_off,
    "closures": lambda practice, number: practice.desk.post("closures", {"clinic": str(practice.clinic.pk), **EVENING}),
    "maintenance": add_maintenance,
}


@pytest.mark.parametrize("path", LISTS)
def test_as_many_queries_for_one_as_for_many_and_all_of_them_in_pieces(path: str) -> None:
    """OPS-5, API-1"""
    practice, owner, counts = Practice(), Caller(role="super_admin"), set()
    path, add = path.format(practice.provider.pk), LISTS[path]
    owner.get("me")
    for number in range(4):
        add(practice, number)
        with CaptureQueriesContext(connection) as queries:
            whole = owner.get(path).json()
        counts.add(len(queries))
    assert (len(counts), whole["next"]) == (1, None)

    pieces, rest = [], {}
    while rest is not None:
        piece = owner.get(path, limit=2, **rest).json()
        pieces += piece["items"]
        rest = {"cursor": piece["next"]} if piece["next"] else None
    assert (len(pieces) >= 4, pieces) == (True, whole["items"])
