"""What became of a visit, as far as one can know at a given moment."""

from dataclasses import dataclass
from random import Random

from orderly.appointments.choices import Source, Status
from orderly.billing.models import Method, PaymentStatus

SOURCES = (Source.PHONE, Source.WEBSITE, Source.REPEAT, Source.PORTAL, Source.MOBILE_APP, Source.PARTNER)
SOURCE_WEIGHTS = (50, 20, 15, 6, 6, 3)
METHODS = (Method.CARD, Method.CASH, Method.INSURANCE, Method.TRANSFER)
METHOD_WEIGHTS = (55, 25, 15, 5)
LONGEST_LEAD = 30 * 1440
SHORTEST_LEAD = 60
SOON = 15


@dataclass(frozen=True, slots=True)
class Story:
    """`booked`, `arrived`, `begun`, `done` and `called_off` are minutes since 1970 UTC; None: not (yet)."""

    status: str
    source: str
    booked: int
    arrived: int | None = None
    begun: int | None = None
    done: int | None = None
    called_off: int | None = None
    payment: str = PaymentStatus.PENDING.value
    method: str = Method.CASH.value


def story(start: int, end: int, now: int, dice: Random) -> Story:
    """How a visit from `start` to `end` stands at `now`."""
    source = dice.choices(SOURCES, SOURCE_WEIGHTS)[0].value
    booked = min(start, now) - SHORTEST_LEAD - int(dice.random() ** 2 * LONGEST_LEAD)
    chance = dice.random()
    if chance < 0.06:
        called_off = booked + int((min(start, now) - booked) * dice.random())
        return Story(Status.CANCELLED.value, source, booked, called_off=called_off, payment=PaymentStatus.VOID.value)
    if end <= now:
        return _past(start, end, source, booked, chance, dice)
    arrived = start - 5 - int(dice.random() * 10)
    if start <= now:
        return Story(Status.IN_PROGRESS.value, source, booked, arrived=arrived, begun=start)
    if start <= now + SOON and arrived <= now:
        return Story(Status.ARRIVED.value, source, booked, arrived=arrived)
    return Story(Status.CONFIRMED.value, source, booked)


def _past(start: int, end: int, source: str, booked: int, chance: float, dice: Random) -> Story:
    if chance < 0.10:
        return Story(Status.NO_SHOW.value, source, booked)
    paid = dice.random() < 0.92
    return Story(
        Status.COMPLETED.value,
        source,
        booked,
        arrived=start - int(dice.random() * 15),
        begun=start,
        done=end,
        payment=(PaymentStatus.PAID if paid else PaymentStatus.PENDING).value,
        method=dice.choices(METHODS, METHOD_WEIGHTS)[0].value if paid else Method.CASH.value,
    )
