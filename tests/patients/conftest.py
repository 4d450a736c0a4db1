"""A clinic in Tashkent (five hours ahead of UTC, +998), with a front desk; and one in London."""

import pytest

from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.people.permissions import Role
from tests.factories import make_actor, make_clinic


@pytest.fixture
def clinic(db: None) -> Clinic:
    return make_clinic(timezone="Asia/Tashkent", country="UZ", currency="UZS")


@pytest.fixture
def london(db: None) -> Clinic:
    return make_clinic()


@pytest.fixture
def desk(clinic: Clinic) -> Actor:
    return make_actor(Role.FRONT_DESK, clinic)
