"""How amounts and days are written for those who read from right to left."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

PAGE = "{% load desk %}{{ amount|money:currency }}|{{ at|moment:'UTC' }}|{{ minutes|moment:'UTC' }}"


@pytest.mark.parametrize(
    ("language", "currency", "amount", "day"),
    [
        ("en", "GBP", "£405.00", "Mon 2 Mar 2026, 09:30"),
        ("ar", "GBP", "\u2068\u200f405.00\xa0\u2068UK£\u2069\u2069", "الاثنين 2 مارس 2026، 09:30"),
        ("ar", "AED", "\u2068\u200f405.00\xa0\u2068د.إ.\u200f\u2069\u2069", "الاثنين 2 مارس 2026، 09:30"),
    ],
)
def test_amounts_stay_together_and_commas_are_the_languages(
    language: str, currency: str, amount: str, day: str
) -> None:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    given = {"amount": 40500, "currency": currency, "at": at, "minutes": int(at.timestamp()) // 60}
    with translation.override(language):
        assert Template(PAGE).render(Context(given)).split("|") == [amount, day, day]
