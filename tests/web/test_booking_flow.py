"""The booking form step by step, and what becomes of it when it is sent again."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
import time_machine
from django.http import HttpResponse

from orderly.appointments.actions.book import book
from orderly.appointments.models import Appointment
from orderly.calendars.models import Hold
from orderly.catalogue.models import Offering, Service
from orderly.journal.models import Entry, Look, Shown
from orderly.people.models import RoleOverride
from orderly.people.queries import actor_for
from orderly.resources.models import Provider
from tests.factories import (
    MONDAY,
    NOW,
    at,
    booking,
    make_asset,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
    make_user,
)
from tests.web.desk import Desk, errors, others, said, text, value

pytestmark = pytest.mark.django_db

TOKEN = "019cad21-cf00-7127-84cb-8b8f2f1d9434"
CLOCK = re.compile(r'data-fill data-time="([^"]+)" aria-pressed="(true|false)"')
SUMMARY = re.compile(r'<dl class="facts">(.*?)</dl>', re.DOTALL)
COST = 34
OPTION = re.compile(r'<option value="([^"]*)"( selected)?>([^<]*)</option>')


@pytest.fixture
def young(desk: Desk) -> Provider:
    """Somebody else who gives the service, for a price of their own."""
    provider = make_provider(desk.clinic, name="Young", title="Dr")
    Offering.objects.create(service=desk.service, provider=provider, price=7000)
    return provider


@pytest.fixture
def seat(desk: Desk) -> Service:
    """Needs one of two chairs."""
    for name in ("Chair 1", "Chair 2"):
        make_asset(desk.clinic, "chair", name=name)
    service = make_service(desk.clinic, 30, name="Filling", asset_kinds=("chair",))
    Offering.objects.create(service=service, provider=desk.provider)
    return service


def clocks(response: HttpResponse) -> list[str]:
    return [clock for clock, _ in CLOCK.findall(response.content.decode())]


def summary(response: HttpResponse) -> str:
    [found] = SUMMARY.findall(response.content.decode()) or [""]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found)).split())


def options(response: HttpResponse, name: str) -> list[tuple[str, str, bool]]:
    select = re.search(rf'<select[^>]*name="{name}"[^>]*>(.*?)</select>', response.content.decode(), re.DOTALL)
    assert select
    return [(pk, label, bool(chosen)) for pk, chosen, label in OPTION.findall(select[1])]


def step_by_step(desk: Desk, **more: object) -> HttpResponse:
    """Held as the form stands after a patient was chosen."""
    form = {"day": str(MONDAY), "provider": "any", "patient": desk.patient.pk, **more}
    return desk.post("booking-hold", desk.clinic.pk, **form)


def test_step_by_step_it_opens_for_anybody_and_waits_for_the_patient(desk: Desk, young: Provider) -> None:
    """APT-1: nothing is held before it has come to the time."""
    response = desk.get("booking", desk.clinic.pk, day=str(MONDAY))
    assert options(response, "provider") == [
        ("any", "Any provider", True),
        (str(desk.provider.pk), "Dr Smith", False),
        (str(young.pk), "Dr Young", False),
    ]
    assert "Clinic Riverside" in text(response)
    assert "Free times are shown as soon as the patient is chosen." in text(response)
    assert ('name="time"' in response.content.decode(), 'hx-trigger="load' in response.content.decode()) == (
        False,
        False,
    )


def test_with_the_patient_the_first_free_time_is_held(desk: Desk, young: Provider) -> None:
    """APT-1: the patient's own visits count too; a week is offered, and the day's times."""
    desk.book("09:00")
    response = step_by_step(desk)
    assert (response.status_code, value(response, "day"), value(response, "time")) == (200, "2026-03-02", "09:30")
    assert Hold.objects.get().start == at(desk.clinic, MONDAY, "09:30")
    assert clocks(response)[:3] == ["09:30", "09:45", "10:00"]
    assert len(clocks(response)) == 29
    assert "Monday" not in text(response)
    assert "Mon 2 29 (29 free times) Tue 3 31 (31 free times)" in text(response)
    assert "Sat 7 – (0 free times) Sun 8 – (0 free times)" in text(response)
    assert "Has a visit that day: 09:00–09:30, Consultation, Dr Smith" in text(response)


def test_nothing_free_for_weeks(desk: Desk) -> None:
    desk.service.horizon_days = 1
    desk.service.save()
    response = step_by_step(desk, day="2026-06-01")
    assert (response.status_code, value(response, "day"), Hold.objects.count()) == (422, "2026-06-01", 0)
    assert "Nothing is free on that day." in text(response)


def test_what_was_only_proposed_is_looked_for_anew(desk: Desk) -> None:
    """APT-1: another service takes another time; a time that somebody chose stays."""
    long = make_service(desk.clinic, 120, name="Surgery")
    Offering.objects.create(service=long, provider=desk.provider)
    desk.book("10:00", patient=make_patient(desk.clinic))
    first = step_by_step(desk)
    names = ("day", "time", "hold", "proposed", "since")
    kept = {name: value(first, name) for name in names}
    assert (kept["time"], kept["proposed"]) == ("09:00", "2026-03-02 09:00")
    anew = step_by_step(desk, **kept, service=long.pk)
    assert (anew.status_code, value(anew, "time"), Hold.objects.count()) == (200, "10:30", 1)
    kept["hold"] = value(anew, "hold")
    chosen = step_by_step(desk, **{**kept, "time": "09:15"}, service=long.pk)
    assert (chosen.status_code, value(chosen, "time"), value(chosen, "proposed")) == (409, "09:15", "")
    assert errors(chosen) == ["Dr Smith is busy 10:00–10:30."]
    assert others(chosen)[0] == ("2026-03-02", "10:30")
    another = step_by_step(desk, **{**kept, "day": "2026-03-04"})
    assert (value(another, "day"), value(another, "time")) == ("2026-03-04", "09:00")


def test_the_summary_says_all_that_is_booked(desk: Desk, young: Provider, seat: Service) -> None:
    """APT-1"""
    desk.book("09:00")
    response = step_by_step(desk, service=desk.service.pk, time="09:00", patient=make_patient(desk.clinic).pk)
    assert (
        summary(response) == "Who What Consultation 30 minutes · £70.00 When Mon 2 Mar 2026, 09:00–09:30 With Dr Young"
    )
    asked = step_by_step(desk, service=desk.service.pk, time="11:00", undecided="1")
    assert summary(asked).endswith("With a request, for now with Dr Smith")
    chair = step_by_step(desk, provider=desk.provider.pk, service=seat.pk, time="12:00", duration_minutes="45")
    assert summary(chair) == (
        "Who What Filling 45 minutes · £50.00 When Mon 2 Mar 2026, 12:00–12:45 With Dr Smith · Chair 1"
    )


def test_whoever_is_free_gets_it_or_nobody_yet(desk: Desk, young: Provider) -> None:
    """APT-1, AVL-4: what was shown is what is booked; left open, it is a request."""
    desk.book("10:00", patient=make_patient(desk.clinic))
    held = step_by_step(desk, time="10:00")
    assert "Dr Young" in summary(held)
    form = desk.form("10:00", provider="any")
    desk.post("booking-book", desk.clinic.pk, **form, hold=value(held, "hold"))
    made = Appointment.objects.get(patient=desk.patient)
    assert (made.provider, made.status, Hold.objects.count()) == (young, "confirmed", 0)
    without = desk.post("booking-book", desk.clinic.pk, **desk.form("11:00", provider="any"))
    assert (without.status_code, Appointment.objects.latest("start").provider) == (200, desk.provider)
    asked = desk.post("booking-book", desk.clinic.pk, **desk.form("12:00", provider="any", undecided="1"))
    request = Appointment.objects.latest("start")
    assert (asked.status_code, request.provider, request.status) == (200, None, "requested")
    past = desk.form("12:00", day="2026-02-27", provider="any", afterwards_reason="Power cut")
    assert errors(desk.post("booking-book", desk.clinic.pk, **past)) == ["Choose a provider."]


def test_a_chair_can_be_chosen_among_the_free(desk: Desk, seat: Service) -> None:
    """APT-1: it stays while it can; where it can't, the time is worth more."""
    first = step_by_step(desk, service=seat.pk, time="10:00", provider=desk.provider.pk)
    [(auto, name, _), (other, label, _)] = options(first, "resources")
    assert (auto, name, label) == ("", "Chair 1", "Chair 2")
    form = {"service": seat.pk, "provider": desk.provider.pk, "resources": [other], "hold": value(first, "hold")}
    second = step_by_step(desk, **form, time="10:00")
    assert [(label, chosen) for _, label, chosen in options(second, "resources")] == [
        ("Whichever is free", False),
        ("Chair 2", True),
        ("Chair 1", False),
    ]
    start = at(desk.clinic, MONDAY, "11:00")
    colleague, somebody = make_provider(desk.clinic, service=seat), make_patient(desk.clinic)
    taken = booking(desk.clinic, seat, colleague, somebody, start, resources=frozenset({UUID(other)}))
    book(taken, actor=actor_for(desk.user), now=NOW)
    third = step_by_step(desk, **{**form, "hold": value(second, "hold")}, time="11:00")
    assert (third.status_code, errors(third)) == (200, ["Chair 2 is taken 11:00–11:30."])
    assert [label for _, label, _ in options(third, "resources")] == ["Chair 1"]
    assert Hold.objects.get().start == start


