"""A small clinic in London, in the week of Monday 2 March 2026, before opening."""

import pytest

from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from orderly.resources.models import Provider
from tests.factories import make_actor, make_clinic, make_patient, make_provider, make_service


@pytest.fixture
def clinic(db: None) -> Clinic:
    return make_clinic()


@pytest.fixture
def service(clinic: Clinic) -> Service:
    """Half an hour with a provider, 50.00."""
    return make_service(clinic)


@pytest.fixture
def doctor(clinic: Clinic, service: Service) -> Provider:
    """Works 9 to 17, Monday to Friday."""
    return make_provider(clinic, service=service)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return make_patient(clinic)


@pytest.fixture
def desk(clinic: Clinic) -> Actor:
    return make_actor(Role.FRONT_DESK, clinic)
