"""What people see and press."""

from typing import Any

from orderly.journal.models import Entry
from tests.api.practice import Practice
from tests.architecture.calls.booking import booked
from tests.architecture.calls.made import Call, Row

ONE = "/appointments/{appointment}"


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


def _when(practice: Practice, **more: Any) -> dict[str, Any]:
    return {
        "day": "2026-03-03",
        "time": "10:00",
        "provider": practice.provider.pk,
        "service": practice.service.pk,
        "patient": practice.patient.pk,
        **more,
    }


PERSON = {
    "first_name": "A",
    "last_name": "B",
    "birth_date": "1990-01-01",
    "gender": "other",
    "mobile": "+998901234567",
}

SCREENS: dict[tuple[str, str], Row] = {
    ("GET", "/healthz"): lambda at, who: Call("/healthz"),
    ("GET", "/readyz"): lambda at, who: Call("/readyz"),
    ("GET", "/metrics"): lambda at, who: Call("/metrics"),
    ("GET", "/"): lambda at, who: Call("/", status=302, nowhere=200),
    ("POST", "/language/"): lambda at, who: Call("/language/", form={"language": "ru"}, status=302),
    ("GET", "/calendar/{clinic}/"): lambda at, who: _at("calendar", at),
    ("GET", "/calendar/{clinic}/feed"): lambda at, who: _at("calendar", at, "feed?from=2026-03-02&to=2026-03-03"),
    ("GET", "/pointing/{clinic}/why"): lambda at, who: _why(at),
    ("GET", "/pointing/{clinic}/pinned"): lambda at, who: _at("pointing", at, f"pinned?id={booked(at)}"),
    ("GET", "/pointing/{clinic}/{appointment}/"): lambda at, who: _at("pointing", at, f"{booked(at)}/"),
    ("GET", "/booking/{clinic}/"): lambda at, who: _at("booking", at),
    ("POST", "/booking/{clinic}/hold"): lambda at, who: _at("booking", at, "hold", _when(at)),
    ("POST", "/booking/{clinic}/let-go"): lambda at, who: _at("booking", at, "let-go", _when(at), 204),
    ("POST", "/booking/{clinic}/book"): lambda at, who: _at("booking", at, "book", _when(at, source="phone")),
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
    ("POST", f"{ONE}/{{step}}"): lambda at, who: _pressed(at, "arrive", {}),
}
