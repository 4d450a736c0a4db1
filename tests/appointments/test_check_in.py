"""VIS-3: checking in at the desk, by link and at a kiosk; VIS-2: the screens that need no sign-in."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.check_in import by_kiosk, by_link, check_in, make_link
from orderly.appointments.actions.progress import arrive, complete, confirm, start
from orderly.appointments.actions.screens import MOST, add_screen, note_seen, revoke_screen
from orderly.appointments.actions.visits import call
from orderly.appointments.choices import ScreenKind
from orderly.appointments.inputs import CheckIn
from orderly.appointments.models import Appointment, CheckInLink, Screen, Visit, VisitCheck
from orderly.appointments.queries.check_in import Standing, ahead_of, linked, standing
from orderly.appointments.queries.screens import Call, Numbers, display_of, numbers, screen_of
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.errors import Conflict, Forbidden, Invalid, NotFound
from orderly.engine.problems import Code
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from orderly.resources.models import Provider
from tests.appointments.asking import booked, codes, refusal
from tests.factories import MONDAY, NOW, make_actor, make_asset, make_clinic, make_patient, make_provider, make_service

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BORN = date(1988, 12, 20)
EVERYTHING = frozenset({"identity", "consents", "contact"})
HERE = {"address": "192.0.2.7", "now": NINE}


@pytest.fixture
def ann(clinic: Clinic) -> Patient:
    return make_patient(clinic, birth_date=BORN, mobile="+447400900123", email="ann@example.org")


@pytest.fixture
def made(clinic: Clinic, service: Service, doctor: Provider, ann: Patient) -> Appointment:
    return booked(clinic, service, doctor, ann, "10:00")


@pytest.fixture
def kiosk(clinic: Clinic, desk: Actor) -> str:
    return add_screen(clinic.pk, "kiosk", "Door", actor=desk, now=NOW)[1]


def stands(made: Appointment) -> tuple[Any, ...]:
    found = Visit.objects.select_related("appointment").get(appointment=made)
    return found.appointment.status, found.arrived_at


def last(made: Appointment) -> Entry:
    return Entry.objects.filter(subject=made.pk).latest("id")


def test_ticking_is_part_of_arriving(made: Appointment, desk: Actor) -> None:
    found = check_in(made.pk, CheckIn(checked=EVERYTHING), actor=desk, now=NINE)
    assert stands(made) == ("arrived", NINE)
    kept = list(found.visit.checks.order_by("id").values_list("what", "at", "by"))
    assert kept == [(what, NINE, desk.user) for what in ("identity", "consents", "contact")]
    entry = last(made)
    ids = {"visit": str(found.visit.pk), "checks": ["identity", "consents", "contact"]}
    assert (entry.fact, entry.changes, {**entry.ids, **ids}) == ("visit_checked", {}, entry.ids)


def test_what_is_missing_can_be_ticked_later_and_stays_whose_it_was(made: Appointment, desk: Actor) -> None:
    boss = make_actor(Role.CLINIC_ADMIN, made.clinic)
    check_in(made.pk, CheckIn(checked=frozenset({"identity"})), actor=desk, now=NINE)
    found = check_in(made.pk, CheckIn(checked=EVERYTHING), actor=boss, now=NINE + timedelta(minutes=5))
    by = dict(VisitCheck.objects.values_list("what", "by"))
    assert by == {"identity": desk.user, "consents": boss.user, "contact": boss.user}
    again = check_in(made.pk, CheckIn(checked=EVERYTHING), actor=desk, now=NINE + timedelta(minutes=6))
    assert (again.version, stands(made)) == (found.version, ("arrived", NINE))


def test_a_clinic_may_require_it_of_whoever_comes(made: Appointment, desk: Actor) -> None:
    made.clinic.check_in_requires = ["identity", "consents"]
    made.clinic.save()
    wanted = refusal(lambda: arrive(made.pk, actor=desk, now=NINE), Invalid)
    assert codes(wanted) == [("missing", "identity"), ("missing", "consents")]
    some = CheckIn(checked=frozenset({"identity", "contact"}))
    assert codes(refusal(lambda: check_in(made.pk, some, actor=desk, now=NINE), Invalid)) == [("missing", "consents")]
    assert (stands(made), VisitCheck.objects.count()) == (("confirmed", None), 0)
    check_in(made.pk, CheckIn(checked=EVERYTHING), actor=desk, now=NINE)
    start(made.pk, actor=desk, now=NINE)
    arrive(made.pk, actor=desk, now=NINE)  # not begun after all: nothing is asked again
    assert stands(made) == ("arrived", NINE)


def test_who_is_not_here_after_all_was_not_checked(made: Appointment, desk: Actor) -> None:
    check_in(made.pk, CheckIn(checked=EVERYTHING), actor=desk, now=NINE)
    confirm(made.pk, actor=desk, now=NINE)
    assert (stands(made), VisitCheck.objects.count()) == (("confirmed", None), 0)


def test_a_new_number_goes_into_the_record(made: Appointment, ann: Patient, desk: Actor) -> None:
    same = CheckIn(mobile=ann.mobile, email=ann.email, checked=frozenset({"contact"}))
    check_in(made.pk, same, actor=desk, now=NINE)
    assert Entry.objects.filter(subject=ann.pk).count() == 0
    new = CheckIn(mobile="07400 900 555", email="lee@example.org")
    found = check_in(made.pk, new, actor=desk, now=NINE)
    assert (found.patient.mobile, found.patient.email) == ("+447400900555", "lee@example.org")
    assert [entry.fact for entry in Entry.objects.filter(subject=ann.pk)] == ["patient_changed"]


def test_a_wrong_number_stops_all_of_it(made: Appointment, desk: Actor) -> None:
    given = CheckIn(mobile="12", checked=EVERYTHING)
    assert codes(refusal(lambda: check_in(made.pk, given, actor=desk, now=NINE), Invalid)) == [("invalid", "mobile")]
    assert (stands(made), VisitCheck.objects.count()) == (("confirmed", None), 0)


def test_only_whoever_may(made: Appointment) -> None:
    looker, stranger = make_actor(Role.READ_ONLY, made.clinic), make_actor(Role.FRONT_DESK, make_clinic())
    with pytest.raises(Forbidden):
        check_in(made.pk, CheckIn(), actor=looker, now=NINE)
    with pytest.raises(NotFound):
        check_in(made.pk, CheckIn(), actor=stranger, now=NINE)
    with pytest.raises(Forbidden):
        make_link(made.pk, actor=looker, now=NINE)
    with pytest.raises(Forbidden):
        add_screen(made.clinic_id, "display", "Hall", actor=looker, now=NOW)
    screen, _ = add_screen(made.clinic_id, "display", "Hall", actor=make_actor(Role.DOCTOR, made.clinic), now=NOW)
    with pytest.raises(NotFound):
        revoke_screen(screen.pk, actor=stranger, now=NOW)


def test_nobody_checks_shoes(made: Appointment, desk: Actor) -> None:
    shoes = CheckIn(checked=frozenset({"shoes"}))
    assert codes(refusal(lambda: check_in(made.pk, shoes, actor=desk, now=NINE), Invalid)) == [("invalid", "checked")]
    assert stands(made) == ("confirmed", None)


def test_a_patient_says_so_by_the_link(made: Appointment, desk: Actor) -> None:
    secret = make_link(made.pk, actor=desk, now=NOW)
    assert last(made).fact == "check_in_link_made"
    assert CheckInLink.objects.filter(digest=secret).count() == 0
    found = by_link(secret, **HERE)
    assert (found.pk, stands(made)) == (made.pk, ("arrived", NINE))
    entry = last(made)
    assert (entry.fact, entry.user, entry.address) == ("appointment_status_changed", None, "192.0.2.7")
    assert entry.ids["way"] == "link"
    again = by_link(secret, address="192.0.2.7", now=NINE + timedelta(minutes=9))
    assert (again.version, stands(made)) == (found.version, ("arrived", NINE))


@pytest.mark.parametrize(
    ("before", "wanted"),
    [(timedelta(minutes=121), Standing.EARLY), (timedelta(minutes=120), Standing.EXPECTED)],
)
def test_from_two_hours_before(made: Appointment, desk: Actor, before: timedelta, wanted: Standing) -> None:
    at = datetime(2026, 3, 2, 10, 0, tzinfo=UTC) - before
    secret = make_link(made.pk, actor=desk, now=NOW)
    visit = linked(secret)
    assert visit is not None
    assert standing(visit, "Europe/London", now=at) is wanted
    if wanted is Standing.EARLY:
        assert refusal(lambda: by_link(secret, address="", now=at), Conflict)[0].code is Code.BAD_TRANSITION
    else:
        by_link(secret, address="", now=at)
    assert stands(made)[0] == ("confirmed" if wanted is Standing.EARLY else "arrived")


def test_until_the_day_is_over(made: Appointment, desk: Actor) -> None:
    """Late is welcome; tomorrow isn't. Nor is who was called off, or has been seen."""
    secret = make_link(made.pk, actor=desk, now=NOW)

    def at(hour: int, day: int = 2) -> Standing:
        visit = linked(secret)
        assert visit is not None
        return standing(visit, "Europe/London", now=datetime(2026, 3, day, hour, 59, tzinfo=UTC))

    assert [at(23), at(0, 3), at(9, 1)] == [Standing.EXPECTED, Standing.OVER, Standing.EARLY]
    complete(made.pk, actor=desk, now=NINE)
    assert at(10) is Standing.OVER


