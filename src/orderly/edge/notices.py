"""What a patient is told of an appointment, in their language: where, what, when and with whom, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from babel.dates import format_date
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.core.text import listed
from orderly.engine.walltime import local
from orderly.patients.language import language_of
from orderly.patients.models import Patient

DAY: Final = "EEEE d MMMM y"


class Kind(StrEnum):
    """What has happened, as the patient sees it."""

    BOOKED = "booked"
    REQUESTED = "requested"
    MOVED = "moved"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


SUBJECT: Final[dict[Kind, "Promise | str"]] = {
    Kind.BOOKED: gettext_lazy("Your appointment on %(day)s at %(time)s"),
    Kind.REQUESTED: gettext_lazy("Your request for %(day)s at %(time)s"),
    Kind.MOVED: gettext_lazy("New time for your appointment: %(day)s at %(time)s"),
    Kind.CONFIRMED: gettext_lazy("Your appointment on %(day)s at %(time)s is confirmed"),
    Kind.CANCELLED: gettext_lazy("Your appointment on %(day)s at %(time)s is cancelled"),
}
SAID: Final[dict[Kind, "Promise | str"]] = {
    Kind.BOOKED: gettext_lazy("We have booked this appointment for you:"),
    Kind.REQUESTED: gettext_lazy("We have received your request and will tell you when it is confirmed:"),
    Kind.MOVED: gettext_lazy("Your appointment has been changed. It is now:"),
    Kind.CONFIRMED: gettext_lazy("Your appointment is confirmed:"),
    Kind.CANCELLED: gettext_lazy("This appointment has been cancelled and doesn't take place:"),
}


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about; nobody is named who was only proposed."""

    clinic: Clinic
    patient: Patient
    service: str
    provider: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A message as it goes out."""

    language: str
    subject: str
    text: str


def about(found: Appointment) -> About:
    """The appointment as it stands."""
    provider = str(found.provider) if found.provider else ""
    return About(found.clinic, found.patient, found.service.name, provider, found.start, found.end)


def kind_now(status: str, said: Kind) -> Kind:
    """A booking that is only asked for, and one that has been confirmed since, are told as what they are."""
    if said in (Kind.BOOKED, Kind.REQUESTED, Kind.CONFIRMED) and status == Status.REQUESTED:
        return Kind.REQUESTED
    return Kind.BOOKED if said is Kind.REQUESTED else said


def notice(kind: Kind, it: About) -> Notice:
    """The message, in the patient's language."""
    language = language_of(it.patient, it.clinic)
    with translation.override(language):
        (day, start), (_day, end) = (local(it.clinic.timezone, minute) for minute in (it.start, it.end))
        shown = {"day": format_date(day, DAY, locale=language), "time": clock(start), "end": clock(end)}
        subject = " ".join((str(SUBJECT[kind]) % shown).split())
        when = _("When: %(day)s, %(time)s–%(end)s") % shown
        return Notice(language, subject, letter(it, str(SAID[kind]), [when, *what_and_where(it)]))


def what_and_where(it: About) -> list[str]:
    """What is the same of every visit, line by line, in the language that is active."""
    return [
        *([_("What: %(service)s") % {"service": it.service}] if it.service else []),
        *([_("With: %(provider)s") % {"provider": it.provider}] if it.provider else []),
        _("Where: %(clinic)s") % {"clinic": listed((it.clinic.name, it.clinic.address))},
    ]


def letter(it: About, said: str, *facts: Sequence[str]) -> str:
    """What is `said`, and the `facts` in paragraphs of lines, between a greeting and who writes."""
    hello = _("Hello %(name)s,") % {"name": it.patient.full_name}
    call = _("If this doesn't suit you, please call us: %(phone)s") % {"phone": it.clinic.phone}
    some = ["\n".join(lines) for lines in facts]
    return "\n\n".join([hello, said, *some, *([call] if it.clinic.phone else []), it.clinic.name]) + "\n"


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
