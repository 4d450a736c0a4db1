"""PAT-5: two records side by side, one afterwards, and two again."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orderly.appointments.models import Appointment
from orderly.journal.models import Entry, Look
from orderly.patients.actions import change, register_with
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Patient
from orderly.people.queries import actor_for
from tests.factories import NOW, make_actor, make_clinic, make_patient, make_provider, make_user
from tests.web.desk import Desk, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk("clinic_admin")


@pytest.fixture
def other(desk: Desk) -> Patient:
    """Registered later, by another number."""
    said = {"mobile": "+447400900999", "email": "ann@example.org", "gender": "female"}
    return make_patient(desk.clinic, first_name="Anne", last_name="Lee", created_at=NOW + timedelta(hours=1), **said)


def sides(response: HttpResponse) -> dict[str, tuple[str, str, str]]:
    return {one.name: (one.own, one.other, str(one.side)) for one in response.context["choices"]}


def send(desk: Desk, other: Patient, **more: Any) -> HttpResponse:
    form = {"other": other.pk, "version": 1, "other_version": 1, **more}
    return desk.post("patient-merge", desk.clinic.pk, desk.patient.pk, **form)


def page(desk: Desk) -> str:
    return text(desk.get("patient", desk.clinic.pk, desk.patient.pk))


def test_from_the_list_to_one_record_and_back(desk: Desk, other: Patient) -> None:
    """PAT-5, PAT-9: who is likely one; what differs, with what is there as the default; what moves; undone."""
    visit = desk.book("10:00", patient=other)
    likely = desk.get("patient-duplicates", desk.clinic.pk)
    assert [(one.older.patient, one.newer.patient, one.reasons) for one in likely.context["pairs"]] == [
        (desk.patient, other, ["same birth date", "name alike"])
    ]
    args = (desk.clinic.pk, desk.patient.pk)
    compared = desk.get("patient-merge", *args, **{"with": other.pk})
    assert sides(compared) == {
        "first_name": ("Ann", "Anne", "own"),
        "gender": ("Not stated", "Female", "own"),
        "mobile": ("+44 7400 900123", "+44 7400 900999", "own"),
        "email": ("", "ann@example.org", "other"),
    }
    assert "1 coming appointment moves to the record that stays" in text(compared)
    assert "The same in both: Lee , 01/01/1990" in text(compared)
    done = send(desk, other, **{"choice-gender": "other", "choice-email": "own"})
    assert done["Location"] == reverse("patient", args=args)
    kept = Patient.objects.get(pk=desk.patient.pk)
    assert (kept.gender, kept.email, kept.mobile) == ("female", "", "+447400900123")
    assert Appointment.objects.get(pk=visit.pk).patient_id == kept.pk
    shown = page(desk)
    assert "The two are one record now." in shown
    assert "The record of Anne Lee was made part of this one" in shown
    apart = text(desk.get("patient-unmerge", *args))
    assert "1 appointment that came with it goes back" in apart
    assert "Gender: Female → Not stated" in apart
    desk.post("patient-unmerge", *args, version=2)
    assert "Anne Lee is a record of its own again." in page(desk)
    assert Patient.objects.get(pk=kept.pk).gender == "unstated"
    assert Appointment.objects.get(pk=visit.pk).patient_id == other.pk
    assert list(Entry.objects.filter(subject=kept.pk).order_by("id").values_list("fact", flat=True)) == [
        "patients_merged",
        "patients_unmerged",
    ]
    assert Look.objects.filter(what="duplicates", count=2).exists()
    assert Look.objects.filter(what="patient", subject=kept.pk, count=2).exists()


def test_sent_twice_it_is_one_merge(desk: Desk, other: Patient) -> None:
    answers = [send(desk, other) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    assert Entry.objects.filter(fact="patients_merged").count() == 1


def test_somebody_was_quicker(desk: Desk, other: Patient) -> None:
    """Nothing is done; what was chosen stays chosen, and what differs now is asked for."""
    change(other.pk, PatientDetails(tax_id="9"), actor=make_actor("front_desk", desk.clinic), now=NOW)
    answer = send(desk, other, **{"choice-gender": "other"})
    assert answer.status_code == 412
    assert "Somebody changed one of the two meanwhile" in text(answer)
    assert (sides(answer)["gender"][2], sides(answer)["tax_id"]) == ("other", ("", "9", "other"))
    assert send(desk, other, other_version=2).status_code == 302


def test_both_booked_at_one_time(desk: Desk, other: Patient) -> None:
    """The visits are named, what was chosen stays, and nothing has moved."""
    first = desk.book("10:00")
    desk.provider = make_provider(desk.clinic, service=desk.service)
    visit = desk.book("10:00", patient=other)
    answer = send(desk, other, **{"choice-email": "own"})
    assert answer.status_code == 409
    for number in (first.number, visit.number):
        assert number in text(answer)
    assert sides(answer)["email"][2] == "own"
    assert Appointment.objects.get(pk=visit.pk).patient_id == other.pk


def test_what_cant_be_merged_is_not_there(desk: Desk, other: Patient) -> None:
    """PAT-12, ACC-4: a record of other clinics only, the same record, nobody; and words that are no choice."""
    stranger = make_patient(make_clinic())
    args = (desk.clinic.pk, desk.patient.pk)
    for one in (stranger, desk.patient):
        assert desk.get("patient-merge", *args, **{"with": one.pk}).status_code == 404
        assert send(desk, one).status_code == 404
        desk.post("patient-merge", *args, pick=one.pk)
        assert "This clinic has no other record like that." in page(desk)
    desk.post("patient-merge", *args, pick="x")
    assert desk.get("patient-unmerge", *args).status_code == 404
    assert send(desk, other, **{"choice-id": "other"}).status_code == 422
    assert send(desk, other, **{"choice-email": "mine"}).status_code == 422
    picked = desk.post("patient-merge", *args, pick=other.pk)
    assert picked["Location"] == f"{reverse('patient-merge', args=args)}?with={other.pk}"
    assert not Patient.objects.filter(merged_into__isnull=False).exists()


def test_who_may_not_sees_no_way_to(desk: Desk, other: Patient) -> None:
    desk.client.force_login(make_user("front_desk", desk.clinic))
    assert "Merge with…" not in page(desk)
    for name in ("patient-merge", "patient-unmerge"):
        assert desk.get(name, desk.clinic.pk, desk.patient.pk).status_code == 403


def test_another_clinic_undoes_nothing_of_ours(desk: Desk, other: Patient) -> None:
    """A clinic that never knew the other record is offered nothing, and is told nothing of it."""
    there = Desk("clinic_admin")
    register_with(desk.patient.pk, there.clinic.pk, actor=actor_for(there.user), now=NOW)
    send(desk, other)
    shown = text(there.get("patient", there.clinic.pk, desk.patient.pk))
    assert "Anne" not in shown
    assert there.get("patient-unmerge", there.clinic.pk, desk.patient.pk).status_code == 404


def test_pairs_of_a_large_clinic(desk: Desk, other: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """PAT-4, OPS-5: some of the newest at a time, each pair once, in as many queries."""

    def queries(**asked: int) -> tuple[int, Any]:
        with CaptureQueriesContext(connection) as counted:
            answer = desk.get("patient-duplicates", desk.clinic.pk, **asked)
        return len(counted), answer.context["pairs"]

    first, pairs = queries()
    assert len(pairs) == 1
    for nth in range(4):
        same = {"first_name": "Zoe", "last_name": "Ray", "birth_date": date(1950 + 9 * nth, 1 + nth, 5 + 6 * nth)}
        for _ in range(2):
            make_patient(desk.clinic, mobile=f"+4474009001{nth}1", **same)
    more, pairs = queries()
    assert (more, len(pairs), [one.percent for one in pairs][:4]) == (first, 5, [100] * 4)
    monkeypatch.setattr("orderly.dossier.queries.likely.AT_ONCE", 1)
    found = [queries(page=number)[1] for number in range(1, 12)]
    assert sorted(len(some) for some in found) == [*(0,) * 6, *(1,) * 5]
    monkeypatch.setattr("orderly.dossier.queries.likely.COMMON", 1)
    assert queries()[1] == []


def test_twins_are_told_apart_on_the_list_and_side_by_side(desk: Desk, other: Patient) -> None:
    """PAT-5: where it is said it can be taken back."""
    args = (desk.clinic.pk, desk.patient.pk)
    listed = desk.post("patient-apart", *args, other=other.pk, page="1")
    assert (listed.status_code, listed["Location"].count(str(other.pk))) == (302, 1)
    shown = desk.client.get(listed["Location"])
    assert (shown.context["pairs"], "They are two people" in text(shown)) == ([], True)
    back = {"other": str(shown.context["apart"].second_id), "page": "1", "again": "1"}
    again = desk.client.get(
        desk.post("patient-apart", desk.clinic.pk, shown.context["apart"].first_id, **back)["Location"]
    )
    assert (len(again.context["pairs"]), again.context["apart"]) == (1, None)
    said = desk.post("patient-apart", *args, other=other.pk)
    beside = text(desk.client.get(said["Location"]))
    assert "They are two people, and aren't suggested as one any more." in beside
    assert "Somebody said that these are two people" in beside
    assert "No record here looks like this one." in text(desk.get("patient-merge", *args))
    desk.post("patient-apart", *args, other=other.pk, again="1")
    assert "Not the same person" in text(desk.get("patient-merge", *args, **{"with": other.pk}))
    assert "Anne Lee" in text(desk.get("patient-merge", *args))
