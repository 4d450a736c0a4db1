"""What hypothesis makes for the engine's tests: small timelines, calendars and plans, full of edges."""

from hypothesis import strategies as st

from orderly.engine.calendar import Calendar
from orderly.engine.plan import Need, Phase, Plan, Role, compile_plan
from orderly.engine.rules import Layers
from orderly.engine.spans import Span, normalise

LENGTH = 40
"""Timelines run from minute 0 to this one."""


def span(low: int = 0, high: int = LENGTH) -> st.SearchStrategy[Span]:
    """One non-empty span."""
    return st.tuples(st.integers(low, high - 1), st.integers(1, 12)).map(lambda it: (it[0], it[0] + it[1]))


def rows(most: int = 6) -> st.SearchStrategy[tuple[Span, ...]]:
    """Sorted spans that may overlap."""
    return st.lists(span(), max_size=most).map(lambda found: tuple(sorted(found)))


def spans(most: int = 6) -> st.SearchStrategy[tuple[Span, ...]]:
    """Sorted, disjoint spans that do not touch."""
    return rows(most).map(normalise)


def layers() -> st.SearchStrategy[Layers]:
    """Mostly open."""
    wide = st.just(((0, LENGTH),)) | spans() | st.none()
    return st.builds(Layers, wide, spans(1), spans(1), spans(1))


def calendar(one: int, role: Role = Role.RESOURCE) -> st.SearchStrategy[Calendar]:
    """A resource's day."""
    return st.builds(
        Calendar,
        st.just(one),
        st.just(role),
        layers(),
        rows(4),
        rows(2),
        st.sampled_from((1, 1, 1, 2)),
        st.sampled_from((True,) * 9 + (False,)),
    )


ROLES = {1: Role.PROVIDER, 2: Role.PROVIDER, 3: Role.PROVIDER} | dict.fromkeys((4, 5, 6), Role.RESOURCE)


def calendars() -> st.SearchStrategy[dict[int, Calendar]]:
    """Three providers, three things and a patient; at times one of the things is unknown."""
    known = st.fixed_dictionaries({one: calendar(one, role) for one, role in ROLES.items() if one != 6})
    unknown = st.fixed_dictionaries({}, optional={6: calendar(6)})
    patient = st.fixed_dictionaries({7: calendar(7, Role.PATIENT)})
    return st.tuples(known, unknown, patient).map(lambda parts: parts[0] | parts[1] | parts[2])


def need(role: Role) -> st.SearchStrategy[Need]:
    """Some of the resources with that role."""
    ids = [one for one, its in ROLES.items() if its == role]
    some = st.lists(st.sampled_from(ids), min_size=1, max_size=3).map(tuple)
    return st.builds(Need, st.just(role), some, st.sampled_from((1, 1, 2)))


def plans(*, providers: bool = True) -> st.SearchStrategy[Plan]:
    """One or two phases with up to three needs each, and buffers."""
    kinds = [need(Role.RESOURCE), st.just(Need(Role.PATIENT, (7,)))]
    if providers:
        kinds += [need(Role.PROVIDER), need(Role.PROVIDER)]
    phase = st.builds(Phase, st.integers(1, 5), st.lists(st.one_of(kinds), max_size=3).map(tuple))
    phases = st.lists(phase, min_size=1, max_size=2)
    return st.builds(compile_plan, phases, st.sampled_from((0, 0, 2)), st.sampled_from((0, 0, 3)))
