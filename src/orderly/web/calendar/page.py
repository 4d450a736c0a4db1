"""What the day's page is given to start with."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from orderly.appointments.choices import EXTENDABLE, MOVABLE
from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.web.frame import NOTHING
from orderly.web.words import LAYERS, STATUS


def context(clinic: Clinic, *, actor: Actor, shown: date) -> dict[str, Any]:
    """`shown` is the day to open with."""
    return {
        "shown": shown,
        "keys": "calendar/_keys.html",
        "desk": {
            "day": shown.isoformat(),
            "grid": clinic.slot_minutes,
            "mayMove": actor.may("booking:modify_appointment", clinic.pk),
            "movable": sorted(MOVABLE),
            "extendable": sorted(EXTENDABLE),
            "urls": _addresses(clinic),
            "status": {name: str(text) for name, text in STATUS.items()},
            "layers": {name: str(text) for name, text in LAYERS.items()},
            "words": _words(),
        },
    }


def _addresses(clinic: Clinic) -> dict[str, str]:
    return {
        "feed": reverse("calendar-feed", args=[clinic.pk]),
        "moveTo": reverse("appointment-move-to", args=[NOTHING]),
    }


def _words() -> dict[str, str]:
    """Sentences that the browser fills in."""
    return {
        "beingBooked": _("Being booked by {name}"),
        "youBook": _("You are booking this"),
        "nobody": _("Without a provider"),
        "free": _("Nothing is booked on this day."),
        "places": _("{taken} of {places} places taken"),
    }
