"""PKG-4, PKG-5: the scheduling page, as a browser asks for it."""

import re
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from orderly.appointments.models import Appointment
from orderly.billing.models import Credit
from orderly.journal.models import Entry
from orderly.packages.models import Purchase
from orderly.patients.models import Patient
from tests.factories import MONDAY, make_provider, make_service, make_user
from tests.web.desk import Desk
from tests.web.purchases import sold

ROW = re.compile(r'name="at_(\d+)" value="([^"]+)"')
FORM = {"start": str(MONDAY), "min_gap_days": "1", "token": "t"}


def asked(desk: Desk, purchase: Purchase, name: str = "purchase-plans", *more: Any, **form: Any) -> HttpResponse:
    return desk.post(name, desk.clinic.pk, purchase.pk, *more, **{**FORM, **form})


def rows(response: HttpResponse) -> dict[str, str]:
    """The plan that a page shows, as the fields of its form."""
    return {f"at_{number}": where for number, where in ROW.findall(response.content.decode())}


def times(response: HttpResponse) -> list[str]:
    return re.findall(r'from-to">([^<]+)<', response.content.decode())


def test_the_page_says_what_is_left(desk: Desk) -> None:
    purchase = sold(desk, 3)
    make_provider(desk.clinic, service=make_service(desk.clinic, 30, name="Other"), name="Stranger")
    page = desk.get("purchase-plan", desk.clinic.pk, purchase.pk).content.decode()
    assert (">Dr Smith</option>" in page, "Stranger" in page) == (True, False)  # who gives nothing of it
    assert "<bdi>Consultation</bdi>: 3 of 3 to schedule, 0 booked, 0 used" in page
    assert [page.index(f'value="{day}"><span>') for day in (1, 2, 3, 4, 5, 6, 0)] == sorted(
        page.index(f'value="{day}"><span>') for day in range(7)
    )


def test_in_another_clinic_one_for_all_is_planned_there(desk: Desk) -> None:
    """PKG-5: with that clinic's people; the one that was sold here alone isn't known there."""
    purchase, there = sold(desk, 2), Desk()
    there.clinic.services.add(desk.service)
    make_provider(there.clinic, service=desk.service, name="Jones")
    desk.patient.registrations.create(clinic=there.clinic)
    assert asked(there, purchase).status_code == 404
    Purchase.objects.update(everywhere=True)
    assert "Auto-schedule" in there.get("purchase", there.clinic.pk, purchase.pk).content.decode()
    shown = asked(there, purchase)
    assert (shown.status_code, len(rows(shown)), "Jones" in shown.content.decode()) == (200, 2, True)
    assert asked(there, purchase, "purchase-plan-confirm", tell="false", **rows(shown)).status_code == 204
    assert Entry.objects.get(fact="purchase_scheduled").ids["tell"] is False
    assert set(Appointment.objects.values_list("clinic", flat=True)) == {there.clinic.pk}


def test_plans_are_shown_and_one_is_moved(desk: Desk) -> None:
    purchase = sold(desk, 3)
    assert "nothing is sent. Tell them now, or call:" in asked(desk, purchase).content.decode()
    Patient.objects.update(email="ann@example.org")
    first = asked(desk, purchase, preferred_weekdays=["1", "3", "5"], preferred_time="10:00")
    assert 'name="tell" value="true" checked' in first.content.decode()
    assert "Your appointments from Monday 2 March 2026" in first.content.decode()
    assert 'value="true" checked' not in asked(desk, purchase, tell="false").content.decode()
    assert times(first) == ["10:00–10:30"] * 3
    wednesday = f"{MONDAY + timedelta(days=3)}T11:15"
    form = {"preferred_time": "10:00", "again": "1", **rows(first)}
    again = asked(desk, purchase, **form, moved=f"2 {wednesday}")
    assert times(again) == ["10:00–10:30", "11:15–11:45", "10:00–10:30"]
    assert "Session 2 is moved; nothing else had to change." in again.content.decode()
    at_night = asked(desk, purchase, **form, moved=f"2 {MONDAY}T03:00")
    assert (rows(at_night), "nobody is free at 03:00 then" in at_night.content.decode()) == (rows(first), True)
    picked = asked(desk, purchase, "purchase-plan-times", 2, **form, day_2=str(MONDAY + timedelta(days=1)))
    assert f'data-move="2 {MONDAY + timedelta(days=1)}T09:15"' in picked.content.decode()
    pinned = asked(desk, purchase, **rows(again), pin="2")
    assert times(pinned)[1] == "11:15–11:45"


def test_all_of_what_is_shown_is_booked_once(desk: Desk) -> None:
    purchase = sold(desk, 3)
    shown = rows(asked(desk, purchase))
    for _ in range(2):
        answer = asked(desk, purchase, "purchase-plan-confirm", **shown)
        there = f"/packages/{desk.clinic.pk}/purchases/{purchase.pk}/"
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, there)
    assert Appointment.objects.count() == 3
    assert "nothing left to schedule" in desk.get("purchase-plan", desk.clinic.pk, purchase.pk).content.decode()


