"""What administrators do to the accounts of others. Nobody touches who is above them, or whom they don't administer."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Q

from orderly.clinics.queries import journal_of
from orderly.core.database import writing
from orderly.core.edits import put, refuse, save, wrong
from orderly.core.errors import Conflict, Forbidden, NotFound, Stale, invalid
from orderly.core.text import trimmed
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.facts import Fact
from orderly.people.actions.invitations import close_all
from orderly.people.facts import (
    RolesChanged,
    SecondFactorReset,
    SessionsEnded,
    UserChanged,
    UserDeactivated,
    UserReactivated,
)
from orderly.people.models import ApiToken, Membership, User
from orderly.people.permissions import ALL, GIVEN, MANAGE, Role, defaults, lacking
from orderly.people.queries import assignable, is_below, role_table
from orderly.people.rules import language_problems, name_problems


def change_user(
    user: UUID, *, name: str | None, language: str | None, actor: Actor, now: datetime, version: int | None = None
) -> User:
    """Correct a name (up to 200 characters) or the language they read; None leaves it.

    Errors: NotFound, Forbidden as for every verb here (`whole_account`); Stale; Invalid.
    """
    given = {"name": None if name is None else trimmed(name), "language": language}
    values = {field: value for field, value in given.items() if value is not None}
    refuse([*name_problems(values.get("name", "")), *language_problems(values.get("language", "en"))])
    with writing():
        found = whole_account(user, actor, version)
        changes = put(found, values)
        if changes:
            save(found, changes)
            _record(UserChanged(subject=user, changes=dict.fromkeys(changes, (None, None))), found, actor, now)
    return found


def set_roles(
    user: UUID,
    clinic: UUID | None,
    roles: Iterable[str],
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> User:
    """From now on the user has just these roles in a clinic (None: in the organisation; super_admin is held there and
    nowhere else). It counts with their next request. With none left, what they were asked to there is revoked.

    Errors: NotFound, Forbidden (`users:manage`; a role, given or held already, that is above the actor's own; for
    oneself that means every right of it); Conflict `last_admin`; Stale; Invalid.
    """
    wanted = frozenset(roles)
    if not wanted <= ({Role.SUPER_ADMIN.value} if clinic is None else {role.value for role in GIVEN}):
        raise invalid("roles", "unknown")
    _require_manage(clinic, actor)
    with writing():
        found = _managed(user, actor, version)
        held = _roles(found, clinic)
        _check_rank(found, clinic, held | wanted, actor)
        if user == actor.user:
            _check_own(clinic, wanted - held, actor)
        if wanted != held:
            _write_roles(found, clinic, given=wanted - held, taken=held - wanted)
            _leave_an_administrator(found, {clinic} if _led(held - wanted) else set(), actor)
            changes = {"roles": (sorted(held), sorted(wanted))}
            record(RolesChanged(subject=user, clinic=clinic, changes=changes), actor=actor, now=now)
            if not wanted:
                close_all(found.email, {clinic}, actor=actor, now=now)
    return found


def deactivate(user: UUID, *, actor: Actor, now: datetime, version: int | None = None) -> User:
    """They are out at once and can't sign in; their API tokens are revoked for good, and so are open
    invitations of theirs to the clinics they are in. Again changes nothing.

    Errors: as `whole_account`; Conflict `self` for oneself, `last_admin` for the last administrator of a clinic (unless
    a super_admin does it, who stays) or of the organisation.
    """
    with writing():
        found = whole_account(user, actor, version)
        if user == actor.user:
            raise Conflict(wrong("user", "self"))
        if found.is_active:
            found.is_active, found.epoch = False, found.epoch + 1
            save(found, ["is_active", "epoch"])
            led = {one.clinic_id for one in found.memberships.all() if _led({one.role})}
            _leave_an_administrator(found, led | ({None} if found.is_superuser else set()), actor)
            ended = _revoke_all(found, now)
            _record(UserDeactivated(subject=user, ids={"tokens": ended}), found, actor, now)
            close_all(found.email, {one.clinic_id for one in found.memberships.all()}, actor=actor, now=now)
    return found


def reactivate(user: UUID, *, actor: Actor, now: datetime, version: int | None = None) -> User:
    """They can sign in again, with the roles they had; sessions and tokens stay ended. Errors: as `whole_account`."""
    with writing():
        found = whole_account(user, actor, version)
        if not found.is_active:
            found.is_active = True
            save(found, ["is_active"])
            _record(UserReactivated(subject=user), found, actor, now)
    return found


def end_sessions(user: UUID, *, actor: Actor, now: datetime) -> User:
    """Signed out everywhere, with the next request of each session. API tokens go on. Errors: as `whole_account`."""
    with writing():
        found = whole_account(user, actor)
        found.epoch += 1
        save(found, ["epoch"])
        _record(SessionsEnded(subject=user), found, actor, now)
    return found


def reset_second_factor(user: UUID, *, actor: Actor, now: datetime) -> User:
    """Their password alone signs them in until they set up another factor. Errors: as `whole_account`."""
    with writing():
        found = whole_account(user, actor)
        factors = Authenticator.objects.filter(user=found)
        kinds = sorted(factors.values_list("type", flat=True))
        if kinds:
            factors.delete()
            save(found)
            _record(SecondFactorReset(subject=user, changes={"factors": (kinds, [])}), found, actor, now)
    return found


def whole_account(user: UUID, actor: Actor, version: int | None = None) -> User:
    """The user, locked, if the actor may do what touches all of their clinics.

    Errors: NotFound for a user of none of the actor's clinics; Forbidden unless the actor manages users in every clinic
    that the user belongs to, and no role of theirs is above the actor's own; Stale where `version` is an older one.
    """
    found = _managed(user, actor, version)
    if not is_below(found, assignable([one.clinic_id for one in found.memberships.all()], actor=actor)):
        raise Forbidden(MANAGE)
    return found


def _require_manage(clinic: UUID | None, actor: Actor) -> None:
    if clinic is not None:
        actor.require(MANAGE, clinic)
    elif not actor.everywhere >= ALL:
        raise Forbidden(MANAGE)


def _managed(user: UUID, actor: Actor, version: int | None) -> User:
    """The user, locked together with all who administer the same clinics: sorted, so that two administrators who take
    each other's role wait for one another, and the second sees what the first has done.
    """
    theirs = Membership.objects.filter(user=user).values("clinic")
    heads = Membership.objects.filter(Q(role=Role.SUPER_ADMIN) | Q(role=Role.CLINIC_ADMIN, clinic__in=theirs)).values(
        "user"
    )
    wanted = User.objects.filter(Q(pk=user) | Q(pk__in=heads) | Q(is_superuser=True)).order_by("pk")
    list(wanted.select_for_update(no_key=True))
    found = User.objects.visible_to(actor).prefetch_related("memberships").filter(pk=user).first()
    if found is None:
        raise NotFound
    managed = any(one.clinic_id is not None and actor.may(MANAGE, one.clinic_id) for one in found.memberships.all())
    if not managed and MANAGE not in actor.everywhere:
        raise Forbidden(MANAGE)
    if version is not None and version != found.version:
        raise Stale
    return found


def _roles(user: User, clinic: UUID | None) -> frozenset[str]:
    held = {one.role for one in user.memberships.all() if one.clinic_id == clinic} - {Role.PATIENT.value}
    return frozenset(held | ({Role.SUPER_ADMIN.value} if clinic is None and user.is_superuser else set()))


def _check_rank(user: User, clinic: UUID | None, roles: frozenset[str], actor: Actor) -> None:
    """Forbidden where one of the roles, or the user as a super_admin, is above the actor."""
    may_give = assignable([clinic], actor=actor)
    if _roles(user, None) - may_give[None] or roles - may_give[clinic]:
        raise Forbidden(MANAGE)


def _check_own(clinic: UUID | None, given: frozenset[str], actor: Actor) -> None:
    """Nobody gives themselves a right: here a profession's rights count like all others."""
    if clinic is None:
        return  # a super_admin has everything already
    table, held = role_table(clinic), actor.everywhere | actor.rights.get(clinic, frozenset())
    for role in sorted(given):
        if beyond := lacking(table.get(role, defaults(role)), held):
            raise Forbidden(min(beyond))


