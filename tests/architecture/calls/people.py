"""Users and invitations."""

from datetime import date, timedelta
from typing import Any

from orderly.dossier.actions.merge import merge
from orderly.patients.models import LinkRequest
from orderly.people.actions.invitations import invite
from orderly.people.models import ApiToken, Invitation, User
from orderly.people.queries import actor_for
from orderly.people.rules import secret
from tests.api.practice import Practice
from tests.architecture.calls.made import API, Call, Row, api, asked
from tests.factories import NOW, make_actor, make_clinic, make_patient, make_user

ONE = f"{API}users/{{user}}"
RECORD = "/patients/{clinic}/{patient}"


def colleague(practice: Practice) -> User:
    return make_user("front_desk", practice.clinic)


def _of(practice: Practice, rest: str = "", body: Any = None, status: int = 200) -> Call:
    return api(f"users/{colleague(practice).pk}{rest}", body, status)


def _token(practice: Practice, who: User | None) -> Call:
    user = colleague(practice)
    token = ApiToken.objects.create(
        user=user, clinic=practice.clinic, name="x", digest=str(user.pk), created_at=NOW - timedelta(1)
    )
    return api(f"users/{user.pk}/tokens/{token.pk}", status=204)


def invited(practice: Practice) -> Invitation:
    admin = actor_for(make_user("clinic_admin", practice.clinic))
    return invite("n@example.org", "doctor", clinic=practice.clinic.pk, language="en", actor=admin, now=NOW)


def _invitation(practice: Practice, rest: str = "", body: Any = None, status: int = 200) -> Call:
    return api(f"invitations/{invited(practice).pk}{rest}", body, status)


def _asked(practice: Practice) -> dict[str, Any]:
    return {"clinic": str(practice.clinic.pk), "email": "n@example.org", "role": "doctor"}


def _link(practice: Practice) -> Call:
    found = invited(practice)
    return Call(f"/join/{found.pk}/{secret(found.pk, found.nonce)}/")


def _accept(practice: Practice) -> Call:
    found = invited(practice)
    form = {"secret": secret(found.pk, found.nonce), "name": "N", "password": "correct horse"}
    return Call(f"/join/{found.pk}/accept", form=form, status=302)


def _ask_form() -> dict[str, Any]:
    return {"email": "n@example.org", "role": "doctor", "language": "en"}


def _team(practice: Practice, rest: str = "", form: dict[str, Any] | None = None, status: int = 200) -> Call:
    return Call(f"/team/{practice.clinic.pk}/{rest}", form=form, status=status)


def linked(practice: Practice) -> LinkRequest:
    """Another clinic's request for the practice's patient."""
    return LinkRequest.objects.create(
        clinic=make_clinic(), patient=practice.patient, name="A B", birth_date=date(1990, 1, 1), created_at=NOW
    )


def _answer(practice: Practice, answer: str) -> Call:
    return api(f"patients/link-requests/{linked(practice).pk}/{answer}", {"clinic": str(practice.clinic.pk)})


def _person_elsewhere(practice: Practice) -> dict[str, Any]:
    there = make_patient(make_clinic())
    names = {"first_name": there.first_name, "last_name": there.last_name, "birth_date": "1990-01-01"}
    return {**names, "mobile": there.mobile}


def _ask(practice: Practice) -> Call:
    return api("patients/link-requests", {"clinic": str(practice.clinic.pk), **_person_elsewhere(practice)}, 201)


def _patients(practice: Practice, rest: str, form: dict[str, Any] | None = None, status: int = 200) -> Call:
    return Call(f"/patients/{practice.clinic.pk}/{rest}", form=form, status=status)


def _merging(practice: Practice) -> dict[str, Any]:
    other = make_patient(practice.clinic)
    return {"other": other.pk, "version": "1", "other_version": "1"}


def _unmerged(practice: Practice, form: dict[str, Any] | None = None, status: int = 200) -> Call:
    """Of a record that another was merged into."""
    boss = make_actor("clinic_admin", practice.clinic)
    merge(practice.patient.pk, make_patient(practice.clinic).pk, {}, actor=boss, now=NOW)
    return _patients(practice, f"{practice.patient.pk}/unmerge", form, status)


def _roles(practice: Practice) -> dict[str, Any]:
    return {"clinic": str(practice.clinic.pk), "roles": ["read_only"]}


