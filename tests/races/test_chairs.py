"""SET-3, AVL-7: one doctor, three chairs, visits that overlap, and everybody at the same moment."""

import pytest

from orderly.appointments.models import Appointment
from orderly.catalogue.models import Need, NeedRole, Phase
from tests.factories import add_phase
from tests.races.audit import faults
from tests.races.storm import codes, storm, winners
from tests.races.town import Town

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_three_overlapping_visits_and_no_fourth() -> None:
    """Four times ten minutes apart, of which three chairs serve three; the doctor is needed at the ends only."""
    town = Town(patients=24, chairs=3)
    Phase.objects.update(minutes=10)
    add_phase(town.service, 40, provider=False, asset_kinds=("chair",))
    add_phase(town.service, 10, asset_kinds=("chair",))
    start = town.time("10:00")
    found = storm([town.book(patient, start + 10 * (nth % 4)) for nth, patient in enumerate(town.patients)])
    assert (len(winners(found)), codes(found) <= {"provider_busy", "resource_busy"}) == (3, True)
    used = [one for uses in Appointment.objects.values_list("uses", flat=True) for one in {use[0] for use in uses}]
    assert sorted(one for one in used if one in {chair.resource_id for chair in town.chairs}) == sorted(
        chair.resource_id for chair in town.chairs
    )
    assert faults() == {}


def test_a_team_is_never_in_two_places() -> None:
    """Each visit needs two of five; twelve doctors ask at once: two get a team."""
    town = Town(providers=12, patients=12)
    helpers = [town.employ() for _ in range(5)]
    need = Need.objects.create(phase=town.service.phases.get(), role=NeedRole.PROVIDER, count=2)
    need.any_of.set(one.resource for one in helpers)
    pairs = zip(town.patients, town.providers, strict=True)
    found = storm([town.book(patient, town.time("10:00"), provider) for patient, provider in pairs])
    assert (len(winners(found)), codes(found)) == (2, {"provider_busy"})
    assert faults() == {}
