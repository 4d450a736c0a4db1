"""ACC-6: API tokens per user and clinic, with a subset of the user's rights, an expiry, last use and revocation."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from orderly.clinics.models import Clinic
from orderly.core.errors import Forbidden, Invalid, NotFound
from orderly.core.ids import uuid7
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import SYSTEM, Actor
from orderly.journal.models import Entry
from orderly.people.actions import create_token, revoke_token
from orderly.people.models import ApiToken, Membership, User
from orderly.people.permissions import Role
from orderly.people.queries import actor_for, token_actor
from tests.factories import NOW, make_actor, make_user
from tests.people import table

pytestmark = pytest.mark.django_db
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def make(
    user: User,
    *,
    clinic: UUID | None = None,
    permissions: Iterable[str] | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    actor = actor_for(user)
    return create_token("Website", clinic=clinic, permissions=permissions, expires_at=expires_at, actor=actor, now=NOW)


def bearer(secret: str, now: datetime = NOW) -> Actor | None:
    return token_actor(secret, address="192.0.2.7", now=now)


def test_the_secret_is_shown_once_and_only_its_hash_is_kept(user: User, clinic: Clinic) -> None:
    """ACC-6"""
    token, secret = make(user, clinic=clinic.pk, permissions=["patients:view", "patients:edit"], expires_at=NOW + HOUR)
    kept = {
        "id": token.pk,
        "user_id": user.pk,
        "clinic_id": clinic.pk,
        "name": "Website",
        "digest": hashlib.sha256(secret.encode()).hexdigest(),
        "permissions": ["patients:edit", "patients:view"],
        "created_at": NOW,
        "expires_at": NOW + HOUR,
        "last_used_at": None,
        "revoked_at": None,
    }
    assert list(ApiToken.objects.values()) == [kept]
    entries = list(Entry.objects.values("fact", "subject", "clinic", "user", "ids", "changes"))
    ids = {"user": str(user.pk)}
    fact = {"fact": "token_created", "subject": token.pk, "clinic": clinic.pk, "user": user.pk}
    assert entries == [{**fact, "ids": ids, "changes": {}}]
    assert secret not in repr([kept, entries, token])


def test_each_secret_is_its_own_long_and_known_by_its_beginning(user: User) -> None:
    secrets = {make(user)[1] for _ in range(3)}
    assert ({secret[:4] for secret in secrets}, {len(secret) for secret in secrets}) == ({"ord_"}, {4 + 43})
    assert len(secrets) == 3


def test_a_token_is_its_user(user: User) -> None:
    assert bearer(make(user)[1]) == actor_for(user, address="192.0.2.7")


def test_a_subset_is_all_it_may(user: User, clinic: Clinic) -> None:
    """ACC-6"""
    actor = bearer(make(user, permissions=["patients:view"])[1])
    assert actor == Actor(user=user.pk, address="192.0.2.7", rights={clinic.pk: frozenset({"patients:view"})})


def test_a_token_without_rights_has_none(user: User, clinic: Clinic) -> None:
    assert bearer(make(user, permissions=[])[1]) == Actor(
        user=user.pk, address="192.0.2.7", rights={clinic.pk: frozenset()}
    )


def test_a_token_for_one_clinic_leaves_out_the_others(user: User, clinic: Clinic, other: Clinic) -> None:
    """ACC-6"""
    Membership.objects.create(user=user, clinic=other, role=Role.DOCTOR)
    actor = bearer(make(user, clinic=other.pk)[1])
    assert actor == Actor(user=user.pk, address="192.0.2.7", rights={other.pk: table.of("doctor")})


def test_a_super_admins_token_for_one_clinic_is_for_that_one(clinic: Clinic, other: Clinic) -> None:
    """ACC-6"""
    user = make_user(Role.SUPER_ADMIN)
    actor = bearer(make(user, clinic=clinic.pk)[1])
    assert actor == Actor(user=user.pk, address="192.0.2.7", rights={clinic.pk: table.EVERYTHING})
    assert (actor.belongs_to(other.pk), actor.clinics) == (False, {clinic.pk})


def test_a_super_admins_subset_holds_everywhere() -> None:
    user = make_user(Role.SUPER_ADMIN)
    actor = bearer(make(user, permissions=["patients:view"])[1])
    assert actor == Actor(user=user.pk, address="192.0.2.7", everywhere=frozenset({"patients:view"}))


def test_a_token_never_has_more_than_its_user_has_now(user: User, clinic: Clinic) -> None:
    _, narrow = make(user, clinic=clinic.pk, permissions=["patients:edit"])
    _, wide = make(user)
    Membership.objects.filter(user=user).update(role=Role.READ_ONLY)
    assert bearer(narrow) == Actor(user=user.pk, address="192.0.2.7", rights={clinic.pk: frozenset()})
    assert bearer(wide) == actor_for(user, address="192.0.2.7")
    Membership.objects.filter(user=user).delete()
    assert bearer(narrow) == bearer(wide) == Actor(user=user.pk, address="192.0.2.7")


@pytest.mark.parametrize(("later", "works"), [(HOUR - SECOND, True), (HOUR, False), (2 * HOUR, False)])
def test_it_expires(user: User, later: timedelta, works: bool) -> None:
    """ACC-6"""
    _, secret = make(user, expires_at=NOW + HOUR)
    assert (bearer(secret, NOW + later) is not None) == works


def test_it_can_be_revoked_once(user: User, clinic: Clinic) -> None:
    """ACC-6"""
    token, secret = make(user, clinic=clinic.pk)
    for now in (NOW + HOUR, NOW + 2 * HOUR):
        revoke_token(token.pk, actor=actor_for(user), now=now)
    assert bearer(secret) is None
    assert ApiToken.objects.get().revoked_at == NOW + HOUR
    revoked = Entry.objects.filter(fact="token_revoked").values("at", "subject", "clinic", "user")
    assert list(revoked) == [{"at": NOW + HOUR, "subject": token.pk, "clinic": clinic.pk, "user": user.pk}]


def test_anothers_token_is_not_there(user: User, clinic: Clinic) -> None:
    token, secret = make(user)
    for stranger in (make_actor(Role.CLINIC_ADMIN, clinic), make_actor(Role.SUPER_ADMIN)):
        with pytest.raises(NotFound):
            revoke_token(token.pk, actor=stranger, now=NOW)
    with pytest.raises(NotFound):
        revoke_token(uuid7(), actor=actor_for(user), now=NOW)
    assert bearer(secret) is not None


def test_its_last_use_is_noted_at_most_once_a_minute(user: User) -> None:
    """ACC-6, and not a write for each request."""
    _, secret = make(user)
    noted = []
    for later in (SECOND, MINUTE, MINUTE + SECOND, MINUTE + 2 * SECOND):
        bearer(secret, NOW + later)
        noted.append(ApiToken.objects.get().last_used_at)
    assert noted == [NOW + SECOND, NOW + SECOND, NOW + SECOND, NOW + MINUTE + 2 * SECOND]


def test_one_that_doesnt_work_wasnt_used(user: User) -> None:
    _, secret = make(user, expires_at=NOW + HOUR)
    bearer(secret, NOW + HOUR)
    assert ApiToken.objects.get().last_used_at is None


def test_a_deactivated_users_token_is_dead(user: User) -> None:
    """ACC-6"""
    _, secret = make(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert bearer(secret) is None


@pytest.mark.parametrize("spoil", [str.upper, lambda secret: secret[:-1], lambda secret: "", lambda secret: "ord_"])
def test_only_the_very_secret_opens(user: User, spoil: Callable[[str], str]) -> None:
    _, secret = make(user)
    assert bearer(spoil(secret)) is None


def test_the_hash_is_no_secret(user: User) -> None:
    token, _ = make(user)
    assert bearer(token.digest) is None


def test_nobody_can_give_a_token_what_they_dont_hold(user: User, clinic: Clinic, other: Clinic) -> None:
    """ACC-6: nor in this clinic what they hold in another."""
    Membership.objects.create(user=user, clinic=other, role=Role.CLINIC_ADMIN)
    for asked in ({"permissions": ["records:view"]}, {"permissions": ["users:manage"], "clinic": clinic.pk}):
        with pytest.raises(Forbidden) as refused:
            make(user, **asked)  # type: ignore[arg-type]
        assert [refused.value.permission] == asked["permissions"]
    make(user, permissions=["users:manage"], clinic=other.pk)
    assert ApiToken.objects.count() == 1


def test_what_is_held_somewhere_can_be_asked_for_wherever_it_is_held(user: User, clinic: Clinic, other: Clinic) -> None:
    Membership.objects.create(user=user, clinic=other, role=Role.CLINIC_ADMIN)
    actor = bearer(make(user, permissions=["users:manage"])[1])
    assert actor is not None
    assert actor.rights == {clinic.pk: frozenset(), other.pk: frozenset({"users:manage"})}


@pytest.mark.parametrize(
    ("asked", "field", "reason"),
    [
        ({"permissions": ["patients:view", "patients:eat"]}, "permissions", "unknown"),
        ({"expires_at": NOW}, "expires_at", "past"),
        ({"expires_at": NOW - SECOND}, "expires_at", "past"),
    ],
)
def test_what_cant_be(user: User, asked: dict[str, object], field: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        make(user, **asked)  # type: ignore[arg-type]
    assert refused.value.problems == (Problem(Code.INVALID, field, params=(("reason", reason),)),)
    assert not ApiToken.objects.exists()


def test_a_clinic_that_isnt_ones_own_isnt_there(user: User, other: Clinic) -> None:
    """ACC-4, nor is one that is nowhere, whoever asks."""
    for asking, clinic in ((user, other.pk), (make_user(Role.SUPER_ADMIN), uuid7())):
        with pytest.raises(NotFound, match="clinic"):
            make(asking, clinic=clinic)
    assert not ApiToken.objects.exists()


def test_the_system_has_no_tokens() -> None:
    with pytest.raises(Forbidden, match="signed-in"):
        create_token("Robot", clinic=None, permissions=None, expires_at=None, actor=SYSTEM, now=NOW)
    assert (ApiToken.objects.count(), Entry.objects.count()) == (0, 0)


def narrow(user: User, *, clinic: UUID | None = None, permissions: Iterable[str] | None = None) -> Actor:
    actor = bearer(make(user, clinic=clinic, permissions=permissions)[1])
    assert actor is not None
    return actor


def test_a_narrowed_actor_gives_out_no_more_than_it_has(user: User, clinic: Clinic, other: Clinic) -> None:
    """ACC-6: all rights, where the maker has some of its user's, and all clinics, where it has one."""
    Membership.objects.create(user=user, clinic=other, role=Role.FRONT_DESK)
    some = narrow(user, permissions=["patients:view"])
    here = narrow(user, clinic=clinic.pk)
    before = ApiToken.objects.count()
    for actor, asked in (
        (some, {}),
        (some, {"clinic": clinic.pk}),
        (here, {}),
        (here, {"permissions": ["patients:view"]}),
    ):
        usual = {"clinic": None, "permissions": None, "expires_at": None}
        with pytest.raises(Forbidden):
            create_token("more", **{**usual, **asked}, actor=actor, now=NOW)  # type: ignore[arg-type]
    assert ApiToken.objects.count() == before
    create_token("same", clinic=clinic.pk, permissions=["patients:view"], expires_at=None, actor=some, now=NOW)
    create_token("here", clinic=clinic.pk, permissions=None, expires_at=None, actor=here, now=NOW)


def test_a_super_admins_narrowed_actor_doesnt_widen_itself(clinic: Clinic) -> None:
    here = narrow(make_user(Role.SUPER_ADMIN), clinic=clinic.pk)
    with pytest.raises(Forbidden):
        create_token("more", clinic=None, permissions=None, expires_at=None, actor=here, now=NOW)
