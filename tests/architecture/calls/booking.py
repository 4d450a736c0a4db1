"""Availability, appointments, patients, people."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from orderly.absences.actions import rearrange
from orderly.absences.inputs import Replacement
from orderly.appointments.actions.correct import correct
from orderly.appointments.inputs import Correction
from orderly.appointments.models import Appointment
from orderly.calendars.models import Hold
from orderly.core.clock import now
from orderly.dossier.actions.merge import merge
from orderly.edge.models import SavedFilter
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.packages.actions.define import add_package
from orderly.packages.actions.sell import sell
from orderly.packages.inputs import PackageDetails, Sessions, Sum
from orderly.packages.models import Package, Purchase
from orderly.parties.actions.book import book_party
from orderly.parties.inputs import PartyRequest, Placed
from orderly.parties.models import Party
from orderly.people.actions import create_token
from orderly.people.models import User
from orderly.people.permissions import Role
from orderly.people.queries import actor_for
from orderly.series.actions.create import create
from orderly.series.models import Series
from tests.api.client import Caller
from tests.api.practice import Practice
from tests.architecture.calls.made import API, Call, Row, api, asked
from tests.factories import at, make_actor, make_patient, make_user
from tests.series.asking import asked as four


def by(practice: Practice, user: User | None) -> Actor:
    """This user, or somebody else who may."""
    return make_actor(Role.CLINIC_ADMIN, practice.clinic) if user is None else actor_for(user)


def booked(practice: Practice, *before: str) -> str:
    """The id of a new appointment, after these verbs."""
    made = practice.book()
    for verb in before:
        assert practice.verb(made, verb, {}).status_code == 200
    return str(made["appointment"]["id"])


def bought(practice: Practice) -> str:
    """The id of a package that was sold."""
    return str(purchase(practice).pk)


def _verb(practice: Practice, verb: str, body: Any, *before: str) -> Call:
    return api(f"appointments/{booked(practice, *before)}/{verb}", body)


def _token(practice: Practice, user: User | None) -> Call:
    actor = actor_for(user or make_user(None))
    token, _ = create_token("x", clinic=None, permissions=None, expires_at=None, actor=actor, now=now())
    return api(f"tokens/{token.pk}", status=204, personal=True)


def _hold(practice: Practice, user: User | None) -> Call:
    body = practice.body(f"2026-03-03T{10 + Hold.objects.count()}:00", source=None)
    hold = Hold.objects.get(pk=practice.desk.post("holds", body).json()["id"])
    if user is not None:
        hold.owner = user
        hold.save()
    return api(f"holds/{hold.pk}", status=204, personal=True)


def _session(practice: Practice, verb: str = "", body: Any = None) -> Call:
    """A group's, of a service that has become one."""
    practice.service.places = 3
    practice.service.save()
    session = Appointment.objects.get(pk=booked(practice)).session_id
    return api(f"sessions/{session}{verb}", body)


def _steps(practice: Practice) -> list[dict[str, str]]:
    """Two people, one after the other with the same provider."""
    people = [practice.patient, make_patient(practice.clinic)]
    provider, service = str(practice.provider.pk), str(practice.service.pk)
    return [{"patient": str(one.pk), "service": service, "provider": provider} for one in people]


def _pair(practice: Practice) -> dict[str, Any]:
    starts = ("2026-03-03T10:00", "2026-03-03T10:30")
    steps = [{**step, "start": start} for step, start in zip(_steps(practice), starts, strict=True)]
    return {"clinic": str(practice.clinic.pk), "steps": steps, "source": "phone"}


def _search(practice: Practice) -> dict[str, Any]:
    days = {"from": "2026-03-03", "to": "2026-03-04"}
    return {"clinic": str(practice.clinic.pk), "steps": _steps(practice), **days}


def together_by(practice: Practice, user: User | None) -> tuple[Party, int]:
    """A party that this user has just booked, and what undoing answers."""
    starts = (at(practice.clinic, date(2026, 3, 3), clock) for clock in ("10:00", "10:30"))
    people = [practice.patient, make_patient(practice.clinic)]
    steps = [
        Placed(patient=who.pk, service=practice.service.pk, provider=practice.provider.pk, start=start)
        for who, start in zip(people, starts, strict=True)
    ]
    wanted = PartyRequest(clinic=practice.clinic.pk, steps=tuple(steps), source="phone")
    return book_party(wanted, actor=by(practice, user), now=now()), 409 if user is None else 200


