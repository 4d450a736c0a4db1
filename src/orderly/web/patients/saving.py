"""Searches that somebody keeps for themselves: the filters, never the words, as programs keep them."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from orderly.calendars.rules import EARLIEST, LATEST
from orderly.core.edits import plain
from orderly.core.errors import Refused
from orderly.dossier.inputs import PatientFilter
from orderly.edge import saved_filters
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.models import FilteredList, SavedFilter
from orderly.journal.actor import Actor
from orderly.web.answers import clinic_of, in_words
from orderly.web.patients.filters import FilterForm, as_sent

DAY: Final = timedelta(days=1)
LONGEST: Final = 60
RANGES: Final = ("registered", "visited")
USUAL: Final = PatientFilter()
NAMES: Final = tuple(one.name for one in fields(PatientFilter) if one.name != "words")


@guard("patients:view", "POST")
def keep(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Keep what the list is filtered by (`filters`, as in its address) under a name."""
    place, sent = clinic_of(clinic), QueryDict(request.POST.get("filters", "")[:2000])
    form, name = FilterForm(as_sent(sent)), " ".join(request.POST.get("name", "").split())[:LONGEST]
    if not name or not form.is_valid() or not form.plain():
        messages.error(request, _("Set some filters and write a name for them; words aren't kept."))
        return redirect(_address(clinic, form.plain() if form.is_valid() else {}))
    try:
        saved_filters.keep(
            name, FilteredList.PATIENTS, as_kept(form.asked()), actor=actor_of(request), now=now_of(request)
        )
    except Refused as refused:
        for texts in in_words(refused.problems, place.timezone).values():
            messages.error(request, " ".join(texts))
    return redirect(_address(clinic, form.plain()))


@guard("patients:view", "POST")
def forget(request: HttpRequest, clinic: UUID, kept: UUID) -> HttpResponse:
    saved_filters.forget(kept, actor=actor_of(request))
    return redirect("patient-list", clinic)


def saved(actor: Actor, clinic: UUID) -> list[tuple[SavedFilter, str]]:
    """One's own for this clinic, each with the address that shows it."""
    mine = SavedFilter.objects.filter(user=actor.person(), list=FilteredList.PATIENTS).order_by("name")
    here = [one for one in mine if one.filters.get("clinic", str(clinic)) == str(clinic)]
    return [(one, _address(clinic, as_asked(one.filters))) for one in here]


def as_kept(asked: PatientFilter) -> dict[str, Any]:
    """A filter as JSON; only what isn't as usual."""
    given = {name: getattr(asked, name) for name in NAMES if getattr(asked, name) != getattr(USUAL, name)}
    return {name: list(value) if isinstance(value, tuple) else plain(value) for name, value in given.items()}


def as_asked(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What was kept, as the list's address has it; a range that is open on one side ends with the calendar."""
    found = {name: value for name, value in kept.items() if name in FilterForm.base_fields}
    if "booked" in found:
        found["booked"] = "yes" if found["booked"] else "no"
    for name in RANGES:
        first, after = kept.get(f"{name}_from"), kept.get(f"{name}_to")
        if first or after:
            last = date.fromisoformat(after) - DAY if after else LATEST
            found[name] = f"{first or EARLIEST}..{last}"
    return found


def _address(clinic: UUID, filters: Mapping[str, Any]) -> str:
    return f"{reverse('patient-list', args=[clinic])}?{urlencode(filters, doseq=True)}"
