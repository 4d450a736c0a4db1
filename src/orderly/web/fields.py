"""Fields of forms that take what people really type."""

import re
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orderly.web import dates

EXAMPLE: Final = date(1990, 12, 20)
TIME: Final = re.compile(r"\s*(\d{1,2})(?:\s*[:.٫]?\s*(\d{2}))?\s*")


def whole(text: str | None, *, most: int = 2**31 - 1) -> int:
    """A number that a page put into an address or a form itself; 0 for anything else."""
    number = int(text) if text and text.isascii() and text.isdecimal() and len(text) < 12 else 0
    return number if number <= most else 0


def known(text: str | None) -> UUID | None:
    """What might be an id; None for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


class Remembered(forms.Field):
    """An id that the form carries without showing it. What isn't one is none: nobody could mend it."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: Any) -> UUID | None:
        return known(str(value or ""))


class PickedDate(forms.Field):
    """A date from a date picker, which gives 2024-12-20 in every language."""

    default_error_messages = {"required": _("Choose a date."), "invalid": _("Choose a date.")}

    def to_python(self, value: Any) -> date | None:
        try:
            return dates.picked(value) if value else None
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"]) from error


class TypedDate(forms.CharField):
    """A date as the language writes it, or as 2024-12-20."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return dates.typed(text)
        except dates.NoSuchDay as error:
            raise ValidationError(_("There is no such day.")) from error
        except ValueError as error:
            example = dates.written(EXAMPLE)
            raise ValidationError(_("Write the date like %(example)s."), params={"example": example}) from error


class TypedDays(forms.CharField):
    """A date or a range of dates, each as `TypedDate` takes it: the first and the last."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return dates.typed_days(text)
        except dates.Backwards as error:
            raise ValidationError(_("The second date comes before the first.")) from error
        except ValueError as error:
            one, both = dates.written(EXAMPLE), dates.written_days(EXAMPLE, EXAMPLE + timedelta(days=4))
            said = _("Write a date like %(one)s, or two like %(both)s.")
            raise ValidationError(said, params={"one": one, "both": both}) from error


class TypedTime(forms.CharField):
    """A time of day (9, 930, 9:30, 09.30) as minutes since midnight."""

    default_error_messages = {"required": _("Write the time like 09:30.")}

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        found = TIME.fullmatch(text)
        hours, minutes = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
        if hours > 23 or minutes > 59:
            raise ValidationError(_("Write the time like 09:30."))
        return hours * 60 + minutes


class UndoForm(forms.Form):
    """`deed` is what is to be taken back, as the reader was offered it."""

    deed = forms.IntegerField(required=False)
