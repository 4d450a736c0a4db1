"""What the calendar's page is given to start with."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from orderly.appointments.choices import EXTENDABLE, MOVABLE, Status
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.weeks import counts_weeks, first_weekday
from orderly.journal.actor import Actor
from orderly.resources.models import ASSET_KINDS, Asset, Provider
from orderly.web.calendar.saved import KEYS, TILES, views_of
from orderly.web.frame import NOTHING
from orderly.web.words import BLOCKS, STATUS

MANAGE = "schedule:manage"


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be filtered by in the clinics that are shown."""

    providers: list[Provider]
    services: list[Service]
    places: list[Asset]

    @property
    def names(self) -> dict[str, str]:
        return {str(one.pk): str(one) for rows in (self.providers, self.services, self.places) for one in rows}


def shown_clinics(clinic: Clinic, mine: Iterable[Clinic], asked: Collection[str]) -> list[Clinic]:
    """The page's clinic, then those of the actor's that the address names beside it."""
    return [clinic, *(one for one in mine if str(one.pk) in asked and one.pk != clinic.pk)]


def choices_in(clinics: Collection[Clinic]) -> Choices:
    """Three queries, however many clinics there are."""
    ids = [one.pk for one in clinics]
    providers = Provider.objects.filter(clinics__in=ids, resource__active=True).distinct()
    services = Service.objects.filter(clinics__in=ids, active=True).order_by("name", "id").distinct()
    places = Asset.objects.filter(clinic__in=ids, resource__active=True).select_related("resource")
    kinds = [str(kind) for kind in ASSET_KINDS]
    ordered = sorted(places, key=lambda one: (kinds.index(one.resource.kind), one.name))
    return Choices(list(providers), list(services), ordered)


def context(
    clinic: Clinic, mine: Sequence[Clinic], shown: Sequence[Clinic], *, actor: Actor, day: date
) -> dict[str, Any]:
    """`mine` are the clinics whose calendar the actor may see; `shown` those to begin with; `day` is to be opened."""
    choices = choices_in(shown)
    others = [one for one in mine if one.pk != clinic.pk]
    own = next((one for one in choices.providers if one.user_id == actor.user), None)
    return {
        "day": day,
        "keys": "calendar/_keys.html",
        "choices": choices,
        "others": others,
        "statuses": STATUS.items(),
        "own": own,
        "views": views_of(actor),
        "view_keys": KEYS,
        "desk": {
            "day": day.isoformat(),
            "firstDay": first_weekday(clinic.country),
            "countsWeeks": counts_weeks(clinic.country),
            "grid": clinic.slot_minutes,
            "keys": KEYS,
            "movable": sorted(MOVABLE),
            "extendable": sorted(EXTENDABLE),
            "urls": {
                "move": reverse("appointment-move", args=[NOTHING]),
                "moveTo": reverse("appointment-move-to", args=[NOTHING]),
            },
            "clinics": [_clinic(one, actor, own) for one in shown],
            "known": _known(choices, [one.pk for one in others]),
            "names": {**choices.names, **{str(one.pk): one.name for one in others}},
            "status": {name: str(text) for name, text in STATUS.items()},
            "layers": {name: str(text) for name, text in BLOCKS.items()},
            "words": _words(),
        },
    }


def _clinic(clinic: Clinic, actor: Actor, own: Provider | None) -> dict[str, Any]:
    """`awayOnly`: whose absence alone the reader may note, their own."""
    everybodys = actor.may(MANAGE, clinic.pk)
    notes = everybodys or (own is not None and actor.may_own(MANAGE, clinic.pk))
    return {
        "id": str(clinic.pk),
        "name": clinic.name,
        "zone": clinic.timezone,
        "feed": reverse("calendar-feed", args=[clinic.pk]),
        "density": reverse("calendar-density", args=[clinic.pk]),
        "booking": reverse("booking", args=[clinic.pk]),
        "why": reverse("why", args=[clinic.pk]),
        "peek": reverse("peek", args=[clinic.pk, NOTHING]),
        "pinned": reverse("pinned", args=[clinic.pk]),
        "away": reverse("absence-away", args=[clinic.pk]) if notes else "",
        "awayOnly": "" if own is None or everybodys else str(own.pk),
        "socket": f"/ws/clinics/{clinic.pk}",
        "mayBook": actor.may("booking:create_appointment", clinic.pk),
        "mayMove": actor.may("booking:modify_appointment", clinic.pk),
    }


def _known(choices: Choices, clinics: Iterable[UUID]) -> dict[str, list[str]]:
    """What the address may name."""
    return {
        "clinic": [str(one) for one in clinics],
        "provider": [str(one.pk) for one in choices.providers],
        "place": [str(one.pk) for one in choices.places],
        "service": [str(one.pk) for one in choices.services],
        "status": list(Status.values),
        "tile": [*TILES, "none"],
    }


def _words() -> dict[str, str]:
    """Sentences that the browser fills in."""
    return {
        "beingBooked": _("Being booked by {name}"),
        "youBook": _("You are booking this"),
        "nobody": _("Without a provider"),
        "nowhere": _("Without a room"),
        "free": _("Nothing is booked on this day."),
        "places": _("{taken} of {places} places taken"),
        "more": _("+{count} more"),
        "proposed": _("proposed"),
        "saving": _("Saving…"),
        "open": _("Open"),
        "move": _("Move…"),
        "callOff": _("Call off…"),
        "pin": _("Pin or unpin"),
        "pinned": _("Pinned. Go to another day and drop it there."),
        "whyNot": _("Why not this time?"),
        "preparing": _("Preparation"),
        "tidying": _("Cleaning up"),
        "off": _("Does not work on this day"),
        "shut": _("Nobody works"),
        "onlyThis": _("Only the week of {name}"),
        "openDay": _("Open the day"),
        "appointments": _("Appointments: {count}"),
        "taken": _("Taken: {percent} %"),
        "week": _("Week {number}"),
        "away": _("{name} is away…"),
        "updated": _("Updated {time}"),
        "noted": _("There is a note"),
        "notThere": _("It can't be dropped there. Open it to move it."),
        "otherClock": _("{time} in {here} is {otherTime} in {there}"),
        "book": _("Book on {day}"),
        "provider": _("Provider"),
        "place": _("Room or device"),
        "service": _("Service"),
        "status": _("Status"),
        "hidden": _("Hidden"),
        "without": _("Remove filter {filter}"),
        "clear": _("Clear all"),
    }
