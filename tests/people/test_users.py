"""ACC-8: what administrators do to the accounts of others, and to whom they can't."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection

from orderly.clinics.models import Clinic
from orderly.core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.people.actions import create_token
from orderly.people.actions.users import (
    change_user,
    deactivate,
    end_sessions,
    reactivate,
    reset_second_factor,
    set_roles,
)
from orderly.people.models import ApiToken, Membership, RoleOverride, User
from orderly.people.permissions import Role
from orderly.people.queries import actor_for, assignable, token_actor
from tests.factories import NOW, make_actor, make_clinic, make_user
from tests.races.storm import codes, storm, winners

pytestmark = pytest.mark.django_db
CA, DR, FD, RO = "clinic_admin", "doctor", "front_desk", "read_only"
IN_A_CLINIC = {CA, DR, "clinical_staff", FD, "billing", RO}


@pytest.fixture
def boss(clinic: Clinic) -> User:
    return make_user(CA, clinic)


@pytest.fixture
def admin(boss: User) -> Actor:
    return actor_for(boss)


@pytest.fixture
def chief() -> Actor:
    return make_actor(Role.SUPER_ADMIN)


def roles(user: User) -> set[tuple[Any, str]]:
    return set(Membership.objects.filter(user=user).values_list("clinic", "role"))


def facts() -> list[dict[str, Any]]:
    return list(Entry.objects.order_by("id").values("fact", "subject", "clinic", "user", "ids", "changes"))


def give(user: User, clinic: Clinic | None, *wanted: str, actor: Actor) -> User:
    return set_roles(user.pk, clinic.pk if clinic else None, wanted, actor=actor, now=NOW)


def test_roles_are_given_and_taken_and_count_at_once(clinic: Clinic, user: User, admin: Actor) -> None:
    """ACC-8, with who, what, old and new."""
    give(user, clinic, DR, RO, actor=admin)
    assert roles(user) == {(clinic.pk, DR), (clinic.pk, RO)}
    assert actor_for(user).may("records:view", clinic.pk)
    give(user, clinic, actor=admin)
    assert (roles(user), actor_for(user)) == (set(), Actor(user=user.pk))
    fact = {"fact": "roles_changed", "subject": user.pk, "clinic": clinic.pk, "user": admin.user, "ids": {}}
    assert facts() == [
        {**fact, "changes": {"roles": [[FD], [DR, RO]]}},
        {**fact, "changes": {"roles": [[DR, RO], []]}},
    ]


def test_the_same_roles_again_change_nothing(clinic: Clinic, user: User, admin: Actor) -> None:
    assert give(user, clinic, FD, actor=admin).version == 1
    assert facts() == []


def test_what_an_administrator_may_give(clinic: Clinic, other: Clinic, admin: Actor, chief: Actor) -> None:
    """ACC-8: never above their own, which a profession isn't: they employ doctors without being one."""
    assert assignable([clinic.pk, other.pk], actor=admin) == {None: frozenset(), clinic.pk: IN_A_CLINIC}
    assert assignable([clinic.pk], actor=chief) == {None: {"super_admin"}, clinic.pk: IN_A_CLINIC}
    desk = make_actor(FD, clinic)
    assert assignable([clinic.pk], actor=desk) == {None: frozenset()}


def test_the_clinics_own_table_counts(clinic: Clinic, admin: Actor) -> None:
    """ACC-3, ACC-8: a role that a super_admin widened beyond the administrator's, and a deputy with less."""
    RoleOverride.objects.create(clinic=clinic, role="billing", permission="records:view", allowed=True)
    RoleOverride.objects.create(clinic=clinic, role=FD, permission="users:manage", allowed=True)
    assert assignable([clinic.pk], actor=admin)[clinic.pk] == IN_A_CLINIC - {"billing"}
    deputy = make_actor(FD, clinic)
    assert assignable([clinic.pk], actor=deputy)[clinic.pk] == {FD, "clinical_staff", RO}


def refused(*errors: type[Exception]) -> Any:
    return pytest.raises(errors)


def test_nobody_gives_or_takes_what_is_above_them(clinic: Clinic, user: User, boss: User, chief: Actor) -> None:
    """ACC-8"""
    RoleOverride.objects.create(clinic=clinic, role=FD, permission="users:manage", allowed=True)
    deputy = actor_for(make_user(FD, clinic))
    for wanted in ((FD, CA), (FD, DR)):
        with refused(Forbidden):
            give(user, clinic, *wanted, actor=deputy)
    with refused(Forbidden):
        give(boss, clinic, actor=deputy)
    for verb in (deactivate, end_sessions, reset_second_factor):
        with refused(Forbidden):
            verb(boss.pk, actor=deputy, now=NOW)  # type: ignore[operator]
    with refused(Forbidden):
        give(user, None, "super_admin", actor=actor_for(boss))
    super_admin = User.objects.get(pk=chief.user)
    Membership.objects.create(user=super_admin, clinic=clinic, role=FD)
    with refused(Forbidden):
        give(super_admin, clinic, actor=actor_for(boss))
    assert (roles(user), facts()) == ({(clinic.pk, FD)}, [])


