"""ACC-3: the one table of who may do what."""

import pytest

from orderly.clinics.models import Clinic
from orderly.people.models import Membership
from orderly.people.permissions import ALL, Role, defaults
from orderly.people.queries import actor_for, role_table
from tests.factories import make_user
from tests.people import table


@pytest.mark.parametrize(("permission", "holders"), table.ROWS.items(), ids=table.ROWS)
def test_each_row(permission: str, holders: set[str]) -> None:
    """ACC-3"""
    assert {role.value for role in Role if permission in defaults(role)} == holders


def test_there_are_no_other_rows() -> None:
    assert ALL == table.EVERYTHING


def test_the_roles() -> None:
    """ACC-2"""
    assert {role.value for role in Role} == {*table.ROLES.values(), "super_admin", "patient"}


@pytest.mark.django_db
@pytest.mark.parametrize("role", table.ROLES.values())
def test_whoever_has_one_role_has_its_column(role: str, clinic: Clinic) -> None:
    actor = actor_for(make_user(role, clinic))
    assert (actor.rights, actor.everywhere) == ({clinic.pk: table.of(role)}, frozenset())


@pytest.mark.django_db
def test_whoever_has_several_has_what_any_of_them_gives(clinic: Clinic) -> None:
    user = make_user(Role.BILLING, clinic)
    Membership.objects.create(user=user, clinic=clinic, role=Role.CLINICAL_STAFF)
    assert actor_for(user).rights == {clinic.pk: table.of("billing", "clinical_staff")}


@pytest.mark.django_db
def test_a_clinic_sees_the_table_of_the_roles_it_can_give(clinic: Clinic) -> None:
    assert role_table(clinic.pk) == {role: table.of(role) for role in table.ROLES.values()}
