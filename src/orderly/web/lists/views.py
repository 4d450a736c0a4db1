"""A clinic's appointments: found, counted, kept as a filter, taken away as a file."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from orderly.core.errors import NotFound, Refused
from orderly.edge import appointment_table, saved_filters
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.limits import SEARCH, take
from orderly.edge.models import FilteredList
from orderly.edge.tables import attached
from orderly.journal.models import Kind
from orderly.web.answers import Errors, clinic_of, errors_of, in_words, saying, status_of
from orderly.web.frame import framed
from orderly.web.lists.finding import VIEW, form_of, found, log, rows_of
from orderly.web.lists.forms import SORTS, ListForm
from orderly.web.lists.saving import NameForm, kept, to_keep
from orderly.web.lists.words import IN_WORDS, WHEN

FILES = {"csv", "xlsx"}


@guard(VIEW, shows="appointments")
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Words that were searched for never stand in an address, whoever put them there."""
    given = request.GET.copy()
    given.pop("q", None)
    return _page(request, form_of(request, clinic_of(clinic), given))


@guard(VIEW, "POST", shows="appointments")
def find(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The part that shows the list, for what the form says now."""
    form = form_of(request, clinic_of(clinic), request.POST)
    if not form.is_valid():
        return render(request, "lists/_wrong.html", {"errors": errors_of(form)}, status=422)
    again = bool(request.POST.get("again"))
    if request.POST.get("q") and not again:
        take(SEARCH, request)
    return render(request, "lists/_found.html", {**found(request, form, again=again), "swapped": True})


@guard(appointment_table.EXPORT, "POST", shows="appointments")
def export(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """What the filters find as a file, in words; whole or not at all."""
    place, now, actor = clinic_of(clinic), now_of(request), actor_of(request)
    actor.require(VIEW, clinic)
    form, kind = form_of(request, place, request.POST), request.POST.get("format", "")
    if not form.is_valid() or kind not in FILES:
        return _page(request, form, status=422)
    rows = rows_of(request, form).order_by(*SORTS[form.order]).values_list("pk", flat=True)
    among = list(rows[: appointment_table.MOST_ROWS + 1])
    if len(among) > appointment_table.MOST_ROWS:
        return _page(request, form, status=422, too_many=appointment_table.MOST_ROWS)
    log(request, form, among, kind=Kind.EXPORT)
    columns = appointment_table.columns_for(actor, clinic)
    lines = appointment_table.lines(among, columns, now=now, words=IN_WORDS)
    return attached(f"appointments-{now:%Y%m%d}", kind, appointment_table.headings(columns), lines)


@guard(VIEW, "POST")
def keep(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Keep the filters of the form under a name of one's own."""
    place, actor = clinic_of(clinic), actor_of(request)
    form, named = form_of(request, place, request.POST), NameForm(request.POST)
    if not form.is_valid() or not named.is_valid():
        return _kept(request, form, errors={**errors_of(form), **errors_of(named)}, status=422)
    name, filters = named.cleaned_data["name"], to_keep(form, place)
    try:
        saved_filters.keep(name, FilteredList.APPOINTMENTS, filters, actor=actor, now=now_of(request))
    except Refused as refused:
        return _kept(request, form, errors=in_words(refused.problems, place.timezone), status=status_of(refused))
    return saying(_kept(request, form), _("The filter “%(name)s” is kept.") % {"name": name}, changed=False)


@guard(VIEW, "POST")
def forget(request: HttpRequest, clinic: UUID, kept: UUID) -> HttpResponse:
    """Drop one of one's own filters; what isn't there, or isn't one's own, needn't be dropped."""
    form = form_of(request, clinic_of(clinic), request.POST)
    with suppress(NotFound):
        saved_filters.forget(kept, actor=actor_of(request))
    return saying(_kept(request, form), _("The filter is forgotten."), changed=False)


def _page(request: HttpRequest, form: ListForm, *, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page; with what was wrong beside the fields, and no list, where the filters can't be read."""
    valid = form.is_valid()
    shown = found(request, form) if valid else {"errors": errors_of(form)}
    context = {"form": form, "whens": WHEN.items(), "kept": kept(actor_of(request), form.clinic), **shown, **more}
    status = status if valid else 422
    return framed(request, "lists/page.html", form.clinic, "appointment-list", context, status=status)


def _kept(request: HttpRequest, form: ListForm, *, errors: Errors | None = None, status: int = 200) -> HttpResponse:
    mine = kept(actor_of(request), form.clinic)
    context = {"kept": mine, "clinic": form.clinic, "errors": errors or {}, "name": request.POST.get("name", "")}
    return render(request, "lists/_kept.html", {**context, "open": True}, status=status)
