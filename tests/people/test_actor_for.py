"""ACC-2: roles are held per clinic; ACC-3: a clinic can change single cells of the table."""

import pytest
from django.contrib.auth import authenticate, get_user
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.test.client import Client
from pytest_django import DjangoAssertNumQueries

from orderly.clinics.models import Clinic
from orderly.core.ids import uuid7
from orderly.journal.actor import Actor
from orderly.people.models import Membership, RoleOverride, User
from orderly.people.permissions import Role
from orderly.people.queries import actor_for, role_table
from tests.factories import make_clinic, make_user
from tests.people import table

pytestmark = pytest.mark.django_db


def override(clinic: Clinic, role: str, permission: str, allowed: bool) -> None:
    RoleOverride.objects.create(clinic=clinic, role=role, permission=permission, allowed=allowed)


def test_another_role_in_each_clinic(clinic: Clinic, other: Clinic) -> None:
    """ACC-2"""
    user = make_user(Role.DOCTOR, clinic)
    Membership.objects.create(user=user, clinic=other, role=Role.READ_ONLY)
    rights = {clinic.pk: table.of("doctor"), other.pk: table.of("read_only")}
    assert actor_for(user, address="192.0.2.7") == Actor(user=user.pk, address="192.0.2.7", rights=rights)


def test_somebody_without_a_role_has_no_clinic() -> None:
    user = make_user(role=None)
    assert actor_for(user) == Actor(user=user.pk)


def test_the_super_admin_may_everything_in_every_clinic() -> None:
    """ACC-3, in clinics too that open tomorrow."""
    user = make_user(Role.SUPER_ADMIN)
    assert actor_for(user) == Actor(user=user.pk, everywhere=table.EVERYTHING)
    assert actor_for(user).may("settings:manage", uuid7())


def test_one_who_is_super_admin_as_well_needs_no_other_role(clinic: Clinic) -> None:
    user = make_user(Role.READ_ONLY, clinic)
    Membership.objects.create(user=user, clinic=None, role=Role.SUPER_ADMIN)
    assert actor_for(user) == Actor(user=user.pk, everywhere=table.EVERYTHING)


def test_djangos_superuser_is_a_super_admin() -> None:
    user = User.objects.create_superuser("root@example.org", "correct horse")
    assert actor_for(user) == Actor(user=user.pk, everywhere=table.EVERYTHING)


def test_being_a_patient_gives_nothing_here(clinic: Clinic, other: Clinic) -> None:
    """The portal has rules of its own; as a member of staff elsewhere a patient is staff there only."""
    user = make_user(Role.PATIENT, clinic)
    assert actor_for(user) == Actor(user=user.pk)
    Membership.objects.create(user=user, clinic=other, role=Role.BILLING)
    assert actor_for(user).rights == {other.pk: table.of("billing")}


def test_a_clinic_gives_and_takes_cells(clinic: Clinic, other: Clinic) -> None:
    """ACC-3: in that clinic and for that role only."""
    override(clinic, "front_desk", "patients:merge", True)
    override(clinic, "front_desk", "booking:overbook", False)
    override(clinic, "billing", "patients:edit", True)
    user = make_user(Role.FRONT_DESK, clinic)
    Membership.objects.create(user=user, clinic=other, role=Role.FRONT_DESK)
    changed = (table.of("front_desk") | {"patients:merge"}) - {"booking:overbook"}
    assert actor_for(user).rights == {clinic.pk: changed, other.pk: table.of("front_desk")}
    assert role_table(clinic.pk)["front_desk"] == changed
    assert role_table(other.pk)["front_desk"] == table.of("front_desk")


def test_what_one_role_lost_another_may_still_give(clinic: Clinic) -> None:
    override(clinic, "front_desk", "booking:overbook", False)
    user = make_user(Role.FRONT_DESK, clinic)
    Membership.objects.create(user=user, clinic=clinic, role=Role.DOCTOR)
    assert actor_for(user).rights == {clinic.pk: table.of("front_desk", "doctor")}


def test_a_cell_that_says_what_the_table_says_changes_nothing(clinic: Clinic) -> None:
    override(clinic, "front_desk", "patients:edit", True)
    override(clinic, "front_desk", "patients:merge", False)
    assert actor_for(make_user(Role.FRONT_DESK, clinic)).rights == {clinic.pk: table.of("front_desk")}


@pytest.mark.parametrize("clinics", [1, 3])
def test_two_queries_however_many_clinics(clinics: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = make_user(role=None)
    for _ in range(clinics):
        Membership.objects.create(user=user, clinic=make_clinic(), role=Role.DOCTOR)
    with django_assert_num_queries(2):
        actor_for(user)


def test_one_who_was_deactivated_cant_sign_in_and_is_out_at_once(client: Client, user: User) -> None:
    client.force_login(user)
    request = RequestFactory().get("/")
    request.session = client.session  # type: ignore[assignment]
    assert get_user(request) == user
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert get_user(request).is_anonymous
    assert authenticate(request, email=user.email, password="correct horse") is None


@pytest.mark.parametrize(("role", "everywhere"), [(Role.SUPER_ADMIN, False), (Role.FRONT_DESK, True)])
def test_the_database_knows_which_roles_need_a_clinic(role: str, everywhere: bool, clinic: Clinic) -> None:
    user = make_user(role=None)
    with pytest.raises(IntegrityError, match="membership_clinic"), transaction.atomic():
        Membership.objects.create(user=user, clinic=None if everywhere else clinic, role=role)


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.SUPER_ADMIN])
def test_the_database_keeps_a_role_once(role: str, clinic: Clinic) -> None:
    membership = Membership.objects.get(user=make_user(role, clinic))
    membership.pk = uuid7()
    with pytest.raises(IntegrityError), transaction.atomic():
        membership.save(force_insert=True)


def test_an_address_is_one_user_however_it_is_written() -> None:
    user = make_user(role=None, email="Ana@example.org")
    assert User.objects.get_by_natural_key("ana@EXAMPLE.org") == user
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(role=None, email="ANA@example.org")
