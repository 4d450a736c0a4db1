"""A call to be made, at a practice, by a user. What it needs may be written first: every call is rolled back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orderly.people.models import User
from tests.api.practice import Practice

API = "/api/v1/"


@dataclass(frozen=True)
class Call:
    """`path` from the root, with `body` as JSON or `form`; `status` is the answer to those who may.

    `personal`: about the user's own things, so everybody may with theirs and nobody with another's.
    `bound`: to the practice's clinic; otherwise the right is needed in any clinic. `by`: fewer may than hold the right.
    `nowhere`: the answer to somebody who belongs to no clinic; `several`: to who works in several, if it is another.
    """

    path: str
    body: Any = None
    status: int = 200
    form: dict[str, Any] | None = None
    personal: bool = False
    bound: bool = True
    by: frozenset[str] | None = None
    nowhere: int = 404
    several: int | None = None


Row = Callable[[Practice, User | None], Call]


def api(path: str, body: Any = None, status: int = 200, **more: Any) -> Call:
    return Call(f"{API}{path}", body, status, **more)


def asked(path: str, practice: Practice, **query: Any) -> Call:
    """A read about the practice's clinic."""
    found = {"clinic": practice.clinic.pk, **query}
    return api(f"{path}?" + "&".join(f"{name}={value}" for name, value in found.items()))
