"""Why two records may be one person, in words."""

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderly.patients.alike import Reason

WORDS: Final[dict[Reason, Promise | str]] = {
    Reason.SAME_DOCUMENT: _("same document"),
    Reason.SAME_BIRTH_DATE: _("same birth date"),
    Reason.SAME_NAME: _("same name"),
    Reason.NAME_ALIKE: _("name alike"),
    Reason.NAMES_SWAPPED: _("first and last name swapped"),
    Reason.DAY_BESIDE: _("birth date differs by a day"),
    Reason.DAY_AND_MONTH: _("day and month of birth swapped"),
    Reason.DATE_MISTYPED: _("birth date differs in one digit"),
    Reason.SAME_PHONE: _("same phone"),
    Reason.SAME_EMAIL: _("same e-mail"),
    Reason.SAME_ADDRESS: _("same address"),
    Reason.OTHER_NAME: _("another name"),
    Reason.OTHER_BIRTH_DATE: _("another birth date"),
    Reason.OTHER_DOCUMENT: _("another document"),
    Reason.OTHER_GENDER: _("another gender"),
}


def reasons_in_words(reasons: Iterable[Reason]) -> list[str]:
    """What speaks for and against it, the strongest first."""
    return [str(WORDS[reason]) for reason in reasons]
