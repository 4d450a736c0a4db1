import re

import pytest
from django.test import Client

from orderly.appointments.actions.progress import arrive
from orderly.appointments.models import Appointment, CancelReason
from orderly.journal.models import Entry
from orderly.people.queries import actor_for
from tests.factories import MONDAY, NOW, make_asset, make_provider, make_user
from tests.web.desk import Desk, errors, said, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(desk: Desk) -> Appointment:
    return desk.book("10:00", notes="Brings X-ray")


BESIDES = ("Put back", "Undo", "Edit notes", "Save", "Mark as arrived", "Link for checking in alone")


def buttons(response) -> list[str]:
    """What can be pressed, the closing cross, what opens within and what is in the history left out."""
    found = re.findall(r"<button[^>]*>([^<]+)</button>", response.content.decode())
    return [name.strip() for name in found if name.strip() not in BESIDES]


def test_everything_about_it(desk: Desk, visit: Appointment) -> None:
    response = desk.get("appointment", visit.pk)
    shown = text(response)
    for part in (
        f"Ann Lee {visit.number} Confirmed",
        "10:00–10:30 Mon 2 Mar 2026 Number in the queue 1",
        "Patient 36 years, born 01/01/1990",
        "Phone +44 7400 900123",
        "Provider Dr Smith",
        "Service Consultation",
        "Price £50.00 to be paid",
        "How it came in By phone",
        "Notes Brings X-ray",
        "History Booked Dee Desk · Mon 2 Mar 2026, 06:00",
    ):
        assert part in shown


def test_rooms_and_devices_are_named(desk: Desk) -> None:
    chair = make_asset(desk.clinic, name="Chair 7")
    desk.service.phases.get().needs.create(role="resource", kind="chair")
    assert f"Room and devices {chair.name}" in text(desk.get("appointment", desk.book("10:00").pk))


STEPS = [
    ((), ["Arrived", "Completed", "No-show", "Back to a request", "Move", *["Cancel appointment"] * 2]),
    (
        ("arrive",),
        ["Call in", "Start", "Completed", "Not here after all", "Went away", "Move", *["Cancel appointment"] * 2],
    ),
    (
        ("arrive", "call"),
        [
            *("Start", "Completed", "Not here after all", "Back to waiting", "Went away", "Move"),
            *["Cancel appointment"] * 2,
        ],
    ),
    (("arrive", "left"), ["Reopen", "Reopen"]),
    (("arrive", "start"), ["Completed", "Not started yet", "Move"]),
    (("complete",), ["Reopen", "Reopen"]),
    (("no-show",), ["Came after all", "Reopen", "Reopen"]),
]


@pytest.mark.parametrize(("steps", "offered"), STEPS)
def test_only_what_its_status_allows_is_offered(
    desk: Desk, visit: Appointment, steps: tuple[str, ...], offered: list[str]
) -> None:
    """APT-4"""
    for step in steps:
        assert desk.post("appointment-step", visit.pk, step).status_code == 200
    assert buttons(desk.get("appointment", visit.pk)) == offered


@pytest.mark.parametrize(
    ("role", "offered"),
    [("read_only", []), ("clinical_staff", ["Arrived", "Completed", "No-show", "Back to a request", "Move"])],
)
def test_only_what_the_reader_may_is_offered(desk: Desk, visit: Appointment, role: str, offered: list[str]) -> None:
    """ACC-3"""
    desk.client.force_login(make_user(role, desk.clinic))
    assert buttons(desk.get("appointment", visit.pk)) == offered


def test_a_step_is_announced_and_written_down(desk: Desk, visit: Appointment) -> None:
    response = desk.post("appointment-step", visit.pk, "arrive", version=visit.version)
    assert (response.status_code, said(response)) == (200, f"{visit.number}: Arrived")
    assert "History Confirmed → Arrived Dee Desk" in text(response)


@pytest.mark.parametrize(
    ("steps", "announced", "told"),
    [
        (("call",), "Called in", "Called in"),
        (("call", "uncall"), "Arrived", "Waiting again"),
        (("left",), "Left without being seen", "Arrived → Cancelled"),
    ],
)
def test_the_queues_steps(desk: Desk, visit: Appointment, steps: tuple[str, ...], announced: str, told: str) -> None:
    """VIS-2"""
    for step in ("arrive", *steps):
        response = desk.post("appointment-step", visit.pk, step)
    assert said(response) == f"{visit.number}: {announced}"
    assert told in text(response)


