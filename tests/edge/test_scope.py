import pytest

from orderly.core.errors import Forbidden, NotFound
from orderly.edge.scope import clinic_for
from orderly.people.permissions import Role
from tests.factories import make_actor, make_clinic, make_patient, make_provider, make_service

pytestmark = pytest.mark.django_db

VIEW = "booking:view_calendar"


def test_the_clinic_in_one_query(django_assert_num_queries) -> None:
    """ACC-4"""
    clinic = make_clinic()
    service, patient = make_service(clinic), make_patient(clinic)
    provider = make_provider(clinic)
    named = {"service": service.pk, "provider": provider.pk, "patient": patient.pk}
    for actor in (make_actor("front_desk", clinic), make_actor(Role.SUPER_ADMIN)):
        with django_assert_num_queries(1):
            assert clinic_for(actor, VIEW, clinic.pk, **named) == clinic


@pytest.mark.parametrize("field", ["service", "provider", "patient"])
def test_what_is_not_the_actors_is_not_there(field: str) -> None:
    clinic, elsewhere = make_clinic(), make_clinic()
    made = {"service": make_service, "provider": make_provider, "patient": make_patient}[field](elsewhere)
    with pytest.raises(NotFound) as error:
        clinic_for(make_actor("front_desk", clinic), VIEW, clinic.pk, **{field: made.pk})
    assert error.value.field == field


def test_clinics_that_are_not_the_actors_or_not_at_all() -> None:
    clinic = make_clinic()
    gone = make_clinic()
    gone.delete()
    for actor in (make_actor("front_desk", clinic), make_actor(Role.SUPER_ADMIN)):
        with pytest.raises(NotFound) as error:
            clinic_for(actor, VIEW, gone.pk)
        assert error.value.field == "clinic"


def test_without_the_right() -> None:
    clinic = make_clinic()
    with pytest.raises(Forbidden):
        clinic_for(make_actor("read_only", clinic), "patients:edit", clinic.pk)
