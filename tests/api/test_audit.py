"""OPS-1, PAT-9: the audit list and its file: who changed what and who looked at what, for those who may know."""

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.models import Look
from orderly.patients.facts import PatientChanged
from orderly.patients.models import Registration
from orderly.people.models import Membership
from tests.api.client import Caller
from tests.api.practice import Practice
from tests.factories import NOW, make_clinic, make_patient, make_user

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous"),
]


@pytest.fixture
def practice() -> Practice:
    return Practice()


@pytest.fixture
def admin(practice: Practice) -> Caller:
    return Caller(practice.clinic, "clinic_admin")


def listed(who: Caller, **query: Any) -> list[dict[str, Any]]:
    response = who.get("audit", **query)
    assert response.status_code == 200, response.content
    return response.json()["items"]


def told(items: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(item["kind"], item["action"]) for item in items]


def later(minutes: int) -> Any:
    return time_machine.travel(NOW + timedelta(minutes=minutes), tick=False)


def test_changes_and_looks_in_one_list(practice: Practice, admin: Caller) -> None:
    patient = practice.patient.pk
    with later(1):
        practice.desk.call("PATCH", f"patients/{patient}", {"region": "Berlin"})
    with later(2):
        practice.desk.get(f"patients/{patient}")
    with later(3):
        practice.desk.get("patients", clinic=practice.clinic.pk, q="patient")
    with later(4):
        items = listed(admin, clinic=practice.clinic.pk)
    assert told(items) == [("search", "patients"), ("view", "patient"), ("edit", "patient_changed")]
    common = {"user": str(practice.desk.user.pk), "address": "127.0.0.1", "clinic": str(practice.clinic.pk)}
    assert items[1] == {
        **common,
        "at": "2026-03-02T06:02:00.000+00:00",
        "kind": "view",
        "action": "patient",
        "subject": str(patient),
        "fields": [],
        "about": {},
        "count": 1,
    }
    assert (items[2]["fields"], items[2]["count"], "Berlin" in json.dumps(items)) == (["region"], None, False)
    with later(5):
        assert told(listed(admin, clinic=practice.clinic.pk))[0] == ("view", "audit")


def test_who_looked_at_a_patient(practice: Practice, admin: Caller) -> None:
    """Also in a list, and at an appointment of theirs."""
    booked = practice.book()["appointment"]["id"]
    other = make_patient(practice.clinic)
    for path in (f"patients/{practice.patient.pk}", "patients", f"appointments/{booked}", f"patients/{other.pk}"):
        practice.desk.get(path)
    found = told(listed(admin, patient=practice.patient.pk))
    assert sorted(found) == [
        ("edit", "appointment_booked"),
        ("view", "appointment"),
        ("view", "patient"),
        ("view", "patients"),
    ]
    assert told(listed(admin, subject=booked, kind="view")) == [("view", "appointment")]
    about = listed(admin, patient=practice.patient.pk, kind="view", fact="audit")
    assert {item["subject"] for item in about} == {str(practice.patient.pk), booked}


def test_a_look_stays_whatever_becomes_of_the_looker(practice: Practice, admin: Caller) -> None:
    """ACC-4: of two clinics, which no longer employ them; and a super admin of none."""
    there, elsewhere = make_clinic(), make_clinic()
    theirs, nobodys = make_patient(there), make_patient(elsewhere)
    desk = make_user("front_desk", practice.clinic)
    for clinic in (there, elsewhere):
        Membership.objects.create(user=desk, clinic=clinic, role="front_desk")
    for looker in (Caller(user=desk), Caller(role="super_admin")):
        assert looker.get("patients").status_code == 200
        looker.get("patients", q=theirs.first_name)
        looker.get(f"patients/{nobodys.pk}")
    Membership.objects.filter(user=desk).delete()
    assert told(listed(admin, patient=practice.patient.pk, kind="view")) == [("view", "patients")] * 2
    other = Caller(there, "clinic_admin")
    assert told(listed(other, patient=theirs.pk, kind="view", fact="patients")) == [("view", "patients")] * 2
    assert listed(other, subject=nobodys.pk, fact="patient") == []


def test_support_is_in_the_log(practice: Practice, admin: Caller) -> None:
    """OPS-6: what is seen in the admin, by one of several clinics and by one of all."""
    booked = practice.book()["appointment"]["id"]
    Registration.objects.create(patient=practice.patient, clinic=make_clinic())
    client = Client()
    client.force_login(make_user("super_admin", is_staff=True))
    for path in ("patients/patient/", f"patients/patient/{practice.patient.pk}/change/"):
        assert client.get(f"/admin/{path}").status_code == 200
    assert client.get(f"/admin/appointments/appointment/{booked}/change/").status_code == 200
    found = listed(admin, patient=practice.patient.pk, kind="view")
    assert [(line["action"], line["clinic"]) for line in found] == [
        ("appointment", str(practice.clinic.pk)),
        ("patient", None),
        ("patients", None),
    ]


