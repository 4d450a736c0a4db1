import pytest

from orderly.appointments.models import Appointment
from orderly.calendars.models import Hold
from orderly.catalogue.models import Offering
from tests.factories import MONDAY, TUESDAY, at, make_clinic, make_patient, make_provider, make_service, make_user
from tests.web.desk import Desk, errors, others, said, text, value

pytestmark = pytest.mark.django_db


def test_the_form_opens_with_what_was_pointed_at(desk: Desk) -> None:
    """APT-1"""
    response = desk.get("booking", desk.clinic.pk, day="2026-03-03", time="11:15", provider=desk.provider.pk)
    assert (response.status_code, value(response, "day"), value(response, "time")) == (200, "2026-03-03", "11:15")
    assert f'<option value="{desk.provider.pk}" selected>Dr Smith</option>' in response.content.decode()
    assert 'hx-trigger="load, change' in response.content.decode()  # holds the time at once


def test_only_services_the_provider_gives_are_offered(desk: Desk) -> None:
    other = make_service(desk.clinic, 60, name="Massage")
    make_service(make_clinic(), 60, name="Elsewhere")
    Offering.objects.create(service=other, provider=make_provider(desk.clinic, name="Young"))
    response = desk.get("booking", desk.clinic.pk, day=str(MONDAY), time="10:00", provider=desk.provider.pk)
    assert [name in response.content.decode() for name in ("Consultation", "Massage", "Elsewhere")] == [
        True,
        False,
        False,
    ]


def test_choosing_holds_the_time_and_changing_holds_another(desk: Desk) -> None:
    """AVL-6"""
    first = desk.post("booking-hold", desk.clinic.pk, **desk.form("10:00"))
    held = Hold.objects.get()
    assert (first.status_code, value(first, "hold"), first["Orderly-Hold"]) == (200, str(held.pk), str(held.pk))
    assert 'data-seconds="300"' in first.content.decode()
    desk.post("booking-hold", desk.clinic.pk, **desk.form("10:15", hold=held.pk))
    assert Hold.objects.get().start == at(desk.clinic, MONDAY, "10:15")


def test_a_time_that_cannot_be_held_lets_go_of_the_old_one_and_offers_others(desk: Desk) -> None:
    """AVL-5"""
    desk.book("11:00")
    desk.post("booking-hold", desk.clinic.pk, **desk.form("10:00", patient=""))
    response = desk.post("booking-hold", desk.clinic.pk, **desk.form("11:15", hold=Hold.objects.get().pk, patient=""))
    assert response.status_code == 409
    assert errors(response) == ["Dr Smith is busy 11:00–11:30."]
    assert others(response) == [("2026-03-02", "11:30"), ("2026-03-02", "11:45"), ("2026-03-02", "10:30")]
    assert Hold.objects.count() == 0


def test_letting_go(desk: Desk) -> None:
    desk.post("booking-hold", desk.clinic.pk, **desk.form())
    assert desk.post("booking-let-go", desk.clinic.pk, hold=Hold.objects.get().pk).status_code == 204
    assert desk.post("booking-let-go", desk.clinic.pk).status_code == 204
    assert Hold.objects.count() == 0


def test_nobody_lets_go_of_somebody_elses_hold(desk: Desk) -> None:
    desk.post("booking-hold", desk.clinic.pk, **desk.form())
    desk.client.force_login(make_user("front_desk", desk.clinic))
    assert desk.post("booking-let-go", desk.clinic.pk, hold=Hold.objects.get().pk).status_code == 204
    assert Hold.objects.count() == 1


def test_booking_shows_the_appointment_and_names_its_number(desk: Desk) -> None:
    """APT-1, APT-2"""
    held = desk.post("booking-hold", desk.clinic.pk, **desk.form())
    response = desk.post("booking-book", desk.clinic.pk, **desk.form(hold=value(held, "hold"), notes="Brings X-ray"))
    made = Appointment.objects.get()
    assert (response.status_code, said(response)) == (200, f"Booked: {made.number}")
    assert (made.start, made.notes, made.source, Hold.objects.count()) == (
        at(desk.clinic, MONDAY, "10:00"),
        "Brings X-ray",
        "phone",
        0,
    )
    assert f"Ann Lee {made.number} Confirmed" in text(response)


