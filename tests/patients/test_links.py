"""PAT-12: one record per person; who is known elsewhere can be asked for, and nothing is told before the answer."""

from datetime import date
from typing import Any

import pytest

from orderly.clinics.models import Clinic
from orderly.core.errors import Conflict, Forbidden, NotFound
from orderly.core.ids import uuid7
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.actions import decide_link, request_link, tell_elsewhere
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import LinkRequest, Patient, Registration
from orderly.people.models import Membership, RoleOverride, User
from orderly.people.queries import actor_for
from tests.factories import NOW, make_actor, make_clinic, make_patient
from tests.races.storm import codes, storm, winners

pytestmark = pytest.mark.django_db
SAID = {"first_name": "Zoë", "last_name": "Ray", "birth_date": date(1990, 12, 20), "mobile": "+447400123456"}


@pytest.fixture
def here() -> Clinic:
    return make_clinic(name="Here")


@pytest.fixture
def there() -> Clinic:
    return make_clinic(name="There")


@pytest.fixture
def zoe(there: Clinic) -> Patient:
    return make_patient(there, **SAID, document_number="AB 123")


@pytest.fixture
def desk(here: Clinic) -> Actor:
    return make_actor("front_desk", here)


@pytest.fixture
def theirs(there: Clinic) -> Actor:
    return make_actor("front_desk", there)


def told(actor: Actor, clinic: Clinic, **more: Any) -> bool:
    given = {name: value for name, value in {**SAID, **more}.items() if value is not None}
    return tell_elsewhere(PatientDetails(**given), clinic=clinic.pk, actor=actor, now=NOW)


def ask(actor: Actor, clinic: Clinic) -> LinkRequest:
    return request_link(PatientDetails(**SAID), clinic=clinic.pk, actor=actor, now=NOW)


def facts() -> list[tuple[Any, ...]]:
    return list(Entry.objects.order_by("id").values_list("fact", "subject", "clinic", "user", "address", "ids"))


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ({}, True),
        ({"first_name": " zoë ", "last_name": "RAY"}, True),
        ({"mobile": None, "document_number": "AB 123"}, True),
        ({"mobile": "07400 123456"}, True),
        ({"mobile": None}, False),
        ({"first_name": None}, False),
        ({"last_name": None}, False),
        ({"birth_date": None}, False),
        ({"first_name": "Zo"}, False),
        ({"last_name": "Rey"}, False),
        ({"birth_date": date(1990, 12, 21)}, False),
        ({"mobile": "+447400123457"}, False),
        ({"mobile": None, "document_number": "AB 124"}, False),
    ],
)
def test_only_who_can_say_all_of_it_is_told(
    said: dict[str, Any], known: bool, zoe: Patient, here: Clinic, desk: Actor
) -> None:
    """PAT-12: names, birth date, and number or document; nobody fishes with less."""
    assert told(desk, here, **said) is known


def test_a_yes_stands_in_the_journal_and_names_nobody(zoe: Patient, here: Clinic, desk: Actor) -> None:
    assert (told(desk, here), told(desk, here, first_name="Zora")) == (True, False)
    assert facts() == [("existence_told", here.pk, here.pk, desk.user, "127.0.0.1", {})]


def test_who_is_seen_isnt_elsewhere(zoe: Patient, here: Clinic, there: Clinic, desk: Actor) -> None:
    """Nor is one of the clinic itself; but one of another clinic of the user's where they may not look is."""
    both = User.objects.get(pk=desk.user)
    Membership.objects.create(user=both, clinic=there, role="front_desk")
    assert told(actor_for(both), here) is False
    RoleOverride.objects.create(clinic=there, role="front_desk", permission="patients:view", allowed=False)
    assert told(actor_for(both), here) is True
    Registration.objects.create(patient=zoe, clinic=here)
    assert told(desk, here) is False


def test_a_request_is_made_once_and_its_clinic_learns_nothing(
    zoe: Patient, here: Clinic, there: Clinic, desk: Actor
) -> None:
    """PAT-12: who asked, and from where, isn't told the other clinic's journal either."""
    made = ask(desk, here)
    assert ask(desk, here) == made
    assert (made.name, made.birth_date, made.status, made.created_by_id) == (
        "Zoë Ray",
        date(1990, 12, 20),
        "open",
        desk.user,
    )
    assert facts() == [
        ("link_requested", made.pk, here.pk, desk.user, "127.0.0.1", {}),
        ("link_asked", zoe.pk, there.pk, None, "", {"request": str(made.pk), "by": str(here.pk)}),
    ]
    assert not Patient.objects.visible_to(desk).exists()