def test_of_who_is_not_expected_there_is_no_link(made: Appointment, desk: Actor) -> None:
    secret = make_link(made.pk, actor=desk, now=NOW)
    cancel(made.pk, "other", actor=desk, now=NOW)
    with pytest.raises(Conflict):
        make_link(made.pk, actor=desk, now=NOW)
    with pytest.raises(Conflict):
        by_link(secret, **HERE)
    with pytest.raises(NotFound):
        by_link("nonsense", **HERE)


@pytest.mark.parametrize("proof", ["0123", "900123", "07400 900123", "+44 7400 900123", "number", "short", " 01 23 "])
def test_at_a_kiosk(clinic: Clinic, made: Appointment, kiosk: str, proof: str) -> None:
    said = {"number": made.number.lower(), "short": made.number.rpartition("-")[2]}.get(proof, proof)
    assert by_kiosk(clinic.pk, kiosk, BORN, said, **HERE).pk == made.pk
    assert (stands(made), last(made).ids["way"]) == (("arrived", NINE), "kiosk")


@pytest.mark.parametrize(
    ("born", "proof"),
    [(BORN, "123"), (BORN, "0000"), (BORN, ""), (BORN, "7"), (date(1988, 12, 21), "0123"), (BORN, "AP-")],
)
def test_who_does_not_fit_learns_nothing(clinic: Clinic, made: Appointment, kiosk: str, born: date, proof: str) -> None:
    with pytest.raises(NotFound) as refused:
        by_kiosk(clinic.pk, kiosk, born, proof, **HERE)
    assert (refused.value.field, stands(made)) == ("visit", ("confirmed", None))


