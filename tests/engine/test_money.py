from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderly.engine.money import percent_of, split

AMOUNTS = st.integers(-(10**12), 10**12)
PERCENTS = st.decimals(0, 100, places=3)


@given(AMOUNTS, PERCENTS)
def test_shares_add_up_and_round_half_to_even(total, percent):
    share = int((Decimal(total) * percent / 100).quantize(Decimal(1), ROUND_HALF_EVEN))
    assert percent_of(total, percent) == percent_of(total, Fraction(percent)) == share
    assert split(total, percent) == (share, total - share)


@pytest.mark.parametrize(
    ("total", "percent", "shares"),
    [
        (1, 50, (0, 1)),
        (3, 50, (2, 1)),
        (5, 50, (2, 3)),
        (1000, Fraction(100, 3), (333, 667)),
        (-3, 50, (-2, -1)),
        (99, 0, (0, 99)),
        (99, 100, (99, 0)),
        (10_001, Decimal("12.5"), (1250, 8751)),
    ],
)
def test_splits(total, percent, shares):
    assert split(total, percent) == shares


@pytest.mark.parametrize("percent", [-1, 101, Decimal("100.001")])
def test_shares_beyond_the_whole_are_refused(percent):
    with pytest.raises(ValueError, match="between 0 and 100"):
        split(100, percent)
