"""What people see and press."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from orderly.appointments.actions.check_in import make_link
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.actions.screens import add_screen
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment, Screen
from orderly.calendars.models import Rule
from orderly.core.clock import now
from orderly.edge.models import FilteredList, SavedFilter
from orderly.engine.walltime import DAY, to_minute
from orderly.journal.models import Entry
from orderly.patients.actions import change
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from orderly.people.queries import actor_for
from tests.api.practice import Practice
from tests.architecture.calls.booking import (
    booked,
    bought,
    changed_by,
    package,
    purchase,
    rearranged_by,
    repeated_by,
    together_by,
)
from tests.architecture.calls.made import Call, Row
from tests.factories import NOW, make_actor, make_patient, make_user

ONE = "/appointments/{appointment}"
PATIENT = "/patients/{clinic}/{patient}/"
ANALYSTS = frozenset({Role.CLINIC_ADMIN, Role.DOCTOR})  # a doctor sees what they gave themselves


def _at(screen: str, practice: Practice, rest: str = "", form: dict[str, Any] | None = None, status: int = 200) -> Call:
    return Call(f"/{screen}/{practice.clinic.pk}/{rest}", form=form, status=status)


def _pressed(practice: Practice, rest: str, form: dict[str, Any] | None, *before: str) -> Call:
    return Call(f"/appointments/{booked(practice, *before)}/{rest}", form=form)


def _put_back(practice: Practice, who: Any) -> Call:
    made = booked(practice, "arrive")
    entry = Entry.objects.filter(subject=made).latest("id").pk
    return Call(f"/appointments/{made}/put-back/{entry}", form={})


def _why(practice: Practice) -> Call:
    """A time that somebody has."""
    booked(practice)
    return _at("pointing", practice, f"why?day=2026-03-02&time=10:00&provider={practice.provider.pk}")


def _assigned(practice: Practice, who: Any) -> Call:
    return _pressed(practice, "assign", {"provider": practice.provider.pk}, "unconfirm")


def _undone(practice: Practice, who: Any) -> Call:
    made, status = changed_by(practice, who)
    return Call(f"/appointments/{made}/undo", form={}, status=status)


def _series_undone(practice: Practice, who: Any) -> Call:
    series, status = repeated_by(practice, who)
    first = series.occurrences.order_by("day").values_list("appointment", flat=True)[0]
    return Call(f"/series/{first}/undo", form={}, status=status)


def _party_undone(practice: Practice, who: Any) -> Call:
    party, status = together_by(practice, who)
    first = party.members.values_list("appointment", flat=True)[0]
    return Call(f"/parties/{first}/undo", form={}, status=status)


def _rearranging_undone(practice: Practice, who: Any) -> Call:
    body, status = rearranged_by(practice, who)
    return _at("absences", practice, "undo", body, status or 200)


def _to_call(practice: Practice) -> str:
    """Somebody without an address whose visit was rearranged."""
    rearranged_by(practice, None)
    Patient.objects.update(email="")
    return f"called/{Appointment.objects.get().pk}"


def _told(practice: Practice, who: Any, form: dict[str, Any] | None = None) -> Call:
    """Nobody says what is to be told of what others did."""
    made = booked(practice)
    if who is None:
        return Call(f"/appointments/{made}/telling", form=form, status=409 if form else 204)
    move = Move(start=Appointment.objects.get(pk=made).start + 60)
    reschedule(UUID(made), move, actor=actor_for(who), now=now())
    return Call(f"/appointments/{made}/telling", form=form)


def _package_form(practice: Practice) -> dict[str, Any]:
    return {
        "name": "Five",
        "price": "50",
        "validity_days": "60",
        "service": str(practice.service.pk),
        "sessions": "5",
    }


WEEKLY = {"every": "1", "unit": "week", "ends": "count", "count": "3"}


def _later(practice: Practice) -> dict[str, Any]:
    """All of a series at another time."""
    return {**WEEKLY, "scope": "all", "time": "11:00", "minutes": "30", "provider": practice.provider.pk}


def _repeated(practice: Practice, rest: str, form: dict[str, Any] | None = None) -> Call:
    """From the first visit of a series."""
    made = practice.desk.post("series", practice.body(rule="FREQ=WEEKLY;COUNT=3")).json()
    return Call(f"/series/{made['occurrences'][0]['appointment']}/{rest}", form=form)


def _forgotten(practice: Practice, who: Any) -> Call:
    mine = {"user": who or make_user(None), "list": FilteredList.CALENDAR, "name": "Mine"}
    kept = SavedFilter.objects.create(**mine, created_at=now())
    return replace(_at("calendar", practice, f"views/{kept.pk}/forget", {}), personal=True)


def _pair(practice: Practice) -> dict[str, Any]:
    """Two people for the practice's service, one after the other."""
    people = [practice.patient.pk, make_patient(practice.clinic).pk]
    usual = {"provider": ["", ""], "day": "2026-03-03", "days": 1, "order": "given", "wait": 10}
    return {"patient": people, "service": [practice.service.pk] * 2, **usual}


