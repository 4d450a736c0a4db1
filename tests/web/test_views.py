"""CAL-8: views of the calendar that somebody keeps."""

import re

import pytest
from django.urls import reverse

from orderly.edge import saved_filters
from orderly.edge.models import SavedFilter
from tests.factories import make_user
from tests.web.desk import Desk, errors, text

pytestmark = pytest.mark.django_db


def keep(desk: Desk, name: str, key: str = "", state: str = "view=week"):
    form = {"name": name, "key": key, "state": state}
    return desk.client.post(reverse("calendar-view-keep", args=[desk.clinic.pk]), form)


def shown(response) -> list[tuple[str, str, str]]:
    """Name, key and address of each view that is offered."""
    found = re.findall(r'data-query="([^"]*)" data-key="([^"]*)"[^>]*><bdi>([^<]*)', response.content.decode())
    return [(name, key, query.replace("&amp;", "&")) for query, key, name in found]


def test_kept_offered_and_forgotten(desk: Desk) -> None:
    provider = f"provider={desk.provider.pk}"
    state = f"view=week&by=place&colour=status&cancelled=no&{provider}&status=arrived&status=confirmed&tile=phone"
    assert shown(keep(desk, " Mornings ", "F2", state)) == [("Mornings", "F2", state)]
    page = desk.get("calendar", desk.clinic.pk)
    assert (shown(page), 'aria-keyshortcuts="F2"' in page.content.decode()) == ([("Mornings", "F2", state)], True)
    kept = SavedFilter.objects.get()
    assert shown(desk.post("calendar-view-forget", desk.clinic.pk, kept.pk)) == []


def test_a_name_and_a_key_lead_to_one_view_only(desk: Desk) -> None:
    keep(desk, "Mornings", "F2", "view=week")
    assert shown(keep(desk, "All", "F2", "view=month")) == [("All", "F2", "view=month"), ("Mornings", "", "view=week")]
    assert shown(keep(desk, "All", "F4", "view=day")) == [("All", "F4", "view=day"), ("Mornings", "", "view=week")]


def test_the_day_and_what_is_none_of_it_are_not_kept(desk: Desk) -> None:
    """A view names no patient, whatever is sent."""
    assert shown(keep(desk, "All", state="view=day&day=2026-03-02&q=karimova&patient=1")) == [("All", "", "view=day")]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 61}, "Ensure this value has at most 60 characters (it has 61)."),
        ({"key": "F5"}, "Select a valid choice. F5 is not one of the available choices."),
        ({"state": "view=year"}, "This view can't be kept."),
        ({"state": "provider=karimova"}, "This view can't be kept."),
        ({"state": "tile=phone&" * 101}, "This view can't be kept."),
    ],
)
def test_what_cannot_be_kept(desk: Desk, sent: dict[str, str], said: str) -> None:
    response = keep(desk, **{"name": "Mine", **sent})
    assert (response.status_code, errors(response), SavedFilter.objects.count()) == (422, [said], 0)


def test_not_without_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_filters, "MOST", 1)
    keep(desk, "One")
    response = keep(desk, "Two")
    assert (response.status_code, errors(response)) == (422, ["name: at most 1 can be kept."])
    assert keep(desk, "One", "F2").status_code == 200


def test_ones_own_alone(desk: Desk) -> None:
    keep(desk, "Mine")
    kept = SavedFilter.objects.get()
    desk.client.force_login(make_user("front_desk", desk.clinic))
    assert "Mine" not in text(desk.get("calendar", desk.clinic.pk))
    assert desk.post("calendar-view-forget", desk.clinic.pk, kept.pk).status_code == 404
    assert keep(desk, "Mine").status_code == 200
    assert SavedFilter.objects.count() == 2