def test_the_holder_is_named_to_colleagues(desk: Desk) -> None:
    """AVL-6, AVL-5: with three other times; one's own other window says so."""
    colleague = make_user("front_desk", desk.clinic, name="Timur")
    mine = desk.post("booking-hold", desk.clinic.pk, **desk.form(patient=""))
    again = desk.post("booking-hold", desk.clinic.pk, **desk.form(patient=""))
    assert errors(again) == ["You are holding 10:00–10:30 yourself, in another window."]
    Hold.objects.filter(pk=value(mine, "hold")).update(owner=colleague)
    theirs = desk.post("booking-hold", desk.clinic.pk, **desk.form(patient=""))
    assert errors(theirs) == ["Timur is booking 10:00–10:30 right now."]
    assert others(theirs) == [("2026-03-02", "09:30"), ("2026-03-02", "10:30"), ("2026-03-02", "09:15")]


def test_a_hold_that_ran_out_is_taken_again(desk: Desk) -> None:
    """AVL-6"""
    first = desk.post("booking-hold", desk.clinic.pk, **desk.form())
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        again = desk.post("booking-hold", desk.clinic.pk, **desk.form(hold=value(first, "hold")))
        assert (again.status_code, 'data-seconds="300"' in again.content.decode()) == (200, True)
        assert value(again, "hold") != value(first, "hold")
    with time_machine.travel(NOW + timedelta(minutes=14), tick=False):
        late = desk.post("booking-book", desk.clinic.pk, **desk.form(hold=value(again, "hold")))
    assert (late.status_code, Appointment.objects.count()) == (200, 1)


