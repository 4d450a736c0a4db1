"""Small courses of sessions for the itinerary's tests, and the best plan of one found by trying them all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter

from hypothesis import strategies as st

from bench.itinerary import allows, worth
from orderly.engine.itinerary import Booked, Rules, Session, Wish
from orderly.engine.ranking import Slot
from orderly.engine.walltime import to_minute

ZONE = "Europe/Berlin"
FIRST = date(2026, 3, 26)
"""A Thursday; clocks change on the Sunday."""


@dataclass(frozen=True)
class Asked:
    """All that `plan` is given, but the wish."""

    sessions: list[Session]
    rules: Rules
    booked: list[Booked]


def slot(day: int, minute: int, provider: int = 1, length: int = 30) -> Slot:
    """On a day from the first, at a wall minute."""
    start = to_minute(ZONE, FIRST + timedelta(days=day), minute)
    return start, start + length, provider


SLOTS = st.builds(
    slot,
    st.integers(-1, 12),
    st.sampled_from((0, 120, 540, 570, 600, 960, 1410)),
    st.integers(1, 3),
    st.sampled_from((30, 30, 60, 700)),
)

FREE = st.lists(SLOTS, max_size=7, unique_by=itemgetter(0, 2))


@st.composite
def asked(draw: st.DrawFn, most: int = 4) -> Asked:
    """Up to `most` sessions of up to two services."""
    services = [sorted(draw(FREE), key=itemgetter(0, 2)) for _ in range(2)]
    numbers = draw(st.lists(st.integers(1, 6), min_size=1, max_size=most, unique=True))
    taken = draw(st.lists(st.builds(Booked, st.integers(1, 8), *map(st.just, (0, 0, 0))), max_size=2))
    there = {one.number: draw(SLOTS) for one in taken if one.number not in numbers}
    return Asked(
        [draw(session(number, services[draw(st.booleans())])) for number in numbers],
        draw(rules()),
        [Booked(number, *where) for number, where in there.items()],
    )


def session(number: int, slots: list[Slot]) -> st.SearchStrategy[Session]:
    """Mostly free to be anywhere."""
    one = st.sampled_from(slots) if slots else SLOTS
    who = st.sampled_from((None, None, frozenset({1}), frozenset({1, 2})))
    rarely = st.sampled_from((False, False, False, True)).flatmap(lambda yes: one | SLOTS if yes else st.none())
    return st.builds(Session, st.just(number), st.just(slots), who, rarely, st.none() | one)


def rules() -> st.SearchStrategy[Rules]:
    return st.builds(
        Rules,
        st.just(ZONE),
        st.just(FIRST),
        st.sampled_from((4, 9, 30)).map(lambda days: FIRST + timedelta(days=days)),
        st.sampled_from((None, None, frozenset({1, 3, 5}), frozenset({0, 4}))),
        st.sampled_from((None, 0, 555, 900)),
        st.integers(0, 3),
        st.sampled_from((None, 1, 2)),
        st.integers(0, 6),
        st.sampled_from((2, 5, 90)),
        st.frozensets(st.integers(0, 9).map(lambda day: FIRST + timedelta(days=day)), max_size=3),
    )


def everything(asked: Asked, left: Sequence[Session], placed: dict[int, Slot]) -> Iterator[dict[int, Slot]]:
    """Every plan that keeps the rules."""
    if not left:
        yield placed
        return
    one, *rest = left
    for where in dict.fromkeys(one.slots):
        if allows(one, where, placed, asked.rules, asked.booked):
            yield from everything(asked, rest, {**placed, one.number: where})
    yield from everything(asked, rest, placed)


def best(asked: Asked, wish: Wish) -> dict[int, Slot]:
    """The best of them."""
    in_order = sorted(asked.sessions, key=lambda one: one.number)

    def order(placed: dict[int, Slot]) -> tuple[object, ...]:
        turns = [(slot[0], slot[2]) if (slot := placed.get(one.number)) else (1 << 40, 0) for one in in_order]
        return worth(placed, asked.sessions, asked.rules, asked.booked).by(wish), turns

    return min(everything(asked, in_order, {}), key=order)