def test_nobody_gives_themselves_more(clinic: Clinic, boss: User, admin: Actor) -> None:
    """ACC-8: an administrator doesn't become a doctor alone; less, or the same in another name, they may."""
    make_user(CA, clinic)
    with pytest.raises(Forbidden, match="records:edit"):
        give(boss, clinic, CA, DR, actor=admin)
    give(boss, clinic, CA, RO, actor=admin)
    give(boss, clinic, RO, actor=admin)
    assert roles(boss) == {(clinic.pk, RO)}


def test_super_admins_make_and_unmake_each_other(user: User, chief: Actor) -> None:
    give(user, None, "super_admin", actor=chief)
    assert actor_for(user).clinics is None
    give(User.objects.get(pk=chief.user), None, actor=actor_for(user))
    with pytest.raises(Conflict, match="invalid"):
        give(user, None, actor=actor_for(user))
    assert actor_for(user).clinics is None


def test_djangos_superuser_can_be_unmade_too(chief: Actor) -> None:
    root = User.objects.create_superuser("root@example.org", "correct horse")
    give(root, None, actor=chief)
    root.refresh_from_db()
    assert (root.is_superuser, root.is_staff, actor_for(root)) == (False, False, Actor(user=root.pk))


@pytest.mark.parametrize("role", ["patient", "super_admin", "boss"])
def test_roles_that_cant_be_given_in_a_clinic(role: str, clinic: Clinic, user: User, chief: Actor) -> None:
    with refused(Invalid):
        give(user, clinic, role, actor=chief)
    with refused(Invalid):
        give(user, None, FD, actor=chief)


def test_of_another_clinic_nobody_is_there(clinic: Clinic, other: Clinic, user: User, admin: Actor) -> None:
    """ACC-4"""
    stranger = make_user(FD, other)
    for verb in (deactivate, reactivate, end_sessions, reset_second_factor):
        with refused(NotFound):
            verb(stranger.pk, actor=admin, now=NOW)  # type: ignore[operator]
    with refused(NotFound):
        give(stranger, clinic, FD, actor=admin)
    with refused(NotFound):
        give(user, other, FD, actor=admin)
    with refused(Forbidden):
        give(user, clinic, RO, actor=make_actor(FD, clinic))


def test_who_works_elsewhere_too_only_loses_their_roles_here(clinic: Clinic, other: Clinic, admin: Actor) -> None:
    """ACC-8: the account is also the other clinic's."""
    both = make_user(FD, clinic)
    Membership.objects.create(user=both, clinic=other, role=FD)
    for verb in (deactivate, reactivate, end_sessions, reset_second_factor):
        with refused(Forbidden):
            verb(both.pk, actor=admin, now=NOW)  # type: ignore[operator]
    with refused(Forbidden):
        change_user(both.pk, name="Mallory", language=None, actor=admin, now=NOW)
    give(both, clinic, actor=admin)
    assert roles(both) == {(other.pk, FD)}
    Membership.objects.create(user=both, clinic=clinic, role=FD)
    Membership.objects.create(user_id=admin.user, clinic=other, role=CA)
    deactivate(both.pk, actor=actor_for(User.objects.get(pk=admin.user)), now=NOW)
    assert not User.objects.get(pk=both.pk).is_active


def test_being_a_patient_elsewhere_is_a_clinic_too(other: Clinic, user: User, admin: Actor) -> None:
    Membership.objects.create(user=user, clinic=other, role="patient")
    with refused(Forbidden):
        deactivate(user.pk, actor=admin, now=NOW)


def test_deactivating_ends_sessions_and_tokens_for_good(clinic: Clinic, user: User, admin: Actor) -> None:
    """ACC-8"""
    token, secret = create_token("x", clinic=None, permissions=None, expires_at=None, actor=actor_for(user), now=NOW)
    for _ in range(2):
        deactivate(user.pk, actor=admin, now=NOW)
    user.refresh_from_db()
    assert (user.is_active, user.epoch, roles(user)) == (False, 1, {(clinic.pk, FD)})
    reactivate(user.pk, actor=admin, now=NOW)
    user.refresh_from_db()
    assert (user.is_active, user.epoch) == (True, 1)
    assert token_actor(secret, address="", now=NOW) is None
    fact = {"subject": user.pk, "clinic": clinic.pk, "user": admin.user, "changes": {}}
    assert facts()[1:] == [
        {"fact": "user_deactivated", "ids": {"tokens": [str(token.pk)]}, **fact},
        {"fact": "user_reactivated", "ids": {}, **fact},
    ]


