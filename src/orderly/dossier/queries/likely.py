"""Records of a clinic that are likely one person, looked for among some of its patients at a time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from orderly.patients.alike import Person, Reason, score
from orderly.patients.blocking import NEAR
from orderly.patients.keys import FROM, SAID, keys_of, person_of
from orderly.patients.models import Patient, SearchKey, ToldApart
from orderly.patients.models.keys import NAME
from orderly.patients.queries import LIKELY

AT_ONCE: Final = 200
"""Records looked at for one page."""
COMMON: Final = 30
"""A key that more records have than this tells none apart."""
UNSAID: Final = (NAME, NEAR)  # keys that alone make no pair worth comparing

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, the older first: it is the one that usually stays."""

    older: Patient
    newer: Patient
    score: float
    reasons: tuple[Reason, ...]


def likely_pairs(clinic: UUID, page: int = 1) -> Sequence[Pair]:
    """The pairs in which the newer record is one of the `page`th lot of the clinic's patients, the newest first; the
    likeliest pair first. Whom somebody has told apart isn't a pair. Five queries, however many patients there are.
    """
    patients = Patient.objects.in_clinic(clinic).order_by("-created_at", "-id")
    some = list(patients.values("pk", "resource", "created_at", *SAID)[(page - 1) * AT_ONCE : page * AT_ONCE])
    beside = _beside(some)
    rows = patients.filter(resource__in={other for others in beside.values() for other in others})
    known = {row["resource"]: row for row in rows.values("pk", "resource", "created_at", *SAID)} if beside else {}
    apart = set(ToldApart.objects.among({row["pk"] for row in (*some, *known.values())}).values_list("first", "second"))
    scored = (one for one in _scored(some, beside, known) if tuple(sorted(one[:2])) not in apart)
    found = sorted(scored, key=lambda one: (-one[2], one[1]))
    by_id = Patient.objects.in_bulk([pk for older, newer, _, _ in found for pk in (older, newer)])
    return [Pair(by_id[older], by_id[newer], sure, reasons) for older, newer, sure, reasons in found]


def lots(clinic: UUID) -> int:
    """How many pages there are to look through."""
    return max(-(-Patient.objects.in_clinic(clinic).count() // AT_ONCE), 1)


def _beside(some: Sequence[Row]) -> dict[int, set[int]]:
    """For each record the others that have a key in common with it."""
    keys = {row["resource"]: _telling(row) for row in some}
    having: dict[str, set[int]] = defaultdict(set)
    wanted = {key for own in keys.values() for key in own}
    for key, resource in SearchKey.objects.filter(key__in=wanted).values_list("key", "resource"):
        having[key].add(resource)
    few = {key: others for key, others in having.items() if 1 < len(others) <= COMMON}
    return {own: set().union(*(few.get(key, ()) for key in mine)) - {own} for own, mine in keys.items()}


def _telling(row: Row) -> list[str]:
    return [key for key in keys_of({name: row[name] for name in FROM}) if not key.startswith(UNSAID)]


def _scored(
    some: Sequence[Row], beside: Mapping[int, set[int]], known: Mapping[int, Row]
) -> Iterator[tuple[UUID, UUID, float, tuple[Reason, ...]]]:
    """Each pair once: seen from its newer record."""
    people: dict[int, Person] = {resource: person_of(row) for resource, row in known.items()}
    for row in some:
        own = person_of(row)
        for resource in sorted(beside[row["resource"]] & known.keys()):
            other = known[resource]
            if (other["created_at"], other["pk"]) < (row["created_at"], row["pk"]):
                alike = score(own, people[resource])
                if alike.score >= LIKELY:
                    yield other["pk"], row["pk"], alike.score, alike.reasons
