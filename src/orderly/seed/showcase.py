"""What the demo shows beside ordinary visits, made by the same verbs that people use: a group session with those who
come to it, an operation that takes a team, a family that comes together and somebody who comes every week. Two who
assist give the first and help with the second.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from orderly.appointments.actions.book import book
from orderly.appointments.choices import Source
from orderly.appointments.inputs import BookingRequest, Search
from orderly.appointments.queries.slots import slots
from orderly.calendars.actions.rules import set_hours
from orderly.calendars.inputs import Weekly
from orderly.catalogue.actions.services import add_service
from orderly.catalogue.inputs import NeedDetails, OfferingDetails, PhaseDetails, ServiceDetails
from orderly.catalogue.models import NeedRole, Service
from orderly.core.clock import minute
from orderly.core.errors import CannotBook
from orderly.engine.ranking import Slot
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.people.permissions import Role
from orderly.people.queries import actor_for
from orderly.resources.actions.providers import add_provider
from orderly.resources.inputs import ProviderDetails
from orderly.resources.models import Kind, Provider
from orderly.seed.family import bring_family
from orderly.seed.homes import register_again
from orderly.seed.names import BY_LANGUAGE
from orderly.seed.organisation import Ids, Made, price_of
from orderly.seed.people import Person
from orderly.seed.repeating import repeat_visits

WORKDAYS = frozenset(range(1, 7))  # Monday to Saturday
PLACES = 8
CAME = (5, 8, 3)  # how many come to the next groups
OPERATIONS = 3
DAYS = 10

NAMES = {
    "en": ("Brushing class", "Implant surgery"),
    "ru": ("Урок гигиены", "Имплантация"),
    "ar": ("درس العناية بالأسنان", "زراعة سن"),
}


def show(made: Made, people: list[Person], ids: Ids, *, now: datetime) -> None:
    """Add it all to a clinic of the demo and book it, as its administrator."""
    actor = administrator(made)
    register_again(made.clinic, actor=actor, now=now)
    staff = [_assistant(made, ids, nth, actor, now) for nth in range(2)]
    lesson = _lesson(made, staff[0], actor, now)
    operation = _operation(made, staff, actor, now)
    for nth, (slot, size) in enumerate(zip(_times(made, lesson, now), CAME, strict=False)):
        _fill(made, lesson, slot, people[nth * PLACES :], size, actor, now)
    for nth, slot in enumerate(islice(_times(made, operation, now), OPERATIONS), start=1):
        _fill(made, operation, slot, people[-nth * PLACES :], 1, actor, now)
    bring_family(made, actor=actor, now=now)
    repeat_visits(made, people[len(people) // 2], actor=actor, now=now)


def administrator(made: Made) -> Actor:
    return actor_for(next(login.user for login in made.logins if login.role == Role.CLINIC_ADMIN))


def _assistant(made: Made, ids: Ids, nth: int, actor: Actor, now: datetime) -> Provider:
    first, last = BY_LANGUAGE[made.place.language].pick(ids.dice, "female")
    colour = ("#e67700", "#868e96")[nth]
    details = ProviderDetails(name=f"{first} {last}", clinics=[made.clinic.pk], colour=colour, share_percent=20)
    found = add_provider(details, actor=actor, now=now)
    hours = [Weekly(weekdays=WORKDAYS, start=9 * 60, end=17 * 60)]
    set_hours(found.pk, made.clinic.pk, hours, actor=actor, now=now)
    return found


def _lesson(made: Made, teacher: Provider, actor: Actor, now: datetime) -> Service:
    details = ServiceDetails(
        name=NAMES[made.place.language][0],
        clinics=[made.clinic.pk],
        providers=(OfferingDetails(provider=teacher.pk),),
        phases=(PhaseDetails(minutes=45, needs=(NeedDetails(), NeedDetails(role=NeedRole.RESOURCE, kind=Kind.ROOM))),),
        price=price_of(15, made.place),
        places=PLACES,
        overbook=1,
        colour="#e67700",
        mark="L",
        online=True,
    )
    return add_service(details, actor=actor, now=now)


def _operation(made: Made, staff: list[Provider], actor: Actor, now: datetime) -> Service:
    """One of two doctors for the first part; two of three who assist, and a room, from beginning to end."""
    doctors = tuple(doctor.pk for doctor in made.providers[:2])
    assisting = (*(one.pk for one in staff), made.providers[-1].pk)
    team = NeedDetails(role=NeedRole.PROVIDER, any_of=assisting, count=2)
    room = NeedDetails(role=NeedRole.RESOURCE, kind=Kind.ROOM)
    details = ServiceDetails(
        name=NAMES[made.place.language][1],
        clinics=[made.clinic.pk],
        providers=tuple(OfferingDetails(provider=doctor) for doctor in doctors),
        phases=(
            PhaseDetails(minutes=45, needs=(NeedDetails(any_of=doctors), team, room)),
            PhaseDetails(minutes=15, needs=(team, room)),
        ),
        price=price_of(900, made.place),
        colour="#a61e4d",
        mark="I",
    )
    return add_service(details, actor=actor, now=now)


def _times(made: Made, service: Service, now: datetime) -> Iterator[Slot]:
    """The first time after ten of each of the next days."""
    today, _ = local(made.place.zone, minute(now))
    search = Search(
        clinic=made.clinic.pk,
        service=service.pk,
        first=today,
        last=today + timedelta(days=DAYS),
        near=10 * 60,
        one_a_day=True,
    )
    return iter(slots(search, now=now).slots)


def _fill(
    made: Made, service: Service, slot: Slot, people: list[Person], size: int, actor: Actor, now: datetime
) -> None:
    """Whoever is free then comes, until there are so many."""
    start, _, resource = slot
    provider = Provider.objects.get(resource=resource)
    coming = 0
    for person in people:
        if coming == size:
            break
        request = BookingRequest(
            clinic=made.clinic.pk,
            service=service.pk,
            start=start,
            provider=provider.pk,
            patient=person.id,
            source=Source.PHONE,
        )
        try:
            book(request, actor=actor, now=now)
        except CannotBook:
            continue
        coming += 1
