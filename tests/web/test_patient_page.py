"""PAT-7, PAT-9, PAT-12: the page of one patient."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.progress import complete
from orderly.journal.models import Entry, Look
from orderly.patients.actions import change, register_with
from orderly.patients.inputs import PatientDetails
from orderly.people.models import RoleOverride
from orderly.people.queries import actor_for
from tests.factories import MONDAY, NOW, TUESDAY, make_actor, make_clinic, make_patient, make_user
from tests.web.desk import Desk, text

pytestmark = pytest.mark.django_db


def page(desk: Desk) -> str:
    return text(desk.get("patient", desk.clinic.pk, desk.patient.pk))


def edited(desk: Desk, **details: object) -> Entry:
    """Changed by a colleague; the entry it left."""
    actor = make_actor("front_desk", desk.clinic)
    change(desk.patient.pk, PatientDetails(**details), actor=actor, now=NOW)
    return Entry.objects.latest("id")


def test_who_they_are(desk: Desk) -> None:
    edited(desk, email="ann@example.org", home_phone="020 7946 0000", language="ru", gender="female", tax_id="T-1")
    shown = page(desk)
    for said in ("Ann Lee", "36 years", "born 01/01/1990", "Female", "Russian", "+44 7400 900123", "ann@example.org"):
        assert said in shown
    assert "Tax number T-1" in shown
    assert "Clinics Riverside" in shown
    content = desk.get("patient", desk.clinic.pk, desk.patient.pk).content.decode()
    assert 'href="tel:+442079460000"' in content
    assert "<title>Patient · Riverside · Orderly</title>" in content


def test_marks(desk: Desk) -> None:
    """PAT-1: weeks of pregnancy count forward."""
    edited(desk, gender="female", gestation_weeks=20, gestation_noted_on=date(2026, 2, 9), birth_date=date(2010, 1, 1))
    shown = page(desk)
    assert "Week 23 of pregnancy" in shown
    assert "week 20 on 09/02/2026" in shown
    assert "Under 18" in shown
    desk.patient.resource.active = False
    desk.patient.resource.save()
    assert "Inactive" in page(desk)
    assert "data-book" not in desk.get("patient", desk.clinic.pk, desk.patient.pk).content.decode()


def test_appointments_ahead_and_past(desk: Desk) -> None:
    first, called_off, done = (desk.book(time) for time in ("10:00", "11:00", "12:00"))
    actor = actor_for(desk.user)
    cancel(called_off.pk, reason="other", note="", actor=actor, now=NOW)
    complete(done.pk, actor=actor, now=NOW)
    about = desk.get("patient", desk.clinic.pk, desk.patient.pk).context["about"]
    assert (list(about.ahead), list(about.past)) == ([first], [done, called_off])
    assert [(one.amount, one.currency) for one in about.owed] == [(5000, "GBP")]
    assert "£50.00 for what has been done" in page(desk)


def test_older_ones_are_asked_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderly.web.patients.about.MOST", 1)
    monkeypatch.setattr("orderly.web.patients.page.MOST", 1)
    made = [desk.book(time) for time in ("10:00", "11:00", "12:00")]
    for one in made:
        cancel(one.pk, reason="other", note="", actor=actor_for(desk.user), now=NOW)
    shown = desk.get("patient", desk.clinic.pk, desk.patient.pk).context["about"]
    assert (list(shown.past), shown.older) == ([made[2]], True)
    more = desk.get("patient-older", desk.clinic.pk, desk.patient.pk, skipped=1)
    assert (list(more.context["past"]), more.context["older"]) == ([made[1]], True)
    last = desk.get("patient-older", desk.clinic.pk, desk.patient.pk, skipped=2)
    assert (list(last.context["past"]), last.context["older"]) == ([made[0]], False)
    assert desk.get("patient-older", desk.clinic.pk, desk.patient.pk, skipped="x").status_code == 200


def test_family(desk: Desk) -> None:
    """PAT-1, PAT-12: of relatives only whom one may look at."""
    mother = make_patient(desk.clinic, first_name="May", last_name="Lee")
    child = make_patient(desk.clinic, first_name="Kit", last_name="Lee", guardian=desk.patient)
    desk.patient.family.add(make_patient(make_clinic(), first_name="Far", last_name="Away"))
    desk.patient.family.add(make_patient(desk.clinic, first_name="Sue", last_name="Lee"))
    edited(desk, guardian=mother.pk)
    about = desk.get("patient", desk.clinic.pk, desk.patient.pk).context["about"]
    assert {(str(one.label), str(one.patient)) for one in about.relatives} == {
        ("Guardian", "May Lee"),
        ("In their care", "Kit Lee"),
        ("Family", "Sue Lee"),
    }
    assert str(child.pk) in desk.get("patient", desk.clinic.pk, desk.patient.pk).content.decode()


def test_only_ones_own_clinics_are_told(desk: Desk) -> None:
    """PAT-12: neither the other clinic's name, nor its appointments, nor who changed the record there."""
    there = Desk()
    register_with(desk.patient.pk, there.clinic.pk, actor=actor_for(there.user), now=NOW)
    there.book("10:00", patient=desk.patient)
    hidden = make_user("front_desk", there.clinic, name="Hidden Person")
    change(desk.patient.pk, PatientDetails(tax_id="2"), actor=actor_for(hidden), now=NOW)
    about = desk.get("patient", desk.clinic.pk, desk.patient.pk).context["about"]
    assert ([one.name for one in about.clinics], list(about.ahead), about.updated_by) == (["Riverside"], [], "")
    changes = text(desk.get("patient-changes", desk.clinic.pk, desk.patient.pk))
    assert "Patient's record changed Another clinic" in changes
    assert "Hidden" not in changes
    assert "Tax number: – → 2" in changes


