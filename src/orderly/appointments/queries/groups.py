"""The sessions of a group service, as the search and the verbs see them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from orderly.appointments.models import Session
from orderly.appointments.queries.scene import Scene
from orderly.calendars.queries import Part
from orderly.engine.calendar import Calendars
from orderly.engine.groups import Group, aside, joining
from orderly.engine.plan import Plan, Requirement, Role
from orderly.engine.spans import Span, normalise


def meeting(stage: Scene, window: Span, *, now: datetime) -> Scene:
    """The scene with the sessions that start in `window`. One query, and none for a service without groups."""
    if stage.terms.places == 1:
        return stage
    found = Session.objects.live(now).filter(
        clinic=stage.terms.clinic, service=stage.terms.service, start__gte=window[0], start__lt=window[1]
    )
    sessions = {
        (one.provider.resource_id, one.start): one for one in found.select_related("provider", "resource", "claim")
    }
    places = {one.resource_id: Part(Role.PLACE, one.resource.capacity) for one in sessions.values()}
    return replace(stage, sessions=sessions, parts={**stage.parts, **places})


def group_at(stage: Scene, provider: int, start: int) -> Group | None:
    """The session that somebody who wants this provider (a resource) at `start` would join."""
    session = stage.sessions.get((provider, start))
    return None if session is None else _group(stage, provider, session)


def joins(stage: Scene, givers: Iterable[int]) -> list[tuple[Group, Plan]]:
    """The sessions of these providers (resources), each with what joining it takes."""
    known = frozenset(givers)
    groups = [_group(stage, provider, one) for (provider, _), one in stage.sessions.items() if provider in known]
    return [(group, stage.attended(joining(group))) for group in groups]


def way(stage: Scene, provider: int, start: int, plan: Plan, calendars: Calendars) -> tuple[Plan, Calendars]:
    """What a visit with this provider at `start` takes, and of whose time: joining the session that is there, else
    `plan`.
    """
    group = group_at(stage, provider, start)
    return (plan, calendars) if group is None else (stage.attended(joining(group)), aside(calendars, group))


def _group(stage: Scene, provider: int, session: Session) -> Group:
    """Of those who serve it only the ones that the service still knows are asked for more than to be there."""
    parts: dict[int, list[Span]] = {}
    for resource, low, high in session.uses:
        if resource in stage.parts:
            parts.setdefault(resource, []).append((low, high))
    members = tuple(
        Requirement(stage.parts[one].role, (one,), 1, normalise(spans)) for one, spans in sorted(parts.items())
    )
    return Group(provider, session.start, session.end - session.start, session.resource_id, members)
