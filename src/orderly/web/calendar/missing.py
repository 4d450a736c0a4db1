"""What a new clinic still needs, and where it is made: there are no screens for it yet, so by programs."""

from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderly.appointments.queries.missing import Missing, missing
from orderly.journal.actor import Actor


class Step(NamedTuple):
    """`call` is the API's; who holds `permission` may make it."""

    words: Promise | str
    call: str
    permission: str


STEPS: Final = {
    Missing.PROVIDER: Step(_("A provider"), "POST /api/v1/providers", "settings:manage"),
    Missing.PLACE: Step(
        _("A room, chair or device, if a service needs one"), "POST /api/v1/resources", "settings:manage"
    ),
    Missing.SERVICE: Step(_("A service that one of the providers gives"), "POST /api/v1/services", "settings:manage"),
    Missing.HOURS: Step(
        _("The hours in which a provider works"), "PUT /api/v1/providers/{provider}/hours", "schedule:manage"
    ),
}


def steps(clinic: UUID, *, actor: Actor, today: date) -> list[tuple[Promise | str, str]]:
    """Each in words, with the call that makes it where the actor may."""
    found = [STEPS[one] for one in missing(clinic, today=today)]
    return [(step.words, step.call if actor.may(step.permission, clinic) else "") for step in found]
