"""Who could serve an appointment at its time."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from orderly.appointments.models import Appointment
from orderly.appointments.queries.groups import joins, meeting
from orderly.appointments.queries.requests import offers_of
from orderly.appointments.queries.scene import scene
from orderly.appointments.queries.slots import against_offer, calendars_for
from orderly.engine.problems import Code, Problem
from orderly.engine.slots import Terms as TimeTerms


class Candidate(NamedTuple):
    """A provider of the service; nothing speaks against one who could take the appointment, if need be after what is
    only proposed to them has moved.
    """

    provider: UUID
    minutes: int
    problems: tuple[Problem, ...]


def candidates(found: Appointment, *, now: datetime) -> list[Candidate]:
    """Everybody who gives the service in the clinic, by id. The appointment's own time doesn't count. The number of
    queries is the same however many there are.
    """
    window = found.start, found.start + 1
    stage = scene(found.service_id, found.clinic_id, patient=found.patient_id, around=window)
    stage = meeting(stage, window, now=now)
    wanted, minutes = frozenset(found.asked_resources), found.asked_minutes
    givers = sorted(stage.givers.values(), key=lambda giver: giver.id)
    offers = {giver.id: list(offers_of(stage, [giver], minutes, wanted)) for giver in givers}
    ignoring = frozenset({found.claim_id} if found.claim_id else ())
    groups = [plan for _, plan in joins(stage, [giver.resource for giver in givers])]
    every = [offer for some in offers.values() for offer in some]
    loaded, shuffle = calendars_for(stage, every, groups, window, now=now, ignoring=ignoring)
    terms = TimeTerms(found.start)
    listed = []
    for giver in givers:
        ways = [
            (offer.plan.length, against_offer(stage, offer, found.start, loaded.calendars, shuffle, terms))
            for offer in offers[giver.id]
        ]
        length, against = min(ways, key=lambda it: len(it[1]), default=(giver.minutes, NO_WAY))
        listed.append(Candidate(giver.id, length, against))
    return listed


NO_WAY = (Problem(Code.NOT_OFFERED, "provider"),)
