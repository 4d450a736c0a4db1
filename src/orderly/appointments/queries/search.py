"""Appointments by what people say: a number read out, a name, digits of a telephone number."""

import re

from django.db.models import Q

from orderly.appointments.models import AppointmentQuerySet
from orderly.core.database import beginning
from orderly.journal.actor import Actor
from orderly.patients.models import Patient

NUMBER = re.compile(r"AP-[0-9]{0,8}(-[A-Z0-9]{0,8})?")
FEW = 500


def matching(rows: AppointmentQuerySet, words: str, *, actor: Actor) -> AppointmentQuerySet:
    """Those of `rows` whose number begins so, or whose patient is called so or has these digits in their number.

    Few patients are named one by one, so that the database goes by them; for many it goes by time and soon has enough.
    """
    if NUMBER.fullmatch(words.upper()):
        return rows.filter(beginning("number", words.upper()))
    called = Patient.objects.viewable_by(actor).matching(words).order_by().values("pk")
    few = [row["pk"] for row in called[: FEW + 1]]
    return rows.filter(Q(patient__in=few if len(few) <= FEW else called))
