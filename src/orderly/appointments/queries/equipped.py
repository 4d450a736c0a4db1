"""With which chairs, rooms and devices a visit would be, and which others could take their place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orderly.appointments.inputs import Wish
from orderly.appointments.queries.scene import Giver, Scene, scene_of
from orderly.engine.calendar import Calendars
from orderly.engine.plan import Plan, Requirement, Role
from orderly.engine.slots import assign


@dataclass(frozen=True, slots=True)
class Place:
    """Something that is used, and everything that could be used for the same, itself included: assets by id."""

    used: UUID
    free: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Equipped:
    """Who gives it, on which terms, and with what."""

    stage: Scene
    giver: Giver
    places: list[Place]


def equipped(wish: Wish, used: frozenset[int], *, now: datetime) -> Equipped | None:
    """For a wish that can be had with the provider it names: each of the `used` resources that is an asset, with what
    is free instead of it. What the wish names already stays. Four queries.

    The claims by which `used` are taken must be among those the wish ignores. No places for a group, whose chairs are
    everybody's. None where the provider doesn't give the service (any more). Raises NotFound for an unknown service.
    """
    stage = scene_of(wish)
    giver = stage.givers.get(wish.provider) if wish.provider else None
    if giver is None:
        return None
    if stage.terms.places > 1:
        return Equipped(stage, giver, [])
    plan = stage.plan(giver, wish.minutes)
    loaded = stage.load([plan], (wish.start, wish.start + 1), now=now, ignoring=wish.ignoring)
    named = (stage.resources_of(wish.resources) or frozenset()) & used
    return Equipped(stage, giver, list(_places(stage, plan, loaded.calendars, wish.start, used, named)))


def _places(
    stage: Scene, plan: Plan, calendars: Calendars, start: int, used: frozenset[int], named: frozenset[int]
) -> Iterator[Place]:
    left = set(used)
    for need in plan.requirements:
        if need.role is not Role.RESOURCE:
            continue
        for one in _taken(need, left):
            left.discard(one)
            others = named - {one}
            free = [it for it in need.candidates if it == one or _could(plan, calendars, start, others | {it}, used)]
            yield Place(stage.names[one], tuple(stage.names[it] for it in free))


def _taken(need: Requirement, left: set[int]) -> list[int]:
    return [one for one in need.candidates if one in left][: need.count]


def _could(plan: Plan, calendars: Calendars, start: int, wanted: frozenset[int], used: frozenset[int]) -> bool:
    """What is in use for another need of the same visit isn't free for this one."""
    return len(wanted - used) == 1 and assign(plan, calendars, start, wanted=wanted) is not None
