"""A clinic has one general service, so that a request needs only a date and a time."""

import pytest

from orderly.catalogue.actions.clinics import change_clinic, open_clinic
from orderly.catalogue.actions.services import add_service, change_service
from orderly.catalogue.inputs import OfferingDetails, PhaseDetails, ServiceDetails
from orderly.catalogue.models import Service
from orderly.catalogue.queries import described
from orderly.clinics.inputs import ClinicDetails
from orderly.clinics.models import Clinic
from orderly.core.edits import wrong
from orderly.core.errors import Forbidden, Invalid
from orderly.engine.problems import Problem
from orderly.journal.queries import history
from orderly.people.permissions import Role
from tests.factories import NOW, make_actor, make_clinic, make_provider, make_service

pytestmark = pytest.mark.django_db


def open_one(**details: object) -> Clinic:
    said = ClinicDetails(**{"name": "A", "timezone": "Europe/London", "currency": "GBP", **details})
    return open_clinic(said, actor=make_actor(Role.SUPER_ADMIN), now=NOW)


def change(service: Service, **details: object) -> None:
    change_service(service.pk, ServiceDetails(**details), actor=make_actor(Role.SUPER_ADMIN), now=NOW)


def problems_of(service: Service, **details: object) -> tuple[Problem, ...]:
    with pytest.raises(Invalid) as refused:
        change(service, **details)
    return refused.value.problems


def generals(*clinics: Clinic) -> list[Service]:
    return list(Service.objects.filter(general=True, clinics__in=clinics).distinct())


@pytest.mark.parametrize(
    ("languages", "name"), [(["en"], "General appointment"), (["ru", "en"], "Общий приём"), (["ar"], "موعد عام")]
)
def test_a_clinic_opens_with_its_general_service(languages: list[str], name: str) -> None:
    """SET-1, SET-3"""
    clinic = open_one(languages=languages)
    [service] = generals(clinic)
    assert (service.name, described(service)) == (name, (PhaseDetails(minutes=90),))


def test_a_clinic_that_can_t_be_opened_leaves_nothing_behind() -> None:
    with pytest.raises(Invalid):
        open_one(timezone="Nowhere")
    details = ClinicDetails(name="A", timezone="UTC", currency="GBP")
    admin = make_actor(Role.CLINIC_ADMIN, make_clinic())
    with pytest.raises(Forbidden):
        open_clinic(details, actor=admin, now=NOW)
    assert not Service.objects.exists()


def test_another_service_takes_over() -> None:
    clinic = open_one()
    [old] = generals(clinic)
    new = make_service(clinic)

    change(new, general=True)

    assert generals(clinic) == [new]
    entry = history(old.pk).last()
    assert entry is not None
    assert (entry.fact, entry.changes) == ("service_changed", {"general": [True, False]})
    assert Service.objects.get(pk=old.pk).version == 2


def test_a_new_service_can_be_general_at_once() -> None:
    clinic = open_one()
    details = ServiceDetails(name="New", clinics=[clinic.pk], general=True)
    made = add_service(details, actor=make_actor(Role.CLINIC_ADMIN, clinic), now=NOW)
    assert generals(clinic) == [made]


def test_it_doesn_t_go_without_another_one() -> None:
    [general] = generals(open_one())
    assert problems_of(general, general=False) == (wrong("general", "needed"),)
    assert problems_of(general, active=False) == (wrong("active", "general"),)
    assert problems_of(general, clinics=[make_clinic().pk]) == (wrong("clinics", "general"),)


def test_one_that_is_another_clinic_s_too_isn_t_taken_over() -> None:
    """It would stay general there, and can't be both."""
    one, two = open_one(), open_one()
    [general] = generals(one)
    change(general, clinics=[one.pk, two.pk])
    assert generals(one, two) == [general], "it took over in the second clinic"
    service = make_service(one)
    assert problems_of(service, general=True) == (wrong("general", "shared"),)
    change(service, clinics=[one.pk, two.pk], general=True)
    assert generals(one, two) == [service]


def test_another_currency_only_before_anything_has_a_price() -> None:
    """SET-1"""
    clinic = open_one()
    admin, euro = make_actor(Role.CLINIC_ADMIN, clinic), ClinicDetails(currency="EUR")

    change_clinic(clinic.pk, euro, actor=admin, now=NOW)
    assert Clinic.objects.get(pk=clinic.pk).currency == "EUR"

    [general] = generals(clinic)
    provider = make_provider(clinic)
    dollar = ClinicDetails(currency="USD")
    free = ServiceDetails(price=0, providers=(), follow_up_price=None, follow_up_days=0)
    for said in (
        ServiceDetails(price=1),
        ServiceDetails(follow_up_price=0, follow_up_days=1),
        ServiceDetails(providers=(OfferingDetails(provider=provider.pk, price=5),)),
    ):
        change_service(general.pk, said, actor=admin, now=NOW)
        with pytest.raises(Invalid) as refused:
            change_clinic(clinic.pk, dollar, actor=admin, now=NOW)
        assert refused.value.problems == (wrong("currency", "priced"),)
        change_service(general.pk, free, actor=admin, now=NOW)
    change_clinic(clinic.pk, ClinicDetails(no_show_fee=100), actor=admin, now=NOW)
    with pytest.raises(Invalid):
        change_clinic(clinic.pk, dollar, actor=admin, now=NOW)
    assert Clinic.objects.get(pk=clinic.pk).currency == "EUR"
    change_clinic(clinic.pk, ClinicDetails(name="B"), actor=admin, now=NOW)
