"""The plan, pinned and ticked; and its application, all of it or nothing."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderly.absences.actions import rearrange, undo_rearrangement
from orderly.absences.queries.proposal import propose
from orderly.calendars.models import TIME_OFF
from orderly.calendars.queries import rules_of
from orderly.clinics.models import Clinic
from orderly.core.errors import CannotBookAll, Invalid, Refused, Stale
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.idempotency import Answer, once
from orderly.edge.readlog import looked
from orderly.web.absences.forms import AHEAD, KINDS, Chosen
from orderly.web.absences.rows import shown
from orderly.web.absences.views import MODIFY
from orderly.web.answers import clinic_of, in_words, saying, status_of
from orderly.web.fields import UndoForm
from orderly.web.frame import framed


@guard(MODIFY, shows="appointments")
def plan(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """What would be best for all that an absence strands, or for all there is."""
    place = clinic_of(clinic)
    chosen = Chosen(request.GET)
    context = {**_planned(request, place, chosen), "away": _away(request, chosen)}
    return framed(request, "absences/plan.html", place, "absences", context)


@guard(MODIFY, "POST", shows="appointments")
def anew(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Around what has been pinned by now."""
    place = clinic_of(clinic)
    return render(request, "absences/_plan.html", _planned(request, place, Chosen(request.POST)))


@guard(MODIFY, "POST", shows="appointments")
def apply(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Move what is ticked, all of it; else say what was in the way, and plan anew."""
    place, chosen = clinic_of(clinic), Chosen(request.POST)
    try:
        _move(request, place, chosen)
    except Stale:
        said = _("Somebody has changed one of these since. Nothing was moved; this is a new plan.")
        return _refused(request, place, chosen, said, status=412)
    except CannotBookAll as refused:
        said = _("Something has taken one of these times since. Nothing was moved; this is a new plan.")
        moves = chosen.replacements()
        against = {
            moves[nth].appointment: [text for texts in in_words(problems, place.timezone).values() for text in texts]
            for nth, problems in refused.against.items()
        }
        return _refused(request, place, chosen, said, status=status_of(refused), refused=against)
    except Invalid as refused:
        return _refused(request, place, chosen, _("Tick what is to be moved."), status=status_of(refused))
    except Refused as refused:
        said = " ".join(text for texts in in_words(refused.problems, place.timezone).values() for text in texts)
        return _refused(request, place, chosen, said, status=status_of(refused))
    looked(request, "absence_plan", clinic=clinic)
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = reverse("absences", args=[clinic])
    return response


@guard(MODIFY, "POST")
def undo(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Take back what this reader has rearranged; the page shows anew what is to be rearranged."""
    place, form = clinic_of(clinic), UndoForm(request.POST)
    deed = form.cleaned_data["deed"] if form.is_valid() else None
    try:
        undo_rearrangement(clinic, deed or 0, actor=actor_of(request), now=now_of(request))
    except Refused as refused:
        texts = [text for some in in_words(refused.problems, place.timezone).values() for text in some]
        status = status_of(refused)
        return render(request, "absences/_undone.html", {"errors": list(dict.fromkeys(texts))}, status=status)
    messages.success(request, _("Undone."))
    return saying(render(request, "absences/_undone.html"), _("Undone."), undone={})


def _move(request: HttpRequest, place: Clinic, chosen: Chosen) -> None:
    """Once for each form, however often it is sent; the page that comes next says how many, and takes it back."""
    actor, now, token = actor_of(request), now_of(request), request.POST.get("token", "")[:40]

    def write() -> Answer:
        rearrange(place.pk, chosen.replacements(), actor=actor, now=now, tell=chosen.tell)
        return Answer(204, "")

    digest = hashlib.sha256(f"rearrange {place.pk}".encode()).hexdigest()
    once(f"rearrange {token}" if token else None, digest, write, user=actor.person(), now=now)


def _refused(
    request: HttpRequest,
    place: Clinic,
    chosen: Chosen,
    said: str,
    *,
    status: int,
    refused: Mapping[UUID, list[str]] | None = None,
) -> HttpResponse:
    context = {**_planned(request, place, chosen, refused), "said": said}
    return render(request, "absences/_plan.html", context, status=status)


def _planned(
    request: HttpRequest, place: Clinic, chosen: Chosen, refused: Mapping[UUID, list[str]] | None = None
) -> dict[str, Any]:
    """What is pinned but no longer affected is forgotten."""
    actor, now = actor_of(request), now_of(request)
    found = propose(chosen.asked(place.pk), actor=actor, now=now)
    looked(request, "absence_plan", among=[row.appointment.pk for row in found.rows], clinic=place.pk)
    return {
        "clinic": place,
        "plan": shown(found, chosen, refused),
        "chosen": chosen,
        "ahead": AHEAD,
        "token": uuid4(),
        "sees_patients": actor.may("patients:view", place.pk),
    }


def _away(request: HttpRequest, chosen: Chosen) -> dict[str, Any] | None:
    """Whose absence it is about, where it is about one."""
    rule = rules_of(TIME_OFF, actor=actor_of(request)).filter(pk=chosen.rule).first() if chosen.rule else None
    if rule is None or rule.resource is None:
        return None
    return {"who": rule.resource.provider, "kind": KINDS.get(rule.kind, ""), "rule": rule}
