"""What the lists call what only they name."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orderly.appointments.choices import VisitStatus, VisitType
from orderly.appointments.queries.filters import When
from orderly.web.words import SOURCE, STATUS, Words

VISIT_STATUS: Final[Words] = {
    VisitStatus.WAITING: pgettext_lazy("visit", "Waiting"),
    VisitStatus.CALLED: pgettext_lazy("visit", "Called in"),
    VisitStatus.IN_PROGRESS: pgettext_lazy("visit", "In progress"),
    VisitStatus.DONE: pgettext_lazy("visit", "Done"),
    VisitStatus.LEFT: pgettext_lazy("visit", "Left without being seen"),
    VisitStatus.CANCELLED: pgettext_lazy("visit", "Cancelled"),
    VisitStatus.NO_SHOW: pgettext_lazy("visit", "No-show"),
}

VISIT_TYPE: Final[Words] = {
    VisitType.SCHEDULED: pgettext_lazy("visit", "Scheduled"),
    VisitType.WALK_IN: pgettext_lazy("visit", "Walk-in"),
    VisitType.EMERGENCY: pgettext_lazy("visit", "Emergency"),
    VisitType.FOLLOW_UP: pgettext_lazy("visit", "Follow-up"),
}

WHEN: Final[Words] = {
    When.TODAY: _("Today"),
    When.TOMORROW: _("Tomorrow"),
    When.WEEK: _("This week"),
    When.NEXT_7_DAYS: _("Next 7 days"),
    When.LAST_7_DAYS: _("Last 7 days"),
    When.LAST_30_DAYS: _("Last 30 days"),
    When.UPCOMING: _("From today"),
}

# For a file that people read.
IN_WORDS: Final[dict[str, Words]] = {
    "status": STATUS,
    "source": SOURCE,
    "type": VISIT_TYPE,
    "visit": VISIT_STATUS,
}