def rearranged_by(practice: Practice, user: User | None) -> tuple[dict[str, Any], int]:
    """What undoes what this user has just rearranged, and what it answers, 0 where it is done."""
    made = Appointment.objects.get(pk=booked(practice))
    goes = Replacement(appointment=made.pk, start=made.start + 30, provider=practice.provider.pk)
    rearrange(practice.clinic.pk, [goes], actor=by(practice, user), now=now())
    deed = Entry.objects.filter(fact="appointments_rearranged").latest("id").pk
    return {"clinic": str(practice.clinic.pk), "deed": deed}, 409 if user is None else 0


def _party_undone(practice: Practice, user: User | None) -> Call:
    party, status = together_by(practice, user)
    return api(f"parties/{party.pk}/undo", {}, status)


def _rearranging_undone(practice: Practice, user: User | None) -> Call:
    body, status = rearranged_by(practice, user)
    return api("absences/undo", body, status or 204)


def _party(practice: Practice, verb: str = "", body: Any = None) -> Call:
    made = practice.desk.post("parties", _pair(practice))
    assert made.status_code == 201, made.content
    return api(f"parties/{made.json()['id']}{verb}", body)


WEEKLY = "FREQ=WEEKLY;COUNT=3"


def _series(practice: Practice, verb: str = "", *body: Any) -> Call:
    """Of three Tuesdays; `body` is what is said of it beside which visit."""
    made = practice.desk.post("series", practice.body(rule=WEEKLY)).json()
    first = {"appointment": made["occurrences"][0]["appointment"]}
    return api(f"series/{made['id']}{verb}", *({**first, **one} for one in body))


def repeated_by(practice: Practice, user: User | None) -> tuple[Series, int]:
    """A series that this user has just booked, and what undoing answers."""
    wanted = four(practice.clinic, practice.service, practice.provider, practice.patient)
    return create(wanted, actor=by(practice, user), now=now()), 409 if user is None else 200


def _series_undone(practice: Practice, user: User | None) -> Call:
    series, status = repeated_by(practice, user)
    return api(f"series/{series.pk}/undo", {}, status)


def _put_back(practice: Practice, user: User | None) -> Call:
    made = booked(practice, "arrive")
    entry = Entry.objects.filter(subject=made).latest("id").pk
    return api(f"appointments/{made}/put-back", {"entry": entry})


def changed_by(practice: Practice, user: User | None) -> tuple[str, int]:
    """An appointment that this user was the last to change, and what undoing answers: nobody undoes what others did."""
    made = booked(practice, "arrive")
    if user is None:
        return made, 409
    correct(UUID(made), Correction(notes="x"), actor=actor_for(user), now=now())
    return made, 200


def _undo(practice: Practice, user: User | None) -> Call:
    made, status = changed_by(practice, user)
    return api(f"appointments/{made}/undo", {}, status)


def _patient_back(practice: Practice, user: User | None) -> Call:
    address = f"patients/{practice.patient.pk}"
    practice.desk.call("PATCH", address, {"region": "London"})
    entry = Entry.objects.filter(subject=practice.patient.pk).latest("id").pk
    return api(f"{address}/put-back", {"entry": entry})


def _merge(practice: Practice) -> Call:
    other = make_patient(practice.clinic)
    return api(f"patients/{practice.patient.pk}/merge", {"other": str(other.pk)})


def _apart(practice: Practice, verb: str) -> Call:
    other = make_patient(practice.clinic)
    return api(f"patients/{practice.patient.pk}/{verb}", {"other": str(other.pk)})


def _unmerge(practice: Practice) -> Call:
    other = make_patient(practice.clinic)
    boss = actor_for(make_user("clinic_admin", practice.clinic))
    merge(practice.patient.pk, other.pk, {}, actor=boss, now=now())
    return api(f"patients/{practice.patient.pk}/unmerge", {})


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


def _rearranged(practice: Practice) -> dict[str, Any]:
    move = {"appointment": booked(practice), "start": "2026-03-04T10:00", "provider": str(practice.provider.pk)}
    return {"clinic": str(practice.clinic.pk), "moves": [move]}


def _right(practice: Practice) -> dict[str, Any]:
    return {"clinic": str(practice.clinic.pk), "role": "billing", "permission": "patients:edit", "allowed": True}