def _chosen(practice: Practice) -> dict[str, Any]:
    start, form = to_minute(practice.clinic.timezone, date(2026, 3, 3), 10 * 60), _pair(practice)
    steps = [
        f"{patient}|{practice.service.pk}|{practice.provider.pk}|{start + 30 * nth}"
        for nth, patient in enumerate(form["patient"])
    ]
    return {**form, "chosen": ";".join(steps), "source": "phone"}


def _when(practice: Practice, **more: Any) -> dict[str, Any]:
    return {
        "day": "2026-03-03",
        "time": "10:00",
        "provider": practice.provider.pk,
        "service": practice.service.pk,
        "patient": practice.patient.pk,
        **more,
    }


def _of(practice: Practice, rest: str, form: dict[str, Any] | None = None, status: int = 200) -> Call:
    return _at("patients", practice, f"{practice.patient.pk}/{rest}", form, status)


def _record_put_back(practice: Practice, who: Any) -> Call:
    editor = make_actor("front_desk", practice.clinic)
    changed = change(practice.patient.pk, PatientDetails(tax_id="7"), actor=editor, now=NOW)
    entry = Entry.objects.filter(subject=changed.pk).latest("id").pk
    return _of(practice, f"put-back/{entry}", {"version": changed.version}, 302)


def _forget(practice: Practice, who: Any) -> Call:
    kept = SavedFilter.objects.create(user=who or make_user(None), list="patients", name="men", created_at=NOW)
    return replace(_at("patients", practice, f"forget/{kept.pk}", {}, 302), personal=True)


# A doctor is shown the form for their own absence.
FAR = date(2100, 1, 1)
NOTES = frozenset({Role.SUPER_ADMIN, Role.CLINIC_ADMIN, Role.FRONT_DESK, Role.DOCTOR})


def _ill(practice: Practice) -> dict[str, Any]:
    return {"provider": practice.provider.pk, "kind": "sick_leave", "first": "2026-03-09", "last": "2026-03-09"}


def _away(practice: Practice) -> Call:
    there = {"resource": practice.provider.resource, "clinic": practice.clinic, "kind": "sick_leave"}
    rule = Rule.objects.create(**there, first=FAR, last=FAR, start=0, end=DAY)
    return _at("absences", practice, f"{rule.pk}/back", {}, 204)


def _taken(practice: Practice) -> dict[str, Any]:
    made = Appointment.objects.get(pk=booked(practice))
    return {"take": made.pk, f"at-{made.pk}": f"{made.version} {made.start + 30} {practice.provider.pk} -"}


KEPT = {"name": "men", "filters": "gender=male"}
PERSON = {
    "first_name": "A",
    "last_name": "B",
    "birth_date": "1990-01-01",
    "gender": "other",
    "mobile": "+998901234567",
}


def _secret(practice: Practice, kind: str) -> str:
    return add_screen(practice.clinic.pk, kind, "x", actor=make_actor("front_desk", practice.clinic), now=now())[1]


def _screen(practice: Practice) -> str:
    _secret(practice, "display")
    return f"screens/{Screen.objects.filter(clinic=practice.clinic).latest('id').pk}/revoke"


