"""Nothing a client sends makes the server fail, hang or write: a clear 4xx, at once (ACC-5, APT-11)."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps

from tests.api.client import said
from tests.api.practice import Practice
from tests.factories import add_phase

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

AT_ONCE = 0.2  # seconds
TRIES = 3  # the machine may be busy with something else
NOBODY = "019cad21-cf00-7566-b9a1-c74925300570"

WORDS = ("\0", "a\u202eb", "\ud800", "\x1b[2J")
NUMBERS = (-1, 10**30, 10**400, 1.5, True, "12", None, [], {})
IDS = ("", "7", NOBODY[:-1], NOBODY + "0", "{" + NOBODY + "}", "urn:uuid:" + NOBODY, 7, True, [NOBODY], {"id": NOBODY})
TIMES = (
    "",
    "now",
    1772528400,
    "2026-03-03",
    "2026-03-03T10:00:30",
    "2026-03-03T10:00:00.5",
    "2026-03-03T24:00",
    "2026-02-30T10:00",
    "2026-03-03T10:00[right/UTC]",
    "2026-03-03T10:00 right/UTC",
    "2026-03-03T10:00+25:00",
    "٢٠٢٦-03-03T10:00",
    "0000-01-01T00:00",
    "1969-12-31T23:59",
    "2201-01-01T00:00",
    "9999-12-31T23:59:00+14:00",
    "99999-01-01T00:00",
    None,
    {},
)


def rows() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def refused(practice: Practice, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, list[Any]]:
    """What was answered, having made sure that it came at once and that nothing was written."""
    before = rows()
    for _ in range(TRIES):
        begun = time.perf_counter()
        response = practice.desk.call(method, path, body, **headers)
        took = time.perf_counter() - begun
        if took < AT_ONCE:
            break
    assert took < AT_ONCE
    assert rows() == before
    assert 400 <= response.status_code < 500
    assert all(one["message"] for one in response.json()["problems"])
    return said(response)


def wrong_fields() -> Iterator[tuple[str, Any]]:
    for field in ("clinic", "service", "patient", "provider", "hold"):
        yield from ((field, value) for value in IDS)
    yield from (("start", value) for value in TIMES)
    yield from (("duration_minutes", value) for value in (0, 1441, *NUMBERS) if value is not None)
    for field in ("notes", "referral", "overbook_reason", "afterwards_reason"):
        yield from ((field, value) for value in (*WORDS, "x" * 2001, 5, None, ["x"]))
    yield from (("source", value) for value in ("", "fax", "PHONE", 1, None, ["phone"]))
    yield from (("resources", value) for value in ("x", None, {}, [NOBODY] * 21))
    yield "package_purchase", 1
    yield "x" * 10_000, 1
    yield "nul\0", 1


def test_booking_with_a_wrong_field() -> None:
    practice = Practice()
    for field, value in wrong_fields():
        body = {**practice.body(), field: value}
        status, problems = refused(practice, "POST", "appointments", body)
        assert (status, [named.split(".")[0] for _, named in problems]) == (422, [field[:100]]), (field, value)


def test_a_field_whose_name_is_half_a_character() -> None:
    practice = Practice()
    assert refused(practice, "POST", "appointments", {**practice.body(), "\ud800": 1}) == (
        422,
        [("invalid", "body")],
    )


@pytest.mark.parametrize(
    "path", ["appointments", "holds", "patients", "patients/duplicates", "parties", "parties/search"]
)
def test_bodies_that_are_no_bodies(path: str) -> None:
    practice = Practice()
    for body in (
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"clinic": ' + b"9" * 100_000 + b"}",
        b"\xff\xfe\xfd",
        b'{"clinic": "\xed\xa0\x80"}',
        b"\0",
        b"{}{}",
        b"null",
        b"NaN",
        b"Infinity",
        b"-1e999",
        b"x" * (1024 * 1024 + 1),
        json.dumps({f"key{number}": 1 for number in range(60_000)}).encode(),
        json.dumps({"extra": {f"key{number}": {"a": 1} for number in range(3_000)}}).encode(),
        json.dumps({f"key{number}": 1 for number in range(3_000)}).encode(),
    ):
        status, _ = refused(practice, "POST", path, body)
        assert status in (400, 413, 422), body[:20]


def wrong_queries(practice: Practice) -> Iterator[tuple[str, str]]:
    slots = f"slots?clinic={practice.clinic.pk}&service={practice.service.pk}&from=2026-03-03"
    yield f"{slots}&to=2126-03-03", "to"
    yield f"{slots}&to=9999-12-31", "to"
    yield f"{slots}&to=2026-03-03T10:00", "to"
    for field in ("step", "limit"):
        yield from ((f"{slots}&to=2026-03-04&{field}={value}", field) for value in ("", "x", "-1", "9" * 400, "1.5"))
    for field in ("patient", "provider", "clinic"):
        for value in ("", "%00", "7", "x" * 10_000):
            yield f"{slots}&to=2026-03-04&{field}={value}", field
    yield f"{slots}&to=2026-03-04&cursor=%00", "cursor"
    yield f"{slots}&to=2026-03-04&cursor={'a' * 1001}", "cursor"
    yield f"{slots}&to=2026-03-04&per_day=1&weekdays={'1,' * 5000}", "weekdays.5000"
    why = f"slots/why?clinic={practice.clinic.pk}&service={practice.service.pk}"
    yield f"{why}&start=2026-03-03T10:00[right/UTC]", "start"
    yield f"{why}&start=%00", "start"
    for value in ("%00", "%E2%80%AE", "x" * 101):
        yield f"appointments?q={value}", "q"
        yield f"patients?q={value}", "q"
    yield "appointments?status=%00", "status.0"


def test_queries_that_are_wrong() -> None:
    practice = Practice()
    for path, field in wrong_queries(practice):
        status, problems = refused(practice, "GET", path)
        assert status in (400, 422), path
        assert [named for _, named in problems] == [field], path


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\0b", "\x7f"])
def test_a_key_that_is_none(key: str) -> None:
    practice = Practice()
    body = practice.body()
    assert refused(practice, "POST", "appointments", body, idempotency_key=key) == (
        422,
        [("invalid", "Idempotency-Key")],
    )


@pytest.mark.parametrize(
    "start", ["1970-01-01T00:00", "1970-01-01T00:00+14:00", "2200-12-31T23:59", "2199-06-01T10:00"]
)
def test_the_ends_of_time_are_only_not_bookable(start: str) -> None:
    practice = Practice()
    status, problems = refused(practice, "POST", "appointments", practice.body(start))
    assert status == 409
    assert problems[0][1] == "start"
    query = {"clinic": practice.clinic.pk, "service": practice.service.pk, "start": start}
    assert practice.desk.get("slots/why", **query).json()["bookable"] is False


def test_a_length_that_the_phases_cannot_have() -> None:

    practice = Practice()
    add_phase(practice.service, 30)
    body = practice.body(duration_minutes=1)
    assert refused(practice, "POST", "appointments", body) == (422, [("invalid", "duration_minutes")])
    practice.service.active = False
    practice.service.save()
    assert refused(practice, "POST", "appointments", body) == (409, [("inactive", "service")])


def test_a_service_without_phases() -> None:
    practice = Practice()
    practice.service.phases.all().delete()
    assert refused(practice, "POST", "appointments", practice.body()) == (409, [("not_offered", "service")])
