import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderly.core.money import CURRENCIES, LARGEST, decimals, parse, text


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (1250, "GBP", "12.50"),
        (5, "GBP", "0.05"),
        (0, "GBP", "0.00"),
        (-1250, "GBP", "-12.50"),
        (1250, "JPY", "1250"),
        (1250, "KWD", "1.250"),
        (LARGEST, "GBP", "10000000000.00"),
    ],
)
def test_an_amount_is_written_as_the_currency_has_it(minor: int, currency: str, written: str) -> None:
    assert (text(minor, currency), parse(written, currency)) == (written, minor)


@pytest.mark.parametrize(("typed", "minor"), [("12", 1200), ("12.5", 1250), ("012.50", 1250), ("12.500", 1250)])
def test_a_plain_decimal_is_read(typed: str, minor: int) -> None:
    assert parse(typed, "GBP") == minor


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("12.505", "GBP"),
        ("0.5", "JPY"),
        ("1.2505", "KWD"),
        ("10000000000.01", "GBP"),
        ("-10000000000.01", "GBP"),
        ("", "GBP"),
        ("twelve", "GBP"),
        ("12,50", "GBP"),
        ("NaN", "GBP"),
        ("Infinity", "GBP"),
        ("1e2", "GBP"),
        ("1e400", "GBP"),
        ("10.000000000000000000000000000001", "GBP"),
        (" 12.50", "GBP"),
        ("\u0661\u0662", "GBP"),
        ("1e999999999", "GBP"),
        ("1e-999999999", "GBP"),
    ],
)
def test_anything_else_is_refused(typed: str, currency: str) -> None:
    with pytest.raises(ValueError):
        parse(typed, currency)


@given(st.integers(-LARGEST, LARGEST), st.sampled_from(["GBP", "JPY", "KWD", "UZS", "EUR"]))
def test_what_is_written_is_read_back(minor: int, currency: str) -> None:
    assert parse(text(minor, currency), currency) == minor


def test_currencies_are_iso_codes() -> None:
    assert {"GBP", "UZS", "JPY"} <= CURRENCIES
    assert (decimals("GBP"), decimals("JPY"), decimals("KWD")) == (2, 0, 3)