def test_who_may_look_there_may_ask_too(zoe: Patient, here: Clinic) -> None:
    assert ask(make_actor("super_admin"), here).patient == zoe


def test_asking_for_nobody(here: Clinic, there: Clinic, desk: Actor, zoe: Patient) -> None:
    with pytest.raises(NotFound):
        request_link(PatientDetails(**{**SAID, "last_name": "Rey"}), clinic=here.pk, actor=desk, now=NOW)
    with pytest.raises(NotFound):
        ask(desk, there)
    with pytest.raises(Forbidden):
        ask(make_actor("read_only", here), here)
    assert not LinkRequest.objects.exists()


def test_approved_the_clinic_knows_them(zoe: Patient, here: Clinic, there: Clinic, desk: Actor, theirs: Actor) -> None:
    """PAT-12: one record, now of two clinics."""
    made = ask(desk, here)
    before = len(facts())
    found = decide_link(made.pk, True, clinic=there.pk, actor=theirs, now=NOW)
    assert (found.status, found.decided_by_id, found.decided_at) == ("approved", theirs.user, NOW)
    assert list(Patient.objects.visible_to(desk)) == [zoe]
    ids = {"request": str(made.pk), "by": str(here.pk)}
    assert facts()[before:] == [
        ("link_decided", zoe.pk, there.pk, theirs.user, "127.0.0.1", ids),
        ("link_answered", made.pk, here.pk, None, "", {}),
        ("patient_linked", zoe.pk, here.pk, None, "", {}),
    ]
    for approve in (True, False):
        with pytest.raises(Conflict):
            decide_link(made.pk, approve, clinic=there.pk, actor=theirs, now=NOW)


def test_declined_nothing_changes_and_one_may_ask_again(
    zoe: Patient, here: Clinic, there: Clinic, desk: Actor, theirs: Actor
) -> None:
    made = ask(desk, here)
    decide_link(made.pk, False, clinic=there.pk, actor=theirs, now=NOW)
    assert not Patient.objects.visible_to(desk).exists()
    assert ask(desk, here) != made


def test_only_those_who_know_the_patient_answer(zoe: Patient, here: Clinic, there: Clinic, desk: Actor) -> None:
    """PAT-12, ACC-4: not the one who asks, nor a third clinic, nor somebody who may only look."""
    made, third = ask(desk, here), make_clinic()
    for actor, clinic, error in (
        (desk, here, NotFound),
        (desk, there, NotFound),
        (make_actor("front_desk", third), third, NotFound),
        (make_actor("read_only", there), there, Forbidden),
    ):
        with pytest.raises(error):
            decide_link(made.pk, True, clinic=clinic.pk, actor=actor, now=NOW)
    with pytest.raises(NotFound):
        decide_link(uuid7(), True, clinic=there.pk, actor=make_actor("front_desk", there), now=NOW)
    assert LinkRequest.objects.get().status == "open"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_asked_and_answered_by_many_at_once_it_is_one_request_and_one_answer() -> None:
    """PAT-12"""
    here, there = make_clinic(), make_clinic()
    make_patient(there, **SAID)
    desk, theirs = make_actor("front_desk", here), make_actor("front_desk", there)
    assert len(set(winners(storm([lambda: ask(desk, here).pk] * 8)))) == 1
    made = LinkRequest.objects.get()
    outcomes = storm([_deciding(made, nth % 2 == 0, there, theirs) for nth in range(8)])
    assert (len(winners(outcomes)), codes(outcomes)) == (1, {"invalid"})
    made.refresh_from_db()
    assert Registration.objects.filter(clinic=here).count() == (1 if made.status == "approved" else 0)


def _deciding(made: LinkRequest, approve: bool, clinic: Clinic, actor: Actor) -> Any:
    return lambda: decide_link(made.pk, approve, clinic=clinic.pk, actor=actor, now=NOW).status
