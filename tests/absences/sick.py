"""A clinic in which somebody falls ill on a Monday before opening."""

from datetime import date
from typing import Any

from orderly.absences.actions import rearrange
from orderly.absences.inputs import Rearrangement, Replacement
from orderly.absences.queries.proposal import Proposal, Row, propose
from orderly.appointments.actions.set_up import add_time_off
from orderly.appointments.models import Appointment
from orderly.calendars.inputs import Stretch
from orderly.calendars.models import Rule
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.resources.models import Provider
from tests.appointments.asking import booked
from tests.factories import (
    MONDAY,
    NOW,
    at,
    make_actor,
    make_asset,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
)


class Sick:
    """`ill` works from 9 to 17 like the `others`; all of them give `service`, which takes half an hour, and a chair
    where there are any.
    """

    def __init__(self, others: int = 1, *, chairs: int = 0, **service: Any) -> None:
        self.clinic = make_clinic()
        self.service = make_service(self.clinic, asset_kinds=("chair",) if chairs else (), **service)
        self.chairs = [make_asset(self.clinic) for _ in range(chairs)]
        self.ill, *self.others = (make_provider(self.clinic, service=self.service) for _ in range(1 + others))
        self.desk = make_actor("front_desk", self.clinic)
        self.rule: Rule | None = None

    def time(self, clock: str, day: date = MONDAY) -> int:
        return at(self.clinic, day, clock)

    def book(self, clock: str, provider: Provider | None = None, **more: Any) -> Appointment:
        """A new patient's, with whoever will be ill, if nobody else is named."""
        who = more.pop("patient", None) or make_patient(self.clinic)
        return booked(self.clinic, self.service, provider or self.ill, who, clock, **more)

    def falls_ill(self, first: str = "0:00", last: str = "24:00", *, actor: Actor | None = None) -> Rule:
        begin, end = (int(one.split(":")[0]) * 60 + int(one.split(":")[1]) for one in (first, last))
        when = Stretch(first=MONDAY, start=begin, last=MONDAY, end=end)
        self.rule = add_time_off(
            self.ill.pk, self.clinic.pk, "sick_leave", when, actor=actor or self.desk, now=NOW, note="flu"
        )
        return self.rule

    def plan(self, **asked: Any) -> Proposal:
        who = asked.pop("actor", self.desk)
        return propose(Rearrangement(clinic=self.clinic.pk, **asked), actor=who, now=asked.pop("now", NOW))

    def told(self, plan: Proposal) -> list[tuple[str, str]]:
        """For each the clock and who: "-" for who stays, "ill", or the others by number."""
        return [(self.clock(row), self.who(row)) for row in plan.rows]

    def clock(self, row: Row) -> str:
        if row.offered is None:
            return "-"
        day, wall = local(self.clinic.timezone, row.offered.start)
        days = (day - MONDAY).days
        return f"{wall // 60:02}:{wall % 60:02}" + (f"+{days}" if days else "")

    def who(self, row: Row) -> str:
        if row.offered is None:
            return "-"
        names = {self.ill.pk: "ill", **{one.pk: str(number) for number, one in enumerate(self.others)}}
        return names[row.offered.provider]

    def apply(self, plan: Proposal, **more: Any) -> list[Appointment]:
        more = {"actor": self.desk, "now": NOW, **more}
        return rearrange(self.clinic.pk, taken(plan), **more)


def taken(plan: Proposal) -> list[Replacement]:
    """The whole plan as it is accepted."""
    return [
        Replacement(
            appointment=row.appointment.pk,
            version=row.appointment.version,
            start=row.offered.start,
            provider=row.offered.provider,
            resources=row.offered.resources,
        )
        for row in plan.rows
        if row.offered is not None
    ]
