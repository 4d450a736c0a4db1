"""The model that `test_machine` holds the program against: who has which time. It shares no code with the program."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from orderly.appointments.models import Appointment
from orderly.calendars.models import Reservation
from orderly.core.clock import instant
from tests.factories import MONDAY, at, make_actor, make_asset, make_clinic, make_patient, make_provider, make_service

AFTER, USUAL = 10, 30  # minutes: the buffer after a visit on a chair, and a visit
PLAIN, SEATED, GROUP = 0, 1, 2  # the services
PLACES = 2  # of the group
LATE = 2  # the provider who comes later


@dataclass
class Town:
    """Three providers, two chairs, four patients, two at the desk; a plain service, one that needs a chair, a group.
    The third provider comes an hour after the others and gives the plain service only.
    """

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
        self.providers.append(make_provider(self.clinic, service=plain, hours=(10 * 60, 17 * 60)))
        self.patients = [make_patient(self.clinic) for _ in range(4)]
        self.desks = [make_actor("clinic_admin", self.clinic) for _ in range(2)]
        self.opening = at(self.clinic, MONDAY, "09:00")

    def serves(self, provider: int | None, one: "Kept") -> bool:
        return provider in (0, 1) or (provider == LATE and one.kind == PLAIN and one.start >= self.opening + 60)


@dataclass
class Kept:
    """What somebody has: an appointment (with `status`) or a hold (with `expires`). A request that nobody was chosen
    for has no provider; somebody is `proposed`.
    """

    provider: int | None
    patient: int | None
    kind: int
    start: int
    minutes: int = USUAL
    chair: int | None = None
    owner: int = 0
    expires: datetime | None = None
    status: str = ""
    earlier: str = ""
    asked: int | None = None
    proposed: int | None = None

    @property
    def giver(self) -> int | None:
        return self.proposed if self.provider is None else self.provider

    def takes(self, town: Town) -> set[tuple[int, int, int]]:
        """The time it needs: (resource, from, to)."""
        end = self.start + self.minutes
        assert self.giver is not None
        used = {(town.providers[self.giver].resource_id, self.start, end + AFTER * (self.kind == SEATED))}
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
        self.shuffled = False

    def live(self, one: Kept) -> bool:
        return one.expires > self.now if one.expires else one.status != "cancelled"

    def taken(self, ignoring: UUID | None = None) -> set[tuple[int, int, int]]:
        found = (one.takes(self.town) for key, one in self.kept.items() if key != ignoring and self.live(one))
        return set().union(*found)

    def attended(self, ignoring: UUID | None = None) -> dict[tuple[int, int], int]:
        """How many are in each group: by provider and start."""
        there = (one for key, one in self.kept.items() if key != ignoring and one.kind == GROUP and self.live(one))
        return dict(Counter((self.town.providers[one.giver or 0].resource_id, one.start) for one in there))

    def waiting(self, ignoring: UUID | None = None) -> dict[UUID, Kept]:
        """Those for whom somebody is only proposed."""
        return {
            key: one for key, one in self.kept.items() if key != ignoring and self.live(one) and one.provider is None
        }

    def fit(self, wish: Kept, *, ignoring: UUID | None = None, chair: int | None = None) -> bool:
        """Whether it can be had on `chair`, or on any: as things are, else (`shuffled`) if proposals were others."""
        taken = self.taken(ignoring)
        self.shuffled = False
        if wish.kind == GROUP:
            if wish.minutes != USUAL:
                return False
            meeting = (self.town.providers[wish.provider or 0].resource_id, wish.start)
            here = self.attended(ignoring).get(meeting, 0)
            if here:
                taken.remove((*meeting, wish.start + USUAL))
                return here < PLACES and self._all([wish], taken, chair)
        if self._all([wish], taken, chair):
            return True
        waiting = self.waiting(ignoring)
        others = (one.takes(self.town) for key, one in self.kept.items() if key != ignoring and self.live(one))
        fixed = set().union(*others) - set().union(*(one.takes(self.town) for one in waiting.values()))
        self.shuffled = self._all([wish, *waiting.values()], fixed, chair)
        return self.shuffled

    def _all(self, people: Sequence[Kept], taken: set[tuple[int, int, int]], chair: int | None = None) -> bool:
        """Whether everybody can be served, by trying everything; the first on this chair."""
        if not people:
            return True
        first, *rest = people
        for one in self._ways(first, chair):
            takes = one.takes(self.town)
            if not any(_clash(mine, other) for mine in takes for other in taken) and self._all(rest, taken | takes):
                return True
        return False

    def _ways(self, one: Kept, chair: int | None) -> Iterator[Kept]:
        seats = [None] if one.kind != SEATED else self.town.chairs if chair is None else [chair]
        for provider in range(len(self.town.providers)) if one.provider is None else [one.provider]:
            if self.town.serves(provider, one):
                yield from (replace(one, provider=provider, chair=seat) for seat in seats)

    def adopt(self, wish: Kept, made: Any) -> None:
        """Who was proposed and which chair was taken is the program's to choose, and where proposals moved to if they
        had to; that it keeps to the rules is seen from the times that are taken.
        """
        moved = self.waiting() if self.shuffled else {}
        rows = Appointment.objects.filter(pk__in=moved)
        for one, row in [(wish, made), *((moved[row.pk], row) for row in rows)]:
            used = set(Reservation.objects.filter(claim=row.claim_id).values_list("resource", flat=True))
            one.chair = next((chair for chair in self.town.chairs if chair in used), None)
            if one.provider is None:
                givers = [nth for nth, who in enumerate(self.town.providers) if who.resource_id in used]
                [one.proposed] = givers

    def past(self, start: int) -> bool:
        return start * 60 < self.now.timestamp()


def _clash(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]
