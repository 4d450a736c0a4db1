"""What verbs ask of whoever acts. ACC-4: outside one's clinics nothing is there; inside, a right may be missing."""

from collections.abc import Callable

import pytest

from orderly.core.errors import Forbidden, NotFound
from orderly.core.ids import uuid7
from orderly.journal.actor import SYSTEM, Actor

HERE, THERE, ME = uuid7(), uuid7(), uuid7()
EDIT, MANAGE = "patients:edit", "schedule:manage"
DESK = Actor(user=ME, rights={HERE: frozenset({EDIT})})
DOCTOR = Actor(user=ME, rights={HERE: frozenset({"schedule:manage:own"})})
CHIEF = Actor(user=ME, everywhere=frozenset({EDIT}))
NOBODY = Actor(user=None)


def answer(actor: Actor, permission: str, clinic: object) -> object:
    """None, or what was raised."""
    try:
        actor.require(permission, clinic)  # type: ignore[arg-type]
    except (Forbidden, NotFound) as refused:
        return repr(refused)
    return None


FORBIDDEN, NOT_FOUND = f"Forbidden({MANAGE!r})", "NotFound('')"
ASKED = {
    "held here": (DESK, EDIT, HERE, None),
    "not held here": (DESK, MANAGE, HERE, FORBIDDEN),
    "held, but elsewhere": (DESK, EDIT, THERE, NOT_FOUND),
    "neither": (DESK, MANAGE, THERE, NOT_FOUND),
    "held everywhere": (CHIEF, EDIT, THERE, None),
    "everywhere, but not held": (CHIEF, MANAGE, THERE, FORBIDDEN),
    "only for the own calendar": (DOCTOR, MANAGE, HERE, FORBIDDEN),
    "nobody": (NOBODY, EDIT, HERE, "NotFound('')"),
}


@pytest.mark.parametrize(("actor", "permission", "clinic", "expected"), ASKED.values(), ids=ASKED)
def test_require(actor: Actor, permission: str, clinic: object, expected: object) -> None:
    """ACC-4"""
    assert answer(actor, permission, clinic) == expected


@pytest.mark.parametrize(
    ("ask", "who"),
    [
        (lambda actor: actor.may_own(MANAGE, HERE), {"doctor"}),
        (lambda actor: actor.may_own(EDIT, HERE), {"desk", "chief"}),
        (lambda actor: actor.may_own(EDIT, THERE), {"chief"}),
        (lambda actor: actor.may_anywhere(EDIT), {"desk", "chief"}),
        (lambda actor: actor.may_anywhere(MANAGE), set()),
        (lambda actor: actor.belongs_to(HERE), {"desk", "doctor", "chief"}),
        (lambda actor: actor.belongs_to(THERE), {"chief"}),
        (lambda actor: actor.clinics is None, {"chief"}),
        (lambda actor: actor.clinics == {HERE}, {"desk", "doctor"}),
        (lambda actor: actor.clinics == set(), {"nobody"}),
    ],
)
def test_who_may(ask: Callable[[Actor], bool], who: set[str]) -> None:
    """ACC-3: a right that ends in :own is for the own calendar, and no more."""
    cast = {"desk": DESK, "doctor": DOCTOR, "chief": CHIEF, "nobody": NOBODY}
    assert {name for name, actor in cast.items() if ask(actor)} == who


def test_only_a_person_can_do_what_only_a_person_can() -> None:
    assert DESK.person() == ME
    with pytest.raises(Forbidden, match="signed-in"):
        SYSTEM.person()


def test_narrowed_to_the_clinics_where_a_right_is_held() -> None:
    """ACC-4"""
    both = Actor(user=ME, address="192.0.2.7", rights={HERE: frozenset({EDIT, MANAGE}), THERE: frozenset({MANAGE})})
    assert both.within(EDIT) == Actor(user=ME, address="192.0.2.7", rights={HERE: frozenset({EDIT, MANAGE})})
    assert (CHIEF.within(EDIT), CHIEF.within(MANAGE)) == (CHIEF, Actor(user=ME))
