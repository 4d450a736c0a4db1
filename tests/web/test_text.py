"""Text that people typed, shown as text; and values nobody should have sent."""

import pytest

from orderly.appointments.models import Appointment
from orderly.calendars.models import Hold
from orderly.patients.models import Patient
from tests.factories import MONDAY, TUESDAY
from tests.web.desk import Desk, errors, others, text, value
from tests.web.markup import inline

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
DAYS = ("9999-12-31", "2201-01-01", "1969-12-31", "0001-01-01", "soon")


@pytest.fixture
def hostile(desk: Desk) -> Desk:
    """Every name and note is somebody's try."""
    desk.clinic.name, desk.service.name, desk.provider.name = f"Clinic {SCRIPT}", f"Service {SCRIPT}", f"Dr {IMAGE}"
    desk.patient.first_name, desk.patient.last_name = SCRIPT, IMAGE
    desk.user.name = IMAGE
    for row in (desk.clinic, desk.service, desk.provider, desk.patient, desk.user):
        row.save()
    return desk


def test_names_and_notes_are_text_on_every_screen(hostile: Desk) -> None:
    """ACC-5"""
    made = hostile.book("10:00", notes=f"{SCRIPT}\n{IMAGE}")
    hostile.post("appointment-cancel", made.pk, reason="other", note=SCRIPT)
    clinic = hostile.clinic.pk
    for name, *rest in (
        ("appointment", made.pk),
        ("calendar", clinic),
        ("booking", clinic),
        ("patient-chosen", clinic, hostile.patient.pk),
    ):
        response = hostile.get(name, *rest)
        assert (response.status_code, inline(response), SCRIPT in response.content.decode()) == (200, [], False)
    assert f"Notes {SCRIPT} {IMAGE}" in text(hostile.get("appointment", made.pk))


def test_what_was_typed_comes_back_as_text(hostile: Desk) -> None:
    """ACC-5, APT-11"""
    form = hostile.form(IMAGE, notes=SCRIPT, overbook_reason=IMAGE, afterwards_reason=IMAGE)
    for response in (
        hostile.post("booking-book", hostile.clinic.pk, **form),
        hostile.get("booking", hostile.clinic.pk, time=IMAGE, day=IMAGE, source=IMAGE, q=IMAGE),
        hostile.post("patient-new", hostile.clinic.pk, q=f"{SCRIPT} {IMAGE}"),
        hostile.post("patient-register", hostile.clinic.pk, first_name=SCRIPT, mobile=IMAGE, birth_date=IMAGE),
    ):
        assert (inline(response), SCRIPT in response.content.decode()) == ([], False)


def test_a_long_note_is_refused_not_lost(desk: Desk) -> None:
    """APT-11"""
    made = desk.book()
    response = desk.post("appointment-cancel", made.pk, reason="other", note="x" * 501, opened="cancel")
    assert (response.status_code, errors(response)) == (
        422,
        ["Ensure this value has at most 500 characters (it has 501)."],
    )
    assert (value(response, "note"), Appointment.objects.get().status) == ("x" * 501, "confirmed")


@pytest.mark.parametrize("name", ["booking-hold", "booking-book"])
@pytest.mark.parametrize("day", DAYS)
def test_a_day_beyond_any_calendar_is_not_booked(desk: Desk, name: str, day: str) -> None:
    """APT-11"""
    response = desk.post(name, desk.clinic.pk, **desk.form(day=day, afterwards_reason="found in the archive"))
    assert (response.status_code, errors(response)) == (422, ["Choose a date."])
    assert (Hold.objects.count(), Appointment.objects.count()) == (0, 0)


@pytest.mark.parametrize("day", DAYS)
def test_a_day_beyond_any_calendar_is_nothing_to_move_to_or_show(desk: Desk, day: str) -> None:
    made = desk.book()
    moved = desk.post("appointment-move-to", made.pk, day=day, time="10:00")
    assert (moved.status_code, errors(moved)) == (422, ["Choose a date."])
    assert "Nothing is free that day." in text(desk.get("appointment-move", made.pk, day=day))
    assert desk.get("calendar", desk.clinic.pk, day=day).status_code == 200
    assert desk.get("calendar-feed", desk.clinic.pk, **{"from": day, "to": day}).status_code == 400
    opened = desk.get("booking", desk.clinic.pk, day=day)
    assert opened.status_code == 200
    held = desk.post("booking-hold", desk.clinic.pk, **desk.form("", day=day))
    assert (held.status_code, value(held, "day"), value(held, "time")) == (200, str(MONDAY), "09:00")


@pytest.mark.parametrize(
    ("field", "typed", "field_errors"),
    [
        ("time", "24:00", ["Write the time like 09:30."]),
        ("time", "9:75", ["Write the time like 09:30."]),
        ("time", "", ["Write the time like 09:30."]),
        ("time", "10:00\0", ["Write the time like 09:30."]),
        ("patient", "7", ["Choose a patient."]),
        ("source", "", ["Say how it came in."]),
        ("notes", "a\0b", ["Null characters are not allowed."]),
    ],
)
def test_what_cannot_be_read_is_named_and_writes_nothing(
    desk: Desk, field: str, typed: str, field_errors: list[str]
) -> None:
    """APT-11"""
    response = desk.post("booking-book", desk.clinic.pk, **{**desk.form(), field: typed})
    assert (response.status_code, errors(response), Appointment.objects.count()) == (422, field_errors, 0)


@pytest.mark.parametrize(
    ("typed", "shown"), [("9", "09:00"), ("930", "09:30"), ("9.30", "09:30"), (" 9:30 ", "09:30"), ("٩:٣٠", "09:30")]
)
def test_a_time_as_people_type_it(desk: Desk, typed: str, shown: str) -> None:
    """APT-11"""
    assert desk.post("booking-book", desk.clinic.pk, **desk.form(typed)).status_code == 200
    found = desk.get("calendar-feed", desk.clinic.pk, **{"from": str(MONDAY), "to": str(TUESDAY)}).json()
    assert [box[2] for box in found["appointments"]] == [f"2026-03-02T{shown}"]


def test_outside_hours_says_so_in_words_and_offers_three(desk: Desk) -> None:
    """AVL-5, APT-11"""
    response = desk.post("booking-book", desk.clinic.pk, **desk.form("08:00", notes="Brings X-ray"))
    assert (response.status_code, errors(response)) == (409, ["Dr Smith doesn't work then (08:00–08:30)."])
    assert others(response) == [("2026-03-02", "09:00"), ("2026-03-02", "09:15"), ("2026-03-02", "09:30")]
    assert (value(response, "time"), value(response, "patient")) == ("08:00", str(desk.patient.pk))
    assert "Brings X-ray" in text(response)


def test_registering_within_a_booking_selects_the_new_patient_for_it(desk: Desk) -> None:
    """PAT-2, APT-1"""
    person = {"first_name": "Zoe", "last_name": "Ray", "birth_date": "20/12/2024", "gender": "female"}
    made = desk.post("patient-register", desk.clinic.pk, **person, mobile="+998 90 123 45 67")
    booked = desk.post("booking-book", desk.clinic.pk, **desk.form(patient=value(made, "patient")))
    zoe = Patient.objects.get(first_name="Zoe")
    assert (booked.status_code, Appointment.objects.get().patient, zoe.mobile) == (200, zoe, "+998901234567")
