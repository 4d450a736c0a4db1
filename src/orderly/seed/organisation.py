"""A made-up clinic with its people, things and services: everything that stands before anybody books."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

from django.contrib.auth.hashers import make_password

from orderly.calendars.models import Rule, RuleKind
from orderly.catalogue.models import Need, NeedRole, Offering, Phase, Service
from orderly.clinics.models import Clinic, FeeKind
from orderly.core.ids import uuid7_of
from orderly.core.money import parse
from orderly.packages.models import Package, Purchase
from orderly.people.models import ApiToken, Membership, User
from orderly.people.permissions import Role
from orderly.people.queries import digest
from orderly.resources.models import Asset, Kind, Provider, Resource
from orderly.seed.names import BY_LANGUAGE
from orderly.seed.plans import (
    CITY_NAMES,
    CLINIC_NAMES,
    COLOURS,
    OFFERS,
    ROLES,
    SERVICE_NAMES,
    THING_NAMES,
    TITLES,
    Offer,
    Place,
    Stretch,
)

PASSWORD = "orderly-demo"
MONDAY_TO_FRIDAY, WEEKEND = 0b0111110, 0b1000001
TOKEN_BITS = 256


class Ids:
    """Ids that look like any others, but come out the same for the same dice and day."""

    def __init__(self, dice: Random, today: date) -> None:
        self.dice = dice
        self._milliseconds = int(datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp()) * 1000
        self._resources = count(1)

    def __call__(self) -> UUID:
        return uuid7_of(self._milliseconds, self.dice.getrandbits(74))

    def resource(self) -> int:
        return next(self._resources)


@dataclass(frozen=True, slots=True)
class Login:
    email: str
    role: str
    clinic: UUID | None
    token: str
    user: User


@dataclass(slots=True)
class Made:
    """One clinic as it was made."""

    clinic: Clinic
    place: Place
    providers: list[Provider] = field(default_factory=list)
    services: list[tuple[Offer, Service]] = field(default_factory=list)
    assets: list[tuple[str, Asset]] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)


def make_clinic(place: Place, ids: Ids, *, providers: int, number: int) -> Made:
    """A clinic at `place`; `number` tells it from others there (0: the only one)."""
    city = CITY_NAMES.get(place.city, place.city)
    name = CLINIC_NAMES[place.language].format(city) + (f" {number}" if number else "")
    made = Made(_clinic(place, ids, name), place)
    made.providers = [_provider(made, ids, index) for index in range(providers)]
    made.assets = list(_assets(made, ids, chairs=max(3, providers), devices=max(2, providers // 4)))
    made.services = [(offer, _service(made, offer, ids)) for offer in OFFERS]
    return made


def _clinic(place: Place, ids: Ids, name: str) -> Clinic:
    clinic = Clinic.objects.create(
        id=ids(),
        name=name,
        country=place.country,
        timezone=place.zone,
        currency=place.currency,
        languages=[place.language] if place.language == "en" else [place.language, "en"],
        late_fee_kind=FeeKind.PERCENT,
        late_fee=50,
        no_show_fee=price_of(20, place),
    )
    days = MONDAY_TO_FRIDAY | WEEKEND
    Rule.objects.create(id=ids(), clinic=clinic, kind=RuleKind.HOURS, weekdays=days, start=8 * 60, end=20 * 60)
    return clinic


def _provider(made: Made, ids: Ids, index: int) -> Provider:
    """Monday to Friday from nine to five, or six; every third also at weekends, until three."""
    language = made.place.language
    first, last = BY_LANGUAGE[language].pick(ids.dice, "female" if index % 2 == 0 else "male")
    provider = Provider.objects.create(
        id=ids(),
        resource=Resource.objects.create(pk=ids.resource(), kind=Kind.PROVIDER),
        name=f"{first} {last}",
        title=TITLES[language],
        colour=COLOURS[index % len(COLOURS)],
        share_percent=40 + index % 3 * 5,
    )
    provider.clinics.add(made.clinic)
    _hours(made, ids, provider, MONDAY_TO_FRIDAY, 9 * 60, (17 + index % 2) * 60)
    if index % 3 == 0:
        _hours(made, ids, provider, WEEKEND, 9 * 60, 15 * 60)
    return provider


def _hours(made: Made, ids: Ids, provider: Provider, weekdays: int, start: int, end: int) -> None:
    Rule.objects.create(
        id=ids(),
        clinic=made.clinic,
        resource=provider.resource,
        kind=RuleKind.HOURS,
        weekdays=weekdays,
        start=start,
        end=end,
    )


def _assets(made: Made, ids: Ids, *, chairs: int, devices: int) -> Iterator[tuple[str, Asset]]:
    names = THING_NAMES[made.place.language]
    for kind, how_many in ((Kind.CHAIR, chairs), (Kind.EQUIPMENT, devices), (Kind.ROOM, 2)):
        for number in range(1, how_many + 1):
            resource = Resource.objects.create(pk=ids.resource(), kind=kind)
            name = f"{names[kind]} {number}"
            yield kind, Asset.objects.create(id=ids(), resource=resource, clinic=made.clinic, name=name)


def _service(made: Made, offer: Offer, ids: Ids) -> Service:
    service = Service.objects.create(
        id=ids(),
        name=SERVICE_NAMES[made.place.language][offer.key],
        price=price_of(offer.price, made.place),
        colour=offer.colour,
        mark=offer.mark,
        buffer_before=offer.buffer_before,
        buffer_after=offer.buffer_after,
        overbook=offer.overbook,
        notice_minutes=offer.notice_minutes,
        general=offer is OFFERS[0],
        online=True,
    )
    service.clinics.add(made.clinic)
    for order, stretch in enumerate(offer.stretches):
        _phase(service, order, stretch)
    Offering.objects.bulk_create(Offering(service=service, provider=provider) for provider in made.providers)
    return service


def _phase(service: Service, order: int, stretch: Stretch) -> None:
    phase = Phase.objects.create(service=service, order=order, minutes=stretch.minutes)
    if stretch.provider:
        Need.objects.create(phase=phase, role=NeedRole.PROVIDER)
    for kind in stretch.kinds:
        Need.objects.create(phase=phase, role=NeedRole.RESOURCE, kind=kind)


def price_of(pounds: int, place: Place) -> int:
    """In minor units of the place's currency."""
    return parse(str(pounds * place.rate), place.currency)


