"""AVL-4: however many ask at once, as many are accepted as can be served, and all of those still are in the end."""

import pytest

from orderly.appointments.actions.assign import assign
from orderly.appointments.models import Appointment
from tests.factories import NOW
from tests.races.audit import faults
from tests.races.storm import codes, storm, winners
from tests.races.town import Town

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

SOME, SERVED = 16, 3


def test_as_many_requests_as_there_are_providers() -> None:
    """None of them is told to come back: they stand in line for the same providers."""
    town = Town(providers=SERVED, patients=SOME)
    start = town.time("10:00")
    found = storm([town.ask(one, start) for one in town.patients], insist=False)
    assert (len(winners(found)), codes(found)) == (SERVED, {"provider_busy"})
    proposed = Appointment.objects.values_list("proposed_provider", flat=True)
    assert sorted(proposed) == sorted(one.pk for one in town.providers)
    assert faults() == {}


def test_requests_bookings_and_assignments_at_once() -> None:
    """Whoever is accepted is served: by the one who was named, chosen, or proposed."""
    town = Town(providers=SERVED, patients=SOME)
    start = town.time("10:00")
    there = town.ask(town.patients[0], start)()
    acts = [
        town.ask(one, start) if nth % 2 else town.book(one, start, town.providers[nth % SERVED])
        for nth, one in enumerate(town.patients[1:])
    ]
    acts += [lambda one=one: assign(there, one.pk, actor=town.desk, now=NOW).pk for one in town.providers]
    found = storm(acts)
    made = winners(found[: SOME - 1])
    assert codes(found) <= {"provider_busy"}
    rows = Appointment.objects.values_list("provider", "proposed_provider")
    assert len(made) == SERVED - 1
    assert len({provider or proposed for provider, proposed in rows}) == SERVED == len(rows)
    assert faults() == {}
