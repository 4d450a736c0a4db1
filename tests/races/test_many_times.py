"""APT-3: clients that want overlapping, unequal times, by all verbs at once; and moves of the same appointment."""

import random

import pytest

from orderly.appointments.inputs import Wish
from orderly.appointments.models import Appointment
from orderly.appointments.queries.slots import why
from orderly.patients.models import Registration
from tests.factories import MONDAY, NOW, TUESDAY, make_actor, make_clinic, make_patient
from tests.races.audit import faults
from tests.races.storm import codes, storm, winners
from tests.races.town import Town

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

BUSY = {"provider_busy", "resource_busy", "patient_busy", "held"}


def test_overlapping_unequal_times() -> None:
    """64 clients, three providers, two chairs, twelve patients. Whoever lost was right to lose: it still can't be."""
    dice, town = random.Random(1), Town(providers=3, patients=12, chairs=2, buffer_after=10)
    wishes = [
        Wish(
            clinic=town.clinic.pk,
            service=town.service.pk,
            provider=dice.choice(town.providers).pk,
            patient=dice.choice(town.patients).pk,
            start=town.time("10:00") + dice.randrange(0, 240, 5),
            minutes=dice.choice((15, 20, 30, 45, 60)),
        )
        for _ in range(64)
    ]
    by_id = {one.pk: one for one in (*town.providers, *town.patients)}
    acts = [
        town.book(by_id[one.patient], one.start, by_id[one.provider], minutes=one.minutes)  # type: ignore[index]
        for one in wishes
    ]
    found = storm(acts, processes=2)
    assert (Appointment.objects.count(), faults()) == (len(winners(found)), {})
    assert len(winners(found)) >= 8
    assert codes(found) <= BUSY
    lost = [wish for wish, one in zip(wishes, found, strict=True) if one.refused]
    assert [wish for wish in lost if not why(wish, now=NOW)] == []


def test_overbooking_unequal_times() -> None:
    """Two at once and never three, however lanes have to be dealt again."""
    dice, town = random.Random(2), Town(patients=32, overbook=1)
    starts = [town.time("10:00") + dice.randrange(0, 90, 5) for _ in town.patients]
    pairs = zip(town.patients, starts, strict=True)
    found = storm([town.book(patient, at, overbook_reason="in pain") for patient, at in pairs])
    assert (Appointment.objects.count(), faults(overbook=1)) == (len(winners(found)), {})
    assert len(winners(found)) >= 4
    assert codes(found) == {"overbook_limit"}


def test_changing_places() -> None:
    """Pairs that want each other's provider and time, in both orders: nobody waits for a ring of others."""
    town = Town(providers=4, patients=16, chairs=8)
    start, made = town.time("10:00"), []
    for nth, patient in enumerate(town.patients):
        made.append(town.book(patient, start + 30 * (nth // 4), town.providers[nth % 4])())
    acts = []
    for nth, one in enumerate(made):
        to = (nth + 1) % 16, (nth + 15) % 16, (nth + 5) % 16
        acts += [town.move(one, start + 30 * (n // 4), provider=town.providers[n % 4].pk) for n in to[: 2 + nth % 2]]
        acts.append(town.move(one, start + 180, provider=town.providers[nth % 4].pk))
    found = storm(acts)
    assert (Appointment.objects.count(), faults()) == (16, {})
    assert len(winners(found)) >= 4
    assert codes(found) <= BUSY


def test_one_appointment_moved_by_many() -> None:
    """APT-2, APT-6: from day to day and back: its visit is where it is, its queue numbers are its own."""
    town = Town(providers=2, patients=1)
    made = town.book(town.patients[0], town.time("10:00"))()
    acts = [
        town.move(made, town.time("11:00", day) + 30 * nth, provider=town.providers[nth % 2].pk)
        for nth in range(12)
        for day in (MONDAY, TUESDAY)
    ]
    found = storm(acts)
    assert (len(winners(found)), faults()) == (24, {})
    assert Appointment.objects.get().version == 25


def test_a_patient_new_to_the_clinic() -> None:
    """PAT-12: linked once, though booked by many at once, at times that are all free."""
    town = Town(providers=16)
    patient = make_patient(make_clinic())
    everywhere = make_actor("super_admin")
    acts = [
        town.book(patient, town.time("08:00") + 30 * nth, one, actor=everywhere)
        for nth, one in enumerate(town.providers)
    ]
    assert len(winners(storm(acts))) == 16
    assert (Registration.objects.filter(patient=patient, clinic=town.clinic).count(), faults()) == (1, {})
