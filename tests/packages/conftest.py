"""Where packages are sold."""

import pytest

from tests.packages.shop import Shop


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop()
