"""What makes a package acceptable, and what a plan can be asked for with."""

from collections.abc import Collection, Iterator
from datetime import date

from orderly.core.edits import faults, ranged, wrong
from orderly.core.money import CURRENCIES, LARGEST
from orderly.engine.problems import Code, Problem
from orderly.engine.walltime import DAY
from orderly.packages.inputs import PlanRequest, Sessions
from orderly.packages.models import Package, Purchase

REQUIRED = ("name", "price", "validity_days", "services")
LONGEST_VALIDITY = 3660  # days
MOST_SERVICES = 20
MOST_SESSIONS = 500
LONGEST_GAP = 365  # days
MOST_A_WEEK = 100


def package_problems(package: Package, names: Collection[str]) -> Iterator[Problem]:
    """What is wrong with these fields of the package as it is to become."""
    yield from faults(package, set(names) & {"name"})
    if "currency" in names and package.currency not in CURRENCIES:
        yield wrong("currency", "unknown")
    if package.clinic is not None and package.currency != package.clinic.currency:
        yield wrong("currency", "clinics_currency")
    if "price" in names:
        yield from ranged("price", package.price, 0, LARGEST)
    if "validity_days" in names:
        yield from ranged("validity_days", package.validity_days, 1, LONGEST_VALIDITY)


def service_problems(services: Collection[Sessions], offered: Collection[object]) -> Iterator[Problem]:
    """What is wrong with what is in it; `offered` are the services that can be."""
    if not services:
        yield Problem(Code.MISSING, "services")
    if len(services) > MOST_SERVICES:
        yield wrong("services", "too_many")
    if len({one.service for one in services}) < len(services):
        yield wrong("services", "twice")
    for nth, one in enumerate(services):
        if one.service not in offered:
            yield wrong(f"services.{nth}.service", "not_found")
        yield from ranged(f"services.{nth}.sessions", one.sessions, 1, MOST_SESSIONS)
    if sum(one.sessions for one in services) > MOST_SESSIONS:
        yield wrong("services", "too_many")


def extension_problems(purchase: Purchase, until: date, today: date) -> Iterator[Problem]:
    """What is wrong with another last day of a purchase, which can only be a later one that is still to come."""
    if until <= purchase.expires_on:
        yield wrong("until", "not_later")
    elif until < today:
        yield wrong("until", "past")
    elif (until - purchase.sold_on).days > LONGEST_VALIDITY:
        yield wrong("until", "too_late")


def plan_problems(asked: PlanRequest, left: Collection[int]) -> Iterator[Problem]:
    """What is wrong with a wish for a plan of the sessions with these numbers."""
    if asked.end is not None and asked.end < asked.start:
        yield wrong("end", "before_from")
    yield from ranged("min_gap_days", asked.gap, 0, LONGEST_GAP)
    if asked.per_week is not None:
        yield from ranged("max_per_week", asked.per_week, 1, MOST_A_WEEK)
    if asked.preferred is not None:
        yield from ranged("preferred_time", asked.preferred, 0, DAY - 1)
    if asked.weekdays is not None and not asked.weekdays <= set(range(7)):
        yield wrong("preferred_weekdays", "range")
    if any(number not in left for number in asked.providers):
        yield wrong("providers", "not_left")
    for name, planned in (("pinned", asked.pinned), ("kept", asked.kept)):
        numbers = [one.number for one in planned]
        if len(set(numbers)) < len(numbers):
            yield wrong(name, "twice")
        elif not set(numbers) <= set(left):
            yield wrong(name, "not_left")
