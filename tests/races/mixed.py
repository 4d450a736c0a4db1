"""A town where everything there is to book is booked at once: alone, by request, in groups, by teams."""

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from orderly.appointments.actions.assign import assign
from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.hold import hold
from orderly.appointments.actions.progress import arrive, complete, confirm, no_show, reopen, start, unconfirm
from orderly.appointments.actions.visits import call, uncall
from orderly.appointments.actions.walk_in import walk_in
from orderly.appointments.inputs import WalkIn, Wish
from orderly.appointments.models import Appointment
from orderly.catalogue.models import Need, NeedRole, Service
from orderly.core.errors import Refused
from orderly.resources.models import Provider
from tests.factories import MONDAY, NOW, TUESDAY, booking, make_service
from tests.races.storm import Outcome, storm
from tests.races.town import Town

CLIENTS, STEPS = 32, 6
ROUND_THE_CLOCK = range(0, 360, 15)  # minutes after nine


class Mixed(Town):
    """Four providers give a plain half hour with a chair, a group of three, and a team of two with a chair."""

    def __init__(self) -> None:
        super().__init__(providers=4, patients=12, chairs=3)
        self.group = self._offered(make_service(self.clinic, places=3, horizon_days=365))
        self.team = self._offered(make_service(self.clinic, asset_kinds=("chair",), horizon_days=365))
        Need.objects.filter(phase__service=self.team, role=NeedRole.PROVIDER).delete()
        pair = Need.objects.create(phase=self.team.phases.get(), role=NeedRole.PROVIDER, count=2)
        pair.any_of.set([one.resource for one in self.providers])

    def _offered(self, service: Service) -> Service:
        service.providers.add(*self.providers)
        return service

    def common(self) -> list[UUID]:
        """Twelve appointments of all kinds for everybody to quarrel about."""
        kinds = [(self.service, self.providers[0]), (self.service, None), (self.group, self.providers[1]), (self.team,)]
        made = []
        for nth, patient in enumerate(self.patients):
            service, provider = (*kinds[nth % 4], self.providers[2])[:2]
            made.append(self.visit(service, provider, patient, self.time("09:00") + 30 * nth)())
        return made

    def visit(
        self, service: Service, provider: Provider | None, patient: Any, at: int, **more: Any
    ) -> Callable[[], UUID]:
        """An act: books, or asks for a time with anybody, and answers the appointment's id."""
        request = booking(self.clinic, service, provider, patient, at, **more)
        return lambda: book(request, actor=self.desk, now=NOW).pk

    def kept(self, service: Service, provider: Provider, at: int) -> UUID:
        """A hold on a place or a time."""
        wish = Wish(clinic=self.clinic.pk, service=service.pk, provider=provider.pk, start=at)
        return hold(wish, actor=self.desk, now=NOW).pk


def mixed_storm(seed: int) -> list[Outcome]:
    """Every verb of every kind of appointment, by many clients at once."""
    town = Mixed()
    common = town.common()
    return storm([partial(_client, town, common, random.Random(1000 * seed + nth)) for nth in range(CLIENTS)])


def _client(town: Mixed, common: Sequence[UUID], dice: random.Random) -> int:
    """How many of its steps were done; the others were refused."""
    done = 0
    for _ in range(STEPS):
        try:
            _any_verb(town, dice.choice(common), dice)()
        except Refused:
            continue
        done += 1
    return done


def _any_verb(town: Mixed, one: UUID, dice: random.Random) -> Callable[[], Any]:
    at = town.time("09:00", dice.choice((MONDAY, MONDAY, TUESDAY))) + dice.choice(ROUND_THE_CLOCK)
    provider, patient, on = dice.choice(town.providers), dice.choice(town.patients), {"actor": town.desk, "now": NOW}
    service = dice.choice((town.service, town.group, town.team))
    return dice.choice(
        (
            town.visit(town.service, None, patient, at),
            town.visit(service, None, patient, at),
            town.visit(service, provider, patient, at),
            lambda: town.visit(service, provider, patient, at, hold=town.kept(service, provider, at))(),
            lambda: assign(one, provider.pk, **on),
            town.move(one, at, provider=provider.pk),
            town.move(one, at),
            lambda: town.move(one, Appointment.objects.get(pk=one).start, minutes=dice.choice((15, 45, 60)))(),
            lambda: cancel(one, "other", **on),
            lambda: reopen(one, "after all", **on),
            lambda: dice.choice((arrive, call, uncall, confirm, unconfirm, start, complete, no_show))(one, **on),
            lambda: walk_in(WalkIn(clinic=town.clinic.pk, service=service.pk, patient=patient.pk), **on),
        )
    )
