"""APT-10, PAT-9: the history of appointments and patients, and putting back what was before an entry."""

from typing import Any

import pytest

from orderly.clinics.models import Clinic
from orderly.journal.actions import erase_words
from orderly.journal.models import Entry, Look
from orderly.patients.actions import decide_link, request_link
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import LinkRequest, Registration
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import NOW, make_actor, make_clinic, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice() -> Practice:
    return Practice(asset_kinds=())


def change(practice: Practice, **fields: Any) -> dict[str, Any]:
    response = practice.desk.call("PATCH", f"patients/{practice.patient.pk}", fields)
    assert response.status_code == 200, response.content
    return response.json()


def history(practice: Practice, who: Caller | None = None) -> list[dict[str, Any]]:
    return (who or practice.desk).get(f"patients/{practice.patient.pk}/history").json()["items"]


def put_back(practice: Practice, entry: int, **headers: str) -> Any:
    return practice.desk.post(f"patients/{practice.patient.pk}/put-back", {"entry": entry}, **headers)


def test_a_patients_history_has_old_and_new(practice: Practice) -> None:
    change(practice, first_name="Anna", birth_date="1991-02-03", gestation_weeks=9)
    [item] = history(practice)
    assert item == {
        "entry": Entry.objects.get(fact="patient_changed").pk,
        "at": "2026-03-02T06:00:00+00:00",
        "action": "patient_changed",
        "by": str(practice.desk.user.pk),
        "address": "",
        "changes": [
            {"field": "birth_date", "old": "1990-01-01", "new": "1991-02-03"},
            {"field": "first_name", "old": "Test", "new": "Anna"},
            {"field": "gestation_noted_on", "old": None, "new": "2026-03-02"},
            {"field": "gestation_weeks", "old": None, "new": 9},
        ],
        "note": "",
    }


def test_the_address_is_for_those_who_audit(practice: Practice) -> None:
    change(practice, region="Berlin")
    booked = practice.book()["appointment"]["id"]
    admin = Caller(practice.clinic, "clinic_admin")
    for path in (f"patients/{practice.patient.pk}/history", f"appointments/{booked}/history"):
        assert {one["address"] for one in practice.desk.get(path).json()["items"]} == {""}
        assert {one["address"] for one in admin.get(path).json()["items"]} == {"127.0.0.1"}


def test_of_another_clinic_only_what_it_changed(practice: Practice) -> None:
    """PAT-12"""
    elsewhere = make_clinic()
    Registration.objects.create(patient=practice.patient, clinic=elsewhere)
    theirs = Caller(elsewhere, "clinic_admin")
    assert theirs.call("PATCH", f"patients/{practice.patient.pk}", {"region": "Kent"}).status_code == 200
    [item] = history(practice)
    assert (item["by"], item["address"]) == (None, "")
    assert item["changes"] == [{"field": "region", "old": "", "new": "Kent"}]
    stranger = Caller(make_clinic(), "clinic_admin")
    assert stranger.get(f"patients/{practice.patient.pk}/history").status_code == 404


def test_a_guardian_who_may_not_be_seen_is_not_named(practice: Practice) -> None:
    elsewhere = make_clinic()
    Registration.objects.create(patient=practice.patient, clinic=elsewhere)
    guardian = make_patient(elsewhere)
    theirs = Caller(elsewhere, "clinic_admin")
    theirs.call("PATCH", f"patients/{practice.patient.pk}", {"guardian": str(guardian.pk)})
    assert [one["changes"] for one in history(practice)] == [[{"field": "guardian", "old": None, "new": None}]]
    assert history(practice, theirs)[0]["changes"][0]["new"] == str(guardian.pk)


def test_a_patient_is_put_back(practice: Practice) -> None:
    before = practice.desk.get(f"patients/{practice.patient.pk}").json()
    change(practice, first_name="Anna", gestation_weeks=9)
    change(practice, birth_date="1991-02-03", first_name="Annie")
    entry = history(practice)[0]["entry"]
    back = put_back(practice, entry, if_match='"v3"')
    stamps = {"version": 4, "updated_by": str(practice.desk.user.pk)}
    assert (back.status_code, back.json()) == (200, {**before, **stamps})
    last = Entry.objects.latest("id")
    assert (last.fact, last.ids) == ("patient_changed", {"put_back": entry})
    assert put_back(practice, entry).json()["version"] == 4  # what is so already changes nothing


