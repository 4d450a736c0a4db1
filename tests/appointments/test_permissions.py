"""ACC-3, ACC-4: each verb asks for its right; another clinic's things aren't there."""

from collections.abc import Callable

import pytest

from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.hold import hold
from orderly.appointments.actions.progress import arrive, complete, confirm, no_show, reopen, start
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Move, Wish
from orderly.appointments.models import Appointment
from orderly.calendars.models import Hold
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.errors import Conflict, Forbidden, NotFound
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.permissions import PERMISSIONS, Role
from orderly.resources.models import Provider
from tests.appointments.asking import booked
from tests.factories import MONDAY, NOW, at, booking, make_actor, make_clinic, make_patient

CREATE, MODIFY, CANCEL = "booking:create_appointment", "booking:modify_appointment", "booking:cancel_appointment"

Verb = Callable[[Appointment, Actor], object]

VERBS: dict[str, tuple[str, Verb]] = {
    "book": (CREATE, lambda made, who: book(again(made), actor=who, now=NOW)),
    "hold": (CREATE, lambda made, who: hold(wish(made), actor=who, now=NOW)),
    "reschedule": (MODIFY, lambda made, who: reschedule(made.pk, Move(start=made.start + 60), actor=who, now=NOW)),
    "confirm": (MODIFY, lambda made, who: confirm(made.pk, actor=who, now=NOW)),
    "arrive": (MODIFY, lambda made, who: arrive(made.pk, actor=who, now=NOW)),
    "start": (MODIFY, lambda made, who: start(made.pk, actor=who, now=NOW)),
    "complete": (MODIFY, lambda made, who: complete(made.pk, actor=who, now=NOW)),
    "no_show": (MODIFY, lambda made, who: no_show(made.pk, actor=who, now=NOW)),
    "reopen": (MODIFY, lambda made, who: reopen(made.pk, "by mistake", actor=who, now=NOW)),
    "cancel": (CANCEL, lambda made, who: cancel(made.pk, "other", actor=who, now=NOW)),
}
STAFF = [role for role in Role if role not in (Role.SUPER_ADMIN, Role.PATIENT)]


def again(made: Appointment) -> object:
    return booking(made.clinic, made.service, made.provider, make_patient(made.clinic), made.start + 120)


def wish(made: Appointment) -> Wish:
    return Wish(clinic=made.clinic_id, service=made.service_id, provider=made.provider_id, start=made.start + 180)


@pytest.fixture
def made(clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> Appointment:
    found = booked(clinic, service, doctor, patient)
    return Appointment.objects.whole().get(pk=found.pk)


def written() -> tuple[int, int, int, str]:
    return (
        Appointment.objects.count(),
        Hold.objects.count(),
        Entry.objects.count(),
        Appointment.objects.latest("pk").status,
    )


def outcome(verb: Verb, made: Appointment, who: Actor) -> str:
    """What came of it: a refused move is one that was allowed to be asked for."""
    try:
        verb(made, who)
    except Forbidden as error:
        return error.permission
    except NotFound:
        return "not there"
    except Conflict as error:
        assert {one.code for one in error.problems} == {"bad_transition"}  # noqa: PT017
    return "done"


@pytest.mark.parametrize("role", STAFF)
@pytest.mark.parametrize(("permission", "verb"), VERBS.values(), ids=VERBS)
def test_each_role_does_what_the_table_says(
    clinic: Clinic, made: Appointment, role: Role, permission: str, verb: Verb
) -> None:
    before = written()
    allowed = role in PERMISSIONS[permission]
    assert outcome(verb, made, make_actor(role, clinic)) == ("done" if allowed else permission)
    assert allowed or written() == before


@pytest.mark.parametrize("role", [Role.CLINIC_ADMIN, Role.READ_ONLY])
@pytest.mark.parametrize(("permission", "verb"), VERBS.values(), ids=VERBS)
def test_another_clinic_is_not_there(made: Appointment, role: Role, permission: str, verb: Verb) -> None:
    before = written()
    assert outcome(verb, made, make_actor(role, make_clinic())) == "not there"
    assert written() == before


@pytest.mark.parametrize("who", ["super_admin", "nobody", "patient"])
@pytest.mark.parametrize(("permission", "verb"), VERBS.values(), ids=VERBS)
def test_the_ends_of_the_table(clinic: Clinic, made: Appointment, who: str, permission: str, verb: Verb) -> None:
    """One who may do everything, one without any role, and the patient role, whose rules are the portal's."""
    actor = make_actor(None if who == "nobody" else who, clinic)
    assert outcome(verb, made, actor) == ("done" if who == "super_admin" else "not there")


def test_the_right_in_one_clinic_is_none_in_another(made: Appointment) -> None:
    """A member of both, with the right in the other one only."""
    elsewhere = make_clinic()
    both = Actor(
        user=None, rights={made.clinic_id: frozenset({"booking:view_calendar"}), elsewhere.pk: frozenset({MODIFY})}
    )
    assert outcome(VERBS["arrive"][1], made, both) == MODIFY


def test_who_is_named_in_another_clinic_is_not_there(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient
) -> None:
    """The request's clinic is asked first."""
    stranger = make_actor(Role.CLINIC_ADMIN, make_clinic())
    with pytest.raises(NotFound) as missing:
        book(booking(clinic, service, doctor, patient, at(clinic, MONDAY, "10:00")), actor=stranger, now=NOW)
    assert missing.value.field == "clinic"
