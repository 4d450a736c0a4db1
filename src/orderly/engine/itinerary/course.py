"""A course of sessions: how one leads to the next, and what that costs."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from orderly.engine.itinerary.days import Days, Mark
from orderly.engine.itinerary.inputs import Booked, Session, Wish
from orderly.engine.itinerary.openings import ANYBODY, Opening, openings, with_kept
from orderly.engine.itinerary.scale import Scale

Item: TypeAlias = Session | Booked


class State(NamedTuple):
    """Where a course stands: what the last session leaves, how many its week has (0: no limit), who gave it."""

    mark: Mark
    in_week: int
    provider: int


class Course:
    """Sessions and what is booked between them, in order of their numbers."""

    def __init__(self, sessions: Sequence[Session], wish: Wish, days: Days) -> None:
        self.days = days
        self.wish = wish
        self.items: list[Item] = sorted([*sessions, *days.booked], key=attrgetter("number"))
        self._sessions = sessions
        self._scale = Scale.of(len(sessions), len(days.booked), max([days.count, *days.booked_on.values()]) + 1)

    @cached_property
    def start(self) -> State:
        """Before anything: in no week that counts, unless what is booked begins one."""
        return State(self.days.start, 1 if self.limit and not self.days.booked else 0, ANYBODY)

    @cached_property
    def found(self) -> dict[int, list[Opening]]:
        """The openings of each session, by its number."""
        known: dict[object, list[Opening]] = {}
        found = {}
        for one in self._sessions:
            key = (id(one.slots), one.providers, one.pinned)
            if key not in known:
                known[key] = openings(one, self.wish, self.days)
            found[one.number] = with_kept(known[key], one, self.wish, self.days)
        return found

    @cached_property
    def marks(self) -> list[Mark]:
        """All that any session or what is booked may leave."""
        found = {self.days.start, *(one.mark for some in self.found.values() for one in some)}
        for booked in self.days.booked:
            found |= {mark.joined(self.days.mark_of(booked)) for mark in found}
        return sorted(found)

    @cached_property
    def columns(self) -> list[int]:
        """Everybody who may give a session."""
        offered = {one.slot[2] for some in self.found.values() for one in some}
        return sorted({ANYBODY, *(one.provider for one in self.days.booked)} | offered)

    @cached_property
    def limit(self) -> int | None:
        """The most sessions a week may have, if it ever says no."""
        room, gap = self.days.room, self.days.rules.gap
        most = len(self._sessions) if gap == 0 else min(len(self._sessions), 6 // gap + 1)
        return None if not room or min(room) >= most else min(max(0, *room), most)

    @cached_property
    def trips(self) -> list[int] | None:
        """What the first visit on each day costs, where days count."""
        if self.wish is not Wish.FEWEST_TRIPS:
            return None
        comes = {*self.days.rules.comes, *map(self.days.date, self.days.booked_on.values())}
        return [0 if self.days.date(day) in comes else self._scale.wish for day in range(self.days.count)]

    @property
    def change(self) -> int:
        """What another provider than before costs."""
        return self._scale.wish if self.wish is Wish.SAME_HANDS else self._scale.change

    # From one to the next

    def next(self, state: State, one: Opening) -> State:
        """After a session."""
        same = self.days.week_of(one.day) == self.days.week_of(state.mark.day)
        count = 0 if self.limit is None else state.in_week + 1 if same else 1
        return State(one.mark, count, one.slot[2])

    def past(self, one: Booked, state: State) -> State:
        """After a booked session, which leaves nothing earlier than what was left before."""
        mark = state.mark.joined(self.days.mark_of(one))
        same = self.days.week_of(mark.day) == self.days.week_of(state.mark.day)
        return State(mark, state.in_week if same else 0, one.provider)

    def following(self, session: Session, state: State) -> Iterator[Opening]:
        """The times the session may have from there, by start, then provider."""
        for one in self.found[session.number]:
            in_time = session.pinned is not None or one.day < state.mark.until
            if in_time and one.slot[0] >= state.mark.free_from and self.fits(one, self.next(state, one).in_week):
                yield one

    def fits(self, one: Opening, count: int) -> bool:
        """Whether the week has room for so many."""
        return self.limit is None or not self.days.room or count <= self.days.room[one.day]

    # What it costs

    def cost(self, session: Session, one: Opening) -> int:
        """Of a session at a time, by itself."""
        scale, changed = self._scale, session.kept is not None and one.slot != session.kept
        return one.off * scale.wish + one.day * scale.dates + one.misfit + changed * scale.changed

    def cost_of_step(self, state: State, one: Opening) -> int:
        """What depends on the session before: whether it is the same day, the same provider."""
        trip = self.trips[one.day] if self.trips and one.day != state.mark.day else 0
        return trip + self.cost_of_change(state.provider, one.slot[2])

    def cost_of_change(self, before: int, after: int) -> int:
        return 0 if before in (ANYBODY, after) else self.change

    def cost_of_skipping(self, session: Session) -> int:
        """Who had a time and has none any more has been changed, too."""
        scale = self._scale
        pinned, kept = session.pinned is not None, session.kept is not None
        return scale.unplaced + pinned * scale.unpinned + kept * scale.changed

    def cost_of_end(self, mark: Mark) -> int:
        """How late the last one is."""
        return max(0, mark.day) * self._scale.last
