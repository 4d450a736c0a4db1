"""Services: what they may be made of."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from orderly.catalogue.actions.services import add_service, change_service
from orderly.catalogue.inputs import NeedDetails, OfferingDetails, PhaseDetails, ServiceDetails
from orderly.catalogue.models import Service
from orderly.catalogue.queries import described, givers
from orderly.clinics.models import Clinic
from orderly.core.edits import wrong
from orderly.core.errors import Forbidden, Invalid, NotFound, Stale
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor
from orderly.journal.queries import history
from orderly.people.permissions import Role
from tests.factories import NOW, make_actor, make_asset, make_clinic, make_provider, make_service

THE_PROVIDER = NeedDetails(role="provider")
A_CHAIR = NeedDetails(role="resource", kind="chair")


@pytest.fixture
def clinic(db: None) -> Clinic:
    return make_clinic()


@pytest.fixture
def admin(clinic: Clinic) -> Actor:
    return make_actor(Role.CLINIC_ADMIN, clinic)


@pytest.fixture
def added(clinic: Clinic, admin: Actor) -> Callable[..., Service]:
    def make(**details: object) -> Service:
        said = ServiceDetails(**{"name": "Check-up", "clinics": [clinic.pk], **details})
        return Service.objects.get(pk=add_service(said, actor=admin, now=NOW).pk)

    return make


def problems_of(make: Callable[..., Service], **details: object) -> tuple[Problem, ...]:
    with pytest.raises(Invalid) as refused:
        make(**details)
    return refused.value.problems


def by(*providers: UUID) -> tuple[OfferingDetails, ...]:
    return tuple(OfferingDetails(provider=one) for one in providers)


def test_a_new_service_takes_ninety_minutes_of_any_provider(clinic: Clinic, added: Callable[..., Service]) -> None:
    """SET-3"""
    ann, bob = make_provider(clinic, name="Ann"), make_provider(clinic, name="Bob")
    away = make_provider(clinic)
    away.resource.active = False
    away.resource.save()
    make_provider(make_clinic())

    made = added()

    assert described(made) == (PhaseDetails(minutes=90, needs=(THE_PROVIDER,)),)
    assert givers(made) == by(ann.pk, bob.pk)
    assert (made.active, made.general, made.price, made.horizon_days, made.places) == (True, False, 0, 180, 1)
    [entry] = history(made.pk)
    assert (entry.fact, entry.clinic, entry.changes["name"]) == ("service_added", clinic.pk, [None, "Check-up"])


def test_minutes_alone_make_one_phase(added: Callable[..., Service]) -> None:
    """SET-3"""
    assert described(added(minutes=20)) == (PhaseDetails(minutes=20, needs=(THE_PROVIDER,)),)


def test_phases_say_what_they_occupy(clinic: Clinic, added: Callable[..., Service]) -> None:
    """SET-3: a provider is busy for only part of a visit."""
    chair, laser = make_asset(clinic), make_asset(clinic, kind="equipment")
    nurse, other = make_provider(clinic), make_provider(clinic)
    phases = (
        PhaseDetails(minutes=10, needs=(THE_PROVIDER, A_CHAIR)),
        PhaseDetails(minutes=40, needs=(NeedDetails(role="resource", any_of=tuple(sorted([chair.pk, laser.pk]))),)),
        PhaseDetails(
            minutes=10, needs=(NeedDetails(role="provider", any_of=tuple(sorted([nurse.pk, other.pk])), count=2),)
        ),
    )
    assert described(added(phases=phases, minutes=60)) == phases


@pytest.mark.parametrize(
    ("details", "problem"),
    [
        ({"name": ""}, Problem(Code.MISSING, "name")),
        ({"description": "a\x00b"}, wrong("description", "characters")),
        ({"colour": "blue"}, wrong("colour", "colour")),
        ({"mark": "12345"}, wrong("mark", "too_long", limit=4)),
        ({"price": -1}, wrong("price", "greater_than_equal", limit=0)),
        ({"price": 10**12 + 1}, wrong("price", "between", least=0, most=10**12)),
        ({"buffer_before": 241}, wrong("buffer_before", "less_than_equal", limit=240)),
        ({"overbook": 11}, wrong("overbook", "less_than_equal", limit=10)),
        ({"horizon_days": 0}, wrong("horizon_days", "greater_than_equal", limit=1)),
        ({"notice_minutes": 525601}, wrong("notice_minutes", "between", least=0, most=525600)),
        ({"places": 0}, wrong("places", "greater_than_equal", limit=1)),
        ({"audience": "friends"}, wrong("audience", "unknown")),
        ({"follow_up_price": 100}, Problem(Code.MISSING, "follow_up_days")),
        ({"clinics": []}, Problem(Code.MISSING, "clinics")),
        ({"minutes": 0}, wrong("phases.0.minutes", "between", least=1, most=1440)),
        ({"minutes": 1300, "buffer_before": 70, "buffer_after": 71}, wrong("phases", "day")),
        ({"phases": ()}, Problem(Code.MISSING, "phases")),
        ({"phases": (PhaseDetails(minutes=30, needs=(A_CHAIR,)),)}, wrong("phases", "provider")),
        ({"phases": (PhaseDetails(minutes=30),), "minutes": 31}, wrong("minutes", "phases")),
        ({"phases": (PhaseDetails(minutes=1),) * 21}, wrong("phases", "too_many")),
        ({"phases": (PhaseDetails(minutes=5, needs=(THE_PROVIDER,) * 11),)}, wrong("phases.0.needs", "too_many")),
    ],
)
def test_what_a_service_can_t_be(added: Callable[..., Service], details: dict[str, object], problem: Problem) -> None:
    """SET-3: every field is checked, and named."""
    assert problems_of(added, **details) == (problem,)
    assert not Service.objects.exists()


def test_a_day_is_the_longest(added: Callable[..., Service]) -> None:
    assert described(added(minutes=1200, buffer_before=120, buffer_after=120))[0].minutes == 1200


@pytest.mark.parametrize(
    ("need", "problem"),
    [
        ({"role": "nurse"}, wrong("phases.0.needs.1.role", "unknown")),
        ({"role": "resource"}, Problem(Code.MISSING, "phases.0.needs.1.kind")),
        ({"role": "resource", "kind": "sofa"}, wrong("phases.0.needs.1.kind", "unknown")),
        ({"role": "resource", "kind": "patient"}, wrong("phases.0.needs.1.kind", "unknown")),
        ({"role": "provider", "kind": "chair"}, wrong("phases.0.needs.1.kind", "unknown")),
        (
            {"role": "resource", "kind": "chair", "count": 0},
            wrong("phases.0.needs.1.count", "between", least=1, most=20),
        ),
        ({"role": "provider", "count": 2}, Problem(Code.MISSING, "phases.0.needs.1.any_of")),
        ({"role": "resource", "any_of": (uuid4(),)}, wrong("phases.0.needs.1.any_of", "unknown")),
    ],
)
def test_what_a_need_can_t_be(added: Callable[..., Service], need: dict[str, object], problem: Problem) -> None:
    """SET-3"""
    phases = (PhaseDetails(minutes=30, needs=(THE_PROVIDER, NeedDetails(**need))),)
    assert problems_of(added, phases=phases) == (problem,)


def test_those_named_are_there_enough_and_of_the_right_kind(clinic: Clinic, added: Callable[..., Service]) -> None:
    """SET-3, AVL-7"""
    chair, elsewhere, provider = make_asset(clinic), make_asset(make_clinic()), make_provider(clinic)

    def need(**said: object) -> tuple[Problem, ...]:
        phases = (PhaseDetails(minutes=30, needs=(THE_PROVIDER, NeedDetails(**said))),)
        return problems_of(added, phases=phases)

    any_of, count = "phases.0.needs.1.any_of", "phases.0.needs.1.count"
    assert need(role="resource", any_of=(elsewhere.pk,)) == (wrong(any_of, "unknown"),)
    assert need(role="resource", any_of=(provider.pk,)) == (wrong(any_of, "unknown"),)
    assert need(role="provider", any_of=(chair.pk,)) == (wrong(any_of, "unknown"),)
    assert need(role="resource", kind="room", any_of=(chair.pk,)) == (wrong(any_of, "unknown"),)
    assert need(role="resource", any_of=(chair.pk, chair.pk)) == (wrong(any_of, "twice"),)
    assert need(role="resource", any_of=(chair.pk,), count=2) == (wrong(count, "too_few"),)


def test_in_every_clinic_there_are_enough(clinic: Clinic) -> None:
    other = make_clinic()
    chair, owner = make_asset(clinic), make_actor(Role.SUPER_ADMIN)
    phases = (PhaseDetails(minutes=30, needs=(THE_PROVIDER, NeedDetails(role="resource", any_of=(chair.pk,)))),)
    details = ServiceDetails(name="A", clinics=[clinic.pk, other.pk], phases=phases)
    with pytest.raises(Invalid) as refused:
        add_service(details, actor=owner, now=NOW)
    assert refused.value.problems == (wrong("phases.0.needs.1.count", "too_few"),)


def test_clinics_of_a_service_share_a_currency(clinic: Clinic) -> None:
    details = ServiceDetails(name="A", clinics=[clinic.pk, make_clinic(currency="EUR").pk])
    with pytest.raises(Invalid) as refused:
        add_service(details, actor=make_actor(Role.SUPER_ADMIN), now=NOW)
    assert refused.value.problems == (wrong("clinics", "currency"),)


def test_length_and_price_may_differ_per_provider(clinic: Clinic, added: Callable[..., Service]) -> None:
    """SET-3"""
    fast, dear = make_provider(clinic), make_provider(clinic)
    offerings = (
        OfferingDetails(provider=fast.pk, minutes=15),
        OfferingDetails(provider=dear.pk, price=9900),
    )
    assert givers(added(minutes=30, providers=offerings)) == offerings


def test_who_can_t_give_a_service(clinic: Clinic, added: Callable[..., Service]) -> None:
    """SET-3"""
    here, other, elsewhere = make_provider(clinic), make_provider(clinic), make_provider(make_clinic())
    only_other = (PhaseDetails(minutes=30, needs=(NeedDetails(role="provider", any_of=(other.pk,)),)),)

    def says(*offerings: OfferingDetails, **details: object) -> tuple[Problem, ...]:
        return problems_of(added, providers=offerings, **details)

    assert says(*by(elsewhere.pk)) == (wrong("providers.0.provider", "not_found"),)
    assert says(*by(here.pk, here.pk)) == (wrong("providers", "twice"),)
    assert says(*by(other.pk, here.pk), phases=only_other) == (wrong("providers.1.provider", "not_needed"),)
    too_long = OfferingDetails(provider=here.pk, minutes=1400)
    assert says(too_long, buffer_after=41) == (wrong("providers.0.minutes", "length"),)
    three = (PhaseDetails(minutes=30), PhaseDetails(minutes=30, needs=()))
    too_short = OfferingDetails(provider=here.pk, minutes=0)
    assert says(too_short, phases=three) == (wrong("providers.0.minutes", "length"),)
    costly = OfferingDetails(provider=here.pk, price=-1)
    assert says(costly) == (wrong("providers.0.price", "between", least=0, most=10**12),)
    assert givers(added(phases=only_other)) == by(other.pk), "nobody gives what they aren't needed for"


def test_a_change_says_what_it_changed(clinic: Clinic, admin: Actor, added: Callable[..., Service]) -> None:
    ann, bob = make_provider(clinic), make_provider(clinic)
    service = added(price=100, minutes=30)

    details = ServiceDetails(price=200, minutes=45, providers=by(bob.pk))
    change_service(service.pk, details, actor=admin, now=NOW, version=1)

    changed = Service.objects.get(pk=service.pk)
    assert (changed.price, described(changed)[0].minutes, givers(changed), changed.version) == (
        200,
        45,
        by(bob.pk),
        2,
    )
    entry = history(service.pk).last()
    need = {"role": "provider", "kind": "", "count": 1, "any_of": []}
    assert entry is not None
    assert entry.changes == {
        "price": [100, 200],
        "phases": [[{"minutes": 30, "needs": [need]}], [{"minutes": 45, "needs": [need]}]],
        "providers": [
            [{"provider": str(one.pk), "minutes": None, "price": None} for one in (ann, bob)],
            [{"provider": str(bob.pk), "minutes": None, "price": None}],
        ],
    }


def test_saying_the_same_again_changes_nothing(admin: Actor, added: Callable[..., Service]) -> None:
    service = added(minutes=30)
    phases = described(service)
    change_service(service.pk, ServiceDetails(name="Check-up", phases=phases), actor=admin, now=NOW)
    assert (Service.objects.get(pk=service.pk).version, history(service.pk).count()) == (1, 1)


def test_minutes_alone_don_t_say_which_of_several_phases(admin: Actor, added: Callable[..., Service]) -> None:
    service = added(phases=(PhaseDetails(minutes=10), PhaseDetails(minutes=20, needs=())))
    with pytest.raises(Invalid) as refused:
        change_service(service.pk, ServiceDetails(minutes=40), actor=admin, now=NOW)
    assert refused.value.problems == (wrong("minutes", "phases"),)


def test_a_chair_keeps_its_need_when_the_only_phase_gets_longer(
    clinic: Clinic, admin: Actor, added: Callable[..., Service]
) -> None:
    service = added(phases=(PhaseDetails(minutes=30, needs=(THE_PROVIDER, A_CHAIR)),))
    change_service(service.pk, ServiceDetails(minutes=45), actor=admin, now=NOW)
    assert described(service) == (PhaseDetails(minutes=45, needs=(THE_PROVIDER, A_CHAIR)),)


def test_who_joins_with_a_clinic_gives_it_too(clinic: Clinic, added: Callable[..., Service]) -> None:
    other = make_clinic()
    here, there = make_provider(clinic), make_provider(other)
    service = added()
    details = ServiceDetails(clinics=[clinic.pk, other.pk])
    change_service(service.pk, details, actor=make_actor(Role.SUPER_ADMIN), now=NOW)
    assert givers(service) == by(here.pk, there.pk)


def test_who_has_left_is_no_hindrance_to_changing_the_rest(
    clinic: Clinic, admin: Actor, added: Callable[..., Service]
) -> None:
    gone = make_provider(clinic)
    service = added()
    gone.clinics.set([make_clinic()])
    change_service(service.pk, ServiceDetails(price=1), actor=admin, now=NOW)
    assert Service.objects.get(pk=service.pk).price == 1


def test_who_may_not_and_who_is_late(clinic: Clinic, admin: Actor, added: Callable[..., Service]) -> None:
    service, details = added(), ServiceDetails(price=1)
    shared = make_service(clinic)
    shared.clinics.add(make_clinic())
    with pytest.raises(Forbidden):
        change_service(service.pk, details, actor=make_actor(Role.DOCTOR, clinic), now=NOW)
    with pytest.raises(Forbidden):
        change_service(shared.pk, details, actor=admin, now=NOW)
    with pytest.raises(NotFound):
        change_service(service.pk, details, actor=make_actor(Role.CLINIC_ADMIN, make_clinic()), now=NOW)
    with pytest.raises(Stale):
        change_service(service.pk, details, actor=admin, now=NOW, version=2)
    with pytest.raises(NotFound):
        add_service(ServiceDetails(name="A", clinics=[make_clinic().pk]), actor=admin, now=NOW)
    with pytest.raises(Forbidden):
        add_service(ServiceDetails(name="A", clinics=[clinic.pk]), actor=make_actor(Role.FRONT_DESK, clinic), now=NOW)
