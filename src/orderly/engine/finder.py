"""All free starts of many plans over one window, with what they share worked out once."""

from collections.abc import Sequence
from functools import reduce

from orderly.engine.calendar import Calendars, starts
from orderly.engine.grid import Grid, beats, on_grid
from orderly.engine.matching import Want, choose, tangled
from orderly.engine.plan import Plan, Requirement, Role
from orderly.engine.spans import Span, Spans, at_least, intersect


class Finder:
    """Answers for starts in `window` on `grid`.

    Each resource's own runs come first and k of n of them after, so that nobody changes chairs midway.
    """

    def __init__(self, calendars: Calendars, window: Span, grid: Grid) -> None:
        self._calendars = calendars
        self._window = window
        self._step = grid.step
        self._rhythm = beats(grid, window)
        self._runs: dict[tuple[int, Spans], Spans] = {}
        self._met: dict[Requirement, Spans] = {}
        self._common: dict[tuple[Requirement, ...], frozenset[int]] = {}
        self._minutes: dict[tuple[int, Spans], frozenset[int]] = {}
        self._verdicts: dict[tuple[Requirement, ...], dict[tuple[tuple[int, ...], ...], bool]] = {}

    def starts(self, plan: Plan) -> list[int]:
        """The minutes at which the whole plan can be served, in order."""
        people = [one for one in plan.requirements if one.role == Role.PROVIDER]
        things = tuple([one for one in plan.requirements if one.role != Role.PROVIDER])
        found = self._on_grid(self._all_met(people))
        if things:
            common = self._together(things)
            found = [minute for minute in found if minute in common]
        rivals = tangled(plan.requirements)
        return found if set(rivals) <= set(things) else self._settle(found, rivals)

    def _on_grid(self, spans: Spans) -> list[int]:
        return on_grid(spans, self._step, self._rhythm)

    def _together(self, requirements: tuple[Requirement, ...]) -> frozenset[int]:
        """Grid minutes at which all of these are met: the same for every provider, so kept."""
        if requirements not in self._common:
            met = self._on_grid(self._all_met(requirements))
            self._common[requirements] = frozenset(self._settle(met, tangled(requirements)))
        return self._common[requirements]

    def _all_met(self, requirements: Sequence[Requirement]) -> Spans:
        return reduce(intersect, map(self._starts_of, requirements)) if requirements else (self._window,)

    def _starts_of(self, requirement: Requirement) -> Spans:
        """Starts at which enough candidates are free through all parts, needed elsewhere or not."""
        if requirement not in self._met:
            runs = [self._runs_of(one, requirement.parts) for one in set(requirement.candidates)]
            self._met[requirement] = at_least(requirement.count, runs)
        return self._met[requirement]

    def _runs_of(self, resource: int, parts: Spans) -> Spans:
        key = resource, parts
        if key not in self._runs:
            calendar = self._calendars.get(resource)
            self._runs[key] = () if calendar is None else starts(calendar, parts, self._window)
        return self._runs[key]

    def _settle(self, found: list[int], rivals: tuple[Requirement, ...]) -> list[int]:
        """Those of `found` at which requirements that compete for candidates can all be met at once."""
        if not rivals:
            return found
        runs = [[(one, self._minutes_of(one, rival.parts)) for one in rival.candidates] for rival in rivals]
        verdicts = self._verdicts.setdefault(rivals, {})
        settled = []
        for minute in found:
            able = tuple([tuple([one for one, minutes in run if minute in minutes]) for run in runs])
            if able not in verdicts:  # who is able changes seldom
                wants = [Want(ids, rival.count, rival.parts) for ids, rival in zip(able, rivals, strict=True)]
                verdicts[able] = choose(wants) is not None
            if verdicts[able]:
                settled.append(minute)
        return settled

    def _minutes_of(self, resource: int, parts: Spans) -> frozenset[int]:
        key = resource, parts
        if key not in self._minutes:
            self._minutes[key] = frozenset(self._on_grid(self._runs_of(resource, parts)))
        return self._minutes[key]