def test_a_time_that_was_taken_meanwhile_is_named_and_planned_anew(desk: Desk) -> None:
    purchase = sold(desk, 3)
    shown = rows(asked(desk, purchase, preferred_time="10:00"))
    desk.book("10:00")
    answer = asked(desk, purchase, "purchase-plan-confirm", preferred_time="10:00", again="1", pin="1", **shown)
    text = answer.content.decode()
    assert (answer.status_code, Appointment.objects.count(), "Session 1: " in text) == (409, 1, True)
    assert times(answer) == ["10:30–11:00", "10:00–10:30", "10:00–10:30"]
    assert [where for _, where in sorted(rows(answer).items())][1:] == [where for _, where in sorted(shown.items())][1:]


def test_what_cannot_be_read_is_named(desk: Desk) -> None:
    purchase = sold(desk, 1)
    for field, text, said in (
        ("start", "soon", "From: Choose a date."),
        ("min_gap_days", "-1", "Days between: "),
        ("preferred_time", "later", "Time of day: Write the time like 09:30."),
        ("end", str(MONDAY - timedelta(days=2)), "the end must come after the beginning"),
        ("provider", "x", "Provider for all: "),
    ):
        answer = asked(desk, purchase, **{field: text})
        assert (answer.status_code, said in answer.content.decode()) == (422, True), (field, answer.content)
    for nonsense in (
        {"at_1": "x"},
        {"at_x": f"5 {desk.provider.pk}"},
        {"moved": "1 x"},
        {"pin": "9"},
        {"provider_1": "x"},
    ):
        assert asked(desk, purchase, **nonsense).status_code == 200
    assert asked(Desk(), purchase).status_code == 404


def test_an_unpaid_one_is_looked_at_and_not_booked(desk: Desk) -> None:
    """PKG-2: the way to the payment is shown before anybody has planned anything."""
    purchase = sold(desk, 2)
    Purchase.objects.update(status="awaiting_payment")
    page = desk.get("purchase-plan", desk.clinic.pk, purchase.pk).content.decode()
    assert f'{reverse("purchase", args=[desk.clinic.pk, purchase.pk])}">Take payment</a>' in page
    shown = asked(desk, purchase)
    assert (len(rows(shown)), " disabled>Book all 2 appointments<" in shown.content.decode()) == (2, True)
    assert asked(desk, purchase, "purchase-plan-confirm", **rows(shown)).status_code == 409


def test_a_session_that_is_moved_keeps_its_provider_or_the_page_names_the_other(desk: Desk) -> None:
    """PKG-5: in the list of free times, too."""
    purchase = sold(desk, 2)
    aaron = make_provider(desk.clinic, service=desk.service, name="Aaron", hours=(540, 1200))
    form = {"again": "1", **rows(asked(desk, purchase, provider=str(desk.provider.pk)))}
    same = asked(desk, purchase, **form, moved=f"1 {MONDAY}T11:15")
    assert rows(same)["at_1"].endswith(str(desk.provider.pk))
    assert "Session 1 is moved; nothing else had to change." in same.content.decode()
    other = asked(desk, purchase, **form, moved=f"1 {MONDAY}T18:00")
    assert rows(other)["at_1"].endswith(str(aaron.pk))
    assert "Session 1 is with Aaron now: Dr Smith isn't free then." in other.content.decode()
    assert "nothing else had to change" not in other.content.decode()
    picked = asked(desk, purchase, "purchase-plan-times", 1, **form, day_1=str(MONDAY)).content.decode()
    assert "11:15 <small><bdi>Dr Smith</bdi>" in picked
    assert "18:00 <small><bdi>Aaron</bdi>" in picked


def test_one_that_has_expired_is_not_planned_but_extended(desk: Desk) -> None:
    """PKG-2: by whoever may; the others read that it has."""
    purchase = sold(desk, 2)
    Purchase.objects.update(expires_on=MONDAY - timedelta(days=1), sold_on=MONDAY - timedelta(days=9))
    Credit.objects.update(usable_until=0)
    assert "Auto-schedule" not in desk.get("purchase", desk.clinic.pk, purchase.pk).content.decode()
    page = desk.get("purchase-plan", desk.clinic.pk, purchase.pk).content.decode()
    assert ("The package expired on Sun 1 Mar 2026." in page, ">Extend</a>" in page, 'id="plan"' in page) == (
        True,
        False,
        False,
    )
    desk.client.force_login(make_user("clinic_admin", desk.clinic))
    assert ">Extend</a>" in desk.get("purchase-plan", desk.clinic.pk, purchase.pk).content.decode()


def test_plans_that_are_the_same_say_so(desk: Desk) -> None:
    shown = asked(desk, sold(desk, 2)).content.decode()
    assert shown.count("the same plan as “Soonest”") == 2
