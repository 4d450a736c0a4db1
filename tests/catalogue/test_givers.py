"""Who gives what: from the provider's side."""

import pytest

from orderly.catalogue.actions.givers import change_giver, engage
from orderly.catalogue.models import Offering, Service
from orderly.clinics.models import Clinic
from orderly.core.edits import wrong
from orderly.core.errors import Forbidden, Invalid
from orderly.journal.queries import history
from orderly.people.permissions import Role
from orderly.resources.inputs import ProviderDetails
from orderly.resources.models import Provider
from tests.factories import NOW, make_actor, make_clinic, make_provider, make_service

pytestmark = pytest.mark.django_db


def given_by(provider: Provider) -> set[Service]:
    return set(Service.objects.filter(providers=provider))


def take_on(clinic: Clinic, services: list[Service] | None = None) -> Provider:
    details = ProviderDetails(name="Ann", clinics=[clinic.pk])
    ids = None if services is None else [service.pk for service in services]
    return engage(details, ids, actor=make_actor(Role.CLINIC_ADMIN, clinic), now=NOW)


def test_without_a_word_a_new_provider_gives_all_that_is_active() -> None:
    """SET-2"""
    clinic = make_clinic()
    one, two = make_service(clinic), make_service(clinic)
    make_service(clinic, active=False)
    make_service(make_clinic())
    provider = take_on(clinic)
    assert given_by(provider) == {one, two}
    assert [entry.fact for entry in history(provider.pk)] == ["provider_added", "services_assigned"]


def test_a_new_provider_gives_what_is_said() -> None:
    """SET-2"""
    clinic = make_clinic()
    one, _two = make_service(clinic), make_service(clinic)
    assert given_by(take_on(clinic, [one])) == {one}
    assert given_by(take_on(clinic, [])) == set()


def test_a_service_of_another_clinic_can_t_be_given() -> None:
    clinic = make_clinic()
    with pytest.raises(Invalid) as refused:
        take_on(clinic, [make_service(make_clinic())])
    assert refused.value.problems == (wrong("services", "not_found"),)
    assert not Provider.objects.exists()


def test_what_stays_keeps_its_length_and_price() -> None:
    clinic = make_clinic()
    kept, dropped, new = make_service(clinic), make_service(clinic), make_service(clinic)
    provider = make_provider(clinic, service=dropped)
    Offering.objects.create(service=kept, provider=provider, minutes=20, price=10)
    admin = make_actor(Role.CLINIC_ADMIN, clinic)

    change_giver(provider.pk, ProviderDetails(), [kept.pk, new.pk], actor=admin, now=NOW, version=1)

    assert given_by(provider) == {kept, new}
    offering = Offering.objects.get(service=kept, provider=provider)
    assert (offering.minutes, offering.price, Provider.objects.get(pk=provider.pk).version) == (20, 10, 2)
    entry = history(provider.pk).last()
    assert entry is not None
    assert entry.changes == {"services": [sorted([str(kept.pk), str(dropped.pk)]), sorted([str(kept.pk), str(new.pk)])]}


def test_joining_a_clinic_means_giving_what_it_offers() -> None:
    here, there = make_clinic(), make_clinic()
    make_service(here)
    provider, offered = make_provider(here), make_service(there)
    details = ProviderDetails(clinics=[here.pk, there.pk])
    change_giver(provider.pk, details, actor=make_actor(Role.SUPER_ADMIN), now=NOW)
    assert given_by(provider) == {offered}


def test_services_elsewhere_that_one_doesn_t_see_stay() -> None:
    """With the right in all of the provider's clinics, but not in all that have the services."""
    here, elsewhere = make_clinic(), make_clinic()
    unseen = make_service(elsewhere)
    provider = make_provider(here, service=unseen)
    change_giver(provider.pk, ProviderDetails(), [], actor=make_actor(Role.CLINIC_ADMIN, here), now=NOW)
    assert given_by(provider) == {unseen}


def test_it_takes_the_right_in_all_of_the_provider_s_clinics() -> None:
    here = make_clinic()
    provider, service = make_provider(here), make_service(here)
    desk, admin = make_actor(Role.FRONT_DESK, here), make_actor(Role.CLINIC_ADMIN, here)
    with pytest.raises(Forbidden):
        change_giver(provider.pk, ProviderDetails(), [service.pk], actor=desk, now=NOW)
    provider.clinics.add(make_clinic())
    with pytest.raises(Forbidden):
        change_giver(provider.pk, ProviderDetails(), [service.pk], actor=admin, now=NOW)
