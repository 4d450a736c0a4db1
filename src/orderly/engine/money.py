"""Shares of amounts in minor units (cents): exact arithmetic, half to even, nothing lost."""

from decimal import Decimal
from fractions import Fraction


def percent_of(total_minor: int, percent: int | Decimal | Fraction) -> int:
    """`percent` hundredths of `total_minor`, rounded half to even to a whole minor unit."""
    return round(Fraction(total_minor) * Fraction(percent) / 100)


def split(total_minor: int, provider_percent: int | Decimal | Fraction) -> tuple[int, int]:
    """(the provider's share, the clinic's): the provider's is rounded, the clinic gets the rest.

    Raises ValueError for a percentage below 0 or above 100.
    """
    if not 0 <= provider_percent <= 100:
        raise ValueError("a share is between 0 and 100 percent")
    share = percent_of(total_minor, provider_percent)
    return share, total_minor - share


def parts(total_minor: int, count: int) -> list[int]:
    """An amount in `count` equal parts, each rounded half to even; the last takes the rest. Where rounding up
    would leave less than nothing for it, the others are rounded down.
    """
    each = round(Fraction(total_minor, count))
    if each * (count - 1) > total_minor:
        each = total_minor // count
    return [each] * (count - 1) + [total_minor - each * (count - 1)]
