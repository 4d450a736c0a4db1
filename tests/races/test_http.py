"""APT-3, API: the same storms from outside: two web processes on one database, each client with its token."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.models import Appointment
from orderly.calendars.models import Hold
from tests.races.audit import faults
from tests.races.town import Town
from tests.races.web import Web, call, http_storm, insist, serving, token_of

pytestmark = [pytest.mark.race, pytest.mark.live, pytest.mark.django_db(transaction=True)]

CLIENTS = 32
log = logging.getLogger(__name__)


class Practice(Town):
    """A town in real time: the processes read the clock themselves."""

    def __init__(self, patients: int = CLIENTS) -> None:
        super().__init__(patients=patients)
        self.day: date = now().date() + timedelta(days=7)
        self.token = token_of(self.desk.user)

    def at(self, minute: int) -> int:
        return self.time("10:00", self.day) + minute

    def wish(self, nth: int) -> dict[str, str]:
        ids = {"clinic": self.clinic, "service": self.service, "provider": self.providers[0]}
        patient = str(self.patients[nth].pk)
        return {name: str(one.pk) for name, one in ids.items()} | {"patient": patient, "start": f"{self.day}T10:00"}

    def post(self, path: str, body: Any, **more: Any) -> Callable[[Web], tuple[int, Any]]:
        return lambda web: call(web, "POST", path, body, token=self.token, **more)

    def booked(self, nth: int, minute: int) -> Any:
        return self.book(self.patients[nth], self.at(minute), now=now())()


@pytest.fixture
def practice() -> Practice:
    return Practice()


@pytest.fixture(scope="module")
def webs(django_db_setup: None) -> Iterator[list[Web]]:
    with serving() as started:
        yield started


def only_one(answers: list[tuple[int, Any]], status: int) -> None:
    """One got it. The others were told why not, and what they can have instead."""
    log.info("%s clients: %s", len(answers), Counter(got for got, _ in answers))
    lost = [body for got, body in answers if got == 409]
    assert (sum(got == status for got, _ in answers), len(lost)) == (1, len(answers) - 1)
    reasons = [{one["code"] for one in body["problems"]} for body in lost]
    assert set().union(*reasons) <= {"provider_busy", "held", "contended"}
    plain = [body for body, said in zip(lost, reasons, strict=True) if "contended" not in said]
    assert [len(body["alternatives"]) for body in plain] == [3] * len(plain)


def test_storms_over_http(practice: Practice, webs: list[Web]) -> None:
    """Booking, then holding, then moving, then reopening: each by 32 clients or so to one time."""
    body = [{**practice.wish(nth), "source": "phone"} for nth in range(CLIENTS)]
    only_one(http_storm(webs, [practice.post("appointments", one) for one in body]), 201)
    assert (Appointment.objects.count(), faults()) == (1, {})

    holds = [{**practice.wish(nth), "start": f"{practice.day}T11:00"} for nth in range(CLIENTS)]
    only_one(http_storm(webs, [practice.post("holds", one) for one in holds]), 201)
    assert (Hold.objects.count(), faults()) == (1, {})

    made = [practice.booked(nth, 120 + 30 * nth) for nth in range(16)]
    to = {"start": f"{practice.day}T11:30"}
    only_one(http_storm(webs, [practice.post(f"appointments/{one}/reschedule", to) for one in made]), 200)
    assert (Appointment.objects.filter(start=practice.at(90)).count(), faults()) == (1, {})

    gone = [called_off(practice, nth) for nth in range(20)]
    back = {"reason": "after all"}
    only_one(http_storm(webs, [practice.post(f"appointments/{one}/reopen", back) for one in gone]), 200)
    assert (Appointment.objects.filter(start=practice.at(-60), claim__isnull=False).count(), faults()) == (1, {})


def test_twins_over_http(practice: Practice, webs: list[Web]) -> None:
    """API-1: one request sent twenty times to two processes: one booking, and whoever insists is told of that one."""
    body = {**practice.wish(0), "source": "phone"}
    ask = practice.post("appointments", body, key="twin")
    answers = http_storm(webs, [lambda web: insist(lambda: ask(web))] * 20)
    assert len({json.dumps(answer) for answer in answers}) == 1
    assert ({status for status, _ in answers}, Appointment.objects.count(), faults()) == ({201}, 1, {})
    other = practice.post("appointments", {**body, "notes": "x"}, key="twin")(webs[0])
    assert (other[0], other[1]["problems"][0]["field"]) == (422, "Idempotency-Key")


def called_off(practice: Practice, nth: int) -> Any:
    made = practice.booked(nth, -60)
    return cancel(made, "other", actor=practice.desk, now=now()).pk


def test_holding_then_booking_over_http(practice: Practice, webs: list[Web]) -> None:
    """AVL-6: every client holds and books what it holds, under the key of its own attempt."""

    def ask(nth: int) -> Callable[[Web], tuple[int, Any]]:
        def both(web: Web) -> tuple[int, Any]:
            status, held = practice.post("holds", practice.wish(nth))(web)
            if status != 201:
                return status, held
            body = {**practice.wish(nth), "source": "phone", "hold": held["id"]}
            return practice.post("appointments", body, key=f"attempt {nth}")(web)

        return both

    only_one(http_storm(webs, [ask(nth) for nth in range(CLIENTS)]), 201)
    assert (Appointment.objects.count(), Hold.objects.count(), faults()) == (1, 0, {})