def _link(practice: Practice) -> str:
    """Of the day of the walk."""
    made = practice.book("2026-03-02T10:00")["appointment"]["id"]
    return make_link(made, actor=make_actor("front_desk", practice.clinic), now=now())


def _called(practice: Practice) -> Call:
    practice.verb(practice.book("2026-03-02T10:00"), "arrive", {})
    return _at("queue", practice, "call-next", {})


def _walked_in(practice: Practice) -> Call:
    form = {"patient": practice.patient.pk, "service": practice.service.pk, "again": practice.patient.pk}
    return _at("queue", practice, "walk-in/book", form)


RULES = {"waiting_long_minutes": 5, "waiting_too_long_minutes": 9}
FITS = {"birth_date": "01/01/1950", "proof": "0000"}

QUEUE: dict[tuple[str, str], Row] = {
    ("GET", "/queue/{clinic}/"): lambda at, who: _at("queue", at),
    ("GET", "/queue/{clinic}/part"): lambda at, who: _at("queue", at, "part"),
    ("POST", "/queue/{clinic}/call-next"): lambda at, who: _called(at),
    ("GET", "/queue/{clinic}/walk-in"): lambda at, who: _at("queue", at, "walk-in"),
    ("POST", "/queue/{clinic}/walk-in/when"): lambda at, who: _at("queue", at, "walk-in/when", {}),
    ("POST", "/queue/{clinic}/walk-in/book"): lambda at, who: _walked_in(at),
    ("GET", "/queue/{clinic}/screens"): lambda at, who: _at("queue", at, "screens"),
    ("POST", "/queue/{clinic}/screens/add"): lambda at, who: _at(
        "queue", at, "screens/add", {"kind": "kiosk", "name": "x"}
    ),
    ("POST", "/queue/{clinic}/screens/{screen}/revoke"): lambda at, who: _at("queue", at, _screen(at), {}, 302),
    ("POST", "/queue/{clinic}/rules"): lambda at, who: _at("queue", at, "rules", RULES, 302),
    ("POST", "/queue/{clinic}/{appointment}/{step}"): lambda at, who: _at("queue", at, f"{booked(at)}/arrive", {}),
    ("GET", "/display/{clinic}/{secret}/"): lambda at, who: _at("display", at, f"{_secret(at, 'display')}/"),
    ("GET", "/display/{clinic}/{secret}/numbers"): lambda at, who: _at(
        "display", at, f"{_secret(at, 'display')}/numbers"
    ),
    ("GET", "/kiosk/{clinic}/{secret}/"): lambda at, who: _at("kiosk", at, f"{_secret(at, 'kiosk')}/"),
    ("POST", "/kiosk/{clinic}/here"): lambda at, who: _at(
        "kiosk", at, "here", {**FITS, "secret": _secret(at, "kiosk")}, 409
    ),
    ("GET", "/check-in/{secret}/"): lambda at, who: Call(f"/check-in/{_link(at)}/"),
    ("GET", "/check-in/{secret}/state"): lambda at, who: Call(f"/check-in/{_link(at)}/state"),
    ("POST", "/check-in/here"): lambda at, who: Call("/check-in/here", form={"secret": _link(at)}, status=409),
    ("POST", "/check-in/desk/{appointment}"): lambda at, who: Call(f"/check-in/desk/{booked(at)}", form={}),
    ("POST", "/check-in/desk/{appointment}/link"): lambda at, who: Call(f"/check-in/desk/{booked(at)}/link", form={}),
}

