"""Users and invitations."""

from datetime import timedelta
from typing import Any

from orderly.people.models import ApiToken, User
from tests.api.practice import Practice
from tests.architecture.calls.made import API, Call, Row, api, asked
from tests.factories import NOW, make_user

ONE = f"{API}users/{{user}}"


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
}
