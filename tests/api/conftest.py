import pytest
import time_machine

from tests.factories import NOW


@pytest.fixture(autouse=True)
def _monday():
    """Everything happens at one moment, before opening on a Monday."""
    with time_machine.travel(NOW, tick=False):
        yield
