from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from orderly.engine.lanes import free_lane, relane
from tests.engine import made, model


def clash(rows: list[tuple[int, int, int]]) -> bool:
    """Whether two rows (start, end, lane) share a minute of a lane."""
    taken = [(lane, minute) for start, end, lane in rows for minute in range(start, end)]
    return len(taken) != len(set(taken))


def test_the_lowest_lane_that_is_free_throughout():
    rows = [(0, 10, 0), (10, 20, 1), (5, 12, 2)]
    assert [free_lane(rows, span, 3) for span in [(0, 5), (3, 8), (10, 12), (9, 11)]] == [1, 1, 0, None]
    assert free_lane([], (0, 5), 0) is None


@given(st.lists(st.tuples(made.span(), st.integers(0, 2)), max_size=6), made.span())
def test_a_free_lane_is_free(placed, span):
    asked = model.minutes([span])
    taken = {lane for row, lane in placed if asked & model.minutes([row])}
    free = [lane for lane in range(3) if lane not in taken]
    assert free_lane([(*row, lane) for row, lane in placed], span, 3) == (free[0] if free else None)


@given(st.lists(made.span(0, 20), max_size=5), st.integers(0, 3))
def test_relaning_succeeds_whenever_anything_does(spans, lanes):
    found = relane([(str(at), *span) for at, span in enumerate(spans)], lanes)
    ways = product(range(lanes), repeat=len(spans))
    possible = any(not clash([(*span, lane) for span, lane in zip(spans, way, strict=True)]) for way in ways)
    assert (found is not None) == possible
    if found is not None:
        assert set(found) == {str(at) for at in range(len(spans))}
        assert set(found.values()) <= set(range(lanes))
        assert not clash([(*span, found[str(at)]) for at, span in enumerate(spans)])


@given(st.lists(made.span(), max_size=12), st.integers(0, 4))
def test_only_too_many_at_once_is_refused(spans, lanes):
    deepest = max((model.depth(spans, start) for start, _ in spans), default=0)
    found = relane([(at, *span) for at, span in enumerate(spans)], lanes)
    assert (found is None) == (deepest > lanes)