def test_a_patient_is_not_put_back(practice: Practice) -> None:
    change(practice, first_name="Anna")
    entry = history(practice)[0]["entry"]
    assert put_back(practice, entry, if_match='"v1"').status_code == 412
    assert put_back(practice, entry + 1).status_code == 404
    stranger = Caller(make_clinic(), "clinic_admin")
    assert stranger.post(f"patients/{practice.patient.pk}/put-back", {"entry": entry}).status_code == 404
    erase_words(practice.patient.pk)
    assert said(put_back(practice, entry)) == (409, [("invalid", "first_name")])
    [item] = history(practice)
    assert item["changes"] == [{"field": "first_name", "old": None, "new": None}]


def test_nothing_was_before_a_registration(practice: Practice) -> None:
    person = {"first_name": "A", "last_name": "B", "birth_date": "1990-01-01", "gender": "other"}
    body = {"clinic": str(practice.clinic.pk), "mobile": "+49301234567", **person}
    made = practice.desk.post("patients", body).json()["id"]
    [item] = practice.desk.get(f"patients/{made}/history").json()["items"]
    assert said(practice.desk.post(f"patients/{made}/put-back", {"entry": item["entry"]})) == (
        409,
        [("invalid", "entry")],
    )


def test_notes_are_corrected_and_put_back(practice: Practice) -> None:
    booked = practice.book(notes="old words")
    address = f"appointments/{booked['appointment']['id']}"
    changed = practice.desk.call("PATCH", address, {"notes": "new words", "source": "website"})
    shown = changed.json()["appointment"]
    assert (shown["notes"], shown["source"], shown["referral"], shown["version"]) == ("new words", "website", "", 2)
    last = practice.desk.get(f"{address}/history").json()["items"][-1]
    assert last["changes"] == [
        {"field": "notes", "old": "old words", "new": "new words"},
        {"field": "source", "old": "phone", "new": "website"},
    ]
    kept = Entry.objects.latest("id")
    assert (kept.fact, kept.changes) == (
        "appointment_corrected",
        {"notes": [None, None], "source": ["phone", "website"]},
    )
    back = practice.desk.post(f"{address}/put-back", {"entry": last["entry"]}).json()["appointment"]
    assert (back["notes"], back["source"]) == ("old words", "phone")


@pytest.mark.parametrize("body", [{"notes": None}, {"source": "rumour"}, {"notes": "a\x00"}, {"start": "2026-03-03"}])
def test_what_cannot_be_noted(practice: Practice, body: dict[str, Any]) -> None:
    booked = practice.book()["appointment"]["id"]
    assert practice.desk.call("PATCH", f"appointments/{booked}", body).status_code == 422
    assert practice.desk.get(f"appointments/{booked}").json()["appointment"]["version"] == 1


def test_reading_a_history_is_logged(practice: Practice) -> None:
    practice.desk.get(f"patients/{practice.patient.pk}/history")
    look = Look.objects.get()
    assert (look.what, look.subject, look.clinic) == ("patient_history", practice.patient.pk, practice.clinic.pk)


def asked(practice: Practice, by: Clinic) -> LinkRequest:
    """Another clinic asks to know the patient."""
    patient = practice.patient
    names = ("first_name", "last_name", "birth_date", "mobile")
    said = PatientDetails(**{name: getattr(patient, name) for name in names})
    return request_link(said, clinic=by.pk, actor=make_actor("front_desk", by), now=NOW)


def test_a_patient_is_put_back_though_a_link_was_decided_since(practice: Practice) -> None:
    """PAT-9, PAT-12: what else stands in the history isn't of the record."""
    practice.patient.refresh_from_db()
    request = asked(practice, make_clinic())
    change(practice, first_name="Anna")
    entry = history(practice)[-1]["entry"]
    actor = make_actor("front_desk", practice.clinic)
    decide_link(request.pk, False, clinic=practice.clinic.pk, actor=actor, now=NOW)
    change(practice, region="Berlin")
    decided = Entry.objects.get(fact="link_decided").pk
    assert put_back(practice, decided).json()["region"] == ""
    back = put_back(practice, entry)
    assert (back.status_code, back.json()["first_name"]) == (200, "Test")


def test_another_clinics_entry_is_as_unknown_as_none(practice: Practice) -> None:
    """PAT-12: or one could try out who else knows the patient."""
    practice.patient.refresh_from_db()
    there = make_clinic()
    Registration.objects.create(patient=practice.patient, clinic=there)
    asked(practice, make_clinic())
    theirs = Entry.objects.get(fact="link_asked", clinic=there.pk).pk
    unknown = said(put_back(practice, theirs + 1000))
    assert said(put_back(practice, theirs)) == unknown == (404, [("invalid", "entry")])
