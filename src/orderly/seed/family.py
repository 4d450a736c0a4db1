"""A family of the demo that comes together: a parent and two children, one after the other."""

from datetime import datetime, timedelta
from typing import Final

from orderly.appointments.choices import Source
from orderly.core.clock import minute
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.parties.actions.book import book_party
from orderly.parties.inputs import PartyRequest, PartySearch, Wanted
from orderly.parties.queries.search import proposals
from orderly.patients.actions.family import relate
from orderly.patients.models import Patient
from orderly.seed.organisation import Made

CHILDREN: Final = 2
PARENTS: Final = (1980, 1992)  # born in these years
DAYS, WAIT = 10, 15


def bring_family(made: Made, *, actor: Actor, now: datetime) -> None:
    """Tomorrow, or as soon as all of them can be had."""
    known = Patient.objects.in_clinic(made.clinic.pk).order_by("-birth_date", "pk")
    parent, children = known.filter(birth_date__year__range=PARENTS)[0], known[:CHILDREN]
    for child in children:
        relate(parent.pk, child.pk, clinic=made.clinic.pk, actor=actor, now=now)
    service = made.services[0][1]
    steps = tuple(Wanted(patient=one.pk, service=service.pk) for one in (parent, *children))
    first = local(made.place.zone, minute(now))[0] + timedelta(days=1)
    wish = PartySearch(clinic=made.clinic.pk, steps=steps, first=first, last=first + timedelta(days=DAYS), wait=WAIT)
    for found in proposals(wish, now=now, most=1).found:
        request = PartyRequest(clinic=made.clinic.pk, steps=found.steps, source=Source.PHONE, wait=WAIT)
        book_party(request, actor=actor, now=now)
