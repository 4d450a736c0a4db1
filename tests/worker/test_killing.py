"""OPS-3, API-3: a worker may die at any moment; two at work do everything once, and one sequencer at a time counts."""

import logging

import pytest

from tests.worker.killing import kill_workers

pytestmark = [
    pytest.mark.race,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.django_db(transaction=True),
]

KILLS = 8


def test_each_fact_has_its_effect_once_however_many_workers_are_killed() -> None:
    report = kill_workers(KILLS)
    logging.getLogger(__name__).info("%s", report)
    assert (report.wrong, report.kills) == ([], KILLS)
    assert report.cut_short > 0
