"""From a wish to time that is really taken: lock, load, let the engine decide, claim. Every verb that needs time
comes by here.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from orderly.appointments.actions.decide import Chosen, Decision, Move
from orderly.appointments.actions.sessions import alone, end_expired
from orderly.appointments.inputs import Wish
from orderly.appointments.models import Session
from orderly.appointments.queries.groups import meeting, way
from orderly.appointments.queries.requests import NOBODY, crowd, table
from orderly.appointments.queries.scene import Giver, Scene, scene_of
from orderly.appointments.queries.slots import standing
from orderly.calendars.actions.claims import Place, claim, release_expired
from orderly.calendars.models import Claim, ClaimKind, Reservation
from orderly.calendars.queries import Part, Taken
from orderly.core.errors import CannotBook, Conflict, NotFound, invalid
from orderly.engine.calendar import at_any_hour
from orderly.engine.plan import Plan
from orderly.engine.problems import Code, Problem
from orderly.engine.reasons import WIDER
from orderly.engine.slots import Offer, Use, reach
from orderly.engine.slots import Terms as TimeTerms
from orderly.journal.actor import Actor
from orderly.patients.models import Patient
from orderly.resources import locks
from orderly.resources.models import Asset, Provider

GUARD = next(guard.name for guard in Reservation._meta.constraints if guard.name.endswith("no_overlap"))


@dataclass(frozen=True, slots=True)
class Leave:
    """What may be set aside for this wish: the usual limit of one, the clock, what hours and absences say, claims that
    are its own, and that of the session it leaves if nobody else is in it. Where anybody will do, `prefer` is asked
    first.
    """

    overbook: bool = False
    any_time: bool = False
    any_hour: bool = False
    ignoring: frozenset[int] = frozenset()
    session: Session | None = None
    prefer: UUID | None = None


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
    moves: tuple[Move, ...] = ()
    """The proposals that have to make room; whoever takes the time moves them before."""

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
    wish = replace(wish, ignoring=leave.ignoring)  # what is offered instead is looked for with the same eyes
    givers = _givers(stage, wish, leave.prefer)
    wanted = stage.resources_of(wish.resources)
    if wanted is None:
        raise _unknown_resources(wish)
    offers = _offers(stage, givers, wish)
    window = (wish.start, wish.start + 1)
    plans = [offer.plan for offer in offers]
    near = reach(plans, window)
    seen = crowd(wish.clinic, near, ignoring=leave.ignoring) if stage.asked_in(near) else NOBODY
    stage, locked = _locked(stage, plans, also_lock | seen.resources)
    own = alone(leave.ignoring, leave.session, now=now)
    stage = meeting(stage, window, now=now)
    ways = [Offer(one.provider, way(stage, one.provider, wish.start, one.plan, {})[0]) for one in offers]
    _check_length(stage, wish, ways[0].plan)
    loaded = stage.load([one.plan for one in ways], window, now=now, ignoring=own)
    gone = release_expired(loaded.taken, now=now)
    end_expired(gone)
    gone |= own
    when = stage.time_terms(now)
    decision = Decision(stage, ways, wish, wanted, TimeTerms(wish.start) if leave.any_time else when)
    calendars = at_any_hour(loaded.calendars) if leave.any_hour else loaded.calendars
    chosen = decision.as_it_stands(calendars) or _shuffled(decision, locked, own, now)
    if chosen is None and leave.overbook:
        chosen = decision.overbooked(calendars)
    if chosen is None:
        raise CannotBook(*decision.problems, wish=replace(wish, ignoring=own))
    giver = next(one for one in givers if one.resource == chosen.offer.provider)
    taken = [row for row in loaded.taken if row[5] not in gone]
    return Placed(stage, giver, chosen.offer.plan, wish.start, chosen.uses, chosen.overbooked, taken, chosen.moves)


def _shuffled(decision: Decision, locked: frozenset[int], ignoring: frozenset[int], now: datetime) -> Chosen | None:
    """If proposals move. Those that nobody saw before the locks were taken are locked now, but never waited for."""
    stage, window = decision.stage, (decision.wish.start, decision.wish.start + 1)
    plans = [offer.plan for offer in decision.offers]
    there = crowd(stage.terms.clinic, reach(plans, window), ignoring=ignoring)
    if not there.waiting:
        return None
    late = there.resources - locked
    if late and locks.lock_if_free(late) is None:
        raise Conflict(Problem(Code.CONTENDED))
    _, shuffle = table(stage, there, plans, window, ignoring=ignoring, now=now)
    return decision.after_a_shuffle(shuffle)


def _givers(stage: Scene, wish: Wish, prefer: UUID | None) -> list[Giver]:
    """Who could give it, the preferred one first: the one that is wished, else everybody."""
    found = standing(stage, wish)
    if found and wish.provider and not Provider.objects.filter(pk=wish.provider, clinics=wish.clinic).exists():
        raise NotFound("provider")
    if found:
        raise CannotBook(*found, wish=wish)
    return sorted(stage.givers.values(), key=lambda giver: (giver.id != prefer, giver.resource))


def _check_length(stage: Scene, wish: Wish, plan: Plan) -> None:
    """A group meets for as long as it does for everybody."""
    if stage.terms.places > 1 and wish.minutes not in (None, plan.length):
        raise invalid("duration_minutes", "group")


def _offers(stage: Scene, givers: Sequence[Giver], wish: Wish) -> list[Offer]:
    """The visit as each of them would give it, as long as is wished."""
    minutes = wish.minutes if stage.terms.places == 1 else None
    found = []
    for giver in givers:
        with suppress(ValueError):
            found.append(Offer(giver.resource, stage.plan(giver, minutes)))
    if found:
        return found
    if wish.minutes is None:  # the providers' own lengths don't fit the service's phases
        raise CannotBook(Problem(Code.NOT_OFFERED, "provider"), wish=wish)
    raise invalid("duration_minutes", "length")


def _locked(stage: Scene, plans: Iterable[Plan], also_lock: frozenset[int]) -> tuple[Scene, frozenset[int]]:
    """Lock all that the plans could use, in one go, and take from the locked rows what may have changed since."""
    wanted = {one for plan in plans for need in plan.requirements for one in need.candidates}
    rows = locks.lock(wanted | also_lock)
    fresh = {pk: Part(stage.parts[pk].role, rows[pk].capacity, rows[pk].active) for pk in wanted & rows.keys()}
    return replace(stage, parts={**stage.parts, **fresh}), frozenset(rows)


def _unknown_resources(wish: Wish) -> Exception:
    """Told apart only on this path: something of the clinic's that the service has no use for, or nothing of the
    clinic's.
    """
    there = Asset.objects.filter(pk__in=wish.resources, clinic=wish.clinic).count()
    there += Provider.objects.filter(pk__in=wish.resources, clinics=wish.clinic).count()
    if there < len(wish.resources):
        return NotFound("resources")
    return CannotBook(Problem(Code.NOT_OFFERED, "resources"), wish=wish)
