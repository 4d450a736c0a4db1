"""Clinics, providers, services, resources, hours, time off, closures, maintenance."""

from typing import Any

from orderly.appointments.models import CancelReason
from orderly.calendars.models import Rule, RuleKind
from orderly.patients.models import ListItem
from orderly.people.permissions import Role
from orderly.resources.models import Asset
from tests.api.practice import Practice
from tests.architecture.calls.made import API, Call, Row, api, asked
from tests.factories import TUESDAY, make_asset

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
CLINIC, PROVIDER = f"{API}clinics/{{clinic}}", f"{API}providers/{{provider}}"
LISTS = f"{API}reference-lists"
DAY = {"start": "2026-03-05", "end": "2026-03-06"}
HOURS = {"hours": [{"weekdays": [1, 2], "from_time": "09:00", "to_time": "12:00"}]}


def _ids(practice: Practice, **more: Any) -> dict[str, Any]:
    return {"clinic": str(practice.clinic.pk), **more}


def _clinic(practice: Practice) -> str:
    return f"clinics/{practice.clinic.pk}"


def _provider(practice: Practice) -> str:
    return f"providers/{practice.provider.pk}"


def _with_logo(practice: Practice) -> Practice:
    practice.clinic.logo = PNG
    practice.clinic.save()
    return practice


def _chair(practice: Practice) -> Asset:
    return make_asset(practice.clinic)


def _rule(practice: Practice, kind: RuleKind, resource: Any = None) -> str:
    rule = Rule.objects.create(
        clinic=practice.clinic, resource=resource, kind=kind, first=TUESDAY, last=TUESDAY, start=540, end=600
    )
    return str(rule.pk)


def _service(practice: Practice) -> dict[str, Any]:
    return _ids(practice, name="Cleaning", minutes=30)


def _off(practice: Practice) -> dict[str, Any]:
    return _ids(practice, provider=str(practice.provider.pk), kind="meeting", **DAY)


def _extra(practice: Practice) -> dict[str, Any]:
    return _ids(practice, date="2026-03-08", from_time="09:00", to_time="12:00")


def _region() -> ListItem:
    return ListItem.objects.get_or_create(kind="region", name="Surrey")[0]


def _reason() -> CancelReason:
    return CancelReason.objects.get(code="patient_ill")


def _kept(practice: Practice, rest: str, **form: str) -> Call:
    return Call(f"/reference/{practice.clinic.pk}/{rest}", form=form, status=302)


def _maintained(practice: Practice) -> dict[str, Any]:
    return {"resource": str(_chair(practice).pk), **DAY}


def _open_clinic(practice: Practice, user: Any) -> Call:
    body = {"name": "New", "timezone": "Europe/London", "currency": "GBP"}
    return api("clinics", body, 201, bound=False, by=frozenset({Role.SUPER_ADMIN}))


def _remove(path: str, practice: Practice, kind: RuleKind, resource: Any = None, status: int = 204) -> Call:
    return api(f"{path}/{_rule(practice, kind, resource)}", status=status)


