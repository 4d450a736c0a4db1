"""The sentences that `wording` chooses from; what is wrong with a field is in `field_phrases`."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderly.appointments.choices import Status, VisitStatus
from orderly.engine.problems import Code

Phrases = dict[str, "Promise | str"]

PATIENT_BUSY: Final = _("The patient is busy at that time.")

NOTHING_TO_UNDO: Final = _("There is nothing that could be undone.")
NOTHING_TO_TELL: Final = _("There is nothing new to tell the patient.")

SENTENCES: Final[dict[Code, Promise | str]] = {
    Code.OUTSIDE_HOURS: _("%(who)s doesn't work then (%(when)s)."),
    Code.CLOSED: _("The clinic is closed %(when)s."),
    Code.TIME_OFF: _("%(who)s is away %(when)s."),
    Code.MAINTENANCE: _("%(who)s is under maintenance %(when)s."),
    Code.PROVIDER_BUSY: _("%(who)s is busy %(when)s."),
    Code.RESOURCE_BUSY: _("%(who)s is taken %(when)s."),
    Code.PATIENT_BUSY: PATIENT_BUSY,
    Code.HELD: _("Somebody else is booking %(when)s right now."),
    Code.NOTICE: _("This service must be booked at least %(ahead)s ahead."),
    Code.HORIZON: _("This service can be booked until %(until)s only."),
    Code.PAST: _("That time has passed."),
    Code.OVERBOOK_LIMIT: _("%(who)s can't be overbooked any further %(when)s."),
    Code.PACKAGE_UNUSABLE: _("The package can't be used for this."),
    Code.BAD_TRANSITION: _("An appointment that is %(from)s can't be %(to)s."),
    Code.NOBODY_WAITING: _("Nobody who has arrived is waiting."),
    Code.NOT_UNDOABLE: NOTHING_TO_UNDO,
    Code.NOT_TELLABLE: NOTHING_TO_TELL,
    Code.CONTENDED: _("Somebody else is changing this right now. Please try again."),
    Code.TOO_OFTEN: _("That is too often. Please try again in %(wait)s."),
    Code.MISSING: _("Missing: %(field)s."),
}

TIMELESS: Final[dict[Code, Promise | str]] = {
    Code.OUTSIDE_HOURS: _("%(who)s doesn't work then."),
    Code.CLOSED: _("The clinic is closed then."),
    Code.TIME_OFF: _("%(who)s is away then."),
    Code.MAINTENANCE: _("%(who)s is under maintenance then."),
    Code.PROVIDER_BUSY: _("%(who)s is busy then."),
    Code.RESOURCE_BUSY: _("%(who)s is taken then."),
    Code.HELD: _("Somebody else is booking that time right now."),
    Code.OVERBOOK_LIMIT: _("%(who)s can't be overbooked any further then."),
}

FULL: Final[dict[Code, Promise | str]] = {
    Code.RESOURCE_BUSY: _("The group is full: all %(places)s places are taken."),
    Code.OVERBOOK_LIMIT: _("The group is full, and can't be overbooked any further."),
    Code.HELD: _("Somebody is booking the group's last place right now."),
}

NOT_UNDOABLE: Final[Phrases] = {
    "nothing": NOTHING_TO_UNDO,
    "undone": _("This was undone already."),
    "others": _("Somebody else made the last change; only they can undo it."),
    "late": _("That was more than three minutes ago, and can't be undone any more."),
    "together": _("It was moved with its whole group; move the group back."),
    "since": _("Some of its visits were changed since."),
}

NOT_TELLABLE: Final[Phrases] = {
    "nothing": NOTHING_TO_TELL,
    "undone": NOT_UNDOABLE["undone"],
    "answered": _("That was answered already."),
    "others": _("Somebody else has changed it since; only they can say."),
    "late": _("That was more than three minutes ago: call the patient if they should know."),
}

PACKAGE_UNUSABLE: Final[Phrases] = {
    "clinic": _("The package can't be used in this clinic."),
    "closed": _("The package was cancelled."),
    "expired": _("The package has expired by then."),
    "none_left": _("The package has no session of this service left."),
    "number": _("The package has no session of this number."),
    "number_taken": _("This session is booked or used already."),
    "patient": _("The package is another patient's."),
    "service": _("The package doesn't contain this service."),
    "unpaid": _("The package isn't paid yet."),
}

# Where it may be said who holds the time.
HELD_BY: Final[Phrases] = {
    "mine": _("You are holding %(when)s yourself, in another window."),
    "holder": _("%(holder)s is booking %(when)s right now."),
}

NOT_OFFERED: Final[Phrases] = {
    "service": _("The clinic doesn't offer this service."),
    "provider": _("The provider doesn't give this service here."),
    "package": _("The package isn't sold in this clinic."),
    "patient": _("This service isn't meant for this patient."),
    "resources": _("What was chosen isn't used for this service."),
    "too_few": _("The service needs %(needed)s at once, and the clinic has %(offered)s."),
}

INACTIVE: Final[Phrases] = {
    "service": _("The service is no longer offered."),
    "provider": _("%(who)s takes no more bookings."),
    "patient": _("The patient's record is inactive."),
    "package": _("The package isn't sold any more."),
    "resources": _("%(who)s is out of use."),
}

UNNAMED: Final[Phrases] = {
    "provider": _("The provider"),
    "resources": _("The room or device"),
    "patient": _("The patient"),
    "": _("The provider"),
}

STATES: Final[Phrases] = {
    Status.REQUESTED: _("requested"),
    Status.CONFIRMED: _("confirmed"),
    Status.ARRIVED: _("arrived"),
    Status.IN_PROGRESS: _("in progress"),
    Status.COMPLETED: _("completed"),
    Status.NO_SHOW: _("marked as not come"),
    Status.CANCELLED: _("cancelled"),
    VisitStatus.WAITING: _("waiting"),
    VisitStatus.CALLED: _("called in"),
    VisitStatus.LEFT: _("gone"),
    "reopened": _("reopened"),
    "rescheduled": _("moved"),
    "assigned": _("given to somebody"),
}
