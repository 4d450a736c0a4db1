"""OPS-3: a web process may die at any moment."""

import logging

import pytest

from tests.races.killing import kill_rounds

pytestmark = [
    pytest.mark.race,
    pytest.mark.live,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True),
]

ROUNDS = 10


def test_nothing_promised_is_lost_and_nothing_is_done_twice() -> None:
    """APT-2, API-1: ten times killed under load, then asked again with the same keys."""
    report = kill_rounds(ROUNDS)
    logging.getLogger(__name__).info("%s", report)
    assert (report.wrong, report.rounds) == ([], ROUNDS)
    assert report.acknowledged >= ROUNDS
    assert report.cut_off >= ROUNDS
