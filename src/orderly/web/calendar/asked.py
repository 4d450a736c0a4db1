"""What the address of a calendar's data asks for. It names ids and states, never a patient."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import QueryDict

from orderly.appointments.choices import Status
from orderly.appointments.queries.columns import By, Shown
from orderly.web.dates import picked

T = TypeVar("T")

MOST: Final = 100  # ids that one address may name


@dataclass(frozen=True, slots=True)
class Asked:
    """The local days [first, last), and what of them."""

    first: date
    last: date
    shown: Shown

    @property
    def logged(self) -> dict[str, Any]:
        """As the log of looks keeps it."""
        shown = self.shown
        return {
            "first": self.first,
            "last": self.last,
            "by": "" if shown.by is By.PROVIDER else shown.by.value,
            "providers": sorted(shown.providers),
            "places": sorted(shown.places),
            "services": sorted(shown.services),
            "statuses": sorted(shown.statuses),
            "phones": shown.phones or None,
        }


def asked(query: QueryDict, most_days: int) -> Asked:
    """Errors: BadRequest where anything of it can't be read, or for more days than that."""
    first, last = _read(picked, query, "from"), _read(picked, query, "to")
    if not 0 < (last - first).days <= most_days:
        raise BadRequest("range")
    shown = Shown(
        by=_read(By, query, "by", By.PROVIDER),
        providers=_all(UUID, query, "provider"),
        places=_all(UUID, query, "place"),
        services=_all(UUID, query, "service"),
        statuses=frozenset(one.value for one in _all(Status, query, "status")),
        without=frozenset({Status.CANCELLED.value} if query.get("cancelled") == "no" else ()),
        phones=query.get("phones") == "yes",
    )
    return Asked(first, last, shown)


def _read(kind: Callable[[str], T], query: QueryDict, name: str, otherwise: T | None = None) -> T:
    given = query.get(name)
    if given is None and otherwise is not None:
        return otherwise
    return _one(kind, given or "", name)


def _all(kind: Callable[[str], T], query: QueryDict, name: str) -> frozenset[T]:
    given = query.getlist(name)
    if len(given) > MOST:
        raise BadRequest(name)
    return frozenset(_one(kind, text, name) for text in given)


def _one(kind: Callable[[str], T], text: str, name: str) -> T:
    try:
        return kind(text)
    except ValueError as error:
        raise BadRequest(name) from error
