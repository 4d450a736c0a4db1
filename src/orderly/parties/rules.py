"""What a party must be."""

from collections.abc import Collection, Iterator
from uuid import UUID

from orderly.core.edits import ranged, refuse, wrong
from orderly.engine.problems import Problem
from orderly.engine.succession import Order
from orderly.parties.inputs import PartyRequest, PartySearch

FEWEST, MOST = 2, 8
MOST_DAYS = 31
LONGEST_WAIT = 240


def check(search: PartySearch) -> None:
    """Raises Invalid with whatever makes the question senseless."""
    refuse((*_days(search), *_wanted(search)))


def check_request(request: PartyRequest) -> None:
    """Raises Invalid for steps among which no other time could be looked for either."""
    refuse(_wanted(request))


def _wanted(party: PartySearch | PartyRequest) -> Iterator[Problem]:
    yield from ranged("steps", len(party.steps), FEWEST, MOST)
    yield from ranged("wait_minutes", party.wait, 0, LONGEST_WAIT)
    if party.order is Order.AT_ONCE and len({step.patient for step in party.steps}) < len(party.steps):
        yield wrong("steps", "twice_at_once")


def _days(search: PartySearch) -> Iterator[Problem]:
    days = (search.last - search.first).days
    if days < 1:
        yield wrong("to", "before_from")
    if days > MOST_DAYS:
        yield wrong("to", "too_long")


def is_family(patients: Collection[UUID], links: Collection[tuple[UUID, UUID]]) -> bool:
    """Whether every one of them is linked with the others, directly or by way of others among them."""
    [some, *_] = patients
    reached, more = {some}, {some}
    while more:
        more = {two for pair in links for one, two in (pair, pair[::-1]) if one in more and two in patients} - reached
        reached |= more
    return reached >= set(patients)
