"""The lists that forms choose from, kept on one page: regions with their districts, documents, reasons to cancel."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from orderly.appointments.actions.reasons import add_reason, change_reason
from orderly.appointments.actions.set_up import change_clinic
from orderly.appointments.models import CancelReason
from orderly.clinics.inputs import ClinicDetails
from orderly.core.errors import NotFound, Refused
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.patients.actions.lists import add_item, change_item
from orderly.patients.inputs import ItemDetails
from orderly.patients.models import ListItem, ListKind
from orderly.web.answers import clinic_of, in_words
from orderly.web.appointments.details import named
from orderly.web.fields import known, whole
from orderly.web.frame import framed
from orderly.web.words import HOME

MANAGE: Final = "settings:manage"
ORDER: Final = ("position", "name", "id")


@guard(MANAGE)
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    place = clinic_of(clinic)
    rows = list(ListItem.objects.order_by(*ORDER))
    regions = [one for one in rows if one.kind == ListKind.REGION]
    reasons = CancelReason.objects.filter(Q(clinic=clinic) | Q(clinic__isnull=True))
    context = {
        "regions": [(one, [row for row in rows if row.parent_id == one.pk]) for one in regions],
        "documents": [one for one in rows if one.kind == ListKind.DOCUMENT_TYPE],
        "reasons": [(one, named(one)) for one in reasons.order_by(F("clinic").asc(nulls_first=True), "name")],
        "home": HOME.items(),
        "required": place.patient_requires,
        "open": request.GET.get("open", ""),
    }
    return framed(request, "reference/page.html", place, "reference", context)


@guard(MANAGE, "POST")
def add(request: HttpRequest, clinic: UUID) -> HttpResponse:
    sent = request.POST
    kind, parent = sent.get("kind", ""), known(sent.get("parent", ""))
    made: dict[str, Any] = {"parent": parent, "clinic": clinic}

    def do() -> object:
        return add_item(kind, sent.get("name", ""), **made, actor=actor_of(request), now=now_of(request))

    return _done(request, clinic, do, _("Added."), parent)


@guard(MANAGE, "POST")
def change(request: HttpRequest, clinic: UUID, item: UUID) -> HttpResponse:
    """Renamed (`name`), offered or not (`active`), or one place `up` or `down`."""
    sent, found = request.POST, ListItem.objects.filter(pk=item).first()
    if found is None:
        raise NotFound
    details: dict[str, Any] = {}
    if "active" in sent:
        details["active"] = sent["active"] == "1"
    elif "position" in sent:
        details["position"] = whole(sent["position"])
    else:
        details["name"] = sent.get("name", "")

    def do() -> object:
        actor, now = actor_of(request), now_of(request)
        return change_item(item, ItemDetails(**details), clinic=clinic, actor=actor, now=now)

    return _done(request, clinic, do, _("Saved."), found.parent_id)


@guard(MANAGE, "POST")
def add_one_reason(request: HttpRequest, clinic: UUID) -> HttpResponse:
    def do() -> object:
        name = request.POST.get("name", "")
        return add_reason(name, clinic=clinic, actor=actor_of(request), now=now_of(request))

    return _done(request, clinic, do, _("Added."))


@guard(MANAGE, "POST")
def change_one_reason(request: HttpRequest, clinic: UUID, reason: UUID) -> HttpResponse:
    """Renamed, unless it says what it is called in the reader's language already; offered or not."""
    sent, found = request.POST, CancelReason.objects.filter(pk=reason).first()
    given: dict[str, Any] = {}
    if "active" in sent:
        given["active"] = sent["active"] == "1"
    elif found is None or sent.get("name") != str(named(found)):
        given["name"] = sent.get("name", "")

    def do() -> object:
        return change_reason(reason, clinic=clinic, actor=actor_of(request), now=now_of(request), **given)

    return _done(request, clinic, do, _("Saved."))


@guard(MANAGE, "POST")
def required(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Without what nobody is registered in this clinic."""

    def do() -> object:
        details = ClinicDetails(patient_requires=request.POST.getlist("patient_requires"))
        return change_clinic(clinic, details, actor=actor_of(request), now=now_of(request))

    return _done(request, clinic, do, _("Saved."))


def _done(
    request: HttpRequest, clinic: UUID, do: Callable[[], object], said: str, region: UUID | None = None
) -> HttpResponse:
    """Back to the page with what came of it; the region whose districts were worked on stays open."""
    try:
        do()
    except Refused as refused:
        for texts in in_words(refused.problems, clinic_of(clinic).timezone).values():
            messages.error(request, " ".join(texts))
    else:
        messages.success(request, said)
    address = reverse("reference", args=[clinic])
    return redirect(f"{address}?open={region}#r-{region}" if region else address)
