"""Packages and what was sold of them: rows with ids that come out the same each time; and, in the demo, visits that
draw on them, made by the verbs that people use.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from orderly.appointments.actions.progress import complete
from orderly.appointments.choices import Source
from orderly.appointments.inputs import BookingRequest
from orderly.billing.models import Credit, Instalment, Invoice, InvoiceLine, Method
from orderly.calendars.queries import reservations
from orderly.catalogue.models import Service
from orderly.core.clock import minute
from orderly.core.errors import Conflict
from orderly.engine.money import parts
from orderly.engine.walltime import local, to_minute
from orderly.packages.actions.draw import book_session
from orderly.packages.choices import PurchaseStatus
from orderly.packages.models import Package, PackageService, Purchase
from orderly.seed.organisation import Ids, Made
from orderly.seed.people import Person
from orderly.seed.rows import code
from orderly.seed.showcase import administrator

VALIDITY = 180  # days
BUYERS = 6
CLEANINGS, FILLINGS = 10, 5
CAME, COMING = 3, 1  # of the first buyer's sessions
TRIES = 6  # until a day is given up: it may be a holiday
OPEN, CLOSED, STEP = 9 * 60, 16 * 60, 30

NAMES = {
    "en": ("Ten visits", "Check-ups and care"),
    "ru": ("Десять визитов", "Осмотры и уход"),
    "ar": ("عشر زيارات", "فحوص وعناية"),
}


def make_packages(made: Made, people: list[Person], ids: Ids, *, sold_at: datetime, number: int) -> None:
    """Two packages, and each sold to some of the clinic's first patients; the last of them hasn't paid yet. `number`
    tells the clinic's invoices from others'.
    """
    services = [service for _, service in made.services]
    ten, mixed = NAMES[made.place.language]
    made.packages = [
        _package(made, ids, ten, [(services[0], CLEANINGS)]),
        _package(made, ids, mixed, [(services[0], FILLINGS), (services[1], FILLINGS)]),
    ]
    for nth, person in enumerate(people[:BUYERS]):
        package, paid = made.packages[nth % 2], nth < BUYERS - 1
        made.purchases.append(_sell(made, package, person, ids, sold_at=sold_at, paid=paid, nth=number * BUYERS + nth))


def _package(made: Made, ids: Ids, name: str, contents: list[tuple[Service, int]]) -> Package:
    """A tenth less than its visits one by one."""
    package = Package.objects.create(
        id=ids(),
        name=name,
        clinic=made.clinic,
        currency=made.clinic.currency,
        price=sum(service.price * sessions for service, sessions in contents) * 9 // 10,
        validity_days=VALIDITY,
    )
    PackageService.objects.bulk_create(
        PackageService(package=package, service=service, sessions=sessions) for service, sessions in contents
    )
    return package


def _sell(
    made: Made, package: Package, person: Person, ids: Ids, *, sold_at: datetime, paid: bool, nth: int
) -> Purchase:
    zone = made.place.zone
    day, _ = local(zone, minute(sold_at))
    expires_on = day + timedelta(days=package.validity_days)
    invoice = Invoice.objects.create(
        id=ids(),
        number=f"IN-{day:%Y%m%d}-{code(nth)}",
        clinic=made.clinic,
        patient_id=person.id,
        currency=package.currency,
        issued_at=sold_at,
    )
    InvoiceLine.objects.create(invoice=invoice, what=package.name, amount=package.price)
    if paid:
        Instalment.objects.create(invoice=invoice, amount=package.price, method=Method.CARD, at=sold_at)
    sessions = [one.service_id for one in package.services.all() for _ in range(one.sessions)]
    Credit.objects.bulk_create(
        Credit(
            id=ids(),
            invoice=invoice,
            number=number,
            service_id=service,
            amount=amount,
            usable_until=to_minute(zone, expires_on + timedelta(days=1), 0),
        )
        for number, (service, amount) in enumerate(
            zip(sessions, parts(package.price, len(sessions)), strict=True), start=1
        )
    )
    return Purchase.objects.create(
        id=ids(),
        package=package,
        patient_id=person.id,
        clinic=made.clinic,
        invoice=invoice,
        status=PurchaseStatus.ACTIVE if paid else PurchaseStatus.AWAITING_PAYMENT,
        sold_on=day,
        expires_on=expires_on,
    )


def draw(made: Made, *, now: datetime) -> None:
    """The first two buyers have come some times already, and come again."""
    for purchase in made.purchases[:2]:
        for days in [-nth for nth in range(1, CAME + 1)]:
            _visit(made, purchase, days, now)
        for days in range(2, 2 + COMING * 3, 3):
            _visit(made, purchase, days, now)


def _visit(made: Made, purchase: Purchase, days: int, now: datetime) -> None:
    """At the day's first time that can be had, if there is one; what lies in the past took place."""
    actor = administrator(made)
    for start, provider in islice(_tries(made, days, now), TRIES):
        request = BookingRequest(
            clinic=made.clinic.pk,
            service=made.services[0][1].pk,
            patient=purchase.patient_id,
            provider=provider,
            start=start,
            source=Source.REPEAT,
            afterwards_reason=made.packages[0].name if days < 0 else "",
        )
        try:
            made_now = book_session(request, purchase.pk, actor=actor, now=now)
        except Conflict:
            continue
        if days < 0:
            complete(made_now.pk, actor=actor, now=now)
        return


def _tries(made: Made, days: int, now: datetime) -> Iterator[tuple[int, UUID]]:
    """The times at which somebody has nothing else."""
    zone, day = made.place.zone, local(made.place.zone, minute(now))[0] + timedelta(days=days)
    low, high = to_minute(zone, day, OPEN), to_minute(zone, day, CLOSED)
    taken = reservations([provider.resource_id for provider in made.providers], low, high)
    for start in range(low, high, STEP):
        busy = {row[0] for row in taken if row[1] < start + STEP and start < row[2]}
        yield from ((start, provider.pk) for provider in made.providers if provider.resource_id not in busy)
