"""The page of one patient: who they are, what is booked, what was changed, who looked."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from orderly.clinics.models import Clinic
from orderly.core.errors import Refused, Stale
from orderly.core.text import listed
from orderly.edge import audit
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked, watched
from orderly.journal.actor import Actor
from orderly.packages.actions.sell import SELL
from orderly.packages.queries import sold_to
from orderly.patients.actions import put_back as put_record_back
from orderly.patients.models import Patient
from orderly.web.answers import clinic_of, in_words
from orderly.web.audit.lines import rows
from orderly.web.fields import whole
from orderly.web.frame import framed
from orderly.web.patients.about import MOST, about, booked, gone, patient_in
from orderly.web.patients.labels import reading
from orderly.web.patients.story import story
from orderly.web.patients.unmerging import MERGE, merged_in

VIEW: Final = "patients:view"
EDIT: Final = "patients:edit"
PACKAGES: Final = "packages:view"
MOST_LOOKS: Final = 50


@guard(VIEW, shows="patients")
def page(request: HttpRequest, clinic: UUID, patient: UUID) -> HttpResponse:
    place, found = clinic_of(clinic), patient_in(clinic, patient)
    context = {**_shown(request, found, place), "keys": "patients/_page_keys.html"}
    among = [one.pk for one in (*context["about"].ahead, *context["about"].past)]
    looked(request, "patient", found.pk, among=among, clinic=clinic)
    return framed(request, "patients/page.html", place, "patient-list", context)


@guard(VIEW, shows="patients")
def part(request: HttpRequest, clinic: UUID, patient: UUID) -> HttpResponse:
    """The same without what is around it, asked for whenever something has changed."""
    place, found = clinic_of(clinic), patient_in(clinic, patient)
    watched(request, "patient", found.pk, clinic=clinic)
    return render(request, "patients/_page.html", _shown(request, found, place))


@guard(VIEW, shows="patients")
def older(request: HttpRequest, clinic: UUID, patient: UUID) -> HttpResponse:
    """More of what is over, beyond what is shown."""
    place, found = clinic_of(clinic), patient_in(clinic, patient)
    skipped = whole(request.GET.get("skipped"), most=100_000)
    past = gone(booked(found, actor_of(request)), now_of(request), skipped)
    looked(request, "appointments", among=[one.pk for one in past[:MOST]], clinic=clinic, patient=found.pk)
    context = {"clinic": place, "found": found, "past": past[:MOST], "older": len(past) > MOST}
    return render(request, "patients/_past.html", {**context, "skipped": skipped + MOST})


@guard(VIEW, shows="patients")
def changes(request: HttpRequest, clinic: UUID, patient: UUID) -> HttpResponse:
    place, found = clinic_of(clinic), patient_in(clinic, patient)
    looked(request, "patient_history", found.pk, clinic=clinic)
    lines = story(found, place, actor=actor_of(request))
    return render(request, "patients/_changes.html", {"clinic": place, "found": found, "lines": lines})


@guard(audit.AUDIT, shows="patients")
def looks(request: HttpRequest, clinic: UUID, patient: UUID) -> HttpResponse:
    """Who looked at the record, at their appointments, and at lists in which they stood."""
    place, found, actor = clinic_of(clinic), patient_in(clinic, patient), actor_of(request)
    asked = audit.Asked(clinic=clinic, patient=found.pk)
    lines = audit.lines(asked, actor=actor, limit=MOST_LOOKS)
    looked(request, "audit", found.pk, clinic=clinic)
    return render(request, "patients/_looks.html", {"clinic": place, "found": found, "rows": rows(lines, place, actor)})


@guard(EDIT, "POST")
def put_back(request: HttpRequest, clinic: UUID, patient: UUID, entry: int) -> HttpResponse:
    place, found = clinic_of(clinic), patient_in(clinic, patient)
    version = whole(request.POST.get("version"))
    try:
        put_record_back(found.pk, entry, actor=actor_of(request), now=now_of(request), version=version)
    except Stale:
        messages.error(
            request, _("Somebody changed this record meanwhile. Nothing was done; this is how it stands now.")
        )
    except Refused as refused:
        for texts in in_words(refused.problems, place.timezone).values():
            messages.error(request, " ".join(texts))
    else:
        messages.success(request, _("Put back to an earlier state"))
    return redirect("patient", clinic, patient)


def _shown(request: HttpRequest, found: Patient, place: Clinic) -> dict[str, Any]:
    actor = actor_of(request)
    said, may = about(found, place, actor=actor, now=now_of(request)), rights(actor, place.pk)
    merged = merged_in(found, place.pk) if may["merge"] else None
    bought = list(sold_to(found.pk, actor=actor, now=now_of(request))) if may["packages"] else None
    return {"clinic": place, "bought": bought, "about": said, "facts": facts(found), "may": may, "merged": merged}


def rights(actor: Actor, clinic: UUID) -> dict[str, bool]:
    """What of the page's actions is the actor's to take."""
    return {
        "book": actor.may("booking:create_appointment", clinic),
        "edit": actor.may(EDIT, clinic),
        "merge": actor.may(MERGE, clinic),
        "audit": actor.may(audit.AUDIT, clinic),
        "packages": actor.may(PACKAGES, clinic),
        "sell": actor.may(SELL, clinic),
    }


def facts(found: Patient) -> dict[str, str]:
    """What the record says, as it is read; only what is there."""
    names = ("gender", "language", "country", "region", "district", "address", "document_type", "document_number")
    read = {name: reading(name, getattr(found, name)) for name in (*names, "tax_id", "emergency_name")}
    place = listed(read[name] for name in ("district", "region", "country"))
    return {name: value for name, value in {**read, "place": place}.items() if value}