ONE = f"{API}appointments/{{appointment}}"
SERIES = f"{API}series/{{series}}"
LATER = {"scope": "all", "time": "11:00"}
PATIENT = f"{API}patients/{{patient}}"
PURCHASE = f"{API}purchases/{{purchase}}"
EURO = {"amount": "1.00", "currency": "EUR"}
DAYS = {"from": "2026-03-02", "to": "2026-03-03"}
TEN = "2026-03-03T10:00"


def package(practice: Practice) -> Package:
    details = PackageDetails(
        name="Ten",
        clinic=practice.clinic.pk,
        price=10_000,
        validity_days=90,
        services=(Sessions(service=practice.service.pk, sessions=10),),
    )
    return add_package(details, actor=_boss(practice), now=now())


def purchase(practice: Practice, *, paid: bool = False) -> Purchase:
    """A package that was sold to the practice's patient."""
    first = Sum(amount=10_000, method="card") if paid else None
    who, where = practice.patient.pk, practice.clinic.pk
    return sell(package(practice).pk, who, clinic=where, actor=_boss(practice), now=now(), first=first)


def _boss(practice: Practice) -> Actor:
    return actor_for(make_user("clinic_admin", practice.clinic))


def _new_package(practice: Practice) -> dict[str, Any]:
    return {
        "clinic": str(practice.clinic.pk),
        "name": "Ten",
        "price": EURO,
        "validity_days": 90,
        "services": [{"service": str(practice.service.pk), "sessions": 10}],
    }


def _sale(practice: Practice) -> dict[str, Any]:
    return {name: str(getattr(practice, name).pk) for name in ("clinic", "patient")}


def _schedule(practice: Practice) -> Call:
    sessions = [{"number": 2, "start": TEN, "provider": str(practice.provider.pk)}]
    return api(f"purchases/{purchase(practice, paid=True).pk}/schedule", {"sessions": sessions}, 201)


def _visit(practice: Practice, *before: str) -> str:
    made = practice.book()
    for verb in before:
        assert practice.verb(made, verb, {}).status_code == 200
    return f"visits/{made['visit']['id']}"


def _call_next(practice: Practice) -> Call:
    """Today's first, who has arrived."""
    practice.verb(practice.book("2026-03-02T10:00"), "arrive", {})
    return api("queue/call-next", {"clinic": str(practice.clinic.pk)})


def _uncall(practice: Practice) -> Call:
    path = _visit(practice, "arrive")
    assert Caller(practice.clinic).post(f"{path}/call").status_code == 200
    return api(f"{path}/uncall", {})


def _walk_in(practice: Practice) -> dict[str, Any]:
    return {name: str(getattr(practice, name).pk) for name in ("clinic", "patient", "service")}


def _saved(practice: Practice, user: User | None) -> Call:
    kept = SavedFilter(user=user or make_user(None), list="appointments", name="Mine", created_at=now())
    kept.save()
    return api(f"saved-filters/{kept.pk}", status=204, personal=True)


