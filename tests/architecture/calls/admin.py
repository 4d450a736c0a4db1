"""The admin: for each kind of row one of the practice's, opened and saved by whoever may."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model

from orderly.appointments.models import Appointment, CancelReason, QueueCounter, Session, Visit
from orderly.billing.models import Payment
from orderly.calendars.models import Claim, Hold, Reservation, Rule
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.clock import now
from orderly.edge.models import IdempotentAnswer
from orderly.edge.routes import routes
from orderly.journal.models import Delivery, Entry, Look
from orderly.patients.models import Patient
from orderly.people.models import ApiToken, Membership, RoleOverride, User
from orderly.resources.models import Asset, Kind, Provider, Resource
from tests.api.practice import Practice
from tests.architecture.calls.booking import booked
from tests.architecture.calls.made import Call, Row
from tests.factories import make_asset, make_user

ADMIN = "/admin/"


def _booked(practice: Practice) -> Appointment:
    return Appointment.objects.get(pk=booked(practice))


def _hold(practice: Practice) -> Hold:
    claim = Claim.objects.create(kind="hold", expires_at=now())
    of = {"clinic": practice.clinic, "service": practice.service, "owner": make_user("front_desk", practice.clinic)}
    return Hold.objects.create(claim=claim, start=0, end=30, **of)


def _session(practice: Practice) -> Session:
    claim = Claim.objects.create(kind="hold", expires_at=now())
    of = {"clinic": practice.clinic, "service": practice.service, "provider": practice.provider, "claim": claim}
    return Session.objects.create(resource=Resource.objects.create(kind=Kind.ROOM), start=0, end=30, **of)


def _entry(practice: Practice) -> Entry:
    return Entry.objects.create(at=now(), fact="x", clinic=practice.clinic.pk, subject=practice.patient.pk)


def _token(practice: Practice) -> ApiToken:
    user = make_user("front_desk", practice.clinic)
    return ApiToken.objects.create(user=user, clinic=practice.clinic, name="x", digest=user.pk.hex, created_at=now())


def _answer(practice: Practice) -> IdempotentAnswer:
    user = make_user("front_desk", practice.clinic)
    return IdempotentAnswer.objects.create(user=user, key="x", digest="x", status=201, body="x", created_at=now())


ROWS: dict[type[Model], Callable[[Practice], Model]] = {
    Appointment: _booked,
    Session: _session,
    Visit: lambda at: _booked(at).visit,
    Payment: lambda at: _booked(at).payment,
    CancelReason: lambda at: CancelReason.objects.create(clinic=at.clinic, code="x", name="x"),
    QueueCounter: lambda at: QueueCounter.objects.get_or_create(clinic=at.clinic, day="2026-03-03")[0],
    Claim: lambda at: Claim.objects.get(appointment=_booked(at)),
    Hold: _hold,
    Reservation: lambda at: Reservation.objects.filter(claim__appointment=_booked(at)).latest("id"),
    Rule: lambda at: Rule.objects.filter(clinic=at.clinic).latest("id"),
    Service: lambda at: at.service,
    Clinic: lambda at: at.clinic,
    Provider: lambda at: at.provider,
    Asset: lambda at: make_asset(at.clinic),
    Patient: lambda at: at.patient,
    User: lambda at: make_user("front_desk", at.clinic),
    Membership: lambda at: Membership.objects.get(user=make_user("front_desk", at.clinic)),
    RoleOverride: lambda at: RoleOverride.objects.create(clinic=at.clinic, role="x", permission="x", allowed=True),
    ApiToken: _token,
    Entry: _entry,
    Look: lambda at: Look.objects.create(at=now(), kind="view", what="x", clinic=at.clinic.pk, count=0),
    Delivery: lambda at: Delivery.objects.create(entry=_entry(at), reaction="x", next_try=now(), dead=True),
    IdempotentAnswer: _answer,
}
NOBODY: frozenset[str] = frozenset()
NO_CLINICS = {IdempotentAnswer}  # of no clinic: for those alone who have the right in all


def address(model: type[Model]) -> str:
    return f"{ADMIN}{model._meta.app_label}/{model._meta.model_name}/"


def saved(row: Any) -> dict[str, Any]:
    """The form of a row as it is, with nothing changed."""
    fields = {field.name: getattr(row, field.name) for field in row._meta.fields if not field.is_relation}
    shown = {name: "" if value is None else value for name, value in fields.items() if value is not False}
    return {**shown, "seen": row.version}


def _listed(model: type[Model]) -> Row:
    by = NOBODY if model in NO_CLINICS else None
    return lambda at, who: Call(address(model), bound=False, by=by)


def _acted(model: type[Model], action: str) -> Row:
    def row(at: Practice, who: Any) -> Call:
        form = {"action": action, ACTION_CHECKBOX_NAME: ROWS[model](at).pk}
        return Call(address(model), form=form, status=302, bound=False)

    return row


def _one(model: type[Model], rest: str, status: int = 200, *, write: bool = False) -> Row:
    def row(at: Practice, who: Any) -> Call:
        found: Any = ROWS[model](at)
        form = saved(found) if write else None
        by = NOBODY if model in NO_CLINICS else None
        return Call(f"{address(model)}{found.pk}/{rest}/", form=form, status=status, by=by)

    return row


def _rows() -> dict[tuple[str, str], Row]:
    """For those that are there: `routes` says which can be written, and whose history is kept."""
    actions = {User: "sign_out", ApiToken: "revoke", Delivery: "again"}
    found: dict[tuple[str, str], Row] = {
        ("GET", ADMIN): lambda at, who: Call(ADMIN, nowhere=200),
        ("GET", f"{ADMIN}jsi18n/"): lambda at, who: Call(f"{ADMIN}jsi18n/", nowhere=200),
        ("GET", f"{ADMIN}{{app_label}}/"): lambda at, who: Call(f"{ADMIN}clinics/"),
    }
    for model in ROWS:
        one = f"{address(model)}{{object_id}}/"
        found |= {
            ("GET", address(model)): _listed(model),
            ("POST", address(model)): _acted(model, actions.get(model, "")),
            ("GET", f"{one}change/"): _one(model, "change"),
            ("POST", f"{one}change/"): _one(model, "change", 302, write=True),
            ("GET", f"{one}history/"): _one(model, "history", 302),
        }
    there = {(route.method, route.path) for route in routes()}
    return {route: row for route, row in found.items() if route in there}


IN_ADMIN = _rows()
