"""Providers: taking them on, changing them, standing them down."""

from dataclasses import replace

import pytest

from orderly.core.edits import wrong
from orderly.core.errors import Forbidden, Invalid, NotFound, Stale
from orderly.engine.problems import Code, Problem
from orderly.journal.queries import history
from orderly.people.models import Membership
from orderly.people.permissions import Role
from orderly.people.queries import actor_for
from orderly.resources.actions.providers import add_provider, change_provider
from orderly.resources.inputs import ProviderDetails
from orderly.resources.models import Provider
from tests.factories import NOW, make_actor, make_clinic, make_provider, make_user

pytestmark = pytest.mark.django_db


def refusal_of(provider: Provider, actor, **details) -> tuple[Problem, ...]:
    with pytest.raises(Invalid) as refused:
        change_provider(provider.pk, ProviderDetails(**details), actor=actor, now=NOW)
    return refused.value.problems


def state_of(provider: Provider) -> dict[str, object]:
    fresh = Provider.objects.select_related("resource").get(pk=provider.pk)
    return {
        "name": fresh.name,
        "active": fresh.resource.active,
        "clinics": set(fresh.clinics.values_list("pk", flat=True)),
        "user": fresh.user_id,
        "version": fresh.version,
    }


def test_a_provider_is_taken_on_in_two_clinics() -> None:
    """SET-2"""
    owner, one, two = make_actor(Role.SUPER_ADMIN), make_clinic(), make_clinic()
    user = make_user(Role.DOCTOR, two)
    details = ProviderDetails(
        name="Ann Lee", title="Dr", clinics=[one.pk, two.pk], user=user.pk, colour="#00FF7f", share_percent=40
    )

    made = add_provider(details, actor=owner, now=NOW)

    fresh = Provider.objects.get(pk=made.pk)
    assert (str(fresh), fresh.colour, fresh.share_percent, fresh.resource.kind, fresh.resource.capacity) == (
        "Dr Ann Lee",
        "#00FF7f",
        40,
        "provider",
        1,
    )
    expected = {"name": "Ann Lee", "active": True, "clinics": {one.pk, two.pk}, "user": user.pk, "version": 1}
    assert state_of(made) == expected
    [entry] = history(made.pk)
    assert (entry.fact, entry.clinic, entry.ids) == (
        "provider_added",
        None,
        {"clinics": sorted([str(one.pk), str(two.pk)])},
    )
    assert entry.changes["name"] == [None, None], "a name is personal: the log says only that there is one"
    assert entry.changes["share_percent"] == [None, 40]


@pytest.mark.parametrize(
    ("details", "problem"),
    [
        (ProviderDetails(name=""), Problem(Code.MISSING, "name")),
        (ProviderDetails(colour="red"), wrong("colour", "colour")),
        (ProviderDetails(colour="#12345"), wrong("colour", "colour")),
        (ProviderDetails(photo="javascript:alert(1)"), wrong("photo", "")),
        (ProviderDetails(share_percent=101), wrong("share_percent", "less_than_equal", limit=100)),
        (ProviderDetails(share_percent=-1), wrong("share_percent", "greater_than_equal", limit=0)),
        (ProviderDetails(clinics=[]), Problem(Code.MISSING, "clinics")),
    ],
)
def test_what_a_provider_can_t_be(details: ProviderDetails, problem: Problem) -> None:
    """SET-2"""
    clinic = make_clinic()
    provider, admin = make_provider(clinic), make_actor(Role.CLINIC_ADMIN, clinic)
    with pytest.raises(Invalid) as refused:
        change_provider(provider.pk, details, actor=admin, now=NOW)
    assert refused.value.problems == (problem,)
    assert state_of(provider)["version"] == 1