def test_a_stale_step_does_nothing_and_shows_how_it_stands(desk: Desk, visit: Appointment) -> None:
    """APT-6"""
    arrive(visit.pk, actor=actor_for(desk.user), now=NOW)
    response = desk.post("appointment-step", visit.pk, "no-show", version=visit.version)
    assert response.status_code == 412
    assert "Somebody changed this appointment meanwhile." in text(response)
    assert (Appointment.objects.get().status, "Arrived" in text(response)) == ("arrived", True)


def test_a_step_that_is_not_allowed_says_so(desk: Desk, visit: Appointment) -> None:
    response = desk.post("appointment-step", visit.pk, "start")
    assert (response.status_code, errors(response)) == (
        409,
        ["An appointment that is confirmed can't be in progress."],
    )


def test_no_such_step(desk: Desk, visit: Appointment) -> None:
    assert desk.post("appointment-step", visit.pk, "explode").status_code == 404


def test_cancelling_with_a_reason_and_back(desk: Desk, visit: Appointment) -> None:
    """APT-7"""
    cancelled = desk.post("appointment-cancel", visit.pk, reason="patient_ill", note="flu")
    assert "Called off because Patient is ill – flu" in text(cancelled)
    assert buttons(cancelled) == ["Reopen", "Reopen"]
    empty = desk.post("appointment-reopen", visit.pk, reason=" ", opened="reopen")
    assert (empty.status_code, errors(empty)) == (422, ["Missing: reason."])
    assert 'id="reopen-form" class="more" novalidate' in empty.content.decode()  # still open
    restored = desk.post("appointment-reopen", visit.pk, reason="feels better")
    assert "Cancelled → Confirmed feels better" in text(restored)


def test_the_clinics_own_reasons_are_offered_too(desk: Desk, visit: Appointment) -> None:
    CancelReason.objects.create(clinic=desk.clinic, code="snow", name="Snowed in")
    CancelReason.objects.create(clinic=desk.clinic, code="old", name="Old", active=False)
    listed = desk.get("appointment", visit.pk).content.decode().split('id="cancel-reason"')[1].split("</select>")[0]
    found = re.findall(r'<option value="(\w+)">', listed)
    assert found == ["patient_request", "patient_ill", "provider_unavailable", "booked_by_mistake", "snow", "other"]


def test_an_appointment_costs_the_same_after_much_has_happened(
    desk: Desk, visit: Appointment, django_assert_num_queries
) -> None:
    """OPS-5"""
    desk.get("appointment", visit.pk)
    with django_assert_num_queries(17):  # three for the look, one for who comes too, one for what it was booked with
        desk.get("appointment", visit.pk)
    other = make_provider(desk.clinic, service=desk.service)
    for provider in (other, desk.provider, other):
        form = {"day": str(MONDAY), "time": "10:30", "provider": provider.pk}
        assert desk.post("appointment-move-to", visit.pk, **form).status_code == 200
    with django_assert_num_queries(18):  # the names of the providers it was moved between
        desk.get("appointment", visit.pk)


def test_an_earlier_state_is_put_back_from_the_history(desk: Desk, visit: Appointment) -> None:
    """APT-10"""
    desk.post("appointment-move-to", visit.pk, day=str(MONDAY), time="14:00")
    [entry] = Entry.objects.filter(subject=visit.pk, fact="appointment_rescheduled")
    assert "Put back" in text(desk.get("appointment", visit.pk))
    stale = desk.post("appointment-put-back", visit.pk, entry.pk, version=1)
    assert stale.status_code == 412
    back = desk.post("appointment-put-back", visit.pk, entry.pk, version=2)
    assert (back.status_code, Appointment.objects.get().start) == (200, visit.start)
    assert "Put back to an earlier state" in text(back)
    assert "127.0.0.1" not in text(back)
    reader = Desk.__new__(Desk)
    reader.client = Client(headers={"HX-Request": "true"})
    reader.client.force_login(make_user("read_only", desk.clinic))
    assert "put-back" not in reader.get("appointment", visit.pk).content.decode()
    reader.client.force_login(make_user("clinic_admin", desk.clinic))
    assert "127.0.0.1" in text(reader.get("appointment", visit.pk))