BOOKING: dict[tuple[str, str], Row] = {
    ("GET", f"{API}packages"): lambda at, who: asked("packages", at),
    ("POST", f"{API}packages"): lambda at, who: api("packages", _new_package(at), 201),
    ("GET", f"{API}packages/{{package}}"): lambda at, who: api(f"packages/{package(at).pk}"),
    ("PATCH", f"{API}packages/{{package}}"): lambda at, who: api(f"packages/{package(at).pk}", {"name": "Other"}),
    ("POST", f"{API}packages/{{package}}/purchases"): lambda at, who: api(
        f"packages/{package(at).pk}/purchases", _sale(at), 201
    ),
    ("GET", f"{API}purchases"): lambda at, who: asked("purchases", at),
    ("GET", PURCHASE): lambda at, who: api(f"purchases/{purchase(at).pk}"),
    ("POST", f"{PURCHASE}/instalments"): lambda at, who: api(
        f"purchases/{purchase(at).pk}/instalments", {"amount": EURO, "method": "cash"}, 201
    ),
    ("POST", f"{PURCHASE}/cancel"): lambda at, who: api(f"purchases/{purchase(at).pk}/cancel", {"reason": "moved"}),
    ("POST", f"{PURCHASE}/extend"): lambda at, who: api(
        f"purchases/{purchase(at).pk}/extend", {"until": "2026-12-24", "reason": "ill"}
    ),
    ("POST", f"{PURCHASE}/schedule"): lambda at, who: _schedule(at),
    ("GET", f"{API}openapi.json"): lambda at, who: api("openapi.json"),
    ("GET", f"{API}slots"): lambda at, who: asked("slots", at, **_free(at)),
    ("GET", f"{API}slots/why"): lambda at, who: asked("slots/why", at, service=at.service.pk, start=TEN),
    ("POST", f"{API}holds"): lambda at, who: api("holds", at.body(source=None), 201),
    ("DELETE", f"{API}holds/{{hold}}"): _hold,
    ("GET", f"{API}sessions"): lambda at, who: asked("sessions", at, **{"from": "2026-03-03", "to": "2026-03-04"}),
    ("GET", f"{API}sessions/{{session}}"): lambda at, who: _session(at),
    ("POST", f"{API}sessions/{{session}}/move"): lambda at, who: _session(at, "/move", {"start": "2026-03-03T11:00"}),
    ("POST", f"{API}parties/search"): lambda at, who: api("parties/search", _search(at)),
    ("GET", f"{API}parties"): lambda at, who: asked("parties", at),
    ("POST", f"{API}parties"): lambda at, who: api("parties", _pair(at), 201),
    ("GET", f"{API}parties/{{party}}"): lambda at, who: _party(at),
    ("POST", f"{API}parties/{{party}}/move"): lambda at, who: _party(at, "/move", {"start": "2026-03-03T11:00"}),
    ("POST", f"{API}parties/{{party}}/cancel"): lambda at, who: _party(at, "/cancel", {"reason": "other"}),
    ("POST", f"{API}parties/{{party}}/undo"): lambda at, who: _party_undone(at, who),
    ("POST", f"{API}absences/undo"): lambda at, who: _rearranging_undone(at, who),
    ("POST", f"{API}absences/plan"): lambda at, who: api("absences/plan", {"clinic": str(at.clinic.pk)}),
    ("POST", f"{API}absences/apply"): lambda at, who: api("absences/apply", _rearranged(at)),
    ("POST", f"{API}series/preview"): lambda at, who: api("series/preview", at.body(rule=WEEKLY, source=None)),
    ("POST", f"{API}series"): lambda at, who: api("series", at.body(rule=WEEKLY), 201),
    ("GET", SERIES): lambda at, who: _series(at),
    ("GET", f"{SERIES}/calendar"): lambda at, who: _series(at, "/calendar"),
    ("POST", f"{SERIES}/change/preview"): lambda at, who: _series(at, "/change/preview", LATER),
    ("POST", f"{SERIES}/change"): lambda at, who: _series(at, "/change", LATER),
    ("POST", f"{SERIES}/undo"): lambda at, who: _series_undone(at, who),
    ("POST", f"{SERIES}/cancel"): lambda at, who: _series(at, "/cancel", {"reason": "other"}),
    ("GET", f"{API}appointments"): lambda at, who: asked("appointments", at),
    ("POST", f"{API}appointments"): lambda at, who: api("appointments", at.body(), 201),
    ("GET", ONE): lambda at, who: api(f"appointments/{booked(at)}"),
    ("GET", f"{API}audit"): lambda at, who: asked("audit", at),
    ("GET", f"{API}audit/export"): lambda at, who: asked("audit/export", at),
    ("PATCH", ONE): lambda at, who: api(f"appointments/{booked(at)}", {"notes": "x"}),
    ("POST", f"{ONE}/put-back"): _put_back,
    ("GET", f"{PATIENT}/history"): lambda at, who: api(f"patients/{at.patient.pk}/history"),
    ("POST", f"{PATIENT}/put-back"): _patient_back,
    ("POST", f"{PATIENT}/deactivate"): lambda at, who: api(f"patients/{at.patient.pk}/deactivate", {"confirm": True}),
    ("POST", f"{PATIENT}/reactivate"): lambda at, who: api(f"patients/{at.patient.pk}/reactivate", {}),
    ("POST", f"{PATIENT}/merge"): lambda at, who: _merge(at),
    ("POST", f"{PATIENT}/tell-apart"): lambda at, who: _apart(at, "tell-apart"),
    ("POST", f"{PATIENT}/compare-again"): lambda at, who: _apart(at, "compare-again"),
    ("POST", f"{PATIENT}/unmerge"): lambda at, who: _unmerge(at),
    ("GET", f"{ONE}/history"): lambda at, who: _verb(at, "history", None),
    ("POST", f"{ONE}/confirm"): lambda at, who: _verb(at, "confirm", {}, "arrive"),
    ("POST", f"{ONE}/unconfirm"): lambda at, who: _verb(at, "unconfirm", {}),
    ("POST", f"{ONE}/assign"): lambda at, who: _verb(at, "assign", {"provider": str(at.provider.pk)}, "unconfirm"),
    ("GET", f"{ONE}/candidates"): lambda at, who: _verb(at, "candidates", None),
    ("POST", f"{ONE}/reschedule"): lambda at, who: _verb(at, "reschedule", {"start": "2026-03-04T10:00"}),
    ("POST", f"{ONE}/cancel"): lambda at, who: _verb(at, "cancel", {"reason": "other"}),
    ("POST", f"{ONE}/no-show"): lambda at, who: _verb(at, "no-show", {}),
    ("POST", f"{ONE}/reopen"): lambda at, who: _verb(at, "reopen", {"reason": "x"}, "complete"),
    ("POST", f"{ONE}/undo"): lambda at, who: _undo(at, who),
    ("POST", f"{ONE}/arrive"): lambda at, who: _verb(at, "arrive", {}),
    ("POST", f"{ONE}/start"): lambda at, who: _verb(at, "start", {}, "arrive"),
    ("POST", f"{ONE}/complete"): lambda at, who: _verb(at, "complete", {}),
    ("GET", f"{ONE}/confirmation.pdf"): lambda at, who: api(f"appointments/{booked(at)}/confirmation.pdf"),
    ("GET", f"{API}purchases/{{purchase}}/schedule.pdf"): lambda at, who: api(f"purchases/{bought(at)}/schedule.pdf"),
    ("GET", f"{API}reports/packages"): lambda at, who: replace(
        asked("reports/packages", at, **DAYS), by=frozenset({Role.CLINIC_ADMIN, Role.DOCTOR})
    ),
    ("GET", f"{API}appointments/statistics"): lambda at, who: asked("appointments/statistics", at, **DAYS),
    ("GET", f"{API}appointments/arrivals"): lambda at, who: asked("appointments/arrivals", at),
    ("GET", f"{API}appointments/export"): lambda at, who: asked("appointments/export", at),
    ("GET", f"{API}saved-filters"): lambda at, who: api("saved-filters"),
    ("POST", f"{API}saved-filters"): lambda at, who: api("saved-filters", {"name": "x", "filters": {}}, 201),
    ("DELETE", f"{API}saved-filters/{{kept}}"): _saved,
    ("GET", f"{API}queue"): lambda at, who: asked("queue", at),
    ("GET", f"{API}queue/display"): lambda at, who: asked("queue/display", at),
    ("POST", f"{API}queue/call-next"): lambda at, who: _call_next(at),
    ("POST", f"{API}visits/walk-in"): lambda at, who: api("visits/walk-in", _walk_in(at), 201),
    ("POST", f"{API}visits/{{visit}}/call"): lambda at, who: api(f"{_visit(at, 'arrive')}/call", {}),
    ("POST", f"{API}visits/{{visit}}/uncall"): lambda at, who: _uncall(at),
    ("POST", f"{API}visits/{{visit}}/left"): lambda at, who: api(f"{_visit(at, 'arrive')}/left", {}),
    ("GET", f"{API}patients"): lambda at, who: asked("patients", at),
    ("POST", f"{API}patients"): lambda at, who: api("patients", _person(at), 201),
    ("POST", f"{API}patients/duplicates"): lambda at, who: api("patients/duplicates", _person(at)),
    ("GET", PATIENT): lambda at, who: api(f"patients/{at.patient.pk}"),
    ("PATCH", PATIENT): lambda at, who: api(f"patients/{at.patient.pk}", {"address": "New Road 1"}),
    ("GET", f"{API}cancel-reasons"): lambda at, who: asked("cancel-reasons", at),
    ("GET", f"{API}me"): lambda at, who: api("me"),
    ("GET", f"{API}roles"): lambda at, who: asked("roles", at),
    ("PUT", f"{API}roles"): lambda at, who: api("roles", _right(at)),
    ("GET", f"{API}tokens"): lambda at, who: api("tokens"),
    ("POST", f"{API}tokens"): lambda at, who: api("tokens", {"name": "x"}, 201),
    ("DELETE", f"{API}tokens/{{token}}"): _token,
}