def test_of_another_clinic_nothing_is_there(desk: Desk) -> None:
    stranger = make_patient(make_clinic())
    for name in ("patient", "patient-part", "patient-older", "patient-changes", "patient-edit"):
        assert desk.get(name, desk.clinic.pk, stranger.pk).status_code == 404


def test_history_and_putting_back(desk: Desk) -> None:
    edited(desk, mobile="07400 111222")
    entry = edited(desk, last_name="Moss")
    shown = text(desk.get("patient-changes", desk.clinic.pk, desk.patient.pk))
    assert "Last name: Lee → Moss" in shown
    assert "Mobile: +44 7400 900123 → +44 7400 111222" in shown
    args = (desk.clinic.pk, desk.patient.pk, entry.pk)
    back = desk.post("patient-put-back", *args, version=3)
    assert back["Location"] == reverse("patient", args=args[:2])
    assert "Put back to an earlier state" in page(desk)
    desk.patient.refresh_from_db()
    assert (desk.patient.last_name, desk.patient.mobile, desk.patient.version) == ("Lee", "+447400111222", 4)
    desk.post("patient-put-back", *args, version=3)
    assert "Somebody changed this record meanwhile" in page(desk)
    desk.post("patient-put-back", desk.clinic.pk, desk.patient.pk, entry.pk + 1000, version=4)


def test_who_only_looks_puts_nothing_back(desk: Desk) -> None:
    edited(desk, last_name="Moss")
    desk.client.force_login(make_user("read_only", desk.clinic))
    content = desk.get("patient-changes", desk.clinic.pk, desk.patient.pk).content.decode()
    assert "Moss" in content
    assert "put-back" not in content
    shown = desk.get("patient", desk.clinic.pk, desk.patient.pk).content.decode()
    assert "data-book" not in shown
    assert reverse("patient-edit", args=[desk.clinic.pk, desk.patient.pk]) not in shown


