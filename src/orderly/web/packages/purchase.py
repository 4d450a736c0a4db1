"""What is done to a sold package: it is looked at, paid, extended, called off."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from orderly.core.errors import Refused, Stale
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.packages.actions.close import REFUND, cancel_purchase
from orderly.packages.actions.define import MANAGE
from orderly.packages.actions.extend import extend_purchase
from orderly.packages.actions.sell import TAKE, pay
from orderly.packages.models import Purchase
from orderly.web.answers import clinic_of, errors_of, in_words, status_of
from orderly.web.once import kept_once
from orderly.web.packages.forms import EndingForm, ExtensionForm, MoneyForm
from orderly.web.packages.purchase_shown import ENDING, EXTENDING, PAYING, VIEW, seen, shown

Verb = Callable[..., Purchase]


@guard(VIEW, shows="patients")
def page(request: HttpRequest, clinic: UUID, purchase: UUID) -> HttpResponse:
    return shown(request, clinic_of(clinic), purchase)


@guard(TAKE, "POST", shows="patients")
def take(request: HttpRequest, clinic: UUID, purchase: UUID) -> HttpResponse:
    """An instalment; sent twice it is taken once."""
    return _sent(request, clinic, purchase, MoneyForm, PAYING, "instalment", _("The payment is written down."))


@guard(REFUND, "POST", shows="patients")
def call_off(request: HttpRequest, clinic: UUID, purchase: UUID) -> HttpResponse:
    """Cancel it, with what is booked and perhaps with money back; sent twice it is done once."""
    return _sent(request, clinic, purchase, EndingForm, ENDING, "end of a package", _("The package is called off."))


@guard(MANAGE, "POST", shows="patients")
def extend(request: HttpRequest, clinic: UUID, purchase: UUID) -> HttpResponse:
    """Valid for longer; sent twice it is extended once."""
    return _sent(request, clinic, purchase, ExtensionForm, EXTENDING, "extension", _("The package is extended."))


def _sent(
    request: HttpRequest, clinic: UUID, purchase: UUID, kind: Any, part: str, what: str, done: str
) -> HttpResponse:
    """What came of a form: done once, or the page with the form and what is wrong."""
    place = clinic_of(clinic)
    found = seen(request, place, purchase)
    again = partial(shown, request, place, purchase, part=part)
    form = kind(request.POST, currency=found.invoice.currency)
    if not form.is_valid():
        return again(status=422, errors=errors_of(form))
    actor, now = actor_of(request), now_of(request)

    def make() -> UUID:
        return _VERBS[part](purchase, form, actor=actor, now=now).pk

    try:
        kept_once(what, form.cleaned_data["token"], clinic, make, actor=actor, now=now)
    except Stale:
        return again(status=409, errors={"": [_("Somebody changed it meanwhile. Nothing was done; look at it again.")]})
    except Refused as refused:
        return again(status=status_of(refused), errors=in_words(refused.problems, place.timezone))
    looked(request, "purchases", found.patient_id, clinic=clinic)
    messages.success(request, done)
    return redirect("purchase", clinic, purchase)


def _pay(purchase: UUID, form: MoneyForm, **who: Any) -> Purchase:
    amount = form.sum()
    assert amount is not None  # the field asks for one
    return pay(purchase, amount, **who)


def _call_off(purchase: UUID, form: EndingForm, **who: Any) -> Purchase:
    said = form.cleaned_data
    given = {name: said[name] for name in ("visits", "version", "tell")}
    return cancel_purchase(purchase, said["reason"], refund=form.sum(), **given, **who)


def _extend(purchase: UUID, form: ExtensionForm, **who: Any) -> Purchase:
    said = form.cleaned_data
    return extend_purchase(purchase, said["until"], said["reason"], version=said["version"], **who)


_VERBS: dict[str, Verb] = {PAYING: _pay, ENDING: _call_off, EXTENDING: _extend}
