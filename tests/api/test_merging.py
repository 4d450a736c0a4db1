"""PAT-5: two records of one person become one, and two again."""

import pytest

from orderly.appointments.models import Appointment
from orderly.patients.models import Patient, Registration
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_clinic, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice() -> Practice:
    return Practice()


def test_one_and_two_again(practice: Practice) -> None:
    boss, keep = Caller(practice.clinic, "clinic_admin"), make_patient(practice.clinic, first_name="Yulia")
    made, drop = practice.book(), practice.patient
    own, other = (boss.get(f"patients/{one.pk}").json() for one in (keep, drop))
    response = boss.post(
        f"patients/{keep.pk}/merge", {"other": str(drop.pk), "choices": {"last_name": "other"}, "other_version": 1}
    )
    shown = response.json()
    assert (response.status_code, response["ETag"]) == (200, '"v2"')
    assert {name: shown[name] for name in ("id", "first_name", "last_name", "version")} == {
        "id": str(keep.pk),
        "first_name": "Yulia",
        "last_name": other["last_name"],
        "version": 2,
    }
    assert boss.get(f"patients/{drop.pk}").status_code == 404
    assert boss.get(f"appointments/{made['appointment']['id']}").json()["appointment"]["patient"] == str(keep.pk)
    actions = [one["action"] for one in boss.get(f"patients/{keep.pk}/history").json()["items"]]
    assert actions == ["patients_merged"]
    back = boss.post(f"patients/{keep.pk}/unmerge", {})
    assert (back.status_code, back["ETag"]) == (200, '"v3"')
    unlike = {"version", "updated_at", "updated_by"}
    for before, now in ((own, back.json()), (other, boss.get(f"patients/{drop.pk}").json())):
        assert {name for name in before if before[name] != now[name]} <= unlike
    assert Appointment.objects.get().patient_id == drop.pk
    assert said(boss.post(f"patients/{keep.pk}/unmerge", {})) == (409, [("invalid", "patient")])


def test_refusals(practice: Practice) -> None:
    """ACC-3, ACC-4: the right, the clinic, versions, choices."""
    boss, keep = Caller(practice.clinic, "clinic_admin"), make_patient(practice.clinic)
    there = make_patient(make_clinic())
    path, drop = f"patients/{keep.pk}/merge", str(practice.patient.pk)
    assert practice.desk.post(path, {"other": drop}).status_code == 403
    assert said(boss.post(path, {"other": str(there.pk)}))[0] == 404
    assert said(boss.post(path, {"other": str(keep.pk)}))[0] == 404
    assert boss.post(f"patients/{there.pk}/merge", {"other": drop}).status_code == 404
    assert boss.post(path, {"other": drop, "other_version": 7}).status_code == 412
    assert said(boss.post(path, {"other": drop, "choices": {"id": "other"}})) == (422, [("invalid", "id")])
    assert said(boss.post(path, {"other": drop, "choices": {"email": "mine"}}))[0] == 422
    assert Patient.objects.filter(merged_into__isnull=False).count() == 0
    assert Registration.objects.count() == 3
