"""Who can be listened to, at which address, with which right."""

import re
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from orderly.edge.routes import Route

METHOD: Final = "WS"
PERMISSION: Final = "booking:view_calendar"
ADDRESS = re.compile(r"/ws/(?P<kind>clinics|providers)/(?P<id>[0-9a-fA-F-]{36})/?")


class Kind(StrEnum):
    CLINIC = "clinics"
    PROVIDER = "providers"


class Audience(NamedTuple):
    """Those who watch one clinic, or one provider in all of their clinics."""

    kind: Kind
    id: UUID


SOCKETS: Final = tuple(Route(f"/ws/{kind}/{{{kind.name.lower()}}}", METHOD, PERMISSION) for kind in Kind)


def audience_at(path: str) -> Audience | None:
    """Whom an address is about."""
    found = ADDRESS.fullmatch(path)
    try:
        return Audience(Kind(found["kind"]), UUID(found["id"])) if found else None
    except ValueError:
        return None
