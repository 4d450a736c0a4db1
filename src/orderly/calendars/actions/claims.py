"""Taking time and giving it back. What is inserted here the database checks again: two overlaps never both commit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from orderly.calendars.models import Claim, ClaimKind, Hold, Reservation
from orderly.calendars.queries import Taken, reservations
from orderly.engine.lanes import free_lane, relane
from orderly.engine.spans import deep


@dataclass(frozen=True, slots=True)
class Place:
    """A resource's time from `start` to `end`, in one of `lanes` (1 unless it may be shared)."""

    resource: int
    start: int
    end: int
    lanes: int = 1


def claim(
    places: Iterable[Place],
    *,
    kind: ClaimKind,
    taken: Sequence[Taken] = (),
    expires_at: datetime | None = None,
) -> Claim:
    """Take these places under one new Claim, in the caller's transaction, whose locks must cover the resources.

    `taken` are the reservations there already (expired and own old ones left out): where lanes are shared, the new
    place gets the first free one, and if the rows stand so that none is free although the count allows one, they
    are re-laned.
    Errors: IntegrityError where the database finds an overlap, so the check before was wrong or the locks were not
    held.
    """
    made = Claim.objects.create(kind=kind, expires_at=expires_at)
    expires = None if expires_at is None else int(expires_at.timestamp())
    Reservation.objects.bulk_create(
        Reservation(
            claim=made,
            resource_id=place.resource,
            lane=_lane(place, [row for row in taken if row[0] == place.resource]),
            start=place.start,
            end=place.end,
            expires=expires,
        )
        for place in places
    )
    return made


def _lane(place: Place, rows: Sequence[Taken]) -> int:
    if place.lanes == 1:
        return 0
    lane = free_lane([(start, end, lane) for _, start, end, lane, _, _ in rows], (place.start, place.end), place.lanes)
    return _make_room(place) if lane is None else lane


def _make_room(place: Place) -> int:
    """Give the rows around new lanes so that one is free for `place`; deleted and inserted again, since a swap in
    place would clash.
    """
    rows = _connected(place)
    lanes = relane([*[(row, row[1], row[2]) for row in rows], (None, place.start, place.end)], _lanes(place, rows))
    if lanes is None:
        return 0  # no room after all: lane 0 makes the database refuse
    moved = [row for row in rows if lanes[row] != row[3]]
    for row in moved:
        Reservation.objects.filter(claim_id=row[5], resource_id=row[0], start=row[1], end=row[2]).delete()
    Reservation.objects.bulk_create(
        Reservation(claim_id=row[5], resource_id=row[0], lane=lanes[row], start=row[1], end=row[2], expires=row[4])
        for row in moved
    )
    return lanes[None]


def _connected(place: Place) -> Sequence[Taken]:
    """The rows that overlap it, those that overlap these, and so on: no other has to move."""
    low, high = place.start, place.end
    while True:
        rows = [row for row in reservations([place.resource], low, high) if row[2] > low]
        reached = min(low, *(row[1] for row in rows)), max(high, *(row[2] for row in rows))
        if reached == (low, high):
            return rows
        low, high = reached


def _lanes(place: Place, rows: Sequence[Taken]) -> int:
    """How many lanes there are for all of them: others may be piled higher than this one may be, though not on it."""
    here = sorted((max(row[1], place.start), min(row[2], place.end)) for row in rows)
    full = deep([span for span in here if span[0] < span[1]], place.lanes)
    return 0 if full else max(place.lanes, *(row[3] + 1 for row in rows))


def exchange(claim: int, *, kind: ClaimKind, expires_at: datetime | None = None) -> Claim:
    """The same time under a new claim that lasts until `expires_at`; whoever points at the old one takes the new.

    Errors: LookupError for a claim without any time: who asks has an old one.
    """
    rows = list(Reservation.objects.filter(claim=claim).values("resource_id", "lane", "start", "end"))
    if not rows:
        raise LookupError(f"claim {claim} holds nothing")
    made = Claim.objects.create(kind=kind, expires_at=expires_at)
    release([claim])
    expires = None if expires_at is None else int(expires_at.timestamp())
    Reservation.objects.bulk_create(Reservation(claim=made, expires=expires, **row) for row in rows)
    return made


def release(claims: Iterable[int]) -> None:
    """Give back the time of these claims, holds included. Whoever points at them otherwise has let go of them
    before.
    """
    ids = sorted(claims)
    if ids:
        Reservation.objects.filter(claim__in=ids)._raw_delete("default")
        Hold.objects.filter(claim__in=ids)._raw_delete("default")
        Claim.objects.filter(pk__in=ids)._raw_delete("default")


def release_expired(taken: Iterable[Taken], *, now: datetime) -> frozenset[int]:
    """Give back what expired holds still occupy among these rows (the caller holds the locks); their claims' ids."""
    seconds = int(now.timestamp())
    expired = frozenset(row[5] for row in taken if row[4] is not None and row[4] <= seconds)
    release(expired)
    return expired
