import pytest
import time_machine

from tests.factories import NOW
from tests.web.desk import Desk


@pytest.fixture(autouse=True)
def _noon():
    """Everything happens at one moment, before opening on a Monday."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()
