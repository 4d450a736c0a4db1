"""ACC-3: the permission table can be changed per clinic, by those who manage users there and hold what they give."""

from typing import Any

import pytest

from orderly.clinics.models import Clinic
from orderly.core.errors import Forbidden, Invalid, NotFound
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.people.actions import allow
from orderly.people.models import RoleOverride
from orderly.people.permissions import Role
from orderly.people.queries import role_table
from tests.factories import NOW, make_actor
from tests.people import table

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(clinic: Clinic) -> Actor:
    return make_actor(Role.CLINIC_ADMIN, clinic)


def change(role: str, permission: str, allowed: bool, clinic: Clinic, actor: Actor) -> None:
    allow(role, permission, allowed, clinic=clinic.pk, actor=actor, now=NOW)


def changed(clinic: Clinic) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """The roles that differ from the common table: what they gained, what they lost."""
    columns = {role: (held, table.of(role)) for role, held in role_table(clinic.pk).items()}
    return {str(role): (held - usual, usual - held) for role, (held, usual) in columns.items() if held != usual}


def test_a_right_is_given_and_taken(clinic: Clinic, other: Clinic, admin: Actor) -> None:
    """ACC-3"""
    change("front_desk", "patients:merge", True, clinic, admin)
    change("doctor", "booking:overbook", False, clinic, admin)
    assert changed(clinic) == {
        "front_desk": (frozenset({"patients:merge"}), frozenset()),
        "doctor": (frozenset(), frozenset({"booking:overbook"})),
    }
    assert changed(other) == {}


def test_changing_ones_mind_keeps_one_cell_and_both_facts_with_old_and_new(clinic: Clinic, admin: Actor) -> None:
    for allowed in (True, False):
        change("front_desk", "patients:merge", allowed, clinic, admin)
    assert (changed(clinic), RoleOverride.objects.count()) == ({}, 1)
    fact = {"fact": "rights_changed", "subject": clinic.pk, "clinic": clinic.pk, "user": admin.user}
    assert list(Entry.objects.order_by("id").values("fact", "subject", "clinic", "user", "changes")) == [
        {**fact, "changes": {"front_desk patients:merge": [not allowed, allowed]}} for allowed in (True, False)
    ]


def test_who_holds_a_right_can_give_its_own_calendar_part(clinic: Clinic, admin: Actor) -> None:
    change("clinical_staff", "schedule:manage:own", True, clinic, admin)
    change("doctor", "schedule:manage:own", False, clinic, admin)
    own = frozenset({"schedule:manage:own"})
    assert changed(clinic) == {"clinical_staff": (own, frozenset()), "doctor": (frozenset(), own)}


def test_who_holds_it_for_the_own_calendar_cant_give_it_whole(clinic: Clinic, admin: Actor) -> None:
    change("doctor", "users:manage", True, clinic, admin)
    doctor = make_actor(Role.DOCTOR, clinic)
    assert refusal("read_only", "schedule:manage", clinic, doctor) == "Forbidden('schedule:manage')"
    change("read_only", "schedule:manage:own", True, clinic, doctor)
    assert changed(clinic)["read_only"] == (frozenset({"schedule:manage:own"}), frozenset())


def refusal(role: str, permission: str, clinic: Clinic, actor: Actor) -> str:
    before = changed(clinic)
    with pytest.raises((Forbidden, NotFound)) as refused:
        change(role, permission, True, clinic, actor)
    assert changed(clinic) == before
    return repr(refused.value)


def test_nobody_can_give_what_they_dont_hold(clinic: Clinic, admin: Actor) -> None:
    """ACC-3"""
    assert refusal("front_desk", "records:view", clinic, admin) == "Forbidden('records:view')"
    change("front_desk", "records:view", True, clinic, make_actor(Role.SUPER_ADMIN))
    assert changed(clinic) == {"front_desk": (frozenset({"records:view"}), frozenset())}


@pytest.mark.parametrize("role", [role for role in table.ROLES.values() if role != "clinic_admin"])
def test_only_who_manages_users_changes_the_table(role: str, clinic: Clinic) -> None:
    assert refusal("front_desk", "patients:view", clinic, make_actor(role, clinic)) == "Forbidden('users:manage')"


def test_another_clinics_table_is_not_there(other: Clinic, admin: Actor) -> None:
    """ACC-4"""
    assert refusal("front_desk", "patients:view", other, admin) == "NotFound('')"


@pytest.mark.parametrize(
    ("role", "permission", "field"),
    [
        ("super_admin", "patients:view", "role"),
        ("patient", "patients:view", "role"),
        ("janitor", "patients:view", "role"),
        ("front_desk", "patients:eat", "permission"),
        ("front_desk", "patients:view:own", "permission"),
    ],
)
def test_cells_that_there_arent(clinic: Clinic, admin: Actor, role: str, permission: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        change(role, permission, True, clinic, admin)
    problem: Any = Problem(Code.INVALID, field, params=(("reason", "unknown"),))
    assert (refused.value.problems, RoleOverride.objects.count()) == ((problem,), 0)
