"""At one minute nobody serves two: whether those who need somebody just then can all have somebody else."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from orderly.engine.ways import Pick, Way


@dataclass(frozen=True, slots=True)
class Needing:
    """A pick at one minute: the ways that take somebody then (as bits), and whom."""

    pick: int
    ways: int
    whose: tuple[tuple[int, int], ...]

    def whom(self, domain: int) -> list[int]:
        return [one for one, ways in self.whose if domain & ways]


class Pigeonholes:
    """Looks at the minutes at which any way begins to take somebody: all that lie together lie together at one."""

    def __init__(self, picks: Sequence[Pick], shared: Collection[int]) -> None:
        """`shared` resources have room for several and are passed over."""
        self._picks = picks
        self._shared = shared
        self._spans = [_span(pick) for pick in picks]
        begins = {low for pick in picks for way in pick.ways for one, low, _ in way.takes if one == way.main}
        self._minutes = sorted(begins)
        self._needing: dict[int, list[Needing]] = {}

    def short(self, changed: Collection[int], domains: Sequence[int]) -> Sequence[int]:
        """Picks that at some minute need more than there are, if any of these picks has a part in it; else none."""
        minutes: set[int] = set()
        for pick in changed:
            low, high = self._spans[pick]
            minutes.update(self._minutes[bisect_left(self._minutes, low) : bisect_left(self._minutes, high)])
        return next(filter(None, (self._short_at(minute, domains) for minute in minutes)), ())

    def _short_at(self, minute: int, domains: Sequence[int]) -> Sequence[int]:
        if minute not in self._needing:
            self._needing[minute] = self._at(minute)
        sure = [one for one in self._needing[minute] if not domains[one.pick] & ~one.ways]
        wanted = sorted(((one.whom(domains[one.pick]), one.pick) for one in sure), key=lambda it: (len(it[0]), it[1]))
        if all(len(whom) > place for place, (whom, _) in enumerate(wanted)):
            return ()
        return [wanted[who][1] for who in _unmatched([whom for whom, _ in wanted])]

    def _at(self, minute: int) -> list[Needing]:
        near = [number for number, (low, high) in enumerate(self._spans) if low <= minute < high]
        found = (self._needed(number, minute) for number in near)
        return [one for one in found if one.ways]

    def _needed(self, number: int, minute: int) -> Needing:
        whose: dict[int, int] = {}
        for bit, way in enumerate(self._picks[number].ways):
            if way.main is not None and way.main not in self._shared and _takes(way, minute):
                whose[way.main] = whose.get(way.main, 0) | 1 << bit
        ways = 0
        for bits in whose.values():
            ways |= bits
        return Needing(number, ways, tuple(whose.items()))


def _span(pick: Pick) -> tuple[int, int]:
    takes = [(low, high) for way in pick.ways for _, low, high in way.takes]
    return min((low for low, _ in takes), default=0), max((high for _, high in takes), default=0)


def _takes(way: Way, minute: int) -> bool:
    """Whether it takes its main resource then."""
    return any(one == way.main and low <= minute < high for one, low, high in way.takes)


def _unmatched(wanted: Sequence[Sequence[int]]) -> Collection[int]:
    """Some who together want fewer than they are (Hall 1935), if there are any: by augmenting paths (Kuhn 1955)."""
    has: dict[int, int] = {}

    def give(who: int, seen: set[int]) -> bool:
        for one in wanted[who]:
            if one not in has:
                has[one] = who
                return True
        for one in wanted[who]:
            if one not in seen:
                seen.add(one)
                if give(has[one], seen):
                    has[one] = who
                    return True
        return False

    for who in range(len(wanted)):
        seen: set[int] = set()
        if not give(who, seen):
            return {who, *(has[one] for one in seen)}
    return ()
