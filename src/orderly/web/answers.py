"""How views answer pieces of pages: what is said aloud beside them, and refusals in words."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orderly.appointments.inputs import Wish
from orderly.appointments.models import Appointment
from orderly.appointments.queries.slots import alternatives
from orderly.appointments.queries.undoable import WINDOW
from orderly.clinics.models import Clinic
from orderly.core import counts
from orderly.core.errors import CannotBook, Invalid, NotFound, Refused, TooOften
from orderly.edge.wording import names_of, words
from orderly.engine.problems import Problem
from orderly.resources.models import Provider
from orderly.web.dates import as_fields

Errors = dict[str, list[str]]
"""Sentences by the field they belong to; what belongs to none is under ""."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A time that could be had instead, as the fields of the form it would fill."""

    minute: int
    day: str
    time: str
    provider: UUID
    provider_name: str


def clinic_of(clinic: UUID) -> Clinic:
    """The clinic that the address names, after the guard has let the reader in."""
    found = Clinic.objects.filter(pk=clinic).first()
    if found is None:
        raise NotFound
    return found


def saying(
    response: HttpResponse,
    text: str,
    *,
    changed: bool = True,
    undo: Appointment | None = None,
    way_back: str = "appointment-undo",
    deed: int | None = None,
    ask: bool = False,
    **told: Any,
) -> HttpResponse:
    """Announce `text` on the page, and that what the calendar shows has changed; `undo` is what the reader has just
    changed, and may take back for a while by that `way_back`, which may ask for the `deed`, an entry of the journal;
    with `ask` nobody was asked yet whether the patient is told of it; `told` are further events by name.
    """
    said: dict[str, Any] = {"text": text}
    if undo is not None:
        said["undo"] = {
            "label": _("Undo"),
            "url": reverse(way_back, args=[undo.pk]),
            "version": undo.version,
            "seconds": int(WINDOW.total_seconds()),
        }
        if deed is not None:
            said["undo"]["deed"] = deed
        if ask:
            said["undo"]["ask"] = {"id": str(undo.pk), "url": reverse("appointment-telling", args=[undo.pk])}
    events: dict[str, Any] = {"orderly:said": said}
    events |= {f"orderly:{name}": detail for name, detail in told.items()}
    if changed:
        events["orderly:changed"] = {}
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def changed(response: HttpResponse) -> HttpResponse:
    """Tell the page that what the calendar shows has changed."""
    response.headers["HX-Trigger"] = json.dumps({"orderly:changed": {}})
    return response


def in_words(problems: Iterable[Problem], zone: str) -> Errors:
    """Every reason as a sentence, by field."""
    found = list(problems)
    names = names_of(found)
    errors: Errors = {}
    for problem in found:
        errors.setdefault(problem.field, []).append(words(problem, zone=zone, names=names))
    return errors


def errors_of(form: forms.Form) -> Errors:
    """What a form's own fields found wrong."""
    return {name: [str(text) for text in texts] for name, texts in form.errors.items()}


def status_of(refused: Refused) -> int:
    """As the API answers it; here every refusal on a screen passes, so here it is counted."""
    counts.refused(refused.problems)
    if isinstance(refused, TooOften):
        return 429
    return 422 if isinstance(refused, Invalid) else 409


def nearest(refused: Refused, *, now: datetime) -> list[Alternative]:
    """The nearest three times that could be booked instead."""
    if not isinstance(refused, CannotBook) or not isinstance(refused.wish, Wish):
        return []
    stage, slots = alternatives(refused.wish, now=now)
    names = {one.resource_id: one for one in Provider.objects.filter(resource__in=[slot[2] for slot in slots])}
    return [alternative(stage.terms.zone, start, names[resource]) for start, _, resource in slots]


def alternative(zone: str, start: int, provider: Provider) -> Alternative:
    fields = as_fields(zone, start)
    return Alternative(start, fields["day"], fields["time"], provider.pk, str(provider))


def is_piece(request: HttpRequest) -> bool:
    """Whether a piece of a page was asked for, to be put into one that is there."""
    return "HX-Request" in request.headers
