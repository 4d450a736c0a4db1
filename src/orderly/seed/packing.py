"""Filling a clinic's day with visits that fit: nobody and nothing is in two places at once, buffers included.

Time is a big integer per resource and day, a bit for five minutes.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from orderly.catalogue.models import Service
from orderly.engine.plan import Need, Phase, Plan, Role, compile_plan
from orderly.engine.spans import Spans
from orderly.seed.organisation import Made
from orderly.seed.plans import Offer

UNIT = 5
GRID = 15 // UNIT
MARGIN = 4 * 60 // UNIT  # how far a mask reaches before the start of its visit
DAY = 1440 // UNIT
ANYBODY = (-1,)  # stands for the visit's own provider
FRESH_TRIES, TRIES = 8, 40


@dataclass(frozen=True, slots=True)
class Want:
    """One requirement of a treatment; `mask` has the bits of its parts, MARGIN bits up."""

    candidates: tuple[int, ...]
    parts: Spans
    mask: int


@dataclass(frozen=True, slots=True)
class Treatment:
    """A service, ready to be placed."""

    service: Service
    minutes: int
    weight: int
    wants: tuple[Want, ...]
    presence: int
    """The patient's mask: from start to end, without buffers."""


class Visit(NamedTuple):
    """What was placed: `uses` are resources with the parts they serve, in minutes from the start."""

    start: int
    provider: int
    patient: int
    treatment: Treatment
    uses: list[tuple[int, Spans]]


def treatments(made: Made) -> list[Treatment]:
    """The clinic's services, as they would really be booked."""
    by_kind: dict[str, tuple[int, ...]] = defaultdict(tuple)
    for kind, asset in made.assets:
        by_kind[kind] += (asset.resource_id,)
    return [_treatment(service, offer, by_kind) for offer, service in made.services]


def _treatment(service: Service, offer: Offer, by_kind: dict[str, tuple[int, ...]]) -> Treatment:
    phases = []
    for stretch in offer.stretches:
        needs = [Need(Role.PROVIDER, ANYBODY)] if stretch.provider else []
        needs += [Need(Role.RESOURCE, by_kind[kind]) for kind in stretch.kinds]
        phases.append(Phase(stretch.minutes, tuple(needs)))
    plan: Plan = compile_plan(phases, offer.buffer_before, offer.buffer_after)
    wants = tuple(Want(need.candidates, need.parts, _mask(need.parts)) for need in plan.requirements)
    return Treatment(service, plan.length, offer.weight, wants, _mask(((0, plan.length),)))


def _mask(parts: Spans) -> int:
    return sum(((1 << (end - start) // UNIT) - 1) << (MARGIN + start // UNIT) for start, end in parts)


class Day:
    """One clinic's day while it is filled. `begins`: its first minute; `patients`: how many there are to choose
    from.
    """

    def __init__(self, begins: int, patients: int, dice: Random) -> None:
        self.begins, self.patients, self.dice = begins, patients, dice
        self._busy: dict[int, int] = defaultdict(int)
        self._seen: dict[int, int] = defaultdict(int)

    def fill(self, provider: int, index: int, free: Spans, kinds: Sequence[Treatment], how_many: int) -> list[Visit]:
        """Up to `how_many` visits with `provider` (a resource, the `index`th of the clinic) in `free`."""
        self._busy[provider] = self._outside(free)
        starts = [unit for unit in range(MARGIN, DAY - MARGIN, GRID) if not self._busy[provider] >> unit & 1]
        self.dice.shuffle(starts)
        wanted = iter(self.dice.choices(kinds, [kind.weight for kind in kinds], k=len(starts)))
        found: list[Visit] = []
        for unit in starts:
            if len(found) == how_many:
                break
            if self._busy[provider] >> unit & 1:
                continue
            for kind in (next(wanted), kinds[0]):
                visit = self._place(provider, index, kind, unit)
                if visit:
                    found.append(visit)
                    break
        return found

    def _outside(self, free: Spans) -> int:
        closed = (1 << DAY) - 1
        for start, end in free:
            low, high = -(-(start - self.begins) // UNIT), (end - self.begins) // UNIT
            closed &= ~(((1 << max(0, high - low)) - 1) << max(0, low))
        return closed

    def _place(self, provider: int, index: int, kind: Treatment, unit: int) -> Visit | None:
        shift = unit - MARGIN
        taken = []
        for want in kind.wants:
            mask = want.mask << shift
            candidates = (provider,) if want.candidates == ANYBODY else _turned(want.candidates, index)
            chosen = next((one for one in candidates if not self._busy[one] & mask), None)
            if chosen is None:
                return None
            taken.append((chosen, mask, want.parts))
        patient = self._patient(kind.presence << shift)
        if patient is None:
            return None
        for one, mask, _ in taken:
            self._busy[one] |= mask
        self._seen[patient] |= kind.presence << shift
        uses = [(one, parts) for one, _, parts in taken]
        return Visit(self.begins + unit * UNIT, index, patient, kind, uses)

    def _patient(self, presence: int) -> int | None:
        """Somebody who isn't anywhere else then, rather one who hasn't been here today."""
        for attempt in range(TRIES if self.patients else 0):
            one = int(self.dice.random() * self.patients)
            if not self._seen[one] & (presence if attempt >= FRESH_TRIES else -1):
                return one
        return None


def _turned(candidates: tuple[int, ...], index: int) -> tuple[int, ...]:
    """Everybody has a favourite chair."""
    cut = index % max(1, len(candidates))
    return candidates[cut:] + candidates[:cut]