def make_logins(made: Made, ids: Ids, now: datetime, people: dict[str, tuple[str, str]]) -> None:
    """One user for each role in the clinic; `people` gives each role's e-mail and name. The doctor is the clinic's
    first provider.
    """
    made.logins = [make_login(role, *people[role], made.clinic, ids, now) for role in ROLES]
    if made.providers:
        doctor = next(login.user for login in made.logins if login.role == Role.DOCTOR)
        made.providers[0].user = doctor
        made.providers[0].save(update_fields=["user"])


def make_login(role: str, email: str, name: str, clinic: Clinic | None, ids: Ids, now: datetime) -> Login:
    """A user with one role, the well-known password, and a token that lasts as long as the database."""
    language = clinic.languages[0] if clinic else "en"
    user = User.objects.create(id=ids(), email=email, name=name, password=_password(), language=language)
    Membership.objects.create(id=ids(), user=user, clinic=clinic, role=role)
    token = f"ord_{ids.dice.getrandbits(TOKEN_BITS):064x}"
    ApiToken.objects.create(
        id=ids(), user=user, clinic=clinic, name="made with the data", digest=digest(token), created_at=now
    )
    return Login(email, role, clinic.pk if clinic else None, token, user)


_hashed: list[str] = []


def _password() -> str:
    """Hashed once: it takes a while on purpose."""
    if not _hashed:
        _hashed.append(make_password(PASSWORD))
    return _hashed[0]


def add_time_off(made: Made, ids: Ids, today: date) -> None:
    """What ordinary weeks have: lunch, a team meeting, somebody's holiday, a day the clinic is closed."""
    for index, provider in enumerate(made.providers):
        _off(made, ids, provider, RuleKind.LUNCH, MONDAY_TO_FRIDAY, (12 + index % 2) * 60)
        _off(made, ids, provider, RuleKind.MEETING, 0b0000100, 16 * 60)
    away = today + timedelta(days=5)
    Rule.objects.create(
        id=ids(),
        resource=made.providers[-1].resource,
        kind=RuleKind.VACATION,
        first=away,
        last=away + timedelta(days=4),
        start=0,
        end=1440,
    )
    closed = today + timedelta(days=12)
    Rule.objects.create(
        id=ids(), clinic=made.clinic, kind=RuleKind.CLOSURE, first=closed, last=closed, start=0, end=1440
    )


def _off(made: Made, ids: Ids, provider: Provider, kind: str, weekdays: int, start: int) -> None:
    Rule.objects.create(
        id=ids(),
        clinic=made.clinic,
        resource=provider.resource,
        kind=kind,
        weekdays=weekdays,
        start=start,
        end=start + 60 if kind == RuleKind.LUNCH else start + 30,
    )
