"""No word of a patient leaves by the side doors: logs, figures, addresses, cookies, errors (OPS-4, ACC-5).

A distinctive word stands in every field that holds somebody's words; then the screens, the API, the admin and the
worker are used, and made to fail, and everything that could have carried it away is searched for it.
"""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from orderly.core.logs import JsonLines, Lines
from orderly.edge.guard import PUBLIC, guard
from orderly.journal.actions import deliver, name_of, sequence
from orderly.journal.models import Delivery, Entry
from orderly.patients.models import Patient
from orderly.people.models import User
from orderly.project.urls import *  # noqa: F403
from orderly.project.urls import urlpatterns as real
from tests.architecture.calls.admin import saved
from tests.factories import NOW, make_patient, make_user
from tests.web.desk import Desk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.urls(__name__)]

WORD = "Zzcanary"
PHONE = "+447400900777"
SPILLED = re.compile(r"zzcanary|7400.?900.?777", re.IGNORECASE)
ADDRESSES = re.compile(r"""(?:href|src|action|hx-get|hx-post)\s*=\s*["'](?!tel:)([^"']*)""")  # a telephone isn't asked
ABOUT = {
    **{name: f"{WORD} {name}" for name in ("first_name", "middle_name", "last_name", "address", "region", "district")},
    **{name: f"{WORD}{name}"[:50] for name in ("document_type", "document_number", "tax_id", "emergency_name")},
    "email": f"{WORD}@example.org",
    "mobile": PHONE,
    "home_phone": PHONE,
    "emergency_phone": PHONE,
    "extra": {"note": WORD},
}


@guard(PUBLIC)
def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError(f"{WORD} can't be found at {PHONE}")


@guard(PUBLIC)
def clashes(request: HttpRequest) -> HttpResponse:
    """The database's own message quotes the row."""
    User.objects.create_user(f"{WORD}@example.org")
    User.objects.create_user(f"{WORD}@example.org")
    return HttpResponse()


