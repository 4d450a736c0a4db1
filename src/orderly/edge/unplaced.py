"""Why a session of a plan has no time, in words."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from orderly.edge.wording import names_of, words
from orderly.engine.itinerary import Reason
from orderly.packages.queries.plan import NEXT_TIME, NOT_OFFERED, Plan

UNPLACED: Final = {
    Reason.NO_TIME: _("No free time between these dates, after the session before it."),
    Reason.WEEKDAYS: _("No free time on these weekdays."),
    Reason.TOO_CLOSE: _("The free times are too close to a session that is booked."),
    Reason.TOO_LATE: _("It would be after the last day."),
    Reason.WINDOW: _("The next free time is too far ahead."),
    Reason.WEEK_FULL: _("The weeks with free times have as many sessions as they may."),
    Reason.GIVES_WAY: _("It would take the only time of other sessions."),
    Reason.TAKEN: _("This time isn't free any more."),
    Reason.CLASH: _("This time doesn't go with the other sessions: the order, the days between or the week."),
    NOT_OFFERED: _("None of those chosen gives this service."),
    NEXT_TIME: _("These are many sessions; plan this one when the first are booked."),
}


def unplaced(plan: Plan, number: int, zone: str) -> str:
    """Of a pinned time that isn't free, everything that stands against it."""
    against = plan.against.get(number, ())
    names = names_of(against)
    sentences = [words(one, zone=zone, names=names) for one in against]
    return " ".join(sentences) or str(UNPLACED[plan.unplaced[number]])