SETUP: dict[tuple[str, str], Row] = {
    ("GET", f"{API}clinics"): lambda at, who: api("clinics", bound=False),
    ("POST", f"{API}clinics"): _open_clinic,
    ("GET", CLINIC): lambda at, who: api(_clinic(at)),
    ("PATCH", CLINIC): lambda at, who: api(_clinic(at), {"name": "Renamed"}),
    ("GET", f"{CLINIC}/logo"): lambda at, who: api(f"{_clinic(_with_logo(at))}/logo"),
    ("PUT", f"{CLINIC}/logo"): lambda at, who: api(f"{_clinic(at)}/logo", PNG),
    ("DELETE", f"{CLINIC}/logo"): lambda at, who: api(f"{_clinic(_with_logo(at))}/logo"),
    ("GET", f"{CLINIC}/hours"): lambda at, who: api(f"{_clinic(at)}/hours"),
    ("PUT", f"{CLINIC}/hours"): lambda at, who: api(f"{_clinic(at)}/hours", HOURS),
    ("GET", f"{API}providers"): lambda at, who: asked("providers", at),
    ("POST", f"{API}providers"): lambda at, who: api("providers", _ids(at, name="Dr New"), 201),
    ("GET", PROVIDER): lambda at, who: api(_provider(at), nowhere=403),
    ("PATCH", PROVIDER): lambda at, who: api(_provider(at), {"title": "Prof."}),
    ("GET", f"{PROVIDER}/upcoming"): lambda at, who: api(f"{_provider(at)}/upcoming", nowhere=403),
    ("GET", f"{PROVIDER}/hours"): lambda at, who: api(f"{_provider(at)}/hours?clinic={at.clinic.pk}"),
    ("PUT", f"{PROVIDER}/hours"): lambda at, who: api(f"{_provider(at)}/hours", _ids(at, **HOURS)),
    ("GET", f"{PROVIDER}/extra-hours"): lambda at, who: asked(f"{_provider(at)}/extra-hours", at),
    ("POST", f"{PROVIDER}/extra-hours"): lambda at, who: api(f"{_provider(at)}/extra-hours", _extra(at), 201),
    ("DELETE", f"{PROVIDER}/extra-hours/{{rule}}"): lambda at, who: _remove(
        f"{_provider(at)}/extra-hours", at, RuleKind.EXTRA, at.provider.resource, 200
    ),
    ("GET", f"{API}services"): lambda at, who: asked("services", at),
    ("POST", f"{API}services"): lambda at, who: api("services", _service(at), 201),
    ("GET", f"{API}services/{{service}}"): lambda at, who: api(f"services/{at.service.pk}", nowhere=403),
    ("PATCH", f"{API}services/{{service}}"): lambda at, who: api(f"services/{at.service.pk}", {"name": "Renamed"}),
    ("GET", f"{API}resources"): lambda at, who: asked("resources", at),
    ("POST", f"{API}resources"): lambda at, who: api("resources", _ids(at, name="New", kind="chair"), 201),
    ("GET", f"{API}resources/{{resource}}"): lambda at, who: api(f"resources/{_chair(at).pk}", nowhere=403),
    ("PATCH", f"{API}resources/{{resource}}"): lambda at, who: api(f"resources/{_chair(at).pk}", {"name": "Renamed"}),
    ("GET", f"{API}time-off"): lambda at, who: asked("time-off", at),
    ("POST", f"{API}time-off"): lambda at, who: api("time-off", _off(at), 201),
    ("DELETE", f"{API}time-off/{{rule}}"): lambda at, who: _remove(
        "time-off", at, RuleKind.MEETING, at.provider.resource
    ),
    ("GET", f"{API}closures"): lambda at, who: asked("closures", at),
    ("POST", f"{API}closures"): lambda at, who: api("closures", _ids(at, **DAY), 201),
    ("DELETE", f"{API}closures/{{rule}}"): lambda at, who: _remove("closures", at, RuleKind.CLOSURE),
    ("GET", LISTS): lambda at, who: api(f"reference-lists?clinic={at.clinic.pk}&kind=region"),
    ("POST", LISTS): lambda at, who: api("reference-lists", _ids(at, kind="region", name="Kent"), 201),
    ("POST", f"{API}cancel-reasons"): lambda at, who: api("cancel-reasons", _ids(at, name="Snow"), 201),
    ("PATCH", f"{API}cancel-reasons/{{reason}}"): lambda at, who: api(
        f"cancel-reasons/{_reason().pk}", _ids(at, active=False)
    ),
    ("PATCH", f"{LISTS}/{{item}}"): lambda at, who: api(f"reference-lists/{_region().pk}", _ids(at, active=False)),
    ("GET", "/reference/{clinic}/"): lambda at, who: Call(f"/reference/{at.clinic.pk}/"),
    ("POST", "/reference/{clinic}/add"): lambda at, who: _kept(at, "add", kind="region", name="Kent"),
    ("POST", "/reference/{clinic}/item/{item}"): lambda at, who: _kept(at, f"item/{_region().pk}", name="Kent"),
    ("POST", "/reference/{clinic}/reason"): lambda at, who: _kept(at, "reason", name="Strike"),
    ("POST", "/reference/{clinic}/reason/{reason}"): lambda at, who: _kept(at, f"reason/{_reason().pk}", active="0"),
    ("POST", "/reference/{clinic}/required"): lambda at, who: _kept(at, "required", patient_requires="region"),
    ("GET", f"{API}maintenance"): lambda at, who: asked("maintenance", at),
    ("POST", f"{API}maintenance"): lambda at, who: api("maintenance", _maintained(at), 201),
    ("DELETE", f"{API}maintenance/{{rule}}"): lambda at, who: _remove(
        "maintenance", at, RuleKind.MAINTENANCE, _chair(at).resource
    ),
}
