"""APT-9: days that move along with today."""

from datetime import date

import pytest

from orderly.appointments.queries.filters import When, days_of

FRIDAY = date(2026, 3, 6)


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        (When.TODAY, date(2026, 3, 6), date(2026, 3, 7)),
        (When.TOMORROW, date(2026, 3, 7), date(2026, 3, 8)),
        (When.WEEK, date(2026, 3, 2), date(2026, 3, 9)),
        (When.NEXT_7_DAYS, date(2026, 3, 6), date(2026, 3, 13)),
        (When.LAST_7_DAYS, date(2026, 2, 28), date(2026, 3, 7)),
        (When.LAST_30_DAYS, date(2026, 2, 5), date(2026, 3, 7)),
    ],
)
def test_days(when: When, first: date, last: date) -> None:
    assert days_of(when, FRIDAY, "GB") == (first, last)


@pytest.mark.parametrize(
    ("country", "first"),
    [("UZ", date(2026, 3, 2)), ("SA", date(2026, 3, 1)), ("EG", date(2026, 2, 28)), ("XX", date(2026, 3, 2))],
)
def test_a_week_begins_as_it_does_in_the_country(country: str, first: date) -> None:
    assert days_of(When.WEEK, FRIDAY, country)[0] == first
