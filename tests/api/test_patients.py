from typing import Any

import pytest

from orderly.patients.models import Patient, Registration
from orderly.resources.models import Resource
from tests.api.client import Caller, said
from tests.factories import make_clinic, make_patient

pytestmark = pytest.mark.django_db

AT_SIX = "2026-03-02T06:00:00+00:00"


def details(clinic: Any, /, **more: Any) -> dict[str, Any]:
    usual = {
        "clinic": str(clinic.pk),
        "first_name": "Nodira",
        "last_name": "Karimova",
        "birth_date": "1990-05-17",
        "gender": "female",
        "mobile": "+998 90 123 45 67",
    }
    return {name: value for name, value in {**usual, **more}.items() if value != "left out"}


def test_registering() -> None:
    """PAT-1, PAT-3"""
    clinic = make_clinic()
    desk = Caller(clinic)
    guardian = make_patient(clinic)
    response = desk.post(
        "patients",
        details(
            clinic,
            middle_name="Anvarovna",
            email="n@example.org",
            gestation_weeks=12,
            home_phone="020 7946 0000",
            guardian=str(guardian.pk),
            extra={"allergies": ["nuts", {"since": 2019}]},
        ),
    )
    patient = Patient.objects.get(first_name="Nodira")
    assert response.status_code == 201
    assert response["ETag"] == '"v1"'
    shown = response.json()
    assert shown.pop("exists_elsewhere") is False
    assert shown == {
        "id": str(patient.pk),
        "full_name": "Nodira Anvarovna Karimova",
        "first_name": "Nodira",
        "middle_name": "Anvarovna",
        "last_name": "Karimova",
        "birth_date": "1990-05-17",
        "gender": "female",
        "mobile": "+998901234567",
        "home_phone": "+442079460000",
        "email": "n@example.org",
        "address": "",
        "country": "",
        "region": "",
        "district": "",
        "document_type": "",
        "document_number": "",
        "tax_id": "",
        "gestation_weeks": 12,
        "gestation_noted_on": "2026-03-02",
        "language": "",
        "emergency_name": "",
        "emergency_phone": "",
        "guardian": str(guardian.pk),
        "extra": {"allergies": ["nuts", {"since": 2019}]},
        "clinics": [str(clinic.pk)],
        "created_by": str(desk.user.pk),
        "created_at": AT_SIX,
        "updated_by": str(desk.user.pk),
        "updated_at": AT_SIX,
        "version": 1,
        "active": True,
    }
    assert desk.get(f"patients/{patient.pk}").json() == shown
    assert desk.get("patients", q="kari").json() == {"items": [shown], "next": None}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("clinic", "left out", "missing"),
        ("first_name", "left out", "missing"),
        ("first_name", " ", "missing"),
        ("first_name", "a\u202eb", "invalid"),
        ("first_name", "77", "invalid"),
        ("last_name", "x" * 101, "invalid"),
        ("last_name", ["x"], "invalid"),
        ("birth_date", "left out", "missing"),
        ("birth_date", "2026-03-03", "invalid"),
        ("birth_date", "1800-01-01", "invalid"),
        ("birth_date", "17.05.1990", "invalid"),
        ("gender", "unknown", "invalid"),
        ("mobile", "12", "invalid"),
        ("email", "not-an-address", "invalid"),
        ("gestation_weeks", 46, "invalid"),
        ("gestation_weeks", True, "invalid"),
        ("guardian", None, "invalid"),
        ("extra", [], "invalid"),
        ("extra", {"a": "\0"}, "invalid"),
        ("extra", {"\ud800": 1}, "invalid"),
        ("extra", {"a": "x" * 20_000}, "invalid"),
        ("extra", {"a": [[[[[[[[1]]]]]]]]}, "invalid"),
        ("nickname", "Noddy", "invalid"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_written(field: str, value: Any, code: str) -> None:
    """PAT-1, APT-11"""
    clinic = make_clinic()
    assert said(Caller(clinic).post("patients", details(clinic, **{field: value}))) == (422, [(code, field)])
    assert not Patient.objects.exists()


def test_infinity_is_no_number() -> None:
    clinic = make_clinic()
    body = b'{"extra": {"a": 1e999}}'
    assert ("invalid", "extra") in said(Caller(clinic).call("POST", "patients", body))[1]


def test_changing_what_is_given() -> None:
    clinic = make_clinic()
    desk, patient = Caller(clinic), make_patient(clinic, address="Old Road 1", email="old@example.org")
    before = desk.get(f"patients/{patient.pk}").json()
    path = f"patients/{patient.pk}"
    response = desk.call("PATCH", path, {"address": "New Road 2", "email": ""}, if_match='"v1"')
    changed = {"address": "New Road 2", "email": "", "updated_by": str(desk.user.pk), "version": 2}
    assert (response.status_code, response["ETag"]) == (200, '"v2"')
    assert response.json() == {**before, **changed}
    assert said(desk.call("PATCH", path, {"address": "x"}, if_match='"v1"')) == (412, [])
    assert said(desk.call("PATCH", path, {"address": None})) == (422, [("invalid", "address")])
    assert said(desk.call("PATCH", path, {"clinic": str(clinic.pk)})) == (422, [("invalid", "clinic")])
    assert desk.call("PATCH", path, {}).json() == response.json()


def test_a_man_after_all() -> None:
    """PAT-1: gestational age is not for male patients."""
    clinic = make_clinic()
    desk = Caller(clinic)
    patient = desk.post("patients", details(clinic, gestation_weeks=12)).json()
    del patient["exists_elsewhere"]
    changed = desk.call("PATCH", f"patients/{patient['id']}", {"gender": "male"}).json()
    assert changed == {
        **patient,
        "gender": "male",
        "gestation_weeks": None,
        "gestation_noted_on": None,
        "version": 2,
    }


def test_duplicates() -> None:
    """PAT-4: the same number however it is typed."""
    clinic = make_clinic(country="UZ")
    desk = Caller(clinic)
    first = desk.post("patients", details(clinic)).json()
    del first["exists_elsewhere"]
    make_patient(make_clinic(), mobile="+998901234567")
    asked = {"clinic": str(clinic.pk), "mobile": "90 123 45 67", "first_name": "N"}
    assert desk.post("patients/duplicates", asked).json() == {
        "items": [
            {
                "patient": first,
                "score": 0.0,
                "reasons": ["same_phone", "other_name"],
                "words": ["same phone", "another name"],
                "by": ["mobile"],
            }
        ],
        "next": None,
        "exists_elsewhere": False,
    }
    nobody = {"items": [], "next": None, "exists_elsewhere": False}
    assert desk.post("patients/duplicates", {"clinic": str(clinic.pk)}).json() == nobody
    assert said(desk.post("patients/duplicates", {**asked, "mobile": "x"})) == (422, [("invalid", "mobile")])
    assert said(desk.post("patients/duplicates", {"mobile": "x"})) == (422, [("missing", "clinic")])


def test_rights() -> None:
    """ACC-3, ACC-4, PAT-12: staff see linked patients only; another clinic's isn't there."""
    clinic, elsewhere = make_clinic(), make_clinic()
    desk, reader, stranger = Caller(clinic), Caller(clinic, "read_only"), Caller(elsewhere)
    patient = make_patient(clinic)
    path = f"patients/{patient.pk}"
    assert reader.get(path).status_code == 200
    assert said(reader.call("PATCH", path, {"address": "x"})) == (403, [])
    assert said(reader.post("patients", details(clinic))) == (403, [])
    assert said(stranger.get(path)) == (404, [])
    assert said(stranger.call("PATCH", path, {"address": "x"})) == (404, [])
    assert said(stranger.post("patients", details(clinic))) == (404, [("invalid", "clinic")])
    assert stranger.get("patients").json()["items"] == []
    assert said(stranger.get("patients", clinic=clinic.pk)) == (404, [("invalid", "clinic")])
    theirs = make_patient(elsewhere)
    assert said(desk.post("patients", details(clinic, guardian=str(theirs.pk)))) == (404, [("invalid", "guardian")])


def test_pages_by_name() -> None:
    clinic = make_clinic()
    desk = Caller(clinic)
    names = [("Ann", "Berg"), ("Ann", "Berg"), ("Zoe", "Berg"), ("Ann", "Adler"), ("Ann", "Öz")]
    for first, last in names:
        make_patient(clinic, first_name=first, last_name=last)
    found, cursor = [], {}
    while True:
        page = desk.get("patients", limit=2, clinic=clinic.pk, sort="name", **cursor).json()
        found += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert len({one["id"] for one in found}) == 5
    assert [one["last_name"] for one in found][:4] == ["Adler", "Berg", "Berg", "Berg"]


def test_a_guardian_of_another_clinic_isnt_named() -> None:
    """PAT-12: the record is one for all clinics, but who is behind it isn't everybody's to know."""
    clinic, other = make_clinic(), make_clinic()
    child = make_patient(clinic, guardian=make_patient(other))
    Registration.objects.create(patient=child, clinic=other)
    seen = {place: Caller(place).get(f"patients/{child.pk}").json()["guardian"] for place in (clinic, other)}
    assert seen == {clinic: None, other: str(child.guardian_id)}
    assert Caller(clinic).get("patients").json()["items"][0]["guardian"] is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"Ann", "Bob"}),
        ({"q": "old@"}, {"Ann"}),
        ({"gender": "male,female"}, {"Ann"}),
        ({"age_from": 40}, {"Bob"}),
        ({"standing": "all"}, {"Ann", "Bob", "Cid"}),
        ({"standing": "inactive"}, {"Cid"}),
        ({"booked": "true"}, set()),
        ({"registered_from": "2026-03-02", "registered_to": "2026-03-03"}, {"Ann", "Bob"}),
        ({"visited_from": "2026-01-01"}, set()),
    ],
)
def test_filters(asked: dict[str, Any], expected: set[str]) -> None:
    """PAT-6; what they are is tested in tests/dossier."""
    clinic = make_clinic()
    make_patient(clinic, first_name="Ann", gender="female", email="old@example.org")
    make_patient(clinic, first_name="Bob", birth_date="1950-01-01")
    gone = make_patient(clinic, first_name="Cid")
    Resource.objects.filter(pk=gone.resource_id).update(active=False)
    items = Caller(clinic).get("patients", clinic=clinic.pk, **asked).json()["items"]
    assert {one["first_name"] for one in items} == expected


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"age_from": 40, "age_to": 30}, "age_to"),
        ({"age_from": 151}, "age_from"),
        ({"registered_from": "2026-03-02", "registered_to": "2026-03-02"}, "registered_to"),
        ({"visited_from": "2.3.2026"}, "visited_from"),
        ({"gender": "x"}, "gender.0"),
        ({"standing": "x"}, "standing"),
        ({"sort": "age"}, "sort"),
    ],
)
def test_filters_that_make_no_sense(asked: dict[str, Any], field: str) -> None:
    assert said(Caller(make_clinic()).get("patients", **asked)) == (422, [("invalid", field)])
