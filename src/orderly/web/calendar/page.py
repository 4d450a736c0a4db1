"""What the day's page is given to start with."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from orderly.appointments.choices import EXTENDABLE, MOVABLE
from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.web.dates import language
from orderly.web.menu import menu
from orderly.web.words import LAYERS, STATUS


def context(clinic: Clinic, clinics: Sequence[Clinic], *, actor: Actor, shown: date, today: date) -> dict[str, Any]:
    """`clinics` are all of the actor's; `shown` is the day to open with."""
    may_book = actor.may("booking:create_appointment", clinic.pk)
    return {
        "clinic": clinic,
        "clinics": clinics,
        "shown": shown,
        "may_book": may_book,
        **menu(actor, clinic.pk),
        "desk": {
            "language": language(),
            "me": str(actor.user),
            "day": shown.isoformat(),
            "today": today.isoformat(),
            "grid": clinic.slot_minutes,
            "mayBook": may_book,
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
    nothing = "00000000-0000-0000-0000-000000000000"  # replaced in the browser
    return {
        "feed": reverse("calendar-feed", args=[clinic.pk]),
        "position": reverse("calendar-position", args=[clinic.pk]),
        "booking": reverse("booking", args=[clinic.pk]),
        "appointment": reverse("appointment", args=[nothing]),
        "moveTo": reverse("appointment-move-to", args=[nothing]),
    }


def _words() -> dict[str, str]:
    """Sentences that the browser fills in."""
    return {
        "beingBooked": _("Being booked by {name}"),
        "youBook": _("You are booking this"),
        "nobody": _("Without a provider"),
        "free": _("Nothing is booked on this day."),
        "places": _("{taken} of {places} places taken"),
        "offline": _("Connection lost. Trying again…"),
    }
