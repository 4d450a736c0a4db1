"""What a patient is told of visits that repeat, all at once: where, what, with whom, and when each of them is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from babel.dates import format_date
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderly.appointments.models import Appointment
from orderly.edge.notices import DAY, About, Kind, Notice, clock, letter, what_and_where
from orderly.engine.walltime import local
from orderly.patients.language import language_of

SUBJECT: Final[dict[Kind, "Promise | str"]] = {
    Kind.BOOKED: gettext_lazy("Your appointments from %(day)s"),
    Kind.MOVED: gettext_lazy("New times for your appointments from %(day)s"),
    Kind.CANCELLED: gettext_lazy("Your appointments from %(day)s are cancelled"),
}
SAID: Final[dict[Kind, "Promise | str"]] = {
    Kind.BOOKED: gettext_lazy("We have booked these appointments for you:"),
    Kind.MOVED: gettext_lazy("Your appointments have been changed. They are now:"),
    Kind.CANCELLED: gettext_lazy("These appointments have been cancelled and don't take place:"),
}


class Visit(NamedTuple):
    """When one of them is, with whom, and what (nothing: what it is about)."""

    start: int
    end: int
    provider: str
    service: str = ""


def visits_of(found: Iterable[Appointment]) -> list[Visit]:
    """Each as it stands."""
    return sorted(Visit(one.start, one.end, str(one.provider or ""), one.service.name) for one in found)


def series_notice(kind: Kind, it: About, visits: Sequence[Visit]) -> Notice:
    """The message, in the patient's language; with whom and what is said of each where it isn't always the same."""
    language = language_of(it.patient, it.clinic)
    who, what = len({one.provider for one in visits}) > 1, len({one.service for one in visits}) > 1
    it = replace(it, provider="" if who else visits[0].provider, service="" if what else it.service)
    with translation.override(language):
        subject = str(SUBJECT[kind]) % {"day": _day(visits[0], it, language)}
        lines = [" · ".join(_line(one, it, language, what=what, who=who)) for one in visits]
        return Notice(language, " ".join(subject.split()), letter(it, str(SAID[kind]), what_and_where(it), lines))


def _line(one: Visit, it: About, language: str, *, what: bool, who: bool) -> Iterator[str]:
    (_first, start), (_last, end) = (local(it.clinic.timezone, minute) for minute in (one.start, one.end))
    said = {"day": _day(one, it, language), "time": clock(start), "end": clock(end)}
    yield _("%(day)s, %(time)s–%(end)s") % said
    if what:
        yield one.service
    if who:
        yield one.provider


def _day(one: Visit, it: About, language: str) -> str:
    return str(format_date(local(it.clinic.timezone, one.start)[0], DAY, locale=language))
