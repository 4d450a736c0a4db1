"""Other clinics' requests to know a patient of this one, and what became of one's own."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderly.core.errors import NotFound, Refused
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.patients.actions import decide_link
from orderly.patients.models import LinkStatus
from orderly.patients.queries import asked_by, asked_of
from orderly.web.answers import clinic_of, in_words
from orderly.web.frame import framed

MOST = 100
EDIT: Final = "patients:edit"
ANSWERS: Final[dict[str, tuple[bool, Promise | str]]] = {
    "approve": (True, _("%(clinic)s knows %(name)s from now on.")),
    "decline": (False, _("Declined. %(clinic)s isn't told anything of %(name)s.")),
}
STATUS: Final[dict[str, Promise | str]] = {
    LinkStatus.OPEN: _("not answered yet"),
    LinkStatus.APPROVED: _("approved: found here now"),
    LinkStatus.DECLINED: _("declined"),
}


@guard(EDIT, shows="patients")
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    place = clinic_of(clinic)
    received = asked_of(clinic).filter(status=LinkStatus.OPEN).select_related("clinic", "patient")
    waiting = list(received.defer("clinic__logo").order_by("id")[:MOST])
    asked = [(one, STATUS[one.status]) for one in asked_by(clinic).order_by("-id")[:MOST]]
    looked(request, "link_requests", among=[one.patient_id for one in waiting], clinic=clinic)
    return framed(request, "patients/links.html", place, "patient-links", {"waiting": waiting, "asked": asked})


@guard(EDIT, "POST")
def decide(request: HttpRequest, clinic: UUID, link: UUID, answer: str) -> HttpResponse:
    if answer not in ANSWERS:
        raise NotFound
    approve, said = ANSWERS[answer]
    try:
        found = decide_link(link, approve, clinic=clinic, actor=actor_of(request), now=now_of(request))
    except Refused as refused:
        for texts in in_words(refused.problems, "UTC").values():
            messages.error(request, " ".join(texts))
    else:
        messages.success(request, said % {"clinic": found.clinic.name, "name": found.name})
    return redirect("patient-links", clinic)