PEOPLE: dict[tuple[str, str], Row] = {
    ("GET", f"{API}users"): lambda at, who: asked("users", at),
    ("GET", ONE): lambda at, who: _of(at),
    ("PATCH", ONE): lambda at, who: _of(at, "", {"name": "New"}),
    ("PUT", f"{ONE}/roles"): lambda at, who: _of(at, "/roles", _roles(at)),
    ("POST", f"{ONE}/deactivate"): lambda at, who: _of(at, "/deactivate", {}),
    ("POST", f"{ONE}/reactivate"): lambda at, who: _of(at, "/reactivate", {}),
    ("POST", f"{ONE}/end-sessions"): lambda at, who: _of(at, "/end-sessions", {}),
    ("POST", f"{ONE}/reset-second-factor"): lambda at, who: _of(at, "/reset-second-factor", {}),
    ("GET", f"{ONE}/tokens"): lambda at, who: _of(at, "/tokens"),
    ("DELETE", f"{ONE}/tokens/{{token}}"): _token,
    ("GET", f"{API}invitations"): lambda at, who: asked("invitations", at),
    ("POST", f"{API}invitations"): lambda at, who: api("invitations", _asked(at), 201),
    ("POST", f"{API}invitations/{{invitation}}/resend"): lambda at, who: _invitation(at, "/resend", {}),
    ("DELETE", f"{API}invitations/{{invitation}}"): lambda at, who: _invitation(at, status=204),
    ("GET", f"{API}patients/link-requests"): lambda at, who: asked("patients/link-requests", at),
    ("POST", f"{API}patients/link-requests"): lambda at, who: _ask(at),
    ("POST", f"{API}patients/link-requests/{{request_id}}/approve"): lambda at, who: _answer(at, "approve"),
    ("POST", f"{API}patients/link-requests/{{request_id}}/decline"): lambda at, who: _answer(at, "decline"),
    ("POST", "/patients/{clinic}/ask-link"): lambda at, who: _patients(
        at, "ask-link", {**_person_elsewhere(at), "gender": "other"}
    ),
    ("GET", "/patients/{clinic}/links"): lambda at, who: _patients(at, "links"),
    ("POST", "/patients/{clinic}/links/{link}/{answer}"): lambda at, who: _patients(
        at, f"links/{linked(at).pk}/approve", {}, 302
    ),
    ("GET", "/patients/{clinic}/duplicates"): lambda at, who: _patients(at, "duplicates"),
    ("GET", f"{RECORD}/merge"): lambda at, who: _patients(at, f"{at.patient.pk}/merge"),
    ("POST", f"{RECORD}/merge"): lambda at, who: _patients(at, f"{at.patient.pk}/merge", _merging(at), 302),
    ("POST", f"{RECORD}/apart"): lambda at, who: _patients(at, f"{at.patient.pk}/apart", _merging(at), 302),
    ("GET", f"{RECORD}/unmerge"): lambda at, who: _unmerged(at),
    ("POST", f"{RECORD}/unmerge"): lambda at, who: _unmerged(at, {"version": "2"}, 302),
    ("GET", "/audit/{clinic}/"): lambda at, who: Call(f"/audit/{at.clinic.pk}/"),
    ("POST", "/audit/{clinic}/find"): lambda at, who: Call(f"/audit/{at.clinic.pk}/find", form={}, status=302),
    ("GET", "/team/{clinic}/"): lambda at, who: _team(at),
    ("POST", "/team/{clinic}/search"): lambda at, who: _team(at, "search", {"q": "x"}),
    ("GET", "/team/{clinic}/invite"): lambda at, who: _team(at, "invite"),
    ("POST", "/team/{clinic}/invite/send"): lambda at, who: _team(at, "invite/send", _ask_form(), 302),
    ("POST", "/team/{clinic}/invitations/{invitation}/resend"): lambda at, who: _team(
        at, f"invitations/{invited(at).pk}/resend", {}, 302
    ),
    ("POST", "/team/{clinic}/invitations/{invitation}/revoke"): lambda at, who: _team(
        at, f"invitations/{invited(at).pk}/revoke", {}, 302
    ),
    ("GET", "/team/{clinic}/{user}/"): lambda at, who: _team(at, f"{colleague(at).pk}/"),
    ("POST", "/team/{clinic}/{user}/roles"): lambda at, who: _team(
        at, f"{colleague(at).pk}/roles", {"role": "doctor"}, 302
    ),
    ("POST", "/team/{clinic}/{user}/{step}"): lambda at, who: _team(at, f"{colleague(at).pk}/deactivate", {}, 302),
    ("GET", "/join/{invitation}/{secret}/"): lambda at, who: _link(at),
    ("POST", "/join/{invitation}/accept"): lambda at, who: _accept(at),
}
