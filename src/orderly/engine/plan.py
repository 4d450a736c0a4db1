"""What a service occupies: phases with needs become requirements with offsets from the visit's start."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from orderly.engine.spans import Spans, normalise


class Role(StrEnum):
    """In what capacity a resource's time is used."""

    PROVIDER = "provider"
    RESOURCE = "resource"
    PATIENT = "patient"
    PLACE = "place"
    """One of the places of a group session."""


@dataclass(frozen=True, slots=True)
class Need:
    """`count` different resources out of `candidates` (resource ids)."""

    role: Role
    candidates: tuple[int, ...]
    count: int = 1


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a visit, in minutes, and what it occupies."""

    minutes: int
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """`count` of `candidates`, each through all of `parts`: minutes from the visit's start, with buffers."""

    role: Role
    candidates: tuple[int, ...]
    count: int
    parts: Spans


@dataclass(frozen=True, slots=True)
class Plan:
    """A visit of `length` minutes and all it occupies; buffers reach below 0 and beyond `length`."""

    length: int
    requirements: tuple[Requirement, ...]


def compile_plan(phases: Sequence[Phase], buffer_before: int = 0, buffer_after: int = 0) -> Plan:
    """Lay `phases` end to end; buffers (minutes) lengthen what the first and the last phase occupy.

    A need that several phases share (equal role, candidates and count) is one requirement, so whoever serves
    it stays; the same need twice in one phase stays two. Raises ValueError for no phases, a phase below one
    minute, a count below one or a negative buffer.
    """
    _check(phases, buffer_before, buffer_after)
    parts: dict[tuple[Need, int], list[tuple[int, int]]] = {}
    at = 0
    for index, phase in enumerate(phases):
        start = at - (buffer_before if index == 0 else 0)
        at += phase.minutes
        end = at + (buffer_after if index == len(phases) - 1 else 0)
        seen: Counter[Need] = Counter()
        for need in map(_tidy, phase.needs):
            parts.setdefault((need, seen[need]), []).append((start, end))
            seen[need] += 1
    requirements = (Requirement(n.role, n.candidates, n.count, normalise(p)) for (n, _), p in parts.items())
    return Plan(at, tuple(requirements))


def with_length(phases: Sequence[Phase], minutes: int) -> tuple[Phase, ...]:
    """`phases` adding up to `minutes`, by changing the last one that can take the difference.

    Raises ValueError if that would leave no phase with at least one minute to give.
    """
    difference = minutes - sum(phase.minutes for phase in phases)
    for index in reversed(range(len(phases))):
        changed = phases[index].minutes + difference
        if changed >= 1:
            return (*phases[:index], replace(phases[index], minutes=changed), *phases[index + 1 :])
    raise ValueError(f"phases cannot be made {minutes} minutes long")


def _tidy(need: Need) -> Need:
    return replace(need, candidates=tuple(sorted(set(need.candidates))))


def _check(phases: Sequence[Phase], buffer_before: int, buffer_after: int) -> None:
    if not phases or any(phase.minutes < 1 for phase in phases):
        raise ValueError("a plan needs phases of at least one minute each")
    if any(need.count < 1 for phase in phases for need in phase.needs):
        raise ValueError("a need counts at least one")
    if buffer_before < 0 or buffer_after < 0:
        raise ValueError("buffers cannot be negative")
