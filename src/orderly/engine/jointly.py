"""Who and what serves several visits, where they want the same people or things: chosen for all of them at once."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from orderly.engine.calendar import Calendar, Calendars, starts
from orderly.engine.matching import Want, choose
from orderly.engine.plan import Plan, Requirement, Role
from orderly.engine.ranking import Slot
from orderly.engine.slots import Use
from orderly.engine.spans import Span, Spans, covers, shift

A_CHOICE: Final = 10
"""What asking for people and things costs, in moments looked at."""


@dataclass(frozen=True, slots=True)
class Step:
    """One visit of several: its free starts, the plan with each provider, and the calendars they were found in.

    Steps with the same `meets` are a group's: with one provider at one start they are in one session, which has
    `places`. What joining one that is there already takes is in `joins`, by slot: a place, and the patient.
    """

    slots: Sequence[Slot]
    plans: Mapping[int, Plan]
    calendars: Calendars
    meets: Hashable = None
    places: int = 1
    joins: Mapping[Slot, Plan] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """A plan as any of `givers` would carry it out; `whose` says which of its requirements is theirs to meet. A
    `session` is opened once for all that come to it.
    """

    plan: Plan
    givers: tuple[int, ...]
    whose: int | None = None
    session: Hashable = None
    places: int = 1


@dataclass(frozen=True, slots=True)
class Moment:
    """When a step may be, in which ways, and the `extent` of what it occupies then."""

    step: int
    start: int
    end: int
    ways: tuple[Way, ...]
    extent: Span


@dataclass(frozen=True, slots=True)
class Turn:
    """A step as it is arranged: when, with which provider, and all that is used."""

    start: int
    end: int
    provider: int
    uses: tuple[Use, ...]


Picked: TypeAlias = tuple[Moment, Way]


def moments(number: int, step: Step) -> list[Moment]:
    """All moments of a step, by start, then end. Providers who give it alike are one way."""
    alike: dict[Way, Way] = {}
    usual = {provider: alike.setdefault(way, way) for provider, way in _usual(step)}
    found: dict[Span, dict[int, tuple[Way, list[int]]]] = {}
    for slot in step.slots:
        start, end, provider = slot
        way = usual[provider]
        if slot in step.joins:
            way = Way(step.joins[slot], (provider,))
        elif step.meets is not None:
            way = Way(step.plans[provider], (provider,), None, (step.meets, provider, start), step.places)
        found.setdefault((start, end), {}).setdefault(id(way), (way, []))[1].append(
            provider
        )  # kept, so told apart by id
    given: dict[tuple[int, tuple[int, ...]], Way] = {}
    made = []
    for times, ways in sorted(found.items(), key=lambda one: one[0]):
        some = []
        for key, (way, by) in ways.items():
            givers = tuple(by)
            if (key, givers) not in given:
                given[key, givers] = replace(way, givers=givers)
            some.append(given[key, givers])
        made.append(Moment(number, *times, tuple(some), _extent(times, some)))
    return made


def _usual(step: Step) -> Iterator[tuple[int, Way]]:
    return ((provider, _unnamed(plan, provider)) for provider, plan in step.plans.items())


def _unnamed(plan: Plan, provider: int) -> Way:
    """With nobody named where any other giver would do as well."""
    needs = plan.requirements
    own = [at for at, need in enumerate(needs) if (need.role, need.candidates) == (Role.PROVIDER, (provider,))]
    if len(own) != 1:
        return Way(plan, ())
    blank = replace(needs[own[0]], candidates=())
    return Way(replace(plan, requirements=(*needs[: own[0]], blank, *needs[own[0] + 1 :])), (), own[0])


def _extent(times: Span, ways: Iterable[Way]) -> Span:
    start, end = times
    parts = [part for way in ways for need in way.plan.requirements for part in need.parts]
    return min([start, *(start + low for low, _ in parts)]), max([end, *(start + high for _, high in parts)])


class Enough(Exception):
    """More would have to be tried than is worth it."""


class Effort:
    """How much may be tried in all: counted, not timed, so that the same question has the same answer everywhere."""

    def __init__(self, most: int) -> None:
        self._left = most

    def spend(self, units: int) -> None:
        """Raises Enough when there is nothing left."""
        self._left -= units
        if self._left < 0:
            raise Enough


class Jointly:
    """Answers for moments of these steps; each alone is free, or it wouldn't be one."""

    def __init__(self, steps: Sequence[Step], window: Span, effort: Effort) -> None:
        self._steps = steps
        self._window = window
        self._effort = effort
        self._runs: dict[tuple[int, int, Spans], Spans] = {}
        self._verdicts: dict[tuple[Want, ...], bool] = {}

    def possible(self, some: Sequence[Moment]) -> bool:
        """Whether they can all be served."""
        return len(some) < 2 or self._ways(some) is not None

    def serve(self, some: Sequence[Moment]) -> tuple[Turn, ...]:
        """Who and what serves them, which must be possible: the lowest providers in this order, then the lowest ids."""
        left = list(some)
        for nth, moment in enumerate(some):
            each = [replace(moment, ways=(replace(way, givers=(one,)),)) for one, way in _by_giver(moment)]
            left[nth] = next(one for one in each if self._ways([*left[:nth], one, *left[nth + 1 :]]) is not None)
        return self._turns([(moment, moment.ways[0]) for moment in left])

    def _ways(self, some: Sequence[Moment], picked: tuple[Picked, ...] = ()) -> tuple[Picked, ...] | None:
        """A way for each, so that all of them together can be."""
        if len(picked) == len(some):
            return picked
        moment = some[len(picked)]
        for way in moment.ways:
            more = (*picked, (moment, way))
            if self._together(more):
                found = self._ways(some, more)
                if found is not None:
                    return found
        return None

    def _together(self, picked: Sequence[Picked]) -> bool:
        """Whether these could all be had; who is able changes seldom, so the same question is answered once."""
        if len(picked) == 1:
            return True
        self._effort.spend(A_CHOICE)
        if any(count > places for count, places in _opened(picked).values()):
            return False
        wants = [want for _, _, want in self._wants(picked)]
        roomy = self._roomy(picked, wants)
        self._effort.spend(sum(len(want.able) for want in wants))
        if roomy:
            return choose(wants, roomy=roomy, spend=self._effort.spend) is not None
        base = picked[0][0].start
        question = tuple([replace(want, parts=shift(want.parts, -base)) for want in wants])
        if question not in self._verdicts:
            self._verdicts[question] = choose(wants, spend=self._effort.spend) is not None
        return self._verdicts[question]

    def _turns(self, picked: Sequence[Picked]) -> tuple[Turn, ...]:
        asked = list(self._wants(picked))
        wants = [want for _, _, want in asked]
        chosen = choose(wants, roomy=self._roomy(picked, wants), spend=self._effort.spend)
        assert chosen is not None  # it was possible
        uses: dict[int, list[Use]] = {visit: [] for visit in range(len(picked))}
        for (visit, need, want), some in zip(asked, chosen, strict=True):
            uses[visit] += [Use(one, low, high, need.role) for one in some for low, high in want.parts]
        return tuple(
            Turn(moment.start, moment.end, way.givers[0], tuple(uses[visit]))
            for visit, (moment, way) in enumerate(picked)
        )

    def _wants(self, picked: Sequence[Picked]) -> Iterator[tuple[int, Requirement, Want]]:
        """What each takes; who comes to a session that another one opens takes no more than their own time."""
        opened: set[Hashable] = set()
        for visit, (moment, way) in enumerate(picked):
            comes_along = way.session is not None and way.session in opened
            opened.add(way.session)
            for nth, need in enumerate(way.plan.requirements):
                if comes_along and need.role is not Role.PATIENT:
                    continue
                able = way.givers if nth == way.whose else self._able(moment, need)
                yield visit, need, Want(able, need.count, shift(need.parts, moment.start), visit)

    def _able(self, moment: Moment, need: Requirement) -> tuple[int, ...]:
        able = [one for one in need.candidates if self._fits(moment, one, need.parts)]
        return tuple(sorted(set(able)))

    def _fits(self, moment: Moment, one: int, parts: Spans) -> bool:
        key = moment.step, one, parts
        if key not in self._runs:
            calendar = self._steps[moment.step].calendars.get(one)
            self._runs[key] = () if calendar is None else starts(calendar, parts, self._window)
        return covers(self._runs[key], (moment.start, moment.start + 1))

    def _roomy(self, picked: Sequence[Picked], wants: Sequence[Want]) -> dict[int, Calendar]:
        """Those with more places than one that are wanted more than once."""
        asked = Counter(one for want in wants for one in want.able)
        calendars = {one: self._steps[picked[want.visit][0].step].calendars[one] for want in wants for one in want.able}
        return {one: calendar for one, calendar in calendars.items() if calendar.capacity > 1 and asked[one] > 1}


def _by_giver(moment: Moment) -> list[tuple[int, Way]]:
    return sorted(((one, way) for way in moment.ways for one in way.givers), key=lambda one: one[0])


def _opened(picked: Sequence[Picked]) -> dict[Hashable, tuple[int, int]]:
    """How many come to each session that is opened, and its places."""
    found: dict[Hashable, tuple[int, int]] = {}
    for _, way in picked:
        if way.session is not None:
            found[way.session] = found.get(way.session, (0, 0))[0] + 1, way.places
    return found