def test_twins_with_one_telephone_go_to_the_desk(
    clinic: Clinic, service: Service, made: Appointment, kiosk: str
) -> None:
    twin = make_patient(clinic, birth_date=BORN, mobile="+447400900123")
    second = booked(clinic, service, make_provider(clinic, service=service), twin, "10:00")
    with pytest.raises(NotFound):
        by_kiosk(clinic.pk, kiosk, BORN, "0123", **HERE)
    assert by_kiosk(clinic.pk, kiosk, BORN, second.number, **HERE).pk == second.pk


def test_of_two_visits_the_first_that_is_open(
    clinic: Clinic, service: Service, doctor: Provider, ann: Patient, made: Appointment, kiosk: str
) -> None:
    afternoon = booked(clinic, service, doctor, ann, "10:45")
    arrived = [by_kiosk(clinic.pk, kiosk, BORN, "0123", **HERE).pk for _ in range(3)]
    assert arrived == [made.pk, afternoon.pk, made.pk]


def test_a_kiosk_that_was_switched_off(clinic: Clinic, made: Appointment, desk: Actor) -> None:
    screen, secret = add_screen(clinic.pk, "kiosk", " Door ", actor=desk, now=NOW)
    assert (screen.name, screen_of(clinic.pk, secret, ScreenKind.KIOSK)) == ("Door", screen)
    others = [screen_of(make_clinic().pk, secret, ScreenKind.KIOSK), screen_of(clinic.pk, secret, ScreenKind.DISPLAY)]
    assert [*others, display_of(secret)] == [None] * 3
    revoke_screen(screen.pk, actor=desk, now=NOW)
    revoke_screen(screen.pk, actor=desk, now=NINE)
    assert Screen.objects.get().revoked_at == NOW
    assert list(Entry.objects.filter(subject=screen.pk).values_list("fact", flat=True)) == [
        "screen_added",
        "screen_revoked",
    ]
    with pytest.raises(NotFound):
        by_kiosk(clinic.pk, secret, BORN, "0123", **HERE)


