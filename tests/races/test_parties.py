"""APT-14: families that want overlapping times: all of one, none of the other; and who moves and cancels meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest

from orderly.appointments.actions import together
from orderly.appointments.models import Appointment
from orderly.parties.actions import book
from orderly.parties.actions.book import book_party
from orderly.parties.actions.change import cancel_party, move_party
from orderly.parties.inputs import PartyRequest, Placed
from orderly.parties.models import Member, Party
from orderly.parties.queries.members import of_party
from tests.factories import NOW
from tests.races.audit import faults
from tests.races.storm import codes, storm, winners
from tests.races.town import Town

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

FAMILIES, PEOPLE = 8, 3


def families(town: Town) -> list[Callable[[], UUID]]:
    """Each wants three half hours in a row; the next family's begin half an hour later, so each clashes with four."""

    def family(nth: int) -> Callable[[], UUID]:
        people = town.patients[nth * PEOPLE :][:PEOPLE]
        steps = [
            Placed(
                patient=one.pk,
                service=town.service.pk,
                provider=town.providers[0].pk,
                start=town.time("09:00") + 30 * (nth + place),
            )
            for place, one in enumerate(people)
        ]
        wanted = PartyRequest(clinic=town.clinic.pk, steps=tuple(steps), source="phone")
        return lambda: book_party(wanted, actor=town.desk, now=NOW).pk

    return [family(nth) for nth in range(FAMILIES)]


def halves() -> list[UUID]:
    """Parties that aren't whole, and people who were booked without theirs."""
    parties = [one.pk for one in Party.objects.all() if len(of_party(one.pk)) != PEOPLE]
    return parties + list(Appointment.objects.filter(member=None).values_list("pk", flat=True))


def test_all_of_one_and_none_of_the_other() -> None:
    town = Town(patients=FAMILIES * PEOPLE)
    found = storm(families(town))
    assert 2 <= len(winners(found)) <= 3
    assert (Member.objects.count(), halves()) == (PEOPLE * len(winners(found)), [])
    assert (codes(found), faults()) == ({"provider_busy"}, {})


def test_without_one_transaction_families_are_torn_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: each booked as it comes."""

    @contextmanager
    def nothing() -> Iterator[None]:
        yield

    monkeypatch.setattr(book, "writing", nothing)
    monkeypatch.setattr(together, "writing", nothing)
    monkeypatch.setattr(together, "locks", type("None", (), {"lock": staticmethod(lambda ids: list(ids) and {})}))
    town = Town(patients=FAMILIES * PEOPLE)
    storm(families(town), insist=False)
    assert halves() != []


def test_moved_and_called_off_at_once() -> None:
    """Whoever comes first: what is there afterwards is a whole family in one place, or nobody."""
    town = Town(patients=PEOPLE * FAMILIES)
    party = families(town)[0]()
    shifts = [town.time("14:00") + 30 * nth for nth in range(4)]
    acts: list[Callable[[], None]] = [
        *(lambda start=start: move_party(party, start, actor=town.desk, now=NOW) for start in shifts),  # type: ignore[misc]
        lambda: cancel_party(party, "other", actor=town.desk, now=NOW),
        *families(town)[1:4],  # type: ignore[list-item]
    ]
    found = storm(acts)
    assert all(one.won for one in found[4:5])
    assert codes(found) <= {"provider_busy", "bad_transition"}
    assert {one.status for one in of_party(party)} == {"cancelled"}
    assert (halves(), faults()) == ([], {})