def test_who_looked() -> None:
    """PAT-9: who, when, what and from where, for those who may see the log."""
    desk = Desk("clinic_admin")
    reader = make_user("read_only", desk.clinic, name="Rea Der")
    desk.client.force_login(reader)
    page(desk)
    assert desk.get("patient-looks", desk.clinic.pk, desk.patient.pk).status_code == 403
    assert "Who looked at it" not in page(desk)
    desk.client.force_login(desk.user)
    assert "Who looked at it" in page(desk)
    shown = text(desk.get("patient-looks", desk.clinic.pk, desk.patient.pk))
    assert "Rea Der Looked A patient's record 127.0.0.1" in shown


def test_what_is_asked_for_again_and_again_is_one_look(desk: Desk) -> None:
    """PAT-9: the page asks for itself anew with each change; that is a look in five minutes."""
    for _ in range(3):
        desk.get("patient-part", desk.clinic.pk, desk.patient.pk)
    assert list(Look.objects.values_list("what", "subject", "count")) == [("patient", desk.patient.pk, 1)]


def test_money_is_for_those_who_may_see_it(desk: Desk) -> None:
    RoleOverride.objects.create(clinic=desk.clinic, role="front_desk", permission="billing:view", allowed=False)
    assert "To pay" not in page(desk)


def test_it_costs_the_same_however_much_there_is(desk: Desk) -> None:
    """OPS-5"""

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            page(desk)
        return len(counted)

    desk.book("09:00")
    make_patient(desk.clinic, guardian=desk.patient)
    first = queries()
    for time in ("10:00", "11:00", "12:00"):
        desk.book(time)
    for _ in range(3):
        make_patient(desk.clinic, guardian=desk.patient)
    assert queries() == first


def test_days_are_the_clinics(desk: Desk) -> None:
    assert MONDAY < TUESDAY
    desk.book("10:00")
    assert "Mon 2 Mar 2026 10:00–10:30 Consultation Dr Smith Confirmed" in page(desk)


def test_a_relative_more_and_one_less(desk: Desk) -> None:
    """PAT-1: noted with both, journalled without a name."""
    sister = make_patient(desk.clinic, first_name="Sue", last_name="Lee")
    args = (desk.clinic.pk, desk.patient.pk)
    for _ in range(2):
        desk.post("patient-family", *args, add=sister.pk)
    assert list(desk.patient.family.all()) == [sister]
    assert list(sister.family.all()) == [desk.patient]
    assert "Sue Lee Family" in page(desk)
    facts = Entry.objects.filter(fact="family_changed").values_list("subject", "ids")
    assert list(facts) == [(desk.patient.pk, {"added": str(sister.pk)})]
    desk.post("patient-family", *args, remove=sister.pk)
    assert not desk.patient.family.exists()
    stranger = make_patient(make_clinic())
    for other in (stranger.pk, desk.patient.pk, "x", ""):
        desk.post("patient-family", *args, add=other)
        assert "There is no such patient." in page(desk)
    assert not desk.patient.family.exists()


def test_deactivated_and_taken_back(desk: Desk) -> None:
    """PAT-8: what is booked is shown first; a booking made meanwhile isn't passed over."""
    args = (desk.clinic.pk, desk.patient.pk)
    assert "What is booked stays booked" not in page(desk)
    desk.book()
    assert "What is booked stays booked: Mon 2 Mar 2026, 10:00 · Consultation" in page(desk)
    desk.post("patient-standing", *args, version=1)
    desk.patient.resource.refresh_from_db()
    assert desk.patient.resource.active
    desk.post("patient-standing", *args, version=1, confirm=1)
    assert "Deactivated: they aren't offered for new bookings." in page(desk)
    desk.post("patient-standing", *args, version=1, back=1)
    assert "Somebody changed this record meanwhile" in page(desk)
    desk.post("patient-standing", *args, version=2, back=1)
    assert "Reactivated: they can be booked again." in page(desk)
    desk.patient.resource.refresh_from_db()
    assert desk.patient.resource.active
