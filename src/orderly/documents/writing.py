"""How days, times and telephone numbers are written in the language of a document."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, Self
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format

from orderly.clinics.models import Clinic
from orderly.core.phone import read_out
from orderly.engine.walltime import local
from orderly.patients.language import language_of
from orderly.patients.models import Patient

# Where the clinic's country doesn't speak the language: English as in Europe, with a clock of 24 hours.
ELSEWHERE: Final = {"en": "en_GB"}
LEFT_TO_RIGHT: Final = "\N{LEFT-TO-RIGHT MARK}"
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
SHORT: Final = "yMMMEd"


@dataclass(frozen=True, slots=True)
class Writing:
    """A language as it is written in a country."""

    language: str
    locale: Locale

    @classmethod
    def of(cls, patient: Patient, clinic: Clinic) -> Self:
        """The patient's language, else the clinic's, as in the clinic's country."""
        language = language_of(patient, clinic)
        try:
            return cls(language, Locale.parse(f"{language}_{clinic.country}"))
        except UnknownLocaleError:
            return cls(language, Locale.parse(ELSEWHERE.get(language, language)))

    @property
    def right_to_left(self) -> bool:
        return self.locale.text_direction == "rtl"

    def day(self, day: date) -> str:
        """With its weekday, in full."""
        return format_date(day, "full", self.locale)

    def short_day(self, day: date) -> str:
        return format_skeleton(SHORT, day, locale=self.locale)

    def clock(self, minute: int) -> str:
        """Minutes from midnight as the time of day, by 12 or 24 hours."""
        return format_time(time(*divmod(minute, 60)), "short", locale=self.locale)

    def span(self, start: int, end: int, zone: str) -> str:
        """Minutes since 1970 as the times of day from … to."""
        return f"{self.clock(local(zone, start)[1])} – {self.clock(local(zone, end)[1])}"

    def moment(self, at: datetime, zone: str) -> str:
        wall = at.astimezone(ZoneInfo(zone))
        clock = self.clock(wall.hour * 60 + wall.minute)
        return str(get_datetime_format("medium", locale=self.locale)).format(clock, self.short_day(wall.date()))

    def phone(self, number: str) -> str:
        """As it is read out, on one line and from left to right whatever stands around it."""
        return LEFT_TO_RIGHT + read_out(number).replace(" ", NO_BREAK) if number else ""