def test_one_form_books_once(desk: Desk) -> None:
    """ACC-5, APT-1: sent twice, sent again by the way back with something else in it; another form books anew."""
    form = desk.form(token=TOKEN)
    first = desk.post("booking-book", desk.clinic.pk, **form)
    for more in ({}, {"time": "14:00"}, {"notes": "Enter, twice"}):
        again = desk.post("booking-book", desk.clinic.pk, **{**form, **more})
        assert (again.status_code, said(again)) == (200, said(first))
    assert Appointment.objects.count() == 1
    refused = desk.post("booking-book", desk.clinic.pk, **desk.form(token=TOKEN.replace("0", "a")))
    assert (refused.status_code, errors(refused)) == (
        409,
        ["The patient is busy at that time.", "Dr Smith is busy 10:00–10:30."],
    )


def test_a_refused_form_can_be_sent_again(desk: Desk) -> None:
    """ACC-5: its token is good until something was booked with it."""
    desk.book("10:00", patient=make_patient(desk.clinic))
    refused = desk.post("booking-book", desk.clinic.pk, **desk.form(token=TOKEN))
    assert (refused.status_code, value(refused, "token")) == (409, TOKEN)
    assert desk.post("booking-book", desk.clinic.pk, **desk.form("11:00", token=TOKEN)).status_code == 200
    assert desk.post("booking-book", desk.clinic.pk, **desk.form("12:00", token="lost")).status_code == 200


