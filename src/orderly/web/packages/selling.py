"""Selling a package to a patient."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.errors import Forbidden, NotFound, Refused
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.engine.walltime import local
from orderly.packages.actions.sell import SELL, TAKE, sell
from orderly.packages.models import Package
from orderly.patients.models import Patient
from orderly.web.answers import Errors, clinic_of, errors_of, in_words, status_of
from orderly.web.frame import framed
from orderly.web.once import kept_once
from orderly.web.packages.forms import SaleForm, others
from orderly.web.patients.about import patient_in
from orderly.web.words import METHOD


@guard(SELL, "GET", "POST", shows="patients")
def page(request: HttpRequest, clinic: UUID, patient: UUID) -> HttpResponse:
    """The packages of the clinic to choose from; or the sale. Sent twice it is sold once."""
    place, found = clinic_of(clinic), patient_in(clinic, patient)
    looked(request, "purchases", found.pk, clinic=clinic)
    if request.method != "POST":
        return _form(request, place, found)
    form = SaleForm(request.POST, currency=place.currency)
    if not form.is_valid():
        return _form(request, place, found, status=422, errors=errors_of(form))
    try:
        purchase = _sold(request, form, place, found)
    except Refused as refused:
        errors = in_words(refused.problems, place.timezone)
        return _form(request, place, found, status=status_of(refused), errors=errors)
    except NotFound as gone:
        return _form(request, place, found, status=404, errors={gone.field: [_("There is no such package.")]})
    messages.success(request, _("The package is sold."))
    return redirect("purchase", clinic, purchase)


def _sold(request: HttpRequest, form: SaleForm, place: Clinic, patient: Patient) -> UUID:
    actor, now, data = actor_of(request), now_of(request), form.cleaned_data
    if data["amount"] and not actor.may(TAKE, place.pk):
        raise Forbidden(TAKE)

    def make() -> UUID:
        return sell(data["package"], patient.pk, clinic=place.pk, actor=actor, now=now, first=form.sum()).pk

    return kept_once("sale of a package", data["token"], place.pk, make, actor=actor, now=now)


def _form(
    request: HttpRequest, place: Clinic, patient: Patient, *, status: int = 200, errors: Errors | None = None
) -> HttpResponse:
    actor = actor_of(request)
    today, _minute = local(place.timezone, minute(now_of(request)))
    rows = Package.objects.of_clinic(place).filter(active=True).annotate(sessions=Sum("services__sessions"))
    context: dict[str, Any] = {
        "found": patient,
        "packages": [
            (one, today + timedelta(days=one.validity_days)) for one in rows.prefetch_related("services__service")
        ],
        "methods": list(METHOD.items()),
        "may_take": actor.may(TAKE, place.pk),
        "typed": request.POST,
        "token": request.POST.get("token") or uuid4(),
        "errors": errors or {},
        "others": others(errors),
    }
    return framed(request, "packages/sell.html", place, "patient-list", context, status=status)
