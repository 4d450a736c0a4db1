from hypothesis import given
from hypothesis import strategies as st

from orderly.engine.calendar import Calendar, free, starts
from orderly.engine.plan import Role
from orderly.engine.rules import Layers
from tests.engine import made, model


@given(made.calendar(1), made.span(), st.integers(-2, 2))
def test_free_minutes(calendar, window, extra):
    expected = model.spans(m for m in range(*window) if model.is_free(calendar, m, extra))
    assert free(calendar, window, extra=extra) == expected


@given(made.calendar(1), made.spans(3).filter(bool), made.span(-20, 40), st.integers(0, 1))
def test_starts_at_which_all_parts_are_free(calendar, parts, window, extra):
    expected = model.spans(start for start in range(*window) if model.fits(calendar, parts, start, extra))
    assert starts(calendar, parts, window, extra=extra) == expected


def test_a_day_with_everything():
    layers = Layers(((0, 100),), ((10, 20),), ((30, 35),), ((90, 95),))
    calendar = Calendar(1, Role.PROVIDER, layers, ((40, 50), (50, 60)), ((45, 70),))
    assert free(calendar, (5, 200)) == ((5, 10), (20, 30), (35, 40), (70, 90), (95, 100))
    assert free(calendar, (5, 200), extra=1) == ((5, 10), (20, 30), (35, 45), (60, 90), (95, 100))
    assert starts(calendar, ((0, 15), (20, 25)), (5, 200)) == ((75, 76),)
