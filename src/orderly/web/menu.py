"""Where one can go in a clinic."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orderly.journal.actor import Actor


@dataclass(frozen=True, slots=True)
class Route:
    """A page that every clinic has; `name` is its address's, which takes the clinic and nothing else."""

    name: str
    label: Promise | str
    icon: str
    permission: str

    def address(self, clinic: UUID) -> str:
        return reverse(self.name, args=[clinic])


CALENDAR: Final = Route("calendar", _("Calendar"), "date", "booking:view_calendar")

QUEUE: Final = Route("queue", _("Queue"), "queue", "booking:view_calendar")

PATIENTS: Final = Route("patient-list", _("Patients"), "people", "patients:view")

# Those of a working day, in the bar.
ROUTES: Final = (
    Route("dashboard", _("Today"), "clock", "booking:view_calendar"),
    CALENDAR,
    QUEUE,
    Route("appointment-list", _("Appointments"), "list", "booking:view_calendar"),
    PATIENTS,
)

# Those one needs now and then, in the menu of the user.
SELDOM: Final = (
    Route("absences", _("To be rearranged"), "move", "booking:view_calendar"),
    Route("screens", _("Screens and kiosks"), "screen", "queue:manage"),
    Route("patient-links", _("Patients of other clinics"), "person", "patients:edit"),
    Route("patient-duplicates", _("Likely duplicates"), "merge", "patients:merge"),
    Route("reference", pgettext_lazy("settings", "Lists"), "list", "settings:manage"),
    Route("packages", _("Packages"), "saving", "packages:view"),
    Route("package-report", _("Packages in figures"), "columns", "booking:view_analytics"),
    Route("team", _("Team"), "people", "users:manage"),
    Route("audit", _("Audit log"), "list", "audit:view"),
)


def open_to(actor: Actor, clinic: UUID, routes: tuple[Route, ...]) -> list[Route]:
    return [route for route in routes if actor.may_own(route.permission, clinic)]


def elsewhere(actor: Actor, clinic: UUID, here: str) -> str:
    """The same page of another clinic; its calendar where that isn't open to the actor."""
    same = next((route for route in (*ROUTES, *SELDOM) if route.name == here), CALENDAR)
    return (same if actor.may_own(same.permission, clinic) else CALENDAR).address(clinic)
