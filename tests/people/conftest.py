import pytest

from orderly.clinics.models import Clinic
from orderly.people.models import User
from orderly.people.permissions import Role
from tests.factories import make_clinic, make_user


@pytest.fixture
def clinic(db: None) -> Clinic:
    return make_clinic()


@pytest.fixture
def other(db: None) -> Clinic:
    return make_clinic()


@pytest.fixture
def user(clinic: Clinic) -> User:
    """At the front desk of `clinic`."""
    return make_user(Role.FRONT_DESK, clinic)
