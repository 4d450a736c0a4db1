"""Where an appointment could go: the form as it stands, and the free times of its day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from orderly.appointments.actions.reschedule import wished
from orderly.appointments.actions.sessions import alone
from orderly.appointments.choices import EXTENDABLE, MOVABLE, Status
from orderly.appointments.inputs import Move, Search, Wish
from orderly.appointments.models import Appointment
from orderly.appointments.queries.slots import slots, why
from orderly.core.errors import CannotBook, Refused
from orderly.edge.notices import Kind, Notice, about, notice
from orderly.engine.problems import Problem
from orderly.engine.walltime import local, to_minute
from orderly.journal.actor import Actor
from orderly.resources.models import Provider
from orderly.web.answers import Alternative, Errors, in_words, nearest
from orderly.web.appointments.move_forms import MoveForm
from orderly.web.appointments.telling import Telling, telling
from orderly.web.dates import as_fields, clock, picked
from orderly.web.overbooking import squeezable

ANYBODY = ""
BESIDE = frozenset({"start", "time", "day", "provider", "minutes", "duration_minutes", "overbook_reason"})
"""The fields that say themselves what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Free:
    """A time it could have, and with whom; `here` is where it stands now."""

    time: str
    provider: UUID
    name: str
    here: bool


@dataclass(frozen=True, slots=True)
class Moving:
    """What is `still` can only be made longer or shorter, since the visit has begun. `chosen`: a time is there to be
    confirmed.
    """

    typed: dict[str, str]
    providers: list[Provider]
    free: list[Free]
    still: bool
    group: bool
    anybody: bool
    telling: Telling
    letter: Notice
    """What the patient would read if it were moved so."""
    chosen: bool = False
    squeezable: bool = False
    errors: Errors = field(default_factory=dict)
    alternatives: list[Alternative] = field(default_factory=list)

    @property
    def beside(self) -> frozenset[str]:
        return BESIDE


def moving(
    found: Appointment,
    typed: dict[str, str],
    *,
    actor: Actor,
    now: datetime,
    errors: Errors | None = None,
    refused: Refused | None = None,
    instead: Sequence[Alternative] = (),
) -> Moving:
    """What was typed, else where the appointment is now; `errors` are the fields' own, `refused` is what a verb had
    against it, `instead` other times that are known already.
    """
    problems: Iterable[Problem] = refused.problems if refused else ()
    values = {**_stands(found), **typed}
    still, group = found.status in EXTENDABLE - MOVABLE, found.service.places > 1
    free, givers = [] if still else _free(found, values, now), _givers(found)
    if not still and not instead:
        instead = nearest(refused, now=now) if refused else [] if free else _instead(found, values, now)
    return Moving(
        values,
        givers,
        free,
        still=still,
        group=group,
        anybody=values["provider"] == ANYBODY,
        telling=telling(found),
        letter=_letter(found, values, givers),
        chosen="time" in typed and not (errors or problems),
        squeezable=squeezable(
            found.service, problems, values.get("overbook_reason", ""), actor=actor, clinic=found.clinic_id
        ),
        errors=errors or in_words(problems, found.clinic.timezone),
        alternatives=[*instead],
    )


def _letter(found: Appointment, typed: dict[str, str], givers: Iterable[Provider]) -> Notice:
    """As far as the form can be read; else as the appointment stands."""
    form, it = MoveForm(typed), about(found)
    if form.is_valid():
        move = form.move(found)
        names = {one.pk: str(one) for one in givers}
        minutes = move.minutes or found.end - found.start
        provider = names.get(move.provider, "") if move.provider else ""
        it = replace(it, start=move.start, end=move.start + minutes, provider=provider)
    return notice(Kind.MOVED, it)


def settled(found: Appointment, move: Move, *, now: datetime) -> Move:
    """Whom "anybody" means: of a request nobody in particular, else whoever is free then, its own provider first.

    Raises CannotBook where nobody is.
    """
    if move.provider is not None:
        return move
    if found.status == Status.REQUESTED:
        return replace(move, anybody=True)
    wish = replace(_wish(found, move, now), provider=None)
    free = {provider for start, provider, _ in _slots(found, wish, now, step=1) if start == move.start}
    if not free:
        raise CannotBook(*why(wish, now=now), wish=wish)
    return replace(move, provider=found.provider_id if found.provider_id in free else min(free))


def _givers(found: Appointment) -> list[Provider]:
    """Those who give the service; its own provider too, who may have stopped."""
    given = Provider.objects.filter(clinics=found.clinic_id, offerings__service=found.service_id, resource__active=True)
    listed = list(given)
    own = found.provider
    return listed if own is None or own in listed else [own, *listed]


def _stands(found: Appointment) -> dict[str, str]:
    return {
        **as_fields(found.clinic.timezone, found.start),
        "provider": str(found.provider_id or ANYBODY),
        "minutes": str(found.end - found.start),
        "version": str(found.version),
    }


def _wish(found: Appointment, move: Move, now: datetime) -> Wish:
    """As the move will be judged: a group meets for as long as it does for everybody."""
    wish = wished(found, move)
    return replace(
        wish,
        minutes=None if found.service.places > 1 else wish.minutes,
        ignoring=alone(wish.ignoring, found.session, now=now),
    )


def _typed(found: Appointment, typed: dict[str, str], now: datetime) -> Wish | None:
    """What the form asks for as it stands; None while it can't be read."""
    zone = found.clinic.timezone
    try:
        day, provider = picked(typed["day"]), UUID(typed["provider"]) if typed["provider"] else None
        minutes = int(typed["minutes"]) if typed["minutes"] else found.end - found.start
    except ValueError:
        return None
    wall = local(zone, found.start)[1]
    move = Move(start=to_minute(zone, day, wall), provider=provider, minutes=minutes)
    return replace(_wish(found, move, now), provider=provider) if 0 < minutes <= 24 * 60 else None


def _slots(found: Appointment, wish: Wish, now: datetime, *, step: int | None = None) -> list[tuple[int, UUID, str]]:
    """The free times of the wish's day as (minute, provider, what they are called)."""
    day, _ = local(found.clinic.timezone, wish.start)
    there = slots(
        Search(
            clinic=wish.clinic,
            service=wish.service,
            first=day,
            last=day + timedelta(days=1),
            provider=wish.provider,
            patient=wish.patient,
            step=step,
            minutes=wish.minutes,
            ignoring=wish.ignoring,
        ),
        now=now,
    )
    names = {one.resource_id: one for one in Provider.objects.filter(resource__in={slot[2] for slot in there.slots})}
    return [(start, names[resource].pk, str(names[resource])) for start, _, resource in there.slots]


def _free(found: Appointment, typed: dict[str, str], now: datetime) -> list[Free]:
    """Each time once: with its own provider if they are free, else with the first who is."""
    wish = _typed(found, typed, now)
    if wish is None:
        return []
    zone, own = found.clinic.timezone, found.provider_id or found.proposed_provider_id
    best: dict[int, tuple[UUID, str]] = {}
    for start, provider, name in _slots(found, wish, now):
        if start not in best or provider == own:
            best[start] = provider, name
    return [
        Free(clock(start, zone), provider, name, here=start == found.start and provider == own)
        for start, (provider, name) in best.items()
    ]


def _instead(found: Appointment, typed: dict[str, str], now: datetime) -> list[Alternative]:
    """The nearest times where the day that was chosen has none."""
    wish = _typed(found, typed, now)
    return [] if wish is None else nearest(CannotBook(wish=wish), now=now)
