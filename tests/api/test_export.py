"""APT-9: appointments as a file."""

import csv
from datetime import datetime, time
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from orderly.edge import appointment_table
from orderly.journal.models import Look
from orderly.people.models import RoleOverride
from orderly.people.permissions import Role
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_patient

pytestmark = pytest.mark.django_db

HEADINGS = [
    "Number", "Date", "Starts at", "Ends at", "Patient", "Phone", "Provider", "Service", "Status", "Source", "Referral",
    "Visit type", "Visit", "Number in the queue", "Arrived at", "Called at", "Finished at", "Waited (minutes)",
    "Price", "Paid", "Currency", "Package",
]  # fmt: skip


def export(practice: Practice, caller: Caller | None = None, **query: Any) -> Any:
    caller = caller or Caller(practice.clinic, Role.CLINIC_ADMIN)
    return caller.get("appointments/export", clinic=practice.clinic.pk, **query)


def lines(response: Any) -> list[list[str]]:
    text = response.content.decode("utf-8-sig")
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(text)))


def test_as_csv() -> None:
    practice = Practice()
    visit = practice.book("2026-03-03T10:00", referral="=1+1")
    practice.verb(visit, "arrive", {})
    response = export(practice)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="appointments-20260302.csv"'
    assert lines(response) == [
        HEADINGS,
        [
            visit["appointment"]["number"],
            "2026-03-03",
            "10:00",
            "10:30",
            practice.patient.full_name,
            f"'{practice.patient.mobile}",
            "Dr Smith",
            practice.service.name,
            "arrived",
            "phone",
            "'=1+1",
            "scheduled",
            "waiting",
            "1",
            "07:00",
            "",
            "",
            "0",
            "50.00",
            "0.00",
            "EUR",
            "",
        ],
    ]


def test_as_a_spreadsheet() -> None:
    practice = Practice()
    visit = practice.book("2026-03-03T10:00", referral="=HYPERLINK(1)")
    response = export(practice, format="xlsx")
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    sheet = load_workbook(BytesIO(response.content)).active
    [headings, row] = [list(line) for line in sheet.iter_rows()]
    assert [cell.value for cell in headings] == HEADINGS
    assert [cell.value for cell in row][:6] == [
        visit["appointment"]["number"],
        datetime(2026, 3, 3),
        time(10, 0),
        time(10, 30),
        practice.patient.full_name,
        practice.patient.mobile,
    ]
    assert (row[10].data_type, row[10].value, row[18].value, row[20].value) == ("s", "=HYPERLINK(1)", 50, "EUR")


def test_the_same_filters_and_order_as_the_list() -> None:
    practice = Practice()
    first, second = practice.book("2026-03-03T10:00"), practice.book("2026-03-04T10:00", source="website")
    numbers = [second["appointment"]["number"], first["appointment"]["number"]]

    def found(**query: Any) -> list[str]:
        return [line[0] for line in lines(export(practice, **query))[1:]]

    assert (found(), found(sort="start")) == (numbers, numbers[::-1])
    assert found(source="website") == numbers[:1]
    assert found(**{"from": "2026-03-03", "to": "2026-03-04"}) == numbers[1:]
    assert found(q=numbers[1]) == numbers[1:]


def test_headings_are_in_the_readers_language() -> None:
    practice = Practice()
    caller = Caller(practice.clinic, Role.CLINIC_ADMIN)
    path = f"appointments/export?clinic={practice.clinic.pk}"
    assert lines(caller.call("GET", path, accept_language="ru"))[0][:3] == ["Номер", "Дата", "Начало"]


def test_too_many_are_refused_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    practice = Practice()
    monkeypatch.setattr(appointment_table, "MOST_ROWS", 1)
    practice.book("2026-03-03T10:00")
    assert export(practice).status_code == 200
    practice.book("2026-03-03T11:00")
    response = export(practice)
    assert said(response) == (400, [("invalid", "from")])
    assert "these are more than 1; narrow the filters." in response.json()["detail"]


def test_it_takes_both_rights() -> None:
    """ACC-3"""
    practice = Practice()
    practice.book()
    assert said(export(practice, practice.desk)) == (403, [])
    RoleOverride.objects.create(
        clinic=practice.clinic, role=Role.CLINIC_ADMIN, permission="booking:view_calendar", allowed=False
    )
    assert said(export(practice)) == (403, [])


def test_it_is_written_down() -> None:
    """ACC-7"""
    practice = Practice()
    booked = practice.book()
    export(practice, status="confirmed")
    [look] = Look.objects.filter(kind="export")
    assert (look.what, look.clinic, look.asked, look.count) == (
        "appointments",
        practice.clinic.pk,
        {"status": ["confirmed"]},
        1,
    )
    assert booked


def test_as_many_queries_for_three_as_for_one() -> None:
    """OPS-5"""
    practice = Practice()
    caller = Caller(practice.clinic, Role.CLINIC_ADMIN)
    export(practice, caller)
    taken = []
    for hours in ((9,), (10, 11)):
        for hour in hours:
            practice.book(f"2026-03-03T{hour:02}:00", patient=str(make_patient(practice.clinic).pk))
        with CaptureQueriesContext(connection) as queries:
            export(practice, caller)
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_prices_and_packages_are_for_those_who_may_see_them() -> None:
    """ACC-3: in both kinds of file, as in the list itself."""
    practice = Practice()
    practice.book("2026-03-03T10:00")
    for right in ("billing:view", "packages:view"):
        RoleOverride.objects.create(clinic=practice.clinic, role=Role.CLINIC_ADMIN, permission=right, allowed=False)
    [headings, line] = lines(export(practice))
    assert (headings, len(line)) == (HEADINGS[:-4], len(HEADINGS) - 4)
    sheet = load_workbook(BytesIO(export(practice, format="xlsx").content)).active
    assert [cell.value for cell in next(sheet.iter_rows())] == HEADINGS[:-4]
