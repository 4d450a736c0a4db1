"""Money as the clinic writes it. Inside, an amount is always whole minor units (pence, tiyin) of one currency."""

import re
from decimal import Decimal

from babel.numbers import get_currency_precision, list_currencies

LARGEST = 10**12
PLAIN = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,9})?")
CURRENCIES = frozenset(list_currencies("en"))


def decimals(currency: str) -> int:
    """How many decimal places the currency has (ISO 4217): 2 for GBP, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)


def text(minor: int, currency: str) -> str:
    """Minor units as a plain decimal: `text(1250, "GBP") == "12.50"`."""
    return str(Decimal(minor).scaleb(-decimals(currency)))


def parse(amount: str, currency: str) -> int:
    """A plain decimal as minor units. Raises ValueError where it isn't one, is too fine for the currency or too
    large.
    """
    if not PLAIN.fullmatch(amount):
        raise ValueError(amount)
    minor = Decimal(amount).scaleb(decimals(currency))
    if abs(minor) > LARGEST or minor != int(minor):
        raise ValueError(amount)
    return int(minor)
