import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orderly.engine import spans as engine
from orderly.engine.spans import EVER
from tests.engine import made, model


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8))
def test_normalising_gives_the_same_minutes_in_one_form(rows):
    assert engine.normalise(rows) == model.spans(model.minutes(rows))


@given(made.rows())
def test_merging_rows_is_normalising_them(rows):
    assert engine.merge(rows) == engine.normalise(rows)


@given(made.spans(), made.spans())
def test_union_and_intersection(a, b):
    assert engine.union(a, b) == model.spans(model.minutes(a) | model.minutes(b))
    assert engine.intersect(a, b) == model.spans(model.minutes(a) & model.minutes(b))


@settings(max_examples=400)
@given(made.spans(), made.rows())
@example(((0, 5), (8, 12), (30, 40)), ((0, 20), (15, 16)))
def test_subtracting_rows_that_may_overlap(spans, rows):
    assert engine.subtract(spans, rows) == model.spans(model.minutes(spans) - model.minutes(rows))


@given(made.spans(), made.span())
def test_clip_covers_and_overlaps(spans, span):
    held, asked = model.minutes(spans), model.minutes([span])
    assert engine.clip(spans, span) == model.spans(held & asked)
    assert engine.covers(spans, span) == (asked <= held)
    assert engine.overlaps(spans, span) == bool(asked & held)


@given(made.spans(), st.integers(-50, 50))
def test_shift(spans, by):
    assert engine.shift(spans, by) == model.spans(minute + by for minute in model.minutes(spans))


@given(st.lists(made.spans(4), max_size=5), st.integers(1, 4))
def test_at_least_k_of_the_sets(sets, k):
    everything = [span for spans in sets for span in spans]
    expected = model.spans(m for m in model.minutes(everything) if model.depth(everything, m) >= k)
    assert engine.at_least(k, sets) == expected


@given(made.rows(8), st.integers(1, 4))
def test_deep_minutes(rows, depth):
    expected = model.spans(m for m in model.minutes(rows) if model.depth(rows, m) >= depth)
    assert engine.deep(rows, depth) == expected


@pytest.mark.parametrize("depth", [0, -1])
def test_no_depth_is_everywhere(depth):
    assert engine.deep([], depth) == (EVER,)
    assert engine.at_least(depth, []) == (EVER,)


def test_all_of_time_can_be_cut():
    assert engine.subtract((EVER,), [(5, 9), (7, 12)]) == ((EVER[0], 5), (12, EVER[1]))
    assert engine.intersect((EVER,), ((5, 9),)) == engine.intersect(((5, 9),), (EVER,)) == ((5, 9),)
    assert engine.intersect((EVER,), (EVER,)) == engine.union((EVER,), ((5, 9),)) == (EVER,)
    assert engine.subtract((EVER,), (EVER,)) == ()
