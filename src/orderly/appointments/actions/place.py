"""From a wish to time that is really taken: lock, load, let the engine decide, claim. Every verb that needs time
comes by here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError

from orderly.appointments.actions.sessions import end_expired
from orderly.appointments.inputs import Wish
from orderly.appointments.models import Session
from orderly.appointments.queries.groups import meeting, way
from orderly.appointments.queries.scene import Giver, Scene, scene_of
from orderly.appointments.queries.slots import standing
from orderly.calendars.actions.claims import Place, claim, release_expired
from orderly.calendars.models import Claim, ClaimKind, Reservation
from orderly.calendars.queries import Part, Taken
from orderly.core.errors import CannotBook, NotFound, invalid
from orderly.engine.plan import Plan
from orderly.engine.problems import Code, Problem
from orderly.engine.reasons import WIDER
from orderly.engine.slots import Terms as TimeTerms
from orderly.engine.slots import Use, assign, problems
from orderly.journal.actor import Actor
from orderly.patients.models import Patient
from orderly.resources import locks
from orderly.resources.models import Asset, Provider

GUARD = next(guard.name for guard in Reservation._meta.constraints if guard.name.endswith("no_overlap"))


@dataclass(frozen=True, slots=True)
class Leave:
    """What may be set aside for this wish: the usual limit of one, the clock, claims that are its own."""

    overbook: bool = False
    any_time: bool = False
    ignoring: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Placed:
    """A wish that can be had, decided under locks that last as long as the transaction."""

    scene: Scene
    giver: Giver
    plan: Plan
    start: int
    uses: tuple[Use, ...]
    overbooked: bool
    taken: Sequence[Taken]

    @property
    def end(self) -> int:
        return self.start + self.plan.length

    @property
    def session(self) -> Session | None:
        """The one that is joined; None for what isn't a group's, and for the first of a group."""
        return self.scene.sessions.get((self.giver.resource, self.start))

    def kept(self, uses: Iterable[Use]) -> list[list[int]]:
        """What is remembered of them: [resource, from, to] in minutes from the start."""
        return [[use.resource, use.start - self.start, use.end - self.start] for use in uses]

    def take(self, uses: Iterable[Use], kind: ClaimKind, *, expires_at: datetime | None = None) -> Claim:
        """Take this time. The database's own refusal, should it ever come, is a refusal like the others."""
        places = [Place(use.resource, use.start, use.end, self._lanes(use)) for use in uses]
        try:
            return claim(places, kind=kind, taken=self.taken, expires_at=expires_at)
        except IntegrityError as error:
            if GUARD in str(error):
                raise CannotBook(Problem(Code.CONTENDED)) from error
            raise

    def _lanes(self, use: Use) -> int:
        extra = self.scene.terms.overbook if use.role in WIDER and self.overbooked else 0
        return self.scene.parts[use.resource].capacity + extra


def stage_for(wish: Wish, *, actor: Actor) -> Scene:
    """What the wish is about, as far as the actor may know of it: a patient whom none of the
    clinics knows where they may look at patients isn't there."""
    stage = scene_of(wish)
    known = stage.taker is not None and stage.taker.registered
    if wish.patient and not known and not Patient.objects.viewable_by(actor).filter(pk=wish.patient).exists():
        raise NotFound("patient")
    return stage


def place(
    wish: Wish, stage: Scene, *, now: datetime, leave: Leave = Leave(), also_lock: frozenset[int] = frozenset()
) -> Placed:
    """Decide a wish under locks, inside the caller's transaction; `also_lock` are resources it is about to leave.

    Errors: CannotBook with every reason; NotFound for a provider or resource that isn't there; Invalid for a length the
    service can't have.
    """
    giver = _giver(stage, wish)
    plan = _plan(stage, giver, wish)
    window = (wish.start, wish.start + 1)
    stage = meeting(_locked(stage, plan, also_lock), window, now=now)
    plan, _ = way(stage, giver.resource, wish.start, plan, {})
    _check_length(stage, wish, plan)
    loaded = stage.load([plan], window, now=now, ignoring=leave.ignoring)
    _, calendars = way(stage, giver.resource, wish.start, plan, loaded.calendars)
    gone = release_expired(loaded.taken, now=now)
    end_expired(gone)
    gone |= leave.ignoring
    wanted = stage.resources_of(wish.resources)
    if wanted is None:
        raise _unknown_resources(wish)
    when = stage.time_terms(now)
    terms = TimeTerms(wish.start) if leave.any_time else when
    against = problems(plan, calendars, wish.start, terms, wanted=wanted)
    overbooked = bool(against) and leave.overbook
    extra = stage.terms.overbook if overbooked else 0
    if overbooked:
        against = problems(plan, calendars, wish.start, terms, wanted=wanted, overbook=extra)
        against = against if extra else tuple(map(_not_overbookable, against))
    uses = assign(plan, calendars, wish.start, wanted=wanted, overbook=extra)
    if against or uses is None:
        raise CannotBook(*against, wish=wish)
    return Placed(stage, giver, plan, wish.start, uses, overbooked, [row for row in loaded.taken if row[5] not in gone])


def _giver(stage: Scene, wish: Wish) -> Giver:
    found = standing(stage, wish)
    if found and wish.provider and not Provider.objects.filter(pk=wish.provider, clinics=wish.clinic).exists():
        raise NotFound("provider")
    giver = stage.givers.get(wish.provider) if wish.provider else None
    if found or giver is None:
        raise CannotBook(*(found or [Problem(Code.MISSING, "provider")]), wish=wish)
    return giver


def _check_length(stage: Scene, wish: Wish, plan: Plan) -> None:
    """A group meets for as long as it does for everybody."""
    if stage.terms.places > 1 and wish.minutes not in (None, plan.length):
        raise invalid("duration_minutes", "group")


def _plan(stage: Scene, giver: Giver, wish: Wish) -> Plan:
    try:
        return stage.plan(giver, wish.minutes if stage.terms.places == 1 else None)
    except ValueError as error:
        if wish.minutes is None:  # the provider's own length doesn't fit the service's phases
            raise CannotBook(Problem(Code.NOT_OFFERED, "provider"), wish=wish) from error
        raise invalid("duration_minutes", "length") from error


def _locked(stage: Scene, plan: Plan, also_lock: frozenset[int]) -> Scene:
    """Lock all that the plan could use, in one go, and take from the locked rows what may have changed since."""
    wanted = {one for need in plan.requirements for one in need.candidates}
    rows = locks.lock(wanted | also_lock)
    fresh = {pk: Part(stage.parts[pk].role, rows[pk].capacity, rows[pk].active) for pk in wanted & rows.keys()}
    return replace(stage, parts={**stage.parts, **fresh})


def _unknown_resources(wish: Wish) -> Exception:
    """Told apart only on this path: something of the clinic's that the service has no use for, or nothing of the
    clinic's.
    """
    there = Asset.objects.filter(pk__in=wish.resources, clinic=wish.clinic).count()
    there += Provider.objects.filter(pk__in=wish.resources, clinics=wish.clinic).count()
    if there < len(wish.resources):
        return NotFound("resources")
    return CannotBook(Problem(Code.NOT_OFFERED, "resources"), wish=wish)


def _not_overbookable(problem: Problem) -> Problem:
    busy = problem.code is Code.PROVIDER_BUSY or (problem.code is Code.RESOURCE_BUSY and problem.field == "start")
    return replace(problem, code=Code.OVERBOOK_LIMIT) if busy else problem