def test_missing_fields_are_named_and_nothing_typed_is_lost(desk: Desk) -> None:
    """APT-11"""
    form = desk.form("quarter to", patient="", notes="Brings X-ray")
    response = desk.post("booking-book", desk.clinic.pk, **form)
    assert (response.status_code, errors(response)) == (422, ["Choose a patient.", "Write the time like 09:30."])
    assert (value(response, "time"), "Brings X-ray" in text(response)) == ("quarter to", True)
    assert Appointment.objects.count() == 0


def test_a_clash_keeps_the_form_and_the_hold(desk: Desk) -> None:
    """APT-11: the patient is elsewhere at that time; the held time stays held while another is chosen."""
    other = make_provider(desk.clinic, service=desk.service, name="Young")
    desk.book("10:00")
    form = desk.form("10:00", provider=other.pk)
    held = desk.post("booking-hold", desk.clinic.pk, **{**form, "patient": ""})
    response = desk.post("booking-book", desk.clinic.pk, **form, hold=value(held, "hold"))
    assert (response.status_code, errors(response)) == (409, ["The patient is busy at that time."])
    assert (value(response, "hold"), Hold.objects.count()) == (value(held, "hold"), 1)
    assert others(response) == [("2026-03-02", "09:30"), ("2026-03-02", "10:30"), ("2026-03-02", "09:15")]


def test_the_past_asks_for_a_reason(desk: Desk) -> None:
    """APT-11"""
    form = desk.form("10:00", day="2026-02-27")
    refused = desk.post("booking-hold", desk.clinic.pk, **form)
    assert (refused.status_code, errors(refused)) == (409, [])
    assert "That time has passed. Why is it only written down now?" in text(refused)
    booked = desk.post("booking-book", desk.clinic.pk, **form, afterwards_reason="Power cut")
    assert (booked.status_code, Appointment.objects.get().afterwards_reason) == (200, "Power cut")


@pytest.mark.parametrize(
    ("limit", "role", "asked"), [(1, "front_desk", True), (0, "front_desk", False), (1, "clinical_staff", False)]
)
def test_overbooking_is_offered_to_whom_may_where_it_is_allowed(limit: int, role: str, asked: bool) -> None:
    """APT-3"""
    desk = Desk(role)
    desk.service.overbook = limit
    desk.service.save()
    desk.book("10:00", patient=make_patient(desk.clinic))
    response = desk.post("booking-hold", desk.clinic.pk, **desk.form())
    assert ('name="overbook_reason"' in response.content.decode()) is asked


def test_a_reason_overbooks(desk: Desk) -> None:
    """APT-3"""
    desk.service.overbook = 1
    desk.service.save()
    desk.book("10:00", patient=make_patient(desk.clinic))
    response = desk.post("booking-book", desk.clinic.pk, **desk.form(overbook_reason="In pain"))
    assert (response.status_code, Appointment.objects.get(patient=desk.patient).overbook_reason) == (200, "In pain")


def test_a_clinic_without_providers_still_answers() -> None:
    desk = Desk()
    empty = make_clinic()
    desk.client.force_login(make_user("front_desk", empty))
    assert desk.get("booking", empty.pk).status_code == 200


def test_the_form_costs_the_same_with_many_to_choose_from(desk: Desk, django_assert_num_queries) -> None:
    """OPS-5"""
    query = {"day": str(TUESDAY), "time": "10:00"}
    desk.get("booking", desk.clinic.pk, **query)
    with django_assert_num_queries(8):
        desk.get("booking", desk.clinic.pk, **query)
    for _ in range(2):
        make_provider(desk.clinic, service=desk.service)
        Offering.objects.create(service=make_service(desk.clinic), provider=desk.provider)
    with django_assert_num_queries(8):
        desk.get("booking", desk.clinic.pk, **query)
