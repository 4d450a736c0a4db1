"""Filters that somebody keeps: as the API keeps them, so that each reads the other's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orderly.calendars.rules import EARLIEST, LATEST
from orderly.clinics.models import Clinic
from orderly.core.text import is_clean
from orderly.edge.models import FilteredList, SavedFilter
from orderly.journal.actor import Actor
from orderly.web.lists.forms import DAY, MANY, TICKS, ListForm, query_of
from orderly.web.lists.words import WHEN

SAME: Final = ("provider", "service", *MANY)


@dataclass(frozen=True, slots=True)
class Kept:
    id: UUID
    name: str
    query: str


class NameForm(forms.Form):
    name = forms.CharField(max_length=60, error_messages={"required": _("Give the filter a name.")})

    def clean_name(self) -> str:
        text: str = self.cleaned_data["name"]
        if not is_clean(text):
            raise ValidationError(_("Hidden characters aren't allowed."))
        return text


def to_keep(form: ListForm, clinic: Clinic) -> dict[str, Any]:
    """What the list's form asks for; its words aren't kept."""
    given, days = form.given(), form.chosen()
    found: dict[str, Any] = {"clinic": str(clinic.pk)}
    if "when" in given:
        found["when"] = given["when"]
    elif days:
        found |= {"from": days[0].isoformat(), "to": (days[1] + DAY).isoformat()}
    found |= {name: given[name] for name in SAME if name in given}
    return found | {name: True for name in TICKS if name in given}


def kept(actor: Actor, clinic: Clinic) -> list[Kept]:
    """Somebody's own for this clinic, by name."""
    rows = SavedFilter.objects.filter(user=actor.person(), list=FilteredList.APPOINTMENTS).order_by("name")
    here = [one for one in rows if one.filters.get("clinic") in (None, str(clinic.pk))]
    return [Kept(one.pk, one.name, query_of(_asked(one.filters))) for one in here]


def _asked(filters: Mapping[str, Any]) -> dict[str, Any]:
    """As fields of the list's form."""
    found = {name: filters[name] for name in SAME if filters.get(name)}
    found |= {name: "on" for name in TICKS if filters.get(name)}
    when = filters.get("when")
    return found | ({"when": when} if when in WHEN else {"days": _days(filters)})


def _days(filters: Mapping[str, Any]) -> str:
    """The API keeps the day after the last; without one there is no end, which no form can say."""
    first, after = filters.get("from"), filters.get("to")
    if not first and not after:
        return ""
    last = date.fromisoformat(after) - DAY if after else LATEST
    return f"{first or EARLIEST}..{last}"