def test_a_screen_needs_a_name_and_a_kind(clinic: Clinic, desk: Actor) -> None:
    def add(kind: str, name: str) -> Any:
        return add_screen(clinic.pk, kind, name, actor=desk, now=NOW)

    assert codes(refusal(lambda: add("radio", ""), Invalid)) == [("invalid", "kind"), ("missing", "name")]
    assert codes(refusal(lambda: add("kiosk", "x" * 61), Invalid)) == [("invalid", "name")]
    for _ in range(MOST):
        add("display", "Hall")
    assert codes(refusal(lambda: add("display", "Hall"), Invalid)) == [("invalid", "name")]


def test_when_a_screen_was_last_on(clinic: Clinic, desk: Actor) -> None:
    """Written once a minute."""
    _, secret = add_screen(clinic.pk, "display", "Hall", actor=desk, now=NOW)
    written = []
    for seconds in (5, 50, 65):
        screen = display_of(secret)
        assert screen is not None
        with CaptureQueriesContext(
            connection,
        ) as asked:
            note_seen(screen, now=NINE + timedelta(seconds=seconds))
        written.append(len(asked))
    assert (written, Screen.objects.get().seen_at) == ([1, 0, 1], NINE + timedelta(minutes=1))


def test_numbers_and_where_they_go(clinic: Clinic, doctor: Provider, service: Service, desk: Actor) -> None:
    """VIS-2: to the room that was booked, else to the provider; in three queries, however many wait."""
    make_asset(clinic, "room", name="Room 4")
    roomy = make_service(clinic, 15, asset_kinds=("room",))
    other = make_provider(clinic, service=roomy, name="Jones", title="Dr")
    assert numbers(clinic.pk, now=NINE) == Numbers([], [])
    here = [
        booked(clinic, roomy, other, make_patient(clinic), "09:00"),
        *(booked(clinic, service, doctor, make_patient(clinic), clock) for clock in ("09:00", "09:30", "10:00")),
    ]
    for minutes, one in enumerate(here):
        arrive(one.pk, actor=desk, now=NINE - timedelta(minutes=9 - minutes))
    call(here[0].pk, actor=desk, now=NINE)
    call(here[1].pk, actor=desk, now=NINE + timedelta(minutes=1))
    with CaptureQueriesContext(connection) as asked:
        found = numbers(clinic.pk, now=NINE)
    assert found == Numbers([Call(2, str(doctor)), Call(1, "Room 4")], [3, 4])
    assert (len(asked), any("patients_patient" in one["sql"] for one in asked)) == (3, False)


def test_how_many_are_before_one(clinic: Clinic, service: Service, doctor: Provider, desk: Actor) -> None:
    here = [booked(clinic, service, doctor, make_patient(clinic), clock) for clock in ("09:30", "09:00", "10:00")]
    for one in here[:2]:
        arrive(one.pk, actor=desk, now=NINE)
    visits = [Visit.objects.get(appointment=one) for one in here]
    assert [ahead_of(visit, now=NINE) for visit in visits] == [1, 0, None]
    assert visits[0].day == MONDAY