def test_sent_again_after_it_was_called_off(desk: Desk) -> None:
    """CAL-9: undone isn't booked; the form says so, and books anew when it is pressed once more."""
    form = desk.form(token=TOKEN)
    made = Appointment.objects.get(number=said(desk.post("booking-book", desk.clinic.pk, **form)).split(": ")[1])
    desk.post("appointment-undo", made.pk, version=made.version)
    again = desk.post("booking-book", desk.clinic.pk, **form)
    told = f"{made.number}, booked with this form, has been cancelled since. Press Book to book it anew."
    assert (again.status_code, errors(again)) == (409, [told])
    assert desk.post("booking-book", desk.clinic.pk, **{**form, "token": value(again, "token")}).status_code == 200
    assert sorted(Appointment.objects.values_list("status", flat=True)) == ["cancelled", "confirmed"]


@pytest.mark.parametrize(("ticked", "told"), [(["false", "true"], True), (["false"], False)])
def test_the_patient_is_told_if_that_is_ticked(desk: Desk, ticked: list[str], told: bool) -> None:
    """CAL-9: asked once, with what they would read; not asked for somebody without an e-mail address."""
    held = desk.post("booking-hold", desk.clinic.pk, **desk.form())
    assert 'name="tell"' not in held.content.decode()
    desk.patient.email = "ann@example.org"
    desk.patient.save()
    held = desk.post("booking-hold", desk.clinic.pk, **desk.form(hold=value(held, "hold")))
    shown = text(held)
    assert "Tell the patient by e-mail ann@example.org" in shown
    assert "We have booked this appointment for you: When: Monday 2 March 2026, 10:00–10:30" in shown
    desk.post("booking-book", desk.clinic.pk, **desk.form(hold=value(held, "hold"), tell=ticked))
    assert Entry.objects.get(fact="appointment_booked").ids["tell"] is told
    assert Look.objects.filter(what="patient", subject=desk.patient.pk).exists()


def test_in_another_clinic_everything_goes_on_that_it_knows(desk: Desk) -> None:
    """APT-1: only clinics where one may book; the time that was held here is free again."""
    there, closed = make_clinic(name="Hill"), make_clinic(name="Vale")
    desk.user.memberships.create(clinic=there, role="front_desk")
    desk.user.memberships.create(clinic=closed, role="read_only")
    make_provider(there, service=make_service(there, 30, name="Massage"), name="Hay")
    panel = desk.get("booking", desk.clinic.pk)
    assert [label for _, label, _ in options(panel, "clinic")] == ["Hill", "Riverside"]
    held = desk.post("booking-hold", desk.clinic.pk, **desk.form())
    form = desk.form(hold=value(held, "hold"), notes="Brings X-ray", token=TOKEN)
    moved = desk.post("booking-elsewhere", desk.clinic.pk, **form, clinic=there.pk)
    assert (moved.status_code, Hold.objects.count()) == (200, 0)
    assert f"/booking/{there.pk}/book" in moved.content.decode()
    assert [label for _, label, chosen in options(moved, "service") if chosen] == ["Massage"]
    assert (value(moved, "time"), value(moved, "token"), value(moved, "patient")) == (
        "10:00",
        TOKEN,
        str(desk.patient.pk),
    )
    assert "Brings X-ray" in text(moved)
    for wrong in (closed.pk, make_clinic().pk, "x"):
        assert desk.post("booking-elsewhere", desk.clinic.pk, **form, clinic=wrong).status_code == 404


