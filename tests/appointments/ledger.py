"""The model that `test_machine` holds the program against: who has which time. It shares no code with the program."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from orderly.core.clock import instant
from tests.factories import MONDAY, at, make_actor, make_asset, make_clinic, make_patient, make_provider, make_service

AFTER, USUAL = 10, 30  # minutes: the buffer after a visit on a chair, and a visit
PLAIN, SEATED, GROUP = 0, 1, 2  # the services
PLACES = 2  # of the group


@dataclass
class Town:
    """Two providers, two chairs, three patients, two at the desk; a plain service, one that needs a chair, a group."""

    clinic: Any = field(default_factory=make_clinic)

    def __post_init__(self) -> None:
        self.chairs = [make_asset(self.clinic).resource_id for _ in range(2)]
        plain = make_service(self.clinic, USUAL)
        seated = make_service(self.clinic, USUAL, asset_kinds=("chair",), buffer_after=AFTER)
        group = make_service(self.clinic, USUAL, places=PLACES)
        self.services = [plain, seated, group]
        self.providers = [make_provider(self.clinic, service=plain) for _ in range(2)]
        for provider in self.providers:
            seated.offerings.create(provider=provider)
            group.offerings.create(provider=provider)
        self.patients = [make_patient(self.clinic) for _ in range(3)]
        self.desks = [make_actor("clinic_admin", self.clinic) for _ in range(2)]
        self.opening = at(self.clinic, MONDAY, "09:00")


@dataclass
class Kept:
    """What somebody has: an appointment (with `status`) or a hold (with `expires`)."""

    provider: int
    patient: int | None
    kind: int
    start: int
    minutes: int = USUAL
    chair: int | None = None
    owner: int = 0
    expires: datetime | None = None
    status: str = ""
    earlier: str = ""

    def takes(self, town: Town) -> set[tuple[int, int, int]]:
        """The time it needs: (resource, from, to)."""
        end = self.start + self.minutes
        used = {(town.providers[self.provider].resource_id, self.start, end + AFTER * (self.kind == SEATED))}
        if self.patient is not None:
            used.add((town.patients[self.patient].resource_id, self.start, end))
        if self.chair is not None:
            used.add((self.chair, self.start, end + AFTER))
        return used


class Model:
    """Who has which time."""

    def __init__(self, town: Town) -> None:
        self.town, self.now = town, instant(town.opening - 20)
        self.kept: dict[UUID, Kept] = {}

    def live(self, one: Kept) -> bool:
        return one.expires > self.now if one.expires else one.status != "cancelled"

    def taken(self, ignoring: UUID | None = None) -> set[tuple[int, int, int]]:
        found = (one.takes(self.town) for key, one in self.kept.items() if key != ignoring and self.live(one))
        return set().union(*found)

    def attended(self, ignoring: UUID | None = None) -> dict[tuple[int, int], int]:
        """How many are in each group: by provider and start."""
        there = (one for key, one in self.kept.items() if key != ignoring and one.kind == GROUP and self.live(one))
        return dict(Counter((self.town.providers[one.provider].resource_id, one.start) for one in there))

    def fit(self, wish: Kept, *, ignoring: UUID | None = None, chair: int | None = None) -> bool:
        """Whether it can be had; then it has its chair: `chair`, or the first that is free."""
        taken = self.taken(ignoring)
        if wish.kind == GROUP:
            if wish.minutes != USUAL:
                return False
            meeting = (self.town.providers[wish.provider].resource_id, wish.start)
            here = self.attended(ignoring).get(meeting, 0)
            if here:
                taken.remove((*meeting, wish.start + USUAL))
            if here == PLACES:
                return False
        seats = [chair] if chair is not None else self.town.chairs
        for seat in seats if wish.kind == SEATED else [None]:
            wish.chair = seat
            if not any(_clash(mine, other) for mine in wish.takes(self.town) for other in taken):
                return True
        return False

    def past(self, start: int) -> bool:
        return start * 60 < self.now.timestamp()


def _clash(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]
