"""What is about to be booked, as it will be: who, when, with whom and what, for how much."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.price import price_at
from orderly.appointments.inputs import Wish
from orderly.appointments.queries.equipped import Equipped, Place, equipped
from orderly.calendars.models import Hold, Reservation
from orderly.engine.plan import Role
from orderly.resources.models import Asset, Provider
from orderly.web.booking.choice import Choice


@dataclass(frozen=True, slots=True)
class Thing:
    """A chair, room or device that is used, and what could be chosen instead; `asked` if it was chosen by name."""

    asset: Asset
    others: list[Asset]
    asked: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """`start` and `end` in minutes since 1970; `price` in minor units."""

    start: int
    end: int
    provider: Provider
    helpers: list[str]
    things: list[Thing]
    price: int

    @property
    def minutes(self) -> int:
        return self.end - self.start


def summary(choice: Choice, hold: Hold, wish: Wish, *, now: datetime) -> Summary | None:
    """Of the time that is held. None where the service isn't given any more."""
    used = frozenset(Reservation.objects.filter(claim=hold.claim_id).values_list("resource", flat=True))
    held = replace(wish, provider=hold.provider_id, ignoring=frozenset({hold.claim_id}))
    found = equipped(held, used, now=now)
    if found is None or hold.provider is None:
        return None
    return Summary(
        start=hold.start,
        end=hold.end,
        provider=hold.provider,
        helpers=_helpers(found, used),
        things=_things(found.places, choice.resources),
        price=_price(wish.patient, found, hold.start),
    )


def _price(patient: UUID | None, found: Equipped, start: int) -> int:
    return found.giver.price if patient is None else price_at(patient, found.stage.terms, found.giver, start)


def _helpers(found: Equipped, used: frozenset[int]) -> list[str]:
    """Other providers who take part."""
    others = {one for one in used if one in found.stage.parts and found.stage.parts[one].role is Role.PROVIDER}
    others.discard(found.giver.resource)
    return [str(one) for one in Provider.objects.filter(resource__in=others)] if others else []


def _things(places: list[Place], asked: list[str]) -> list[Thing]:
    ids = {one for place in places for one in place.free}
    assets = {one.pk: one for one in Asset.objects.filter(pk__in=ids).select_related("resource")} if ids else {}
    return [
        Thing(
            asset=assets[place.used],
            others=sorted((assets[one] for one in place.free if one != place.used), key=str),
            asked=str(place.used) in asked,
        )
        for place in places
        if place.used in assets
    ]
