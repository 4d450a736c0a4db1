"""AVL-4, AVL-7, APT-3, APT-5: requests, assignments, groups and teams among single visits, all verbs at once."""

import pytest

from tests.races.audit import faults
from tests.races.mixed import mixed_storm

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("seed", range(3))
def test_everything_at_once(seed: int) -> None:
    found = mixed_storm(seed)
    assert [one.fault for one in found if one.fault] == []
    assert (sum(one.answer for one in found) > 32, faults()) == (True, {})
