"""PAT-12: two clinics of one organisation, as somebody of one would look into the other."""

from typing import Any

import pytest

from orderly.patients.models import LinkRequest, Patient, Registration
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_clinic, make_patient

pytestmark = pytest.mark.django_db
ZOE = {"first_name": "Zoe", "last_name": "Ray", "birth_date": "1990-12-20", "mobile": "+447400123456"}
TEN = "2026-03-03T10:00"


def known(clinic: Any) -> Patient:
    return make_patient(clinic, **{**ZOE, "birth_date": "1990-12-20"})


def test_a_duplicate_elsewhere_is_told_to_exist_and_no_more() -> None:
    """PAT-12"""
    here, there = make_clinic(), make_clinic()
    zoe, desk = known(there), Caller(here)
    body = {**ZOE, "clinic": str(here.pk)}
    found = desk.post("patients/duplicates", body)
    assert found.json() == {"items": [], "next": None, "exists_elsewhere": True}
    without = desk.post("patients/duplicates", {**body, "mobile": "+447400123457"}).json()
    assert without == {"items": [], "next": None, "exists_elsewhere": False}
    made = desk.post("patients", {**body, "gender": "female"}).json()
    assert (made["exists_elsewhere"], made["id"] != str(zoe.pk)) == (True, True)
    assert made["clinics"] == [str(here.pk)]


def test_asking_for_a_link_and_getting_it() -> None:
    """PAT-12"""
    here, there = make_clinic(name="Here"), make_clinic(name="There")
    zoe, desk, theirs = known(there), Caller(here), Caller(there)
    asked = desk.post("patients/link-requests", {**ZOE, "clinic": str(here.pk)})
    link = LinkRequest.objects.get()
    shown = {
        "id": str(link.pk),
        "clinic": str(here.pk),
        "clinic_name": "Here",
        "name": "Zoe Ray",
        "birth_date": "1990-12-20",
        "patient": None,
        "status": "open",
        "created_at": "2026-03-02T06:00:00+00:00",
        "decided_at": None,
    }
    assert (asked.status_code, asked.json()) == (201, shown)
    path = "patients/link-requests"
    assert desk.get(path, clinic=here.pk, direction="asked").json() == {"items": [shown], "next": None}
    assert desk.get(path, clinic=here.pk).json()["items"] == []
    assert desk.get(f"patients/{zoe.pk}").status_code == 404
    whole = {**shown, "patient": str(zoe.pk)}
    assert theirs.get(path, clinic=there.pk, status="open").json() == {"items": [whole], "next": None}
    answer = {"clinic": str(there.pk)}
    assert said(desk.post(f"{path}/{link.pk}/approve", answer)) == (404, [("invalid", "clinic")])
    assert said(desk.post(f"{path}/{link.pk}/approve", {"clinic": str(here.pk)})) == (404, [])
    approved = theirs.post(f"{path}/{link.pk}/approve", answer).json()
    assert approved == {**whole, "status": "approved", "decided_at": "2026-03-02T06:00:00+00:00"}
    assert desk.get(path, clinic=here.pk, direction="asked").json()["items"] == [approved]
    assert desk.get(f"patients/{zoe.pk}").json()["clinics"] == [str(here.pk)]
    assert said(theirs.post(f"{path}/{link.pk}/decline", answer)) == (409, [("invalid", "request")])


def test_requests_that_cannot_be() -> None:
    here, there = make_clinic(), make_clinic()
    known(there)
    desk = Caller(here)
    for more, expected in (
        ({"last_name": "Rey"}, (404, [])),
        ({"mobile": None}, (404, [])),
        ({"mobile": "12"}, (422, [("invalid", "mobile")])),
        ({"clinic": str(there.pk)}, (404, [("invalid", "clinic")])),
    ):
        body = {**ZOE, "clinic": str(here.pk), **more}
        assert said(desk.post("patients/link-requests", body)) == expected
    assert not LinkRequest.objects.exists()


