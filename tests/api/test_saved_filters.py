"""APT-9: filters that one keeps for oneself."""

from typing import Any

import pytest

from orderly.edge import saved_filters
from orderly.edge.models import SavedFilter
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_clinic, make_user

pytestmark = pytest.mark.django_db


def test_kept_listed_and_forgotten() -> None:
    practice = Practice()
    clinic = str(practice.clinic.pk)
    filters = {"clinic": clinic, "from": "2026-03-02", "to": "2026-03-09", "status": ["arrived", "confirmed"]}
    response = practice.desk.post("saved-filters", {"name": " This week ", "filters": filters})
    kept = response.json()
    assert (response.status_code, kept) == (
        201,
        {
            "id": kept["id"],
            "name": "This week",
            "list": "appointments",
            "filters": filters,
            "created_at": "2026-03-02T06:00:00+00:00",
        },
    )
    assert practice.desk.get("appointments", **filters).status_code == 200
    assert practice.desk.get("saved-filters").json() == {"items": [kept], "next": None}
    assert practice.desk.call("DELETE", f"saved-filters/{kept['id']}").status_code == 204
    assert practice.desk.get("saved-filters").json()["items"] == []


def test_filters_of_patients() -> None:
    """PAT-6"""
    practice = Practice()
    filters = {"clinic": str(practice.clinic.pk), "age_from": 18, "gender": ["female"], "visited_to": "2026-03-02"}
    response = practice.desk.post("saved-filters", {"name": "Grown", "list": "patients", "filters": filters})
    assert (response.status_code, response.json()["filters"]) == (201, filters)
    assert practice.desk.get("patients", **filters).status_code == 200


def test_ones_own_alone() -> None:
    clinic = make_clinic()
    mine, theirs = Caller(clinic), Caller(clinic)
    kept = mine.post("saved-filters", {"name": "Mine", "filters": {}}).json()
    assert theirs.get("saved-filters").json()["items"] == []
    assert said(theirs.call("DELETE", f"saved-filters/{kept['id']}")) == (404, [])
    assert theirs.post("saved-filters", {"name": "Mine", "filters": {}}).status_code == 201
    assert SavedFilter.objects.count() == 2
    mine.user.delete()
    assert SavedFilter.objects.get().user == theirs.user


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"name": ""}, ("invalid", "name")),
        ({"name": "x" * 61}, ("invalid", "name")),
        ({"name": "There"}, ("invalid", "name")),
        ({"list": "users"}, ("invalid", "list")),
        ({"list": "patients", "filters": {"status": ["confirmed"]}}, ("invalid", "filters.status")),
        ({"list": "patients", "filters": {"q": "Karimova"}}, ("invalid", "filters.q")),
        ({"list": "patients", "filters": {"age_from": -1}}, ("invalid", "filters.age_from")),
        ({"filters": {"status": ["late"]}}, ("invalid", "filters.status.0")),
        ({"filters": {"q": "Karimova"}}, ("invalid", "filters.q")),
        ({"filters": {"patient": "01a1fb67-1800-7384-bdad-bc93e408bab2"}}, ("invalid", "filters.patient")),
        ({"filters": None}, ("invalid", "filters")),
    ],
)
def test_what_cannot_be_kept(body: dict[str, Any], problem: tuple[str, str]) -> None:
    """Nothing that names a patient is: whoever is erased must be gone from here too."""
    caller = Caller(user=make_user(None))
    caller.post("saved-filters", {"name": "There", "filters": {}})
    assert said(caller.post("saved-filters", {"name": "New", "filters": {}, **body})) == (422, [problem])
    assert SavedFilter.objects.count() == 1


def test_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_filters, "MOST", 1)
    caller = Caller(make_clinic())
    caller.post("saved-filters", {"name": "One", "filters": {}})
    response = caller.post("saved-filters", {"name": "Two", "filters": {}})
    assert said(response) == (422, [("invalid", "name")])
    assert response.json()["detail"] == "name: at most 1 can be kept."
