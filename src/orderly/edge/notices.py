"""What a patient is told of an appointment, in their language: where, what, when and with whom, and nothing else."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from babel.dates import format_date
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.engine.walltime import local
from orderly.patients.models import Patient

DAY: Final = "EEEE d MMMM y"
KNOWN: Final = dict(settings.LANGUAGES)


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


def language_of(patient: Patient, clinic: Clinic) -> str:
    """The patient's, else the clinic's first, of those that Orderly speaks."""
    asked = [patient.language, *clinic.languages]
    return next((one[:2] for one in asked if one[:2] in KNOWN), settings.LANGUAGE_CODE[:2])


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
        shown = {"day": format_date(day, DAY, locale=language), "time": _clock(start), "end": _clock(end)}
        subject = " ".join((str(SUBJECT[kind]) % shown).split())
        return Notice(language, subject, "\n\n".join(_paragraphs(kind, it, shown)) + "\n")


def _paragraphs(kind: Kind, it: About, shown: dict[str, str]) -> list[str]:
    facts = [
        _("When: %(day)s, %(time)s–%(end)s") % shown,
        _("What: %(service)s") % {"service": it.service},
        *([_("With: %(provider)s") % {"provider": it.provider}] if it.provider else []),
        _("Where: %(clinic)s") % {"clinic": ", ".join(filter(None, (it.clinic.name, it.clinic.address)))},
    ]
    hello = _("Hello %(name)s,") % {"name": it.patient.full_name}
    call = _("If this doesn't suit you, please call us: %(phone)s") % {"phone": it.clinic.phone}
    return [hello, str(SAID[kind]), "\n".join(facts), *([call] if it.clinic.phone else []), it.clinic.name]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
