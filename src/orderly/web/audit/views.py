"""Who looked and who changed what, for a clinic's administrators."""

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.core.clock import instant, minute
from orderly.edge.actors import actor_of, now_of
from orderly.edge.audit import AUDIT, Asked, lines
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.engine.walltime import day_start, local
from orderly.patients.models import Patient
from orderly.web.answers import clinic_of, errors_of
from orderly.web.audit.forms import AuditForm
from orderly.web.audit.lines import rows
from orderly.web.frame import framed

LIMIT: Final = 50
FILES: Final = (("csv", "CSV"), ("jsonl", "JSON lines"))


@guard(AUDIT, shows="patients")
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    place, actor = clinic_of(clinic), actor_of(request)
    today, _minute = local(place.timezone, minute(now_of(request)))
    form = AuditForm(request.GET.dict(), clinic=clinic, today=today)
    context = {
        "form": form,
        "chosen": request.GET.get("user", ""),
    }
    if not form.is_valid():
        return framed(request, "audit/page.html", place, "audit", {**context, "errors": errors_of(form)}, status=422)
    given = form.cleaned_data
    found = lines(_asked(given, place), actor=actor, limit=LIMIT + 1, after=given["after"])
    looked(request, "audit", given["about"], clinic=clinic, user=given["user"] and given["user"].pk)
    shown = found[:LIMIT]
    older = _address(place, given, after=f"{shown[-1].rank}-{shown[-1].id}") if len(found) > LIMIT else ""
    more = {"rows": rows(shown, place, actor), "older": older, "files": _files(place, given)}
    return framed(request, "audit/page.html", place, "audit", {**context, **more, "about": given["about"]})


@guard(AUDIT, "POST")
def find(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """From what was typed to an address that has only an id."""
    number = request.POST.get("number", "").strip()[:40]
    found = Appointment.objects.filter(clinic=clinic, number__iexact=number).values_list("pk", flat=True).first()
    if found is None:
        messages.error(request, _("There is no appointment of that number here."))
        return redirect("audit", clinic)
    return redirect(f"{reverse('audit', args=[clinic])}?about={found}")


def _asked(given: dict[str, Any], place: Clinic) -> Asked:
    user = given["user"]
    return Asked(
        clinic=place.pk,
        first=_start(given["first"], place),
        last=_start(given["last"] and given["last"] + timedelta(days=1), place),
        user=user and user.pk,
        kind=given["kind"],
        **{_of(given["about"]): given["about"]},
    )


def _start(day: date | None, place: Clinic) -> Any:
    return None if day is None else instant(day_start(place.timezone, day))


def _of(about: UUID | None) -> str:
    """A patient's appointments belong to them; anything else stands for itself."""
    return "patient" if about and Patient.objects.filter(pk=about).exists() else "subject"


def _address(place: Clinic, given: dict[str, Any], **more: Any) -> str:
    return f"{reverse('audit', args=[place.pk])}?{urlencode({**_filters(given), **more})}"


def _filters(given: dict[str, Any]) -> dict[str, Any]:
    user = given["user"]
    asked = {**given, "user": user and user.pk, "after": None}
    return {name: value for name, value in asked.items() if value}


def _files(place: Clinic, given: dict[str, Any]) -> list[tuple[str, str]]:
    """The API's own export, under the same filters."""
    asked = _filters(given)
    about, last = asked.pop("about", None), asked.pop("last", None)
    days = {"from": asked.pop("first", None), "to": last and last + timedelta(days=1)}
    wanted = {"clinic": place.pk, **asked, **days, _of(about): about}
    query = {name: value for name, value in wanted.items() if value}
    return [(label, f"{reverse('api:export_audit')}?{urlencode({**query, 'format': name})}") for name, label in FILES]