def test_nobody_deactivates_themselves(boss: User, admin: Actor, chief: Actor, clinic: Clinic) -> None:
    """ACC-8"""
    make_user(CA, clinic)
    for actor in (admin, chief):
        with pytest.raises(Conflict) as refusal:
            deactivate(actor.person(), actor=actor, now=NOW)
        assert refusal.value.problems[0].params == (("reason", "self"),)


def test_the_last_administrator_stays(clinic: Clinic, boss: User, admin: Actor, chief: Actor) -> None:
    """ACC-8: unless a super_admin removes them, who can name another; one who is deactivated doesn't count."""
    second = make_user(CA, clinic, is_active=False)
    with pytest.raises(Conflict) as refusal:
        give(boss, clinic, RO, actor=admin)
    assert refusal.value.problems[0].params == (("reason", "last_admin"),)
    assert (roles(boss), facts()) == ({(clinic.pk, CA)}, [])
    reactivate(second.pk, actor=admin, now=NOW)
    deactivate(second.pk, actor=admin, now=NOW)
    deactivate(boss.pk, actor=chief, now=NOW)
    assert not User.objects.get(pk=boss.pk).is_active


def test_sessions_are_ended_and_tokens_go_on(user: User, clinic: Clinic, admin: Actor) -> None:
    end_sessions(user.pk, actor=admin, now=NOW)
    assert (User.objects.get(pk=user.pk).epoch, ApiToken.objects.count()) == (1, 0)
    assert [(one["fact"], one["clinic"]) for one in facts()] == [("sessions_ended", clinic.pk)]


def test_a_second_factor_is_reset(user: User, admin: Actor) -> None:
    """ACC-8"""
    TOTP.activate(user, "SECRET")
    RecoveryCodes.activate(user)
    for _ in range(2):
        reset_second_factor(user.pk, actor=admin, now=NOW)
    assert not Authenticator.objects.exists()
    kinds = ["recovery_codes", "totp"]
    assert [(one["fact"], one["changes"]) for one in facts()] == [("second_factor_reset", {"factors": [kinds, []]})]


def test_a_name_is_corrected_and_the_journal_keeps_no_words(user: User, admin: Actor) -> None:
    for _ in range(2):
        change_user(user.pk, name=" Ana Li ", language="ru", actor=admin, now=NOW)
    user.refresh_from_db()
    assert (user.name, user.language, user.version) == ("Ana Li", "ru", 2)
    assert [one["changes"] for one in facts()] == [{"name": [None, None], "language": [None, None]}]
    with refused(Stale):
        change_user(user.pk, name="Older", language=None, actor=admin, now=NOW, version=1)
    for name, language in (("a\x00b", None), ("x" * 201, None), (None, "xx")):
        with refused(Invalid):
            change_user(user.pk, name=name, language=language, actor=admin, now=NOW)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_each_others_role_one_stays() -> None:
    """ACC-8: in each of many clinics, and for the organisation."""
    acts, clinics = [], [make_clinic() for _ in range(6)]
    for clinic in clinics:
        one, two = make_user(CA, clinic), make_user(CA, clinic)
        acts += [_taking(one, two, clinic), _taking(two, one, clinic)]
    outcomes = storm(acts)
    assert len(winners(outcomes)) == 6
    assert codes(outcomes) <= {"invalid", "Forbidden", "NotFound"}
    left = Membership.objects.filter(role=CA).values_list("clinic", flat=True)
    assert sorted(left) == sorted(clinic.pk for clinic in clinics)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_locks_both_would_be_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control. On SQLite the transaction itself is the lock."""
    if connection.vendor == "sqlite":
        pytest.skip("BEGIN IMMEDIATE can't be left out")
    monkeypatch.setattr("django.db.models.query.QuerySet.select_for_update", lambda rows, **options: rows)
    pairs = [(clinic, make_user(CA, clinic), make_user(CA, clinic)) for clinic in (make_clinic() for _ in range(12))]
    acts = [act for clinic, one, two in pairs for act in (_taking(one, two, clinic), _taking(two, one, clinic))]
    assert len(winners(storm(acts))) > 12


def _taking(by: User, whose: User, clinic: Clinic) -> Any:
    actor = actor_for(by)
    return lambda: give(whose, clinic, actor=actor)