def _write_roles(user: User, clinic: UUID | None, *, given: frozenset[str], taken: frozenset[str]) -> None:
    Membership.objects.filter(user=user, clinic=clinic, role__in=taken).delete()
    Membership.objects.bulk_create(Membership(user=user, clinic_id=clinic, role=role) for role in sorted(given))
    if Role.SUPER_ADMIN in taken:
        user.is_superuser = user.is_staff = False
    save(user, ["is_superuser", "is_staff"])


def _led(roles: Iterable[str]) -> bool:
    return bool({Role.SUPER_ADMIN.value, Role.CLINIC_ADMIN.value} & set(roles))


def _leave_an_administrator(user: User, clinics: Iterable[UUID | None], actor: Actor) -> None:
    """After the change: Conflict where one of the clinics, or the organisation, has nobody left to administer it. A
    clinic's last one may be removed by a super_admin, who is there to name another.
    """
    heads = User.objects.filter(is_active=True)
    for clinic in clinics:
        if clinic is None:
            left = heads.filter(Q(is_superuser=True) | Q(memberships__role=Role.SUPER_ADMIN))
        elif actor.everywhere >= ALL:
            continue
        else:
            left = heads.filter(memberships__clinic=clinic, memberships__role=Role.CLINIC_ADMIN)
        if not left.exists():
            raise Conflict(wrong("user", "last_admin"))


def _revoke_all(user: User, now: datetime) -> list[str]:
    live = ApiToken.objects.filter(user=user, revoked_at__isnull=True)
    ended = [str(pk) for pk in live.order_by("pk").values_list("pk", flat=True)]
    live.update(revoked_at=now)
    return ended


def _record(fact: Fact, user: User, actor: Actor, now: datetime) -> None:
    """In the journal of their clinic, or of the organisation where they belong to several."""
    clinics = {one.clinic_id for one in user.memberships.all() if one.clinic_id is not None}
    record(replace(fact, clinic=journal_of(clinics)), actor=actor, now=now)
