"""What people see and press."""

from dataclasses import replace
from typing import Any

from orderly.appointments.actions.check_in import make_link
from orderly.appointments.actions.screens import add_screen
from orderly.appointments.models import Screen
from orderly.core.clock import now
from orderly.edge.models import FilteredList, SavedFilter
from orderly.journal.models import Entry
from orderly.patients.actions import change
from orderly.patients.inputs import PatientDetails
from tests.api.practice import Practice
from tests.architecture.calls.booking import booked, changed_by
from tests.architecture.calls.made import Call, Row
from tests.factories import NOW, make_actor, make_user

ONE = "/appointments/{appointment}"
PATIENT = "/patients/{clinic}/{patient}/"


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


def _forgotten(practice: Practice, who: Any) -> Call:
    mine = {"user": who or make_user(None), "list": FilteredList.CALENDAR, "name": "Mine"}
    kept = SavedFilter.objects.create(**mine, created_at=now())
    return replace(_at("calendar", practice, f"views/{kept.pk}/forget", {}), personal=True)


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
    form = {"patient": practice.patient.pk, "service": practice.service.pk}
    return _at("queue", practice, "walk-in/book", form)


RULES = {"waiting_long_minutes": 5, "waiting_too_long_minutes": 9}
FITS = {"birth_date": "01/01/1950", "proof": "0000"}

QUEUE: dict[tuple[str, str], Row] = {
    ("GET", "/queue/{clinic}/"): lambda at, who: _at("queue", at),
    ("GET", "/queue/{clinic}/part"): lambda at, who: _at("queue", at, "part"),
    ("POST", "/queue/{clinic}/call-next"): lambda at, who: _called(at),
    ("GET", "/queue/{clinic}/walk-in"): lambda at, who: _at("queue", at, "walk-in"),
    ("GET", "/queue/{clinic}/walk-in/when"): lambda at, who: _at("queue", at, "walk-in/when"),
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
    ("GET", "/booking/{clinic}/"): lambda at, who: _at("booking", at),
    ("POST", "/booking/{clinic}/hold"): lambda at, who: _at("booking", at, "hold", _when(at)),
    ("POST", "/booking/{clinic}/elsewhere"): lambda at, who: _at("booking", at, "elsewhere", {"clinic": at.clinic.pk}),
    ("POST", "/booking/{clinic}/let-go"): lambda at, who: _at("booking", at, "let-go", _when(at), 204),
    ("POST", "/booking/{clinic}/book"): lambda at, who: _at("booking", at, "book", _when(at, source="phone")),
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
    ("GET", f"{ONE}/move"): lambda at, who: _pressed(at, "move", None),
    ("POST", f"{ONE}/move/to"): lambda at, who: _pressed(at, "move/to", {"day": "2026-03-04", "time": "10:00"}),
    ("POST", f"{ONE}/cancel"): lambda at, who: _pressed(at, "cancel", {"reason": "other"}),
    ("POST", f"{ONE}/reopen"): lambda at, who: _pressed(at, "reopen", {"reason": "x"}, "complete"),
    ("POST", f"{ONE}/put-back/{{entry}}"): _put_back,
    ("POST", f"{ONE}/assign"): _assigned,
    ("POST", f"{ONE}/correct"): lambda at, who: _pressed(at, "correct", {"notes": "x"}),
    ("POST", f"{ONE}/undo"): _undone,
    **QUEUE,
    ("POST", f"{ONE}/{{step}}"): lambda at, who: _pressed(at, "arrive", {}),
}