def test_visits_of_the_day_are_told_only_of_calendars_one_may_see(desk: Desk) -> None:
    """ACC-4: and that they were shown is logged."""
    made = desk.book("15:00")
    shown = desk.post("booking-hold", desk.clinic.pk, **desk.form())
    assert "Has a visit that day: 15:00–15:30, Consultation, Dr Smith" in text(shown)
    assert Shown.objects.filter(look=Look.objects.latest("id")).get().subject == made.pk
    elsewhere = Desk()
    busy = desk.post("booking-hold", desk.clinic.pk, **desk.form("15:00"))
    assert errors(busy) == ["Dr Smith is busy 15:00–15:30.", "The patient is busy at that time."]
    form = elsewhere.form(patient=desk.patient.pk)
    elsewhere.user.memberships.create(clinic=desk.clinic, role="billing")
    RoleOverride.objects.create(clinic=desk.clinic, role="billing", permission="booking:view_calendar", allowed=False)
    quiet = elsewhere.post("booking-hold", elsewhere.clinic.pk, **form)
    assert "Has a visit" not in text(quiet)


WRONG = {
    "day": ("", "soon", "2026-02-30", "\0", "9" * 300),
    "time": ("", "25:00", "\0", "9" * 300),
    "provider": ("", "nobody", "\0", TOKEN),
    "service": ("", "nothing", "\0", TOKEN),
    "patient": ("", "nobody", "\0", TOKEN),
    "duration_minutes": ("long", "-5", "0", "99999", "1\0"),
    "resources": ("chair", TOKEN, "\0"),
    "source": ("", "pigeon", "\0"),
    "referral": ("x" * 201, "\0", "\u202e"),
    "notes": ("x" * 2001, "\0", "\u202e"),
    "overbook_reason": ("x" * 201, "\0"),
    "afterwards_reason": ("x" * 201, "\0"),
}


@pytest.mark.parametrize(("field", "typed"), [(name, one) for name, tries in WRONG.items() for one in tries])
def test_what_is_wrong_is_said_and_nothing_is_written(desk: Desk, field: str, typed: str) -> None:
    """APT-11, ACC-5"""
    more = {"day": "2026-02-27"} if field == "afterwards_reason" else {}
    response = desk.post("booking-book", desk.clinic.pk, **{**desk.form(**more), field: typed})
    assert (response.status_code in (404, 422), Appointment.objects.count()) == (True, 0)
    assert len(errors(response)) == 1
    assert desk.post("booking-hold", desk.clinic.pk, **{**desk.form(), field: typed}).status_code in (200, 404, 422)


def test_holding_costs_the_same_with_many_to_choose_from(desk: Desk, django_assert_num_queries) -> None:
    """OPS-5"""

    def cost() -> None:
        with django_assert_num_queries(COST):
            assert step_by_step(desk, time="10:00", service=desk.service.pk).status_code == 200
        Hold.objects.get().claim.delete()

    make_provider(desk.clinic, service=desk.service)
    step_by_step(desk, time="10:00")
    Hold.objects.get().claim.delete()
    cost()
    for hour in (11, 12, 13):
        make_provider(desk.clinic, service=desk.service)
        Offering.objects.create(service=make_service(desk.clinic), provider=desk.provider)
        desk.book(f"{hour}:00", patient=make_patient(desk.clinic))
    cost()
