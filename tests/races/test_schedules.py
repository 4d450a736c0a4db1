"""PKG-5: whole schedules confirmed at once, or by somebody who dies meanwhile: all of one is booked or nothing."""

import os
import random
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db.models import Count

from orderly.appointments.models import Appointment
from orderly.billing.models import Credit, Payment
from orderly.calendars.models import Claim
from orderly.engine.itinerary import Wish
from orderly.packages.actions.draw import schedule
from orderly.packages.inputs import Planned, PlanRequest
from orderly.packages.models import Purchase
from orderly.packages.queries.plan import outlook
from tests.factories import MONDAY, NOW, make_patient
from tests.packages.shop import Shop
from tests.races.audit import faults
from tests.races.storm import FORK, codes, leave_connections, storm, winners

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

SESSIONS, BUYERS = 30, 6
KILLS, LONGEST = 8, 0.25  # seconds: about as long as it takes


def confirming(shop: Shop, purchase: Purchase) -> Callable[[], Any]:
    """An act: books the plan that is the best before anybody has booked, and answers how many that were."""
    found = outlook(purchase.pk, PlanRequest(start=MONDAY), actor=shop.chief, now=NOW).plan(Wish.SOONEST)
    rows = [Planned(number=one.number, start=one.start, provider=one.provider) for one in found.visits]
    return lambda: len(schedule(purchase.pk, rows, actor=shop.chief, now=NOW))


def test_of_plans_that_overlap_one_is_booked() -> None:
    """Everybody was shown the same times of the only provider."""
    shop = Shop(massages=SESSIONS, exercises=0)
    buyers = [shop.sell(patient=make_patient(shop.clinic)) for _ in range(BUYERS)]
    acts = [confirming(shop, one) for one in buyers]
    found = storm([*acts, *acts])
    assert winners(found) == [SESSIONS]
    assert codes(found) <= {"provider_busy", "package_unusable", "patient_busy"}
    assert (halves(), Appointment.objects.count(), faults()) == ([], SESSIONS, {})


def test_whoever_dies_confirming_has_booked_all_or_nothing() -> None:
    """Killed at any moment of it; somebody else then confirms the same plan, or finds it booked."""
    dice, booked = random.Random(5), 0
    shop = Shop(massages=SESSIONS, exercises=0)
    for _ in range(KILLS):
        purchase = shop.sell(patient=make_patient(shop.clinic))
        act = confirming(shop, purchase)
        _dying(act, dice.uniform(0, LONGEST))
        assert (halves(), faults()) == ([], {})
        booked += Payment.objects.filter(credit__invoice=purchase.invoice_id).count()
        if Payment.objects.filter(credit__invoice=purchase.invoice_id).exists():
            assert codes(storm([act])) == {"package_unusable"}
        else:
            assert winners(storm([act])) == [SESSIONS]
    assert booked < KILLS * SESSIONS, "nobody died before it was done"
    assert Claim.objects.count() == Appointment.objects.count() == KILLS * SESSIONS


def halves() -> list[Any]:
    """Purchases of which some sessions are booked, and some not."""
    drawn = Credit.objects.filter(payments__isnull=False).values("invoice").annotate(n=Count("pk", distinct=True))
    return list(drawn.exclude(n=SESSIONS))


def _dying(act: Callable[[], Any], seconds: float) -> None:
    """Somebody who is killed with -9 so long after they have begun."""
    leave_connections()
    begun = FORK.Event()
    child = FORK.Process(target=partial(_begin, begun, act))
    child.start()
    assert begun.wait(30)
    time.sleep(seconds)
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()


def _begin(begun: Any, act: Callable[[], Any]) -> None:
    begun.set()
    act()
