"""For each route one call that succeeds for whoever may make it: at a practice, by a user.

A new route needs a row here; `test_routes_walk` says so. A row may write what its call needs first: every call is
rolled back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orderly.calendars.models import Hold
from orderly.core.clock import now
from orderly.people.actions import create_token
from orderly.people.models import User
from orderly.people.queries import actor_for
from tests.api.practice import Practice
from tests.factories import make_user

API = "/api/v1/"


@dataclass(frozen=True)
class Call:
    """`path` from the root; `status` is the answer to those who may. `personal`: it is about the user's own things,
    so everybody may with theirs and nobody with another's.
    """

    path: str
    body: Any = None
    status: int = 200
    personal: bool = False


Row = Callable[[Practice, User | None], Call]


def _booked(practice: Practice, verb: str, body: Any, *before: str) -> Call:
    """A verb on a new appointment, after other verbs."""
    booked = practice.book()
    for name in before:
        assert practice.verb(booked, name, {"reason": "other"} if name == "cancel" else {}).status_code == 200
    return Call(f"{API}appointments/{booked['appointment']['id']}/{verb}", body)


def _token(practice: Practice, user: User | None) -> Call:
    actor = actor_for(user or make_user(None))
    token, _ = create_token("x", clinic=None, permissions=None, expires_at=None, actor=actor, now=now())
    return Call(f"{API}tokens/{token.pk}", status=204, personal=True)


def _hold(practice: Practice, user: User | None) -> Call:
    hold = Hold.objects.get(pk=practice.desk.post("holds", practice.body(source=None)).json()["id"])
    if user is not None:
        hold.owner = user
        hold.save()
    return Call(f"{API}holds/{hold.pk}", status=204, personal=True)


def _named(path: str, practice: Practice, **more: Any) -> Call:
    query = {"clinic": practice.clinic.pk, **more}
    return Call(f"{API}{path}?" + "&".join(f"{name}={value}" for name, value in query.items()))


def _free(practice: Practice) -> dict[str, Any]:
    return {"service": practice.service.pk, "from": "2026-03-03", "to": "2026-03-04"}


def _person(practice: Practice) -> dict[str, Any]:
    return {
        "clinic": str(practice.clinic.pk),
        "first_name": "A",
        "last_name": "B",
        "birth_date": "1990-01-01",
        "gender": "other",
        "mobile": "+998901234567",
    }


def _right(practice: Practice) -> dict[str, Any]:
    return {"clinic": str(practice.clinic.pk), "role": "billing", "permission": "patients:edit", "allowed": True}


APPOINTMENT = "/api/v1/appointments/{appointment}"
PATIENT = "/api/v1/patients/{patient}"

CALLS: dict[tuple[str, str], Row] = {
    ("GET", f"{API}openapi.json"): lambda at, who: Call(f"{API}openapi.json"),
    ("GET", f"{API}me"): lambda at, who: Call(f"{API}me"),
    ("GET", f"{API}slots"): lambda at, who: _named("slots", at, **_free(at)),
    ("GET", f"{API}slots/why"): lambda at, who: _named(
        "slots/why", at, service=at.service.pk, start="2026-03-03T10:00"
    ),
    ("POST", f"{API}holds"): lambda at, who: Call(f"{API}holds", at.body(source=None), 201),
    ("DELETE", f"{API}holds/{{hold}}"): _hold,
    ("GET", f"{API}appointments"): lambda at, who: _named("appointments", at),
    ("POST", f"{API}appointments"): lambda at, who: Call(f"{API}appointments", at.body(), 201),
    ("GET", APPOINTMENT): lambda at, who: Call(f"{API}appointments/{at.book()['appointment']['id']}"),
    ("GET", f"{APPOINTMENT}/history"): lambda at, who: _booked(at, "history", None),
    ("POST", f"{APPOINTMENT}/confirm"): lambda at, who: _booked(at, "confirm", {}, "arrive"),
    ("POST", f"{APPOINTMENT}/reschedule"): lambda at, who: _booked(at, "reschedule", {"start": "2026-03-04T10:00"}),
    ("POST", f"{APPOINTMENT}/cancel"): lambda at, who: _booked(at, "cancel", {"reason": "other"}),
    ("POST", f"{APPOINTMENT}/no-show"): lambda at, who: _booked(at, "no-show", {}),
    ("POST", f"{APPOINTMENT}/reopen"): lambda at, who: _booked(at, "reopen", {"reason": "x"}, "complete"),
    ("POST", f"{APPOINTMENT}/arrive"): lambda at, who: _booked(at, "arrive", {}),
    ("POST", f"{APPOINTMENT}/start"): lambda at, who: _booked(at, "start", {}, "arrive"),
    ("POST", f"{APPOINTMENT}/complete"): lambda at, who: _booked(at, "complete", {}),
    ("GET", f"{API}patients"): lambda at, who: _named("patients", at),
    ("POST", f"{API}patients"): lambda at, who: Call(f"{API}patients", _person(at), 201),
    ("POST", f"{API}patients/duplicates"): lambda at, who: Call(f"{API}patients/duplicates", _person(at)),
    ("GET", PATIENT): lambda at, who: Call(f"{API}patients/{at.patient.pk}"),
    ("PATCH", PATIENT): lambda at, who: Call(f"{API}patients/{at.patient.pk}", {"address": "New Road 1"}),
    ("GET", f"{API}cancel-reasons"): lambda at, who: _named("cancel-reasons", at),
    ("GET", f"{API}roles"): lambda at, who: _named("roles", at),
    ("PUT", f"{API}roles"): lambda at, who: Call(f"{API}roles", _right(at)),
    ("GET", f"{API}tokens"): lambda at, who: Call(f"{API}tokens"),
    ("POST", f"{API}tokens"): lambda at, who: Call(f"{API}tokens", {"name": "x"}, 201),
    ("DELETE", f"{API}tokens/{{token}}"): _token,
}