SCREENS: dict[tuple[str, str], Row] = {
    ("GET", "/healthz"): lambda at, who: Call("/healthz"),
    ("GET", "/readyz"): lambda at, who: Call("/readyz"),
    ("GET", "/metrics"): lambda at, who: Call("/metrics"),
    ("GET", "/"): lambda at, who: Call("/", status=302, nowhere=200, several=200),
    ("POST", "/language/"): lambda at, who: Call("/language/", form={"language": "ru"}, status=302),
    ("GET", "/calendar/{clinic}/"): lambda at, who: _at("calendar", at),
    ("GET", "/calendar/{clinic}/feed"): lambda at, who: _at("calendar", at, "feed?from=2026-03-02&to=2026-03-03"),
    ("GET", "/calendar/{clinic}/density"): lambda at, who: _at("calendar", at, "density?from=2026-03-02&to=2026-03-03"),
    ("POST", "/calendar/{clinic}/views/keep"): lambda at, who: _at("calendar", at, "views/keep", {"name": "Mine"}),
    ("POST", "/calendar/{clinic}/views/{kept}/forget"): _forgotten,
    ("GET", "/pointing/{clinic}/why"): lambda at, who: _why(at),
    ("GET", "/pointing/{clinic}/pinned"): lambda at, who: _at("pointing", at, f"pinned?id={booked(at)}"),
    ("GET", "/pointing/{clinic}/{appointment}/"): lambda at, who: _at("pointing", at, f"{booked(at)}/"),
    ("GET", "/absences/{clinic}/"): lambda at, who: _at("absences", at),
    ("GET", "/absences/{clinic}/away"): lambda at, who: replace(_at("absences", at, "away"), by=NOTES),
    ("POST", "/absences/{clinic}/note"): lambda at, who: _at("absences", at, "note", _ill(at)),
    ("POST", "/absences/{clinic}/{rule}/back"): lambda at, who: _away(at),
    ("GET", "/absences/{clinic}/plan"): lambda at, who: _at("absences", at, "plan"),
    ("POST", "/absences/{clinic}/plan/anew"): lambda at, who: _at("absences", at, "plan/anew", {}),
    ("POST", "/absences/{clinic}/apply"): lambda at, who: _at("absences", at, "apply", _taken(at), 204),
    ("GET", "/dashboard/{clinic}/"): lambda at, who: _at("dashboard", at),
    ("GET", "/dashboard/{clinic}/part"): lambda at, who: _at("dashboard", at, "part"),
    ("GET", "/lists/{clinic}/appointments"): lambda at, who: _at("lists", at, "appointments"),
    ("POST", "/lists/{clinic}/appointments/find"): lambda at, who: _at("lists", at, "appointments/find", {"q": "a"}),
    ("POST", "/lists/{clinic}/appointments/export"): lambda at, who: _at(
        "lists", at, "appointments/export", {"format": "csv"}
    ),
    ("POST", "/lists/{clinic}/filters/keep"): lambda at, who: _at("lists", at, "filters/keep", {"name": "Mine"}),
    ("POST", "/lists/{clinic}/filters/{kept}/forget"): lambda at, who: _at(
        "lists", at, f"filters/{at.patient.pk}/forget", {}
    ),
    ("GET", "/lists/{clinic}/arrivals"): lambda at, who: _at("lists", at, "arrivals?within=72"),
    ("GET", "/lists/{clinic}/arrivals/part"): lambda at, who: _at("lists", at, "arrivals/part?within=72"),
    ("GET", "/lists/{clinic}/day-sheet"): lambda at, who: _at("lists", at, "day-sheet"),
    ("GET", "/parties/{clinic}/"): lambda at, who: _at("parties", at, f"?patient={at.patient.pk}"),
    ("POST", "/parties/{clinic}/people"): lambda at, who: _at("parties", at, "people", {"patient": at.patient.pk}),
    ("POST", "/parties/{clinic}/find"): lambda at, who: _at("parties", at, "find", _pair(at)),
    ("POST", "/parties/{appointment}/undo"): lambda at, who: _party_undone(at, who),
    ("POST", "/absences/{clinic}/called/{appointment}"): lambda at, who: _at("absences", at, _to_call(at), {}),
    ("POST", "/absences/{clinic}/undo"): lambda at, who: _rearranging_undone(at, who),
    ("POST", "/parties/{clinic}/book"): lambda at, who: _at("parties", at, "book", _chosen(at)),
    ("GET", "/booking/{clinic}/"): lambda at, who: _at("booking", at),
    ("POST", "/series/{clinic}/repeat"): lambda at, who: _at("series", at, "repeat", _when(at, source="phone")),
    ("POST", "/series/{clinic}/plan"): lambda at, who: _at("series", at, "plan", _when(at, source="phone", **WEEKLY)),
    ("POST", "/series/{clinic}/book"): lambda at, who: _at("series", at, "book", _when(at, source="phone", **WEEKLY)),
    ("GET", "/series/{appointment}/change"): lambda at, who: _repeated(at, "change"),
    ("POST", "/series/{appointment}/change/plan"): lambda at, who: _repeated(at, "change/plan", _later(at)),
    ("POST", "/series/{appointment}/change/to"): lambda at, who: _repeated(at, "change/to", _later(at)),
    ("POST", "/series/{appointment}/cancel"): lambda at, who: _repeated(at, "cancel", {"reason": "other"}),
    ("POST", "/series/{appointment}/undo"): lambda at, who: _series_undone(at, who),
    ("GET", "/series/{appointment}/calendar"): lambda at, who: _repeated(at, "calendar"),
    ("POST", "/booking/{clinic}/hold"): lambda at, who: _at("booking", at, "hold", _when(at)),
    ("POST", "/booking/{clinic}/keep"): lambda at, who: _at("booking", at, "keep", _when(at, notes="Soup"), 204),
    ("POST", "/booking/{clinic}/elsewhere"): lambda at, who: _at("booking", at, "elsewhere", {"clinic": at.clinic.pk}),
    ("POST", "/booking/{clinic}/let-go"): lambda at, who: _at("booking", at, "let-go", _when(at), 204),
    ("POST", "/booking/{clinic}/book"): lambda at, who: _at("booking", at, "book", _when(at, source="phone")),
    ("GET", "/packages/{clinic}/"): lambda at, who: _at("packages", at),
    ("GET", "/packages/{clinic}/add"): lambda at, who: _at("packages", at, "add"),
    ("POST", "/packages/{clinic}/add"): lambda at, who: _at("packages", at, "add", _package_form(at), 302),
    ("GET", "/packages/{clinic}/{package}/"): lambda at, who: _at("packages", at, f"{package(at).pk}/"),
    ("POST", "/packages/{clinic}/{package}/"): lambda at, who: _at(
        "packages", at, f"{package(at).pk}/", {**_package_form(at), "version": "1"}, 302
    ),
    ("POST", "/packages/{clinic}/{package}/active"): lambda at, who: _at(
        "packages", at, f"{package(at).pk}/active", {"active": "0"}, 302
    ),
    ("GET", "/packages/{clinic}/purchases/{purchase}/"): lambda at, who: _at(
        "packages", at, f"purchases/{purchase(at).pk}/"
    ),
    ("POST", "/packages/{clinic}/purchases/{purchase}/pay"): lambda at, who: _at(
        "packages", at, f"purchases/{purchase(at).pk}/pay", {"amount": "1.00", "method": "cash"}, 302
    ),
    ("POST", "/packages/{clinic}/purchases/{purchase}/cancel"): lambda at, who: _at(
        "packages", at, f"purchases/{purchase(at).pk}/cancel", {"reason": "moved", "method": "cash"}, 302
    ),
    ("POST", "/packages/{clinic}/purchases/{purchase}/extend"): lambda at, who: _at(
        "packages", at, f"purchases/{purchase(at).pk}/extend", {"until": "2026-12-24", "reason": "ill"}, 302
    ),
    ("GET", "/packages/{clinic}/patients/{patient}/sell"): lambda at, who: _at(
        "packages", at, f"patients/{at.patient.pk}/sell"
    ),
    ("POST", "/packages/{clinic}/patients/{patient}/sell"): lambda at, who: _at(
        "packages", at, f"patients/{at.patient.pk}/sell", {"package": package(at).pk, "method": "cash"}, 302
    ),
    ("GET", "/patients/{clinic}/"): lambda at, who: _at("patients", at),
    ("POST", "/patients/{clinic}/find"): lambda at, who: _at("patients", at, "find", {"q": "a"}),
    ("POST", "/patients/{clinic}/keep"): lambda at, who: _at("patients", at, "keep", KEPT, 302),
    ("POST", "/patients/{clinic}/forget/{kept}"): _forget,
    ("GET", "/patients/{clinic}/quick"): lambda at, who: _at("patients", at, "quick"),
    ("POST", "/patients/{clinic}/quick"): lambda at, who: _at("patients", at, "quick", PERSON),
    ("GET", "/patients/{clinic}/add"): lambda at, who: _at("patients", at, "add"),
    ("POST", "/patients/{clinic}/add"): lambda at, who: _at("patients", at, "add", PERSON, 302),
    ("POST", "/patients/{clinic}/relatives"): lambda at, who: _at("patients", at, "relatives", {"q": "a"}),
    ("GET", PATIENT): lambda at, who: _of(at, ""),
    ("GET", f"{PATIENT}part"): lambda at, who: _of(at, "part"),
    ("GET", f"{PATIENT}older"): lambda at, who: _of(at, "older"),
    ("GET", f"{PATIENT}changes"): lambda at, who: _of(at, "changes"),
    ("GET", f"{PATIENT}looks"): lambda at, who: _of(at, "looks"),
    ("GET", f"{PATIENT}edit"): lambda at, who: _of(at, "edit"),
    ("POST", f"{PATIENT}edit"): lambda at, who: _of(at, "edit", {"version": "1", "before": "{}", "tax_id": "7"}, 302),
    ("POST", f"{PATIENT}standing"): lambda at, who: _of(at, "standing", {"version": "1"}, 302),
    ("POST", f"{PATIENT}family"): lambda at, who: _of(at, "family", {"add": at.patient.pk}, 302),
    ("POST", f"{PATIENT}put-back/{{entry}}"): _record_put_back,
    ("POST", "/patients/{clinic}/search"): lambda at, who: _at("patients", at, "search", {"q": "a"}),
    ("GET", "/patients/{clinic}/{patient}/chosen"): lambda at, who: _at("patients", at, f"{at.patient.pk}/chosen"),
    ("POST", "/patients/{clinic}/new"): lambda at, who: _at("patients", at, "new", {"q": "a"}),
    ("POST", "/patients/{clinic}/register"): lambda at, who: _at("patients", at, "register", PERSON),
    ("GET", f"{ONE}/"): lambda at, who: _pressed(at, "", None),
    ("GET", "/documents/appointments/{appointment}/confirmation.pdf"): lambda at, who: Call(
        f"/documents/appointments/{booked(at)}/confirmation.pdf"
    ),
    ("GET", "/reports/{clinic}/packages"): lambda at, who: replace(_at("reports", at, "packages"), by=ANALYSTS),
    ("GET", "/reports/{clinic}/packages.csv"): lambda at, who: replace(_at("reports", at, "packages.csv"), by=ANALYSTS),
    ("GET", "/documents/purchases/{purchase}/schedule.pdf"): lambda at, who: Call(
        f"/documents/purchases/{bought(at)}/schedule.pdf"
    ),
    ("GET", f"{ONE}/move"): lambda at, who: _pressed(at, "move", None),
    ("POST", f"{ONE}/move"): lambda at, who: _pressed(at, "move", {"day": "2026-03-04"}),
    ("POST", f"{ONE}/move/to"): lambda at, who: _pressed(at, "move/to", {"day": "2026-03-04", "time": "10:00"}),
    ("POST", f"{ONE}/cancel"): lambda at, who: _pressed(at, "cancel", {"reason": "other"}),
    ("POST", f"{ONE}/reopen"): lambda at, who: _pressed(at, "reopen", {"reason": "x"}, "complete"),
    ("POST", f"{ONE}/put-back/{{entry}}"): _put_back,
    ("POST", f"{ONE}/assign"): _assigned,
    ("POST", f"{ONE}/correct"): lambda at, who: _pressed(at, "correct", {"notes": "x"}),
    ("POST", f"{ONE}/undo"): _undone,
    ("GET", f"{ONE}/telling"): _told,
    ("POST", f"{ONE}/telling"): lambda at, who: _told(at, who, {"tell": "true"}),
    **QUEUE,
    ("POST", f"{ONE}/{{step}}"): lambda at, who: _pressed(at, "arrive", {}),
}