def test_filters(practice: Practice, admin: Caller) -> None:
    with later(-3 * 24 * 60):
        practice.desk.get(f"patients/{practice.patient.pk}")
    practice.desk.get("patients")
    clinic, mine = practice.clinic.pk, practice.desk.user.pk
    assert told(listed(admin, clinic=clinic, to="2026-03-01")) == [("view", "patient")]
    assert told(listed(admin, clinic=clinic, user=mine, **{"from": "2026-03-02"})) == [("view", "patients")]
    assert told(listed(admin, clinic=clinic, kind="edit")) == []
    assert told(listed(admin, clinic=clinic, fact="patient")) == [("view", "patient")]
    with later(40 * 24 * 60):
        assert told(listed(admin, clinic=clinic)) == []
        assert len(listed(admin, clinic=clinic, **{"from": "2026-01-01"})) > 4


def test_only_those_who_audit_and_only_their_clinic(practice: Practice, admin: Caller) -> None:
    """ACC-4"""
    practice.desk.get(f"patients/{practice.patient.pk}")
    assert practice.desk.get("audit", clinic=practice.clinic.pk).status_code == 403
    assert practice.desk.get("audit").status_code == 403
    theirs = Caller(make_clinic(), "clinic_admin")
    assert theirs.get("audit", clinic=practice.clinic.pk).status_code == 404
    assert listed(theirs) == []
    assert listed(theirs, patient=practice.patient.pk) == []
    everywhere = Caller(practice.clinic, "super_admin")
    assert ("view", "patient") in told(listed(everywhere))


def test_pages_miss_and_repeat_nothing(practice: Practice, admin: Caller) -> None:
    """Many at the same instant, of both kinds."""
    actor = Actor(user=admin.user.pk)
    for _ in range(3):
        record(PatientChanged(subject=practice.patient.pk, clinic=practice.clinic.pk), actor=actor, now=NOW)
        practice.desk.get(f"patients/{practice.patient.pk}")
    before = list(Look.objects.all())
    found, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = admin.get("audit", clinic=practice.clinic.pk, limit=1, fact="patient", **more).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert (len(found), len(before)) == (3, 3)
    edits = admin.get("audit", clinic=practice.clinic.pk, limit=2, kind="edit").json()
    rest = admin.get("audit", clinic=practice.clinic.pk, kind="edit", cursor=edits["next"]).json()
    assert (len(edits["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)


def test_it_costs_the_same_however_much_there_is(practice: Practice, admin: Caller) -> None:
    """OPS-5"""
    listed(admin, patient=practice.patient.pk)
    costs = []
    for many in (1, 3):
        for _ in range(many):
            practice.desk.get("patients")
        with CaptureQueriesContext(connection) as queries:
            listed(admin, patient=practice.patient.pk)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_as_csv_without_formulas_and_logged(practice: Practice, admin: Caller) -> None:
    practice.desk.call("GET", f"patients/{practice.patient.pk}")
    actor = Actor(user=admin.user.pk, address="=cmd|' /C calc'!A0")
    record(PatientChanged(subject=practice.patient.pk, clinic=practice.clinic.pk), actor=actor, now=NOW)
    with later(1):
        response = admin.get("audit/export", clinic=practice.clinic.pk)
        rows = list(csv.DictReader(io.StringIO(b"".join(response).decode().removeprefix("\ufeff"))))
    assert response["Content-Disposition"] == 'attachment; filename="audit-20260302.csv"'
    assert [(row["kind"], row["action"]) for row in rows] == [("edit", "patient_changed"), ("view", "patient")]
    assert rows[0]["address"] == "'=cmd|' /C calc'!A0"
    assert Look.objects.latest("id").kind == "export"
    assert practice.desk.get("audit/export", clinic=practice.clinic.pk).status_code == 403


def test_as_json_lines(practice: Practice, admin: Caller) -> None:
    for _ in range(3):
        practice.desk.get("patients")
    with later(1):
        body = b"".join(admin.get("audit/export", clinic=practice.clinic.pk, format="jsonl")).decode()
        assert [json.loads(line) for line in body.splitlines()] == [
            item for item in listed(admin, clinic=practice.clinic.pk) if item["action"] != "audit"
        ]
    assert re.match(r"\{\"at\":", body) or body == ""
