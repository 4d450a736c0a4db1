"""PAT-9: whatever answers with a patient or an appointment has logged who looked, before the answer leaves; and nobody
keeps a copy of it.

Nothing here goes by what a route says of itself: each is called, and its answer searched for the patient.
"""

from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db.models import QuerySet

from orderly.appointments.models import Appointment
from orderly.edge.routes import Route
from orderly.journal.models import Entry, Kind, Look, Shown
from orderly.people.permissions import Role
from tests.api.practice import Practice
from tests.architecture.calls import CALLS
from tests.architecture.calls.admin import ADMIN
from tests.architecture.test_routes_walk import OURS, content, visitor
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FIRST, LAST, MOBILE = "Zebedee", "Quixworth", "+447700901234"


def about_people(practice: Practice, answer: str) -> bool:
    """Whether the answer names the patient, or one of their appointments."""
    own = [FIRST, LAST, MOBILE, str(practice.patient.pk)]
    for pk, number in Appointment.objects.values_list("pk", "number"):
        own += [str(pk), number]
    return any(word in answer for word in own)


def logged(looks: QuerySet[Look]) -> set[UUID]:
    """Whom and what these looks name; a calendar, a queue and the audit list are named by their clinic."""
    single = looks.exclude(subject=None).values_list("subject", flat=True)
    watched = looks.filter(subject=None, count=0).exclude(kind=Kind.SEARCH).values_list("clinic", flat=True)
    return {*single, *Shown.objects.filter(look__in=looks).values_list("subject", flat=True), *watched}


def mine(practice: Practice) -> set[UUID]:
    return {practice.patient.pk, practice.clinic.pk, *Appointment.objects.values_list("pk", flat=True)}


@pytest.mark.parametrize("route", OURS, ids=lambda route: f"{route.method} {route.path}")
def test_every_answer_about_people_leaves_a_trace(route: Route) -> None:
    with time_machine.travel(NOW, tick=False):
        practice = Practice()
        for name, value in {"first_name": FIRST, "last_name": LAST, "mobile": MOBILE}.items():
            setattr(practice.patient, name, value)
        practice.patient.save()
        staff = route.path.startswith(ADMIN)
        client, user = visitor(Role.CLINIC_ADMIN, practice, is_staff=staff)
        call = CALLS[route.method, route.path](practice, user)
        if call.by is not None:
            client, user = visitor(Role.SUPER_ADMIN, practice, is_staff=staff)
        practice.book("2026-03-02T15:00")
        before = list(Look.objects.values_list("pk", flat=True))
        changes = Entry.objects.count()
        response = client.generic(route.method, call.path, *content(call))
        assert (response.status_code, "no-store" in response["Cache-Control"]) == (call.status, True)
        body, looks = read(response), Look.objects.exclude(pk__in=before)
        if about_people(practice, body.replace(call.path, "")) and Entry.objects.count() == changes:
            assert logged(looks) & mine(practice), "shown to somebody, and nobody will ever know"
        who = {(look.user, look.at, look.address) for look in looks}
        assert who <= {(user.pk, NOW, "127.0.0.1")}


def read(response: Any) -> str:
    body = b"".join(response) if response.streaming else response.content
    return body.decode(errors="replace")