def test_the_linked_user_is_a_member_and_nobody_else() -> None:
    """SET-2: the link to a user."""
    clinic, other = make_clinic(), make_clinic()
    admin, provider, colleague = make_actor(Role.CLINIC_ADMIN, clinic), make_provider(clinic), make_provider(clinic)
    member, stranger, patient = make_user(Role.DOCTOR, clinic), make_user(Role.DOCTOR, other), make_user(None)
    Membership.objects.create(user=patient, clinic=clinic, role=Role.PATIENT)

    assert refusal_of(provider, admin, user=stranger.pk) == (wrong("user", "not_member"),)
    assert refusal_of(provider, admin, user=clinic.pk) == (wrong("user", "not_member"),)
    assert refusal_of(provider, admin, user=patient.pk) == (wrong("user", "not_member"),)
    change_provider(provider.pk, ProviderDetails(user=member.pk), actor=admin, now=NOW)
    assert refusal_of(colleague, admin, user=member.pk) == (wrong("user", "taken"),)
    change_provider(provider.pk, ProviderDetails(user=None), actor=admin, now=NOW)
    change_provider(colleague.pk, ProviderDetails(user=member.pk), actor=admin, now=NOW)

    assert (state_of(provider)["user"], state_of(colleague)["user"]) == (None, member.pk)


def test_standing_down_and_coming_back() -> None:
    """SET-2: inactive ones are no candidates."""
    clinic = make_clinic()
    provider, admin = make_provider(clinic), make_actor(Role.CLINIC_ADMIN, clinic)

    change_provider(provider.pk, ProviderDetails(active=False), actor=admin, now=NOW)
    assert (state_of(provider)["active"], state_of(provider)["version"]) == (False, 2)
    change_provider(provider.pk, ProviderDetails(active=True), actor=admin, now=NOW)
    assert (state_of(provider)["active"], state_of(provider)["version"]) == (True, 3)

    assert [entry.changes for entry in history(provider.pk)] == [{"active": [True, False]}, {"active": [False, True]}]


def test_clinics_given_take_the_place_of_those_one_sees() -> None:
    """Another organisation unit's clinics stay, and aren't ours to look at."""
    mine, theirs, new = make_clinic(), make_clinic(), make_clinic()
    provider = make_provider(mine)
    provider.clinics.add(theirs)
    user = make_user(Role.CLINIC_ADMIN, mine)
    Membership.objects.create(user=user, clinic=new, role=Role.CLINIC_ADMIN)

    change_provider(provider.pk, ProviderDetails(clinics=[new.pk]), actor=actor_for(user), now=NOW)

    assert state_of(provider)["clinics"] == {theirs.pk, new.pk}


def test_who_may_change_what() -> None:
    """What is said of a provider holds in all their clinics, so it needs the right in all of them."""
    mine, theirs = make_clinic(), make_clinic()
    shared, own = make_provider(mine), make_provider(mine)
    shared.clinics.add(theirs)
    admin = make_actor(Role.CLINIC_ADMIN, mine)
    rename = ProviderDetails(name="New")

    change_provider(own.pk, rename, actor=admin, now=NOW)
    with pytest.raises(Forbidden):
        change_provider(shared.pk, rename, actor=admin, now=NOW)
    with pytest.raises(Forbidden):
        change_provider(own.pk, ProviderDetails(), actor=make_actor(Role.FRONT_DESK, mine), now=NOW)
    with pytest.raises(NotFound):
        change_provider(own.pk, rename, actor=make_actor(Role.CLINIC_ADMIN, theirs), now=NOW)
    with pytest.raises(NotFound):
        change_provider(own.pk, ProviderDetails(clinics=[theirs.pk]), actor=admin, now=NOW)
    with pytest.raises(Stale):
        change_provider(own.pk, rename, actor=admin, now=NOW, version=1)
    with pytest.raises(Forbidden):
        add_provider(ProviderDetails(name="A", clinics=[mine.pk]), actor=make_actor(Role.FRONT_DESK, mine), now=NOW)
    with pytest.raises(NotFound):
        add_provider(ProviderDetails(name="A", clinics=[mine.pk, theirs.pk]), actor=admin, now=NOW)


def test_a_narrow_token_can_do_no_more_than_it_says() -> None:
    clinic = make_clinic()
    admin = make_actor(Role.CLINIC_ADMIN, clinic)
    narrowed = replace(admin, rights={clinic.pk: frozenset({"booking:view_calendar"})})
    with pytest.raises(Forbidden):
        change_provider(make_provider(clinic).pk, ProviderDetails(name="New"), actor=narrowed, now=NOW)
