"""What would be best for all who are affected, together; and what else each of them could be given."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from uuid import UUID

from orderly.absences.inputs import MOST, MOST_DAYS, Rearrangement, Spot
from orderly.absences.queries.affected import Unit, affected, units, whole
from orderly.absences.queries.prospects import Offered, Prospect, Prospects
from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.core.edits import ranged, refuse
from orderly.core.errors import NotFound
from orderly.engine.seats import Takings
from orderly.engine.stand_in import MOST_WAYS, Answer, Cost, greedy, solve
from orderly.journal.actor import Actor

ALTERNATIVES, WITH_THEIR_OWN = 8, 3
NEAR = 4  # days; nearly always enough, and then nothing farther off has to be looked at


@dataclass(frozen=True, slots=True)
class Row:
    """An appointment, where it would go (nowhere: `offered` is None) and what else it could be given by itself. `lost`:
    it was pinned to something that can't be had.
    """

    appointment: Appointment
    offered: Offered | None
    alternatives: tuple[Offered, ...]
    pinned: bool = False
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rows by start. `proven`: nothing better can be had for all together. `left_off` are too many for one proposal."""

    rows: tuple[Row, ...]
    proven: bool = True
    left_off: int = 0

    @property
    def placed(self) -> list[Row]:
        return [row for row in self.rows if row.offered is not None]


def propose(asked: Rearrangement, *, actor: Actor, now: datetime) -> Proposal:
    """The best for all together. The number of queries is the same however many they are.

    Errors: NotFound for what isn't there; Invalid for days out of range.
    """
    refuse(ranged("days", asked.days, 0, MOST_DAYS))
    clinic = Clinic.objects.visible_to(actor).defer("logo").filter(pk=asked.clinic).first()
    if clinic is None:
        raise NotFound("clinic")
    known = affected(asked, clinic, actor=actor, now=now)
    every = units(whole(known[:MOST]), clinic.pk)
    if not every:
        return Proposal(())
    return _best(asked, every, Prospects(asked, every, now=now), max(0, len(known) - MOST))


def _best(asked: Rearrangement, every: Sequence[Unit], there: Prospects, left_off: int) -> Proposal:
    """Near first, which is nearly always enough; where that is seen at once to be too little, all of it."""
    tables = [_Table(asked, every, there, days) for days in sorted({min(NEAR, asked.days), asked.days})]
    far = tables[-1]
    for table in tables if tables[0].may_do() else reversed(tables):
        if table.answer.proven:
            return table.proposal(left_off)
    return far.proposal(left_off)


class _Table:
    """What each could have with others' times so many days off at most, and the best of it for all together: proven
    only if what is farther off couldn't be better. Worked out as it is asked for.
    """

    def __init__(self, asked: Rearrangement, every: Sequence[Unit], there: Prospects, days: int) -> None:
        self._asked, self._every, self._there, self._days = asked, every, there, days
        self._pins = [_pins(asked, unit) for unit in every]

    @cached_property
    def _listed(self) -> list[list[Prospect]]:
        asked, there = self._asked, self._there
        pairs = zip(self._every, self._pins, strict=True)
        return [there.of(unit, asked.days if pin else self._days) for unit, pin in pairs]

    @cached_property
    def _open_to(self) -> list[list[Prospect]]:
        return [_pinned(prospects, pin) for prospects, pin in zip(self._listed, self._pins, strict=True)]

    @cached_property
    def _quick(self) -> Answer:
        return greedy(self._open_to, self._ways, self._there.calendars)

    @cached_property
    def _others(self) -> list[Cost | None]:
        pairs = zip(self._every, self._pins, strict=True)
        return [None if pin else self._there.beyond(unit, self._days) for unit, pin in pairs]

    @cached_property
    def answer(self) -> Answer:
        return solve(self._open_to, self._ways, self._there.calendars, others=self._others, first=self._quick)

    def may_do(self) -> bool:
        """Whether nobody would be better off farther away than this, as far as is seen at once."""
        found = zip(self._open_to, self._quick.chosen, self._others, strict=True)
        return all(other is None or some[number].cost <= other for some, number, other in found)

    def proposal(self, left_off: int) -> Proposal:
        rows = sorted(self._rows(), key=lambda row: (row.appointment.start, row.appointment.pk))
        return Proposal(tuple(rows), self.answer.proven, left_off)

    def _rows(self) -> Iterator[Row]:
        for number, (unit, option) in enumerate(zip(self._every, self.answer.chosen, strict=True)):
            takes = self.answer.takes[number] if len(self._ways(number, option)) > 1 else None
            yield from _rows(self._asked, unit, self._open_to[number][option], takes, self._listed[number], self._there)

    def _ways(self, number: int, option: int) -> Sequence[Takings]:
        return tuple(islice(self._there.ways(self._every[number], self._open_to[number][option]), MOST_WAYS))


def _pins(asked: Rearrangement, unit: Unit) -> list[Spot | None]:
    return [asked.pinned[one.pk] for one in unit.appointments if one.pk in asked.pinned]


def _pinned(prospects: list[Prospect], pins: list[Spot | None]) -> list[Prospect]:
    """What is left of them where somebody has chosen. Of a group whoever is pinned speaks for all."""
    return [one for one in prospects if one.giving is None or one.is_at(pins[0])] if pins else prospects


def _rows(
    asked: Rearrangement,
    unit: Unit,
    chosen: Prospect,
    takes: Takings | None,
    listed: Sequence[Prospect],
    there: Prospects,
) -> Iterator[Row]:
    others = _varied(listed)
    for one in unit.appointments:
        pinned = one.pk in asked.pinned
        yield Row(
            one,
            there.offered(unit, one, chosen, takes),
            tuple(filter(None, (there.offered(unit, one, other, None) for other in others))),
            pinned=pinned,
            lost=pinned and chosen.giving is None and asked.pinned[one.pk] is not None,
        )


def _varied(listed: Sequence[Prospect]) -> list[Prospect]:
    """Each time and provider once: the best, and some with their own provider, who may matter more than the time."""
    best = dict(islice(_once(listed), ALTERNATIVES))
    own = [one for one in listed if one.giving is not None and not one.giving.another]
    return list((best | dict(islice(_once(own), WITH_THEIR_OWN))).values())


def _once(listed: Iterable[Prospect]) -> Iterator[tuple[tuple[UUID, int], Prospect]]:
    seen: set[tuple[UUID, int]] = set()
    for one in listed:
        if one.giving is not None and (key := (one.giving.giver.id, one.start)) not in seen:
            seen.add(key)
            yield key, one
