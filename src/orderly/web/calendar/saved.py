"""Views of the calendar that somebody keeps: what is in its address, without the day, under a name and a key."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from orderly.appointments.choices import Status
from orderly.appointments.queries.columns import By
from orderly.edge.models import FilteredList, SavedFilter
from orderly.journal.actor import Actor

# The rest of the row belongs to browsers: help, find, address, reload, caret, whole screen, tools.
KEYS: Final = ("F2", "F4", "F8", "F9", "F10")
VIEWS: Final = ("day", "week", "month", "agenda")
TILES: Final = ("service", "status", "phone", "notes")
COLOURS: Final = ("service", "status")
MOST: Final = 100


def _among(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        return choices[choices.index(text)]

    return read


def _id(text: str) -> str:
    return str(UUID(text))


# What may be kept, and how each is read: anything else in an address isn't.
READ: Final[dict[str, Callable[[str], str]]] = {
    "view": _among(*VIEWS),
    "by": _among(*By),
    "colour": _among(*COLOURS),
    "cancelled": _among("no"),
    "clinic": _id,
    "provider": _id,
    "place": _id,
    "service": _id,
    "status": _among(*Status.values),
    "tile": _among(*TILES, "none"),
}


class ViewForm(forms.Form):
    name = forms.CharField(max_length=60)
    key = forms.ChoiceField(choices=[("", ""), *((key, key) for key in KEYS)], required=False)
    state = forms.CharField(max_length=20_000, required=False)

    def clean_state(self) -> dict[str, list[str]]:
        try:
            return kept_state(QueryDict(self.cleaned_data["state"]))
        except ValueError as error:
            raise ValidationError(_("This view can't be kept.")) from error


def kept_state(query: QueryDict) -> dict[str, list[str]]:
    """What of an address is kept. Raises ValueError for what can't be."""
    state = {name: [read(text) for text in query.getlist(name)] for name, read in READ.items() if name in query}
    if any(len(values) > MOST for values in state.values()):
        raise ValueError(query)
    return state


def views_of(actor: Actor) -> list[dict[str, Any]]:
    """What the actor has kept, by name, as addresses."""
    kept = SavedFilter.objects.filter(user=actor.user, list=FilteredList.CALENDAR).order_by("name")
    return [{"id": one.pk, "name": one.name, "key": one.filters.get("key", ""), "query": _query(one)} for one in kept]


def _query(kept: SavedFilter) -> str:
    query = QueryDict(mutable=True)
    for name in READ:
        query.setlist(name, kept.filters.get(name, []))
    return query.urlencode()
