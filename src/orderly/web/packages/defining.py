"""The packages that a clinic sells: looked at, added, changed, and no longer sold."""

from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.errors import Forbidden, NotFound, Refused, Stale
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.journal.actor import Actor
from orderly.packages.actions.define import MANAGE, add_package, change_package
from orderly.packages.inputs import PackageDetails
from orderly.packages.models import Package
from orderly.web.answers import Errors, clinic_of, in_words, status_of
from orderly.web.fields import whole
from orderly.web.frame import framed
from orderly.web.once import kept_once
from orderly.web.packages.defining_form import ALL, HERE, PackageForm, said_of, spared

VIEW: Final = "packages:view"
REPORT: Final = "booking:view_analytics"


@guard(VIEW)
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Its own and those for all clinics, with how many were sold here; those no longer sold come last."""
    place, actor = clinic_of(clinic), actor_of(request)
    sold = Count("purchases", filter=Q(purchases__clinic=place))
    rows = Package.objects.of_clinic(place).annotate(sold=sold).order_by("-active", "name", "id")
    context = {
        "packages": [(one, may_change(one, actor)) for one in rows.prefetch_related("services__service")],
        "may_add": actor.may(MANAGE, clinic),
        "sees_figures": actor.may_own(REPORT, clinic),
    }
    return framed(request, "packages/page.html", place, "packages", context)


@guard(MANAGE, "GET", "POST")
def add(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Sent twice it is added once."""
    place, actor, now = clinic_of(clinic), actor_of(request), now_of(request)
    if request.method != "POST":
        return _form(request, place, {}, [])

    def do(form: PackageForm) -> object:
        details = _details(form, place, actor)
        token = form.cleaned_data["token"]
        return kept_once(
            "package", token, clinic, lambda: add_package(details, actor=actor, now=now).pk, actor=actor, now=now
        )

    return _sent(request, place, do, None)


@guard(MANAGE, "GET", "POST")
def edit(request: HttpRequest, clinic: UUID, package: UUID) -> HttpResponse:
    place, actor, now = clinic_of(clinic), actor_of(request), now_of(request)
    found = _changeable(place, package, actor)
    if request.method != "POST":
        return _form(request, place, *said_of(found), found=found)

    def do(form: PackageForm) -> object:
        version = whole(request.POST.get("version"))
        return change_package(package, _details(form, place, actor, found), actor=actor, now=now, version=version)

    return _sent(request, place, do, found)


@guard(MANAGE, "POST")
def switch(request: HttpRequest, clinic: UUID, package: UUID) -> HttpResponse:
    """Sold, or no longer (`active`). What was sold stays usable."""
    place, actor = clinic_of(clinic), actor_of(request)
    found = _changeable(place, package, actor)
    details = PackageDetails(active=request.POST.get("active") == "1")
    try:
        change_package(found.pk, details, actor=actor, now=now_of(request))
    except Refused as refused:
        for texts in in_words(refused.problems, place.timezone).values():
            messages.error(request, " ".join(texts))
    else:
        messages.success(request, _("Saved."))
    return redirect("packages", clinic)


def may_change(package: Package, actor: Actor) -> bool:
    """One for all clinics changes only who manages packages in all."""
    return MANAGE in actor.everywhere if package.clinic_id is None else actor.may(MANAGE, package.clinic_id)


def _changeable(place: Clinic, package: UUID, actor: Actor) -> Package:
    found = Package.objects.of_clinic(place).filter(pk=package).first()
    if found is None:
        raise NotFound
    if not may_change(found, actor):
        raise Forbidden(MANAGE)
    return found


def _details(form: PackageForm, place: Clinic, actor: Actor, before: Package | None = None) -> PackageDetails:
    """For this clinic, unless somebody who may says: for all that have its currency."""
    given = form.cleaned_data
    where = given["where"] or (ALL if before is not None and before.clinic_id is None else HERE)
    everywhere = where == ALL and MANAGE in actor.everywhere
    return PackageDetails(
        name=given["name"],
        clinic=None if everywhere else place.pk,
        currency=place.currency,
        price=given["price"],
        validity_days=given["validity_days"],
        services=form.services(),
    )


def _sent(request: HttpRequest, place: Clinic, do: Any, found: Package | None) -> HttpResponse:
    """What came of a form: done, or the form again with what is wrong; or only with more rows."""
    form = PackageForm(request.POST, currency=place.currency)
    typed = request.POST
    if "more" in request.POST:
        return _form(request, place, typed, form.typed, more=True, found=found)
    if errors := form.wrong():
        return _form(request, place, typed, form.typed, errors=errors, status=422, found=found)
    try:
        do(form)
    except Stale:
        assert found is not None  # only a change can come too late
        errors = {"": [_("Somebody changed this package meanwhile. Nothing was done; this is how it stands now.")]}
        return _form(request, place, *said_of(found), errors=errors, status=409, found=found)
    except Refused as refused:
        errors = in_words(refused.problems, place.timezone)
        return _form(request, place, typed, form.typed, errors=errors, status=status_of(refused), found=found)
    messages.success(request, _("Saved.") if found else _("Added."))
    return redirect("packages", place.pk)


def _form(
    request: HttpRequest,
    place: Clinic,
    typed: Any,
    rows: list[tuple[str, str]],
    *,
    found: Package | None = None,
    errors: Errors | None = None,
    more: bool = False,
    status: int = 200,
) -> HttpResponse:
    wrong = errors or {}
    within = {service for service, _sessions in said_of(found)[1]} if found else set()
    offered = Service.objects.filter(Q(clinics=place, active=True) | Q(pk__in=within)).distinct().order_by("name")
    context = {
        "found": found,
        "version": typed.get("version") or (found and found.version),
        "typed": typed,
        "rows": spared(rows, wrong, more=more),
        "services": [(str(pk), name) for pk, name in offered.values_list("pk", "name")],
        "errors": wrong,
        "may_everywhere": MANAGE in actor_of(request).everywhere,
        "token": typed.get("token") or uuid4(),
    }
    return framed(request, "packages/define.html", place, "packages", context, status=status)
