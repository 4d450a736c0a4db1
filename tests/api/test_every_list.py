"""What all lists of the API have in common: pieces, and a fixed number of queries (OPS-5, API-1).

A list that isn't here fails: say below how one more row of it is made.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.appointments.models import CancelReason
from orderly.edge.models import SavedFilter
from orderly.patients.models import LinkRequest, ListItem
from orderly.people.models import User
from tests.api.client import ROOT, Caller, make_token
from tests.api.practice import Practice
from tests.api.walking import OPERATIONS, Operation
from tests.architecture.calls.booking import package, purchase
from tests.architecture.calls.people import invited
from tests.factories import NOW, TUESDAY, make_asset, make_clinic, make_patient, make_provider, make_service, make_user

pytestmark = pytest.mark.django_db

LUNCH = {"kind": "lunch", "weekdays": [1], "from_time": "12:00", "to_time": "13:00"}
EVENING = {"start": "2026-03-03T20:00", "end": "2026-03-03T21:00"}
HOUR = {"date": "2026-03-07", "from_time": "09:00", "to_time": "10:00"}
ROWS = 4


def add_service(practice: Practice, number: int) -> None:
    service = make_service(practice.clinic, asset_kinds=("chair",))
    service.providers.add(make_provider(practice.clinic))
    service.phases.get().needs.get(kind="chair").any_of.add(make_asset(practice.clinic).resource)


def add_time_off(practice: Practice, number: int) -> None:
    provider = str(make_provider(practice.clinic).pk)
    when = LUNCH if number % 2 else {"kind": "off", **EVENING}
    practice.desk.post("time-off", {"provider": provider, **when})


def add_maintenance(practice: Practice, number: int) -> None:
    practice.desk.post("maintenance", {"resource": str(make_asset(practice.clinic).pk), **EVENING})


def add_appointment(practice: Practice, number: int) -> None:
    patient = make_patient(practice.clinic)
    practice.book(f"2026-03-03T1{number}:00", patient=str(patient.pk), resources=[])


def add_session(practice: Practice, number: int) -> None:
    group = make_service(practice.clinic, places=3)
    provider = make_provider(practice.clinic, service=group)
    for _ in range(2):
        named = {
            "service": str(group.pk),
            "provider": str(provider.pk),
            "patient": str(make_patient(practice.clinic).pk),
        }
        practice.book("2026-03-03T15:00", **named)


def change(practice: Practice, number: int, appointment: str) -> None:
    body = {"start": f"2026-03-04T1{number}:00"}
    assert practice.desk.post(f"appointments/{appointment}/reschedule", body).status_code == 200


def add_party(practice: Practice, number: int) -> None:
    at = {"service": str(practice.service.pk), "start": f"2026-03-03T1{number}:00"}
    steps = [
        {
            **at,
            "patient": str(make_patient(practice.clinic).pk),
            "provider": str(make_provider(practice.clinic, service=practice.service).pk),
        }
        for _ in range(2)
    ]
    body = {"clinic": str(practice.clinic.pk), "steps": steps, "source": "phone"}
    assert practice.desk.post("parties", body).status_code == 201


# One more row, for a practice, the row's number, and the ids in the address.
LISTS: dict[str, Callable[..., Any]] = {
    "slots": lambda practice, number: make_provider(practice.clinic, service=practice.service),
    "sessions": add_session,
    "parties": add_party,
    "appointments": add_appointment,
    "appointments/{appointment}/history": change,
    "audit": lambda practice, number: practice.desk.call(
        "PATCH", f"patients/{practice.patient.pk}", {"address": f"New Road {number}"}
    ),
    "patients/{patient}/history": lambda practice, number, patient: practice.desk.call(
        "PATCH", f"patients/{patient}", {"address": f"New Road {number}"}
    ),
    "patients/link-requests": lambda practice, number: LinkRequest.objects.create(
        clinic=make_clinic(), patient=practice.patient, name="A B", birth_date=TUESDAY, created_at=NOW
    ),
    "appointments/{appointment}/candidates": lambda practice, number, appointment: make_provider(
        practice.clinic, service=practice.service
    ),
    "saved-filters": lambda practice, number: SavedFilter.objects.create(
        user=practice.root.user, list="appointments", name=f"Mine {number}", created_at=NOW
    ),
    "packages": lambda practice, number: package(practice),
    "purchases": lambda practice, number: purchase(practice),
    "patients": lambda practice, number: make_patient(practice.clinic),
    "reference-lists": lambda practice, number: ListItem.objects.create(
        kind="region", name=f"Region {number}", position=number
    ),
    "cancel-reasons": lambda practice, number: CancelReason.objects.create(
        clinic=practice.clinic, code=f"c{number}", name=f"Reason {number}"
    ),
    "tokens": lambda practice, number: make_token(practice.root.user),
    "invitations": lambda practice, number: invited(practice),
    "users": lambda practice, number: make_user("doctor", practice.clinic),
    "users/{user}/tokens": lambda practice, number, user: make_token(User.objects.get(pk=user)),
    "clinics": lambda practice, number: make_clinic(),
    "providers": lambda practice, number: make_provider(practice.clinic, service=practice.service),
    "providers/{provider}/extra-hours": lambda practice, number, provider: practice.desk.post(
        f"providers/{provider}/extra-hours", HOUR
    ),
    "providers/{provider}/upcoming": lambda practice, number, provider: add_appointment(practice, number),
    "services": add_service,
    "resources": lambda practice, number: make_asset(practice.clinic),
    "time-off": add_time_off,
    "closures": lambda practice, number: practice.desk.post("closures", {"clinic": str(practice.clinic.pk), **EVENING}),
    "maintenance": add_maintenance,
}
FIXED = {"roles"}  # as many as there are roles
FOUND = [one for one in OPERATIONS if one.is_list]
GROWING = [one for one in FOUND if one.path.removeprefix(ROOT) not in FIXED]


def test_every_list_is_here() -> None:
    assert {one.path.removeprefix(ROOT) for one in FOUND} == set(LISTS) | FIXED, "say in LISTS how a row is added"


@pytest.mark.parametrize("listed", GROWING, ids=str)
def test_as_many_queries_for_one_as_for_many_and_all_of_them_in_pieces(listed: Operation) -> None:
    practice, owner, counts, lengths = Practice(), Caller(role="super_admin"), [], []
    practice.root = owner  # type: ignore[attr-defined]
    path = listed.call(practice, owner.user).path.removeprefix(ROOT)
    owner.get("me")
    for number in range(ROWS):
        LISTS[listed.path.removeprefix(ROOT)](practice, number, *listed.ids(ROOT + path))
        with CaptureQueriesContext(connection) as queries:
            whole = owner.get(path).json()
        counts.append(len(queries))
        lengths.append(len(whole["items"]))
    assert (len(set(counts)), whole["next"]) == (1, None), counts
    assert lengths == sorted(set(lengths)), "a row that was added isn't listed"
    grows_by_being_read = path.startswith("audit")
    assert grows_by_being_read or not listed.takes("cursor") or pieces(owner, path) == whole["items"]


def pieces(owner: Caller, path: str) -> list[Any]:
    """The whole list, two at a time at least."""
    found: list[Any] = []
    rest, joined = "", "&" if "?" in path else "?"
    limit = 50 if path.startswith("slots") else 2
    while True:
        piece = owner.get(f"{path}{joined}limit={limit}{rest}").json()
        found += piece["items"]
        if not piece["next"]:
            return found
        rest = f"&cursor={piece['next']}"
