"""ACC-8: administrators ask people in; only whoever reads the mail can come, once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from orderly.clinics.models import Clinic
from orderly.core.errors import Conflict, Forbidden, Invalid, NotFound
from orderly.core.ids import uuid7
from orderly.engine.problems import Problem
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.people.actions.invitations import invite, join, resend, revoke, take_up
from orderly.people.actions.users import change_user, deactivate, set_roles
from orderly.people.models import Invitation, Membership, RoleOverride, User
from orderly.people.permissions import Role
from orderly.people.queries import actor_for
from orderly.people.queries.invitations import open_invitation
from orderly.people.rules import secret
from tests.factories import NOW, make_actor, make_clinic, make_user
from tests.races.storm import codes, storm, winners

pytestmark = pytest.mark.django_db
MAIL, GOOD = "new@example.org", "a horse that is correct"
WEEK = timedelta(days=7)


@pytest.fixture
def admin(clinic: Clinic) -> Actor:
    return make_actor("clinic_admin", clinic)


def ask(clinic: Clinic | None, actor: Actor, email: str = MAIL, role: str = "doctor", **more: Any) -> Invitation:
    place = clinic.pk if clinic else None
    return invite(email, role, clinic=place, **{"language": "en", "actor": actor, "now": NOW, **more})


def key(invitation: Invitation) -> str:
    kept = Invitation.objects.get(pk=invitation.pk)
    return secret(kept.pk, kept.nonce)


def come(invitation: Invitation, shown: str | None = None, **more: Any) -> User:
    usual = {"name": "Nora New", "password": GOOD, "address": "192.0.2.7", "now": NOW}
    return join(invitation.pk, key(invitation) if shown is None else shown, **{**usual, **more})


def facts() -> list[tuple[str, UUID, dict[str, Any], dict[str, Any]]]:
    return list(Entry.objects.order_by("id").values_list("fact", "subject", "ids", "changes"))


def test_somebody_new_comes_with_the_role_and_a_password_of_their_own(clinic: Clinic, admin: Actor) -> None:
    """ACC-8"""
    invitation = ask(clinic, admin, email=" New@Example.org ", language="ru")
    assert not User.objects.filter(email__iexact=MAIL).exists()
    user = User.objects.get(pk=come(invitation).pk)
    assert (user.email, user.name, user.language) == ("New@example.org", "Nora New", "ru")
    assert user.check_password(GOOD)
    assert list(user.memberships.values_list("clinic", "role")) == [(clinic.pk, "doctor")]
    invitation.refresh_from_db()
    assert (invitation.accepted_at, invitation.accepted_by) == (NOW, user)
    assert facts() == [
        ("user_invited", invitation.pk, {"round": 1}, {"role": [None, "doctor"]}),
        ("invitation_accepted", invitation.pk, {"user": str(user.pk), "new": True}, {}),
        ("roles_changed", user.pk, {}, {"roles": [[], ["doctor"]]}),
    ]
    assert set(Entry.objects.values_list("clinic", flat=True)) == {clinic.pk}


def test_the_secret_and_the_address_are_in_no_fact_and_the_secret_in_no_table(clinic: Clinic, admin: Actor) -> None:
    invitation = ask(clinic, admin)
    kept = repr([*Invitation.objects.values(), *Entry.objects.values()])
    assert key(invitation) not in kept
    assert len(key(invitation)) == 43
    assert MAIL not in repr(list(Entry.objects.values()))


def after(invitation: Invitation, admin: Actor) -> dict[str, Callable[[], object]]:
    return {
        "accepted": lambda: come(invitation),
        "revoked": lambda: revoke(invitation.pk, actor=admin, now=NOW),
        "replaced": lambda: ask(Clinic.objects.get(pk=invitation.clinic_id), admin, role="billing"),
        "the inviter is out": lambda: User.objects.filter(pk=admin.user).update(is_active=False),
        "the inviter isn't an administrator any more": lambda: Membership.objects.update(role="front_desk"),
        "the role has risen above the inviter": lambda: (
            RoleOverride.objects.create(
                clinic_id=invitation.clinic_id, role="doctor", permission="stays:manage", allowed=True
            )
            and RoleOverride.objects.create(
                clinic_id=invitation.clinic_id, role="clinic_admin", permission="stays:manage", allowed=False
            )
        ),
    }


@pytest.mark.parametrize("happens", after(Invitation(), Actor(user=None)))
def test_a_link_that_has_ended_opens_nothing(happens: str, clinic: Clinic, admin: Actor) -> None:
    """ACC-8: used, revoked, replaced, or its giver has lost the right to it."""
    invitation = ask(clinic, admin)
    shown = key(invitation)
    assert open_invitation(invitation.pk, shown, now=NOW) == invitation
    after(invitation, admin)[happens]()
    users = User.objects.count()
    with pytest.raises(NotFound):
        come(invitation, shown)
    assert (open_invitation(invitation.pk, shown, now=NOW), User.objects.count()) == (None, users)


def test_who_is_taken_out_isnt_let_in_again_by_an_older_invitation(clinic: Clinic, other: Clinic) -> None:
    """ACC-8"""
    chief = make_actor(Role.SUPER_ADMIN)
    for out in ("no roles", "deactivated"):
        user = make_user("front_desk", clinic, email=f"{out.split()[0]}@example.org")
        here, there = (ask(place, chief, email=user.email.upper()) for place in (clinic, other))
        if out == "deactivated":
            deactivate(user.pk, actor=chief, now=NOW)
        else:
            set_roles(user.pk, clinic.pk, ["front_desk", "billing"], actor=chief, now=NOW)
            assert open_invitation(here.pk, key(here), now=NOW) == here
            set_roles(user.pk, clinic.pk, [], actor=chief, now=NOW)
        with pytest.raises(NotFound):
            take_up(here.pk, key(here), actor=actor_for(user), now=NOW)
        assert (facts()[-1][:2], open_invitation(there.pk, key(there), now=NOW)) == (
            ("invitation_revoked", here.pk),
            there,
        )


def test_who_was_demoted_a_moment_ago_invites_nobody(clinic: Clinic, admin: Actor) -> None:
    """ACC-8: the rights were read before; the link asks for them again."""
    Membership.objects.filter(user=admin.user).update(role="front_desk")
    invitation = ask(clinic, admin)
    with pytest.raises(NotFound):
        come(invitation)


def test_it_lasts_a_week(clinic: Clinic, admin: Actor) -> None:
    invitation = ask(clinic, admin)
    with pytest.raises(NotFound):
        come(invitation, now=NOW + WEEK)
    come(invitation, now=NOW + WEEK - timedelta(seconds=1))


@pytest.mark.parametrize("shown", ["", "x" * 43])
def test_a_guess_opens_nothing(shown: str, clinic: Clinic, admin: Actor) -> None:
    invitation = ask(clinic, admin)
    other = ask(clinic, admin, email="other@example.org")
    for guess, of in ((shown, invitation.pk), (key(other), invitation.pk), (key(invitation), uuid7())):
        with pytest.raises(NotFound):
            join(of, guess, name="Eve", password=GOOD, address="", now=NOW)


def test_sent_again_the_link_is_another_and_the_giver_too(clinic: Clinic, admin: Actor) -> None:
    invitation = ask(clinic, admin)
    old, second = key(invitation), make_actor("clinic_admin", clinic)
    User.objects.filter(pk=admin.user).update(is_active=False)
    resend(invitation.pk, actor=second, now=NOW + WEEK)
    with pytest.raises(NotFound):
        come(invitation, old)
    user = come(invitation, now=NOW + WEEK)
    assert user.memberships.get().role == "doctor"
    assert facts()[1] == ("invitation_resent", invitation.pk, {"round": 2}, {})


def test_what_has_ended_isnt_sent_again(clinic: Clinic, admin: Actor) -> None:
    for end in ("revoked", "accepted"):
        invitation = ask(clinic, admin, email=f"{end}@example.org")
        after(invitation, admin)[end]()
        for verb in (resend, revoke):
            with pytest.raises(Conflict):
                verb(invitation.pk, actor=admin, now=NOW)


def test_who_has_an_account_takes_the_role_signed_in(clinic: Clinic, other: Clinic, admin: Actor) -> None:
    """ACC-8: nobody sets the password of an account that exists, whoever has the link."""
    there = make_user("front_desk", other, email="There@example.org")
    password = there.password
    invitation = ask(clinic, admin, email="there@example.ORG")
    with pytest.raises(Conflict) as refused:
        come(invitation)
    assert [one.field for one in refused.value.problems] == ["email"]
    with pytest.raises(Forbidden):
        take_up(invitation.pk, key(invitation), actor=admin, now=NOW)
    take_up(invitation.pk, key(invitation), actor=actor_for(there), now=NOW)
    there.refresh_from_db()
    held = set(there.memberships.values_list("clinic", "role"))
    assert (there.password, held) == (password, {(clinic.pk, "doctor"), (other.pk, "front_desk")})
    assert facts()[1][2] == {"user": str(there.pk), "new": False}


def test_inviting_says_nothing_about_accounts_elsewhere(clinic: Clinic, other: Clinic, admin: Actor) -> None:
    """ACC-4, ACC-8: only who is in this clinic already is known to be."""
    make_user("doctor", other, email="there@example.org")
    made = [ask(clinic, admin, email=email) for email in ("there@example.org", "nobody@example.org")]
    first, second = (Invitation.objects.filter(pk=one.pk).values().get() for one in made)
    different = {name for name in first if first[name] != second[name]}
    assert different == {"id", "email", "nonce"}
    make_user("doctor", clinic, email="here@example.org")
    assert problems(clinic, admin, email="HERE@example.org") == [("email", "member")]
    ask(clinic, admin, email="here@example.org", role="billing")


def problems(clinic: Clinic, actor: Actor, **more: Any) -> list[tuple[str, Any]]:
    with pytest.raises(Invalid) as refused:
        ask(clinic, actor, **more)
    return [(one.field, dict(one.params).get("reason")) for one in refused.value.problems]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"email": "nobody"}, [("email", "email")]),
        ({"email": "a@b.example\nBcc: c@d.example"}, [("email", "email")]),
        ({"email": "a" * 250 + "@b.example"}, [("email", "email")]),
        ({"language": "xx"}, [("language", "unknown")]),
        ({"role": "boss"}, [("role", "unknown")]),
        ({"role": "patient"}, [("role", "unknown")]),
        ({"role": "super_admin"}, [("role", "unknown")]),
    ],
)
def test_what_cant_be_asked(more: dict[str, Any], expected: object, clinic: Clinic, admin: Actor) -> None:
    assert problems(clinic, admin, **more) == expected
    assert not Invitation.objects.exists()


def test_who_may_invite_whom(clinic: Clinic, other: Clinic, admin: Actor) -> None:
    """ACC-8: never above their own."""
    RoleOverride.objects.create(clinic=clinic, role="front_desk", permission="users:manage", allowed=True)
    deputy = make_actor("front_desk", clinic)
    ask(clinic, deputy, role="front_desk")
    for place, actor, role, error in (
        (clinic, deputy, "clinic_admin", Forbidden),
        (clinic, make_actor("doctor", clinic), "read_only", Forbidden),
        (other, admin, "read_only", NotFound),
        (None, admin, "super_admin", Forbidden),
    ):
        with pytest.raises(error):
            ask(place, actor, role=role)
    chief = make_actor(Role.SUPER_ADMIN)
    user = come(ask(None, chief, role="super_admin", email="chief@example.org"))
    assert actor_for(user).clinics is None
    high = ask(clinic, admin, role="clinic_admin", email="high@example.org")
    for verb in (resend, revoke):
        with pytest.raises(Forbidden):
            verb(high.pk, actor=deputy, now=NOW)
        with pytest.raises(NotFound):
            verb(high.pk, actor=make_actor("clinic_admin", other), now=NOW)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"name": " "}, ("name", "name")),
        ({"name": "a\u202eb"}, ("name", "characters")),
        ({"name": "x" * 201}, ("name", "too_long")),
        ({"password": ""}, ("password", None)),
        ({"password": "short1!"}, ("password", "password_too_short")),
        ({"password": "password"}, ("password", "password_too_common")),
        ({"password": MAIL}, ("password", "password_too_similar")),
        ({"password": "x" * 201}, ("password", "too_long")),
    ],
)
def test_names_and_passwords_that_wont_do(
    typed: dict[str, str], expected: object, clinic: Clinic, admin: Actor
) -> None:
    invitation = ask(clinic, admin)
    with pytest.raises(Invalid) as refused:
        come(invitation, **typed)
    problem: Problem = refused.value.problems[0]
    assert (problem.field, dict(problem.params).get("reason")) == expected
    come(invitation)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_who_press_the_button_one_comes() -> None:
    """ACC-8: an invitation works once, and an address becomes one account though two clinics invite it."""
    one, two = make_clinic(), make_clinic()
    invitations = [ask(place, make_actor("clinic_admin", place)) for place in (one, two)]
    keys = [key(invitation) for invitation in invitations]
    acts = [_coming(invitations[nth % 2], keys[nth % 2]) for nth in range(16)]
    outcomes = storm(acts)
    assert len(winners(outcomes)) == 1
    assert codes(outcomes) == {"NotFound", "invalid"}
    assert (User.objects.filter(email=MAIL).count(), Membership.objects.filter(role="doctor").count()) == (1, 1)


def _coming(invitation: Invitation, shown: str) -> Callable[[], UUID]:
    return lambda: come(invitation, shown).pk


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_open_invitations_to_one_role_both_are_taken_and_it_is_held_once() -> None:
    """ACC-8: whatever an administrator corrects at the same moment, no version is written twice."""
    clinic = make_clinic()
    admin, user = make_actor("clinic_admin", clinic), make_user("front_desk", clinic, email=MAIL)
    first = ask(clinic, admin)
    second = Invitation.objects.get(pk=first.pk)  # as two who invite at once leave it
    second.pk = uuid7()
    Invitation.objects.bulk_create([second])
    keys = {one.pk: key(one) for one in (first, second)}
    actor = actor_for(user)
    taking = [_taking(pk, shown, actor) for pk, shown in keys.items()]
    renaming = [_renaming(user, f"Nora {nth}", admin) for nth in range(6)]
    outcomes = storm([*renaming[:3], *taking, *renaming[3:]])
    assert [one.fault for one in outcomes] == [""] * 8
    assert len(winners(outcomes)) == 8
    user.refresh_from_db()
    assert Membership.objects.filter(user=user, role="doctor").count() == 1
    assert user.version == 1 + len(renaming) + 1


def _taking(invitation: UUID, shown: str, actor: Actor) -> Callable[[], UUID]:
    return lambda: take_up(invitation, shown, actor=actor, now=NOW).pk


def _renaming(user: User, name: str, actor: Actor) -> Callable[[], UUID]:
    return lambda: change_user(user.pk, name=name, language=None, actor=actor, now=NOW).pk
