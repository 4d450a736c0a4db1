"""OPS-1 on the screen: who looked and who changed what."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orderly.appointments.actions.progress import arrive
from orderly.journal.models import Look
from orderly.people.queries import actor_for
from tests.factories import NOW, make_clinic, make_user
from tests.web.desk import Desk, errors, text

pytestmark = pytest.mark.django_db
NOTHING = "Nothing happened that matches. Choose more days, everybody, or everything."


@pytest.fixture
def audit() -> Desk:
    return Desk("clinic_admin")


def shown(audit: Desk, **asked: Any) -> str:
    return text(audit.get("audit", audit.clinic.pk, **asked))


def test_changes_and_looks_in_words(audit: Desk) -> None:
    """OPS-1: who, what, about what, from what to what; the newest first."""
    booked = audit.book()
    arrive(booked.pk, actor=actor_for(audit.user), now=NOW + timedelta(minutes=1))
    audit.get("appointment", booked.pk)
    page = shown(audit)
    assert f"Looked An appointment (1) · {booked.number}" in page
    assert f"Changed Appointment's state changed · {booked.number}" in page
    assert "State: Confirmed → Arrived" in page
    assert page.index("Appointment's state changed") < page.index("Appointment booked")


def test_the_list_is_itself_a_look(audit: Desk) -> None:
    """PAT-9"""
    audit.get("audit", audit.clinic.pk)
    assert list(Look.objects.values_list("kind", "what", "clinic", "user", "count")) == [
        ("view", "audit", audit.clinic.pk, audit.user.pk, 0)
    ]


def test_filters(audit: Desk) -> None:
    other = make_user("front_desk", audit.clinic, name="Olga Other")
    audit.book()
    assert "Appointment booked" in shown(audit, kind="edit", user=audit.user.pk)
    assert NOTHING in shown(audit, user=other.pk)
    assert NOTHING in shown(audit, kind="export")
    assert NOTHING in shown(audit, first="2020-01-01", last="2020-01-02")


def test_by_number_the_address_has_only_an_id(audit: Desk) -> None:
    booked, page = audit.book(), reverse("audit", args=[audit.clinic.pk])
    found = audit.post("audit-find", audit.clinic.pk, number=booked.number.lower())
    assert (found.status_code, found["Location"]) == (302, f"{page}?about={booked.pk}")
    assert audit.post("audit-find", audit.clinic.pk, number="Lee")["Location"] == page
    assert "There is no appointment of that number here." in shown(audit)
    assert "Appointment booked" in shown(audit, about=booked.pk)
    assert "Appointment booked" in shown(audit, about=audit.patient.pk)


@pytest.mark.parametrize("asked", [{"first": "x"}, {"user": "x"}, {"kind": "x"}, {"about": "x"}, {"after": "0-9"}])
def test_what_cannot_be_asked_is_said(audit: Desk, asked: dict[str, str]) -> None:
    response = audit.get("audit", audit.clinic.pk, **asked)
    assert (response.status_code, len(errors(response))) == (422, 1)
    assert not Look.objects.exists()


def test_pages(audit: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderly.web.audit.views.LIMIT", 1)
    numbers = [audit.book(time).number for time in ("10:00", "11:00")]
    page = audit.get("audit", audit.clinic.pk, kind="edit")
    assert numbers[1] in text(page)
    assert numbers[0] not in text(page)
    older = audit.client.get(page.context["older"])
    assert numbers[0] in text(older)
    assert older.context["older"] == ""


def test_files_are_the_apis_own_and_logged(audit: Desk) -> None:
    audit.book()
    page = audit.get("audit", audit.clinic.pk, kind="edit")
    for _label, address in page.context["files"]:
        assert audit.client.get(address).status_code == 200
    assert Look.objects.filter(kind="export", what="audit", clinic=audit.clinic.pk).count() == 2


def test_queries_stay_the_same(audit: Desk) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            shown(audit, kind="edit")
        return len(counted)

    audit.book("09:00")
    one = queries()
    for time in ("10:00", "11:00"):
        audit.book(time)
    assert queries() == one


def test_only_for_who_may_see_the_log() -> None:
    desk, admin = Desk(), Desk("clinic_admin")
    assert desk.get("audit", desk.clinic.pk).status_code == 403
    assert admin.get("audit", make_clinic().pk).status_code == 404
    assert "Audit log" not in text(desk.get("calendar", desk.clinic.pk))
    assert "Audit log" in text(admin.get("calendar", admin.clinic.pk))
