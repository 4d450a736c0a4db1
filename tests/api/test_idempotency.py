"""The same write sent twice is done once (API-1)."""

from datetime import timedelta

import pytest
import time_machine

from orderly.appointments.models import Appointment
from orderly.edge.idempotency import tidy
from orderly.edge.models import IdempotentAnswer
from orderly.people.models import ApiToken
from orderly.people.queries import digest
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LATER = "2026-03-04T10:00"


def test_the_same_answer_again() -> None:
    practice = Practice()
    first = practice.desk.post("appointments", practice.body(), idempotency_key="k 1~")
    again = practice.desk.post("appointments", practice.body(), idempotency_key="k 1~")
    assert (again.status_code, again.content, again["ETag"]) == (201, first.content, '"v1"')
    assert Appointment.objects.count() == 1


def test_the_answer_of_then_even_if_much_has_happened_since() -> None:
    practice = Practice()
    booked = practice.book()
    first = practice.verb(booked, "arrive", {}, idempotency_key="k", if_match='"v1"')
    practice.verb(booked, "start", {})
    again = practice.verb(booked, "arrive", {}, idempotency_key="k", if_match='"v1"')
    assert (again.status_code, again.content) == (200, first.content)


def test_an_answer_without_content() -> None:
    practice = Practice()
    hold = practice.desk.post("holds", practice.body(source=None)).json()["id"]
    for _ in range(2):
        assert practice.desk.call("DELETE", f"holds/{hold}", idempotency_key="k").status_code == 204


def test_another_body_or_address_under_the_same_key() -> None:
    practice = Practice()
    practice.desk.post("appointments", practice.body(), idempotency_key="k")
    reused = (422, [("invalid", "Idempotency-Key")])
    assert said(practice.desk.post("appointments", practice.body(LATER), idempotency_key="k")) == reused
    hold = practice.body(LATER, source=None)
    assert said(practice.desk.post("holds", hold, idempotency_key="k")) == reused


def test_keys_are_each_users_own() -> None:
    practice = Practice()
    practice.desk.post("appointments", practice.body(), idempotency_key="k")
    response = Caller(practice.clinic).post("appointments", practice.body(), idempotency_key="k")
    assert said(response)[0] == 409


def test_a_refusal_is_not_kept() -> None:
    practice = Practice()
    first = practice.book()
    assert practice.desk.post("appointments", practice.body(), idempotency_key="k").status_code == 409
    assert not IdempotentAnswer.objects.exists()
    practice.verb(first, "cancel", {"reason": "patient_ill"})
    assert practice.desk.post("appointments", practice.body(), idempotency_key="k").status_code == 201


def test_keys_are_forgotten_after_a_day() -> None:
    practice = Practice()
    practice.desk.post("appointments", practice.body(), idempotency_key="k")
    with time_machine.travel(NOW + timedelta(hours=24), tick=False):
        assert said(practice.desk.post("appointments", practice.body(), idempotency_key="k"))[0] == 409
        assert practice.desk.post("appointments", practice.body(LATER), idempotency_key="k").status_code == 201
    assert IdempotentAnswer.objects.count() == 1


def test_tidying() -> None:
    practice = Practice()
    practice.desk.post("appointments", practice.body(), idempotency_key="k")
    assert tidy(NOW + timedelta(hours=23, minutes=59)) == 0
    assert tidy(NOW + timedelta(hours=24)) == 1
    assert not IdempotentAnswer.objects.exists()


def test_a_narrower_token_of_the_same_user_is_not_shown_the_answer() -> None:
    practice = Practice()
    practice.desk.post("appointments", practice.body(), idempotency_key="k")
    narrow = Caller(user=practice.desk.user)
    ApiToken.objects.filter(digest=digest(narrow.secret)).update(permissions=["patients:view"])
    answer = narrow.post("appointments", practice.body(), idempotency_key="k")
    assert said(answer) == (422, [("invalid", "Idempotency-Key")])
    assert narrow.post("appointments", practice.body()).status_code == 403
