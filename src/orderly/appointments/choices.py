"""The states of an appointment and of its visit, and every allowed move, once."""

from django.db.models import TextChoices


class Status(TextChoices):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class VisitStatus(TextChoices):
    WAITING = "waiting"
    CALLED = "called"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    LEFT = "left"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class VisitType(TextChoices):
    SCHEDULED = "scheduled"
    WALK_IN = "walk_in"
    EMERGENCY = "emergency"
    FOLLOW_UP = "follow_up"


class Source(TextChoices):
    WALK_IN = "walk_in"
    PHONE = "phone"
    WEBSITE = "website"
    MOBILE_APP = "mobile_app"
    PORTAL = "portal"
    PARTNER = "partner"
    REPEAT = "repeat"


class ScreenKind(TextChoices):
    """A screen of the clinic's that nobody is signed in to: the numbers on the wall, or where patients check in."""

    DISPLAY = "display"
    KIOSK = "kiosk"


MOVES: dict[Status, frozenset[Status]] = {
    Status.REQUESTED: frozenset({Status.CONFIRMED, Status.CANCELLED}),
    Status.CONFIRMED: frozenset({Status.ARRIVED, Status.NO_SHOW, Status.CANCELLED, Status.REQUESTED}),
    Status.ARRIVED: frozenset({Status.IN_PROGRESS, Status.CANCELLED, Status.CONFIRMED}),
    Status.IN_PROGRESS: frozenset({Status.COMPLETED, Status.ARRIVED}),
    Status.COMPLETED: frozenset({Status.IN_PROGRESS}),
    Status.NO_SHOW: frozenset({Status.ARRIVED}),
    # Only back to what it was before, which `cancelled_from` keeps.
    Status.CANCELLED: frozenset({Status.REQUESTED, Status.CONFIRMED, Status.ARRIVED}),
}

# Those that can still be moved in time; the visit hasn't begun.
MOVABLE = frozenset({Status.REQUESTED, Status.CONFIRMED, Status.ARRIVED})

# Those whose length can still change.
EXTENDABLE = MOVABLE | {Status.IN_PROGRESS}

# Those that are left only by reopening, with a reason.
CLOSED = frozenset({Status.COMPLETED, Status.CANCELLED})

# Where a state can only be left the other way round, and a reason is owed.
REOPENS: dict[Status, Status] = {Status.COMPLETED: Status.IN_PROGRESS, Status.NO_SHOW: Status.ARRIVED}

# The steps that completing writes, one by one, for somebody who forgot to press the buttons before.
WAY_TO_COMPLETED = (Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED)

# What the queue itself does with a visit whose patient has arrived; all else follows the appointment (VISIT_OF).
QUEUE_MOVES: dict[VisitStatus, frozenset[VisitStatus]] = {
    VisitStatus.WAITING: frozenset({VisitStatus.CALLED, VisitStatus.LEFT}),
    VisitStatus.CALLED: frozenset({VisitStatus.WAITING, VisitStatus.LEFT}),
}

# Those who come without having booked: they are here when they are written down.
UNBOOKED = frozenset({VisitType.WALK_IN, VisitType.EMERGENCY})

VISIT_OF: dict[Status, VisitStatus] = {
    Status.REQUESTED: VisitStatus.WAITING,
    Status.CONFIRMED: VisitStatus.WAITING,
    Status.ARRIVED: VisitStatus.WAITING,
    Status.IN_PROGRESS: VisitStatus.IN_PROGRESS,
    Status.COMPLETED: VisitStatus.DONE,
    Status.NO_SHOW: VisitStatus.NO_SHOW,
    Status.CANCELLED: VisitStatus.CANCELLED,
}