def test_lists_cost_the_same_however_many(django_assert_max_num_queries) -> None:
    """OPS-5"""
    there = make_clinic()
    theirs = Caller(there)
    theirs.get("patients/link-requests", clinic=there.pk)
    for _ in range(2):
        with django_assert_max_num_queries(9):
            assert theirs.get("patients/link-requests", clinic=there.pk).status_code == 200
        for number in range(3):
            clinic = make_clinic()
            LinkRequest.objects.create(
                clinic=clinic,
                patient=known(there),
                name=f"Z {number}",
                birth_date="1990-12-20",
                created_at="2026-03-01T00:00Z",
            )


def test_busy_elsewhere_blocks_without_a_word_more() -> None:
    """PAT-12: the same person has an appointment in another clinic: neither its time nor its place is told."""
    here, there = Practice(), Practice()
    Registration.objects.create(patient=there.patient, clinic=here.clinic)
    made = there.book(f"{TEN}:00")
    theirs = made["appointment"]
    wish = here.body("2026-03-03T10:15", patient=str(there.patient.pk))
    answers = [
        here.desk.post("appointments", wish),
        here.desk.post("holds", here.body("2026-03-03T10:15", patient=str(there.patient.pk), source=None)),
        here.desk.get(
            "slots/why",
            clinic=here.clinic.pk,
            service=here.service.pk,
            provider=here.provider.pk,
            patient=there.patient.pk,
            start="2026-03-03T10:15",
        ),
    ]
    assert [one.status_code for one in answers] == [409, 409, 200]
    for one in answers:
        problems = one.json()["problems"]
        assert problems == [
            {"code": "patient_busy", "message": "The patient is busy at that time.", "field": "patient"}
        ]
        text = one.content.decode()
        secrets = (theirs["id"], theirs["number"], there.clinic.name, str(there.clinic.pk), str(there.provider.pk))
        assert [secret for secret in secrets if secret in text] == []
    free = here.slots(patient=there.patient.pk, **{"from": "2026-03-03", "to": "2026-03-04"}).json()["items"]
    starts = {item["start"][11:16] for item in free}
    assert not starts & {"09:45", "10:00", "10:15"}
    assert {"09:30", "10:30"} <= starts


def test_a_patient_of_another_clinic_isnt_there_whatever_names_them() -> None:
    """PAT-12, ACC-4"""
    here, there = Practice(), Practice()
    stranger, start = str(there.patient.pk), TEN
    there_booked = there.book(TEN)["appointment"]
    query = {"clinic": here.clinic.pk, "service": here.service.pk}
    tried = {
        "book": here.desk.post("appointments", here.body(start, patient=stranger)),
        "hold": here.desk.post("holds", here.body(start, patient=stranger, source=None)),
        "slots": here.desk.get("slots", **query, **{"from": "2026-03-03", "to": "2026-03-04"}, patient=stranger),
        "why": here.desk.get("slots/why", **query, start=start, patient=stranger),
        "get": here.desk.get(f"patients/{stranger}"),
        "change": here.desk.call("PATCH", f"patients/{stranger}", {"address": "x"}),
        "guardian": here.desk.call("PATCH", f"patients/{here.patient.pk}", {"guardian": stranger}),
        "appointment": here.desk.get(f"appointments/{there_booked['id']}"),
        "history": here.desk.get(f"appointments/{there_booked['id']}/history"),
    }
    assert {name: one.status_code for name, one in tried.items()} == dict.fromkeys(tried, 404)
    listed = here.desk.get("appointments", clinic=here.clinic.pk, patient=stranger).json()["items"]
    named = here.desk.get("appointments", clinic=here.clinic.pk, q=there.patient.last_name).json()["items"]
    found = here.desk.get("patients", q=there.patient.last_name).json()["items"]
    assert (listed, named, found) == ([], [], [])


def test_what_is_done_elsewhere_with_a_shared_patient_isnt_listed_here() -> None:
    """PAT-12: the record is shared, what a clinic does with them isn't."""
    here, there = Practice(), Practice()
    Registration.objects.create(patient=there.patient, clinic=here.clinic)
    there.book(TEN)
    assert here.desk.get("appointments", patient=there.patient.pk).json()["items"] == []
    shown = here.desk.get(f"patients/{there.patient.pk}").json()
    assert shown["clinics"] == [str(here.clinic.pk)]