@guard(PUBLIC)
def misread(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {WORD} FROM {WORD}")
    return HttpResponse()


urlpatterns = [*real, path("broken", broken), path("clashes", clashes), path("misread", misread)]


def stumbles(entry: Entry, now: Any) -> None:
    raise LookupError(f"{WORD} has no mobile {PHONE}")


class Kept(logging.Handler):
    """What both formats write, of everybody's records."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("orderly") or record.levelno >= logging.INFO:
            self.lines += [JsonLines().format(record), Lines().format(record)]


@pytest.fixture
def logged() -> Iterator[list[str]]:
    kept, root, ours = Kept(), logging.getLogger(), logging.getLogger("orderly")
    before = root.level, ours.level
    root.addHandler(kept)
    root.setLevel(logging.INFO)
    ours.setLevel(logging.DEBUG)
    yield kept.lines
    root.removeHandler(kept)
    root.setLevel(before[0])
    ours.setLevel(before[1])


@pytest.fixture
def desk() -> Iterator[Desk]:
    with time_machine.travel(NOW, tick=False):
        made = Desk("clinic_admin")
        made.patient = make_patient(made.clinic, **ABOUT, guardian=make_patient(made.clinic, **ABOUT))
        yield made


def screens(desk: Desk) -> Iterator[HttpResponse]:
    clinic = desk.clinic.pk
    words = {"notes": WORD, "referral": WORD, "overbook_reason": WORD, "afterwards_reason": WORD}
    yield desk.post("booking-hold", clinic, **desk.form())
    yield desk.post("booking-book", clinic, **desk.form(**words))
    yield desk.post("booking-book", clinic, **desk.form(**words))  # taken
    yield desk.get("calendar", clinic)
    yield desk.post("patient-search", clinic, q=WORD)
    yield desk.post("patient-new", clinic, q=WORD)
    yield desk.get("patient-chosen", clinic, desk.patient.pk)
    person = {"first_name": WORD, "last_name": WORD, "birth_date": "1990-01-01", "gender": "other", "mobile": PHONE}
    for wrong in ({}, {"mobile": WORD}, {"birth_date": WORD}, {"anyway": "1"}):
        yield desk.post("patient-register", clinic, **{**person, **wrong})
    made = desk.book("15:00", notes=WORD)
    for name in ("appointment", "appointment-move"):
        yield desk.get(name, made.pk)
    yield desk.post("appointment-cancel", made.pk, reason="other", note=WORD)
    yield desk.post("appointment-reopen", made.pk, reason=WORD)


def api(desk: Desk) -> Iterator[HttpResponse]:
    client, clinic = Client(), str(desk.clinic.pk)
    client.force_login(desk.user)

    def post(rest: str, body: Any) -> HttpResponse:
        return client.post(f"/api/v1/{rest}", body, content_type="application/json")

    yield client.get("/api/v1/patients", {"clinic": clinic, "q": WORD})
    yield client.get(f"/api/v1/patients/{desk.patient.pk}")
    about = {**ABOUT, "clinic": clinic, "birth_date": "1990-01-01", "gender": "other", "country": "GB"}
    yield post("patients", about)
    yield post("patients", {**about, "birth_date": WORD, "gender": WORD})
    yield post("patients", {**about, WORD: WORD})
    yield client.post("/api/v1/patients", f"{{{WORD}", content_type="application/json")
    yield client.get(f"/api/v1/patients/{WORD}")
    yield client.get(f"/api/v1/{WORD}", {"mobile": PHONE})


def admin(desk: Desk) -> Iterator[HttpResponse]:
    client, patient = Client(), Patient.objects.get(pk=desk.patient.pk)
    client.force_login(make_user("clinic_admin", desk.clinic, is_staff=True))
    one = f"/admin/patients/patient/{patient.pk}/change/"
    yield client.get("/admin/patients/patient/")
    yield client.get(one)
    yield client.post(one, {**saved(patient), "extra": "{}", "last_name": f"{WORD}-Lee"})
    yield client.post(one, {**saved(patient), "mobile": WORD})
    yield client.get("/admin/")


def failures(desk: Desk) -> Iterator[HttpResponse]:
    client = Client(raise_request_exception=False)
    for address in (
        f"/{WORD}",
        f"/patients/{WORD}/new?q={WORD}",
        f"/?{WORD}={PHONE}",
        "/broken",
        "/clashes",
        "/misread",
    ):
        yield client.get(address, headers={"Referer": f"http://testserver/{WORD}", "User-Agent": WORD})
    yield client.get("/", headers={"Host": f"{WORD}.example.org"})
    yield client.post("/accounts/login/", {"login": f"{WORD}@example.org", "password": WORD})
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(desk.user)
    yield strict.post(f"/booking/{desk.clinic.pk}/book", {"notes": WORD}, headers={"Referer": f"https://{WORD}/"})


def side_doors(answer: HttpResponse) -> str:
    """All of an answer but the page itself: headers (but for what the page is to say aloud), cookies, and the addresses
    in it.
    """
    body = answer.content
    cookies = [morsel.OutputString() for morsel in answer.cookies.values()]
    headers = [f"{name}: {value}" for name, value in answer.items() if name != "HX-Trigger"]
    return "\n".join([*headers, *cookies, *ADDRESSES.findall(body.decode())])


def spilled(texts: Any) -> list[str]:
    return [text for text in texts if SPILLED.search(text)]


def work() -> None:
    """The worker, every reaction of which fails."""
    reactions = dict.fromkeys(Entry.objects.values_list("fact", flat=True), (stumbles,))
    while sequence(reactions, now=NOW):
        pass
    deliver(reactions, now=NOW)


def test_nothing_leaves_by_the_side_doors(desk: Desk, logged: list[str]) -> None:
    answers = [one for part in (screens, api, admin) for one in part(desk)]
    assert {one.status_code for one in answers} >= {200, 201, 302, 404, 409, 422}
    assert any(WORD in one.content.decode() for one in answers)  # the word is really there
    errors = list(failures(desk))
    assert [one.status_code for one in errors[:7]] == [404, 404, 302, 500, 500, 500, 400]
    work()
    # What a search by API says of itself is its address; and a look at /?… is sent on to where it was going.
    addressed = [errors[2]]
    assert spilled(side_doors(one) for one in (*answers, *errors) if one not in addressed) == []
    assert spilled(one.content.decode() for one in errors if one.status_code >= 400) == []
    assert len(logged) > 2 * len(answers)
    assert spilled(logged) == []
    assert spilled(Client().get("/metrics").content.decode().splitlines()) == []


def test_nothing_stays_where_nobody_looks(desk: Desk) -> None:
    for part in (screens, api, admin, failures):
        assert list(part(desk))
    work()
    assert Delivery.objects.count() > 3
    assert spilled(Delivery.objects.values_list("error", flat=True)) == []
    assert {*Delivery.objects.values_list("error", flat=True)} == {"LookupError"}
    assert spilled(json.dumps(one.get_decoded()) for one in Session.objects.all()) == []
    entries = Entry.objects.values_list("ids", "changes", "fact")
    assert spilled(json.dumps(list(one)) for one in entries) == []
    assert spilled(map(str, getattr(cache, "_cache", {}).values())) == []
    assert name_of(stumbles).endswith("test_canary.stumbles")
