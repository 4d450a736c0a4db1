"""When a form asks whether a visit is to be squeezed in."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from orderly.catalogue.models import Service
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor

RIGHT: Final = "booking:overbook"
BUSY: Final = frozenset({Code.PROVIDER_BUSY})


def squeezable(
    service: Service | None, problems: Iterable[Problem], reason: str, *, actor: Actor, clinic: UUID
) -> bool:
    """Whether somebody with the right could have the time all the same: nothing but the provider's other visit stands
    against it, and the service allows that. Who has given a `reason` already sees it again.
    """
    if not actor.may(RIGHT, clinic):
        return False
    allowed = service is not None and service.overbook > 0
    return bool(reason) or (allowed and {problem.code for problem in problems} == BUSY)
