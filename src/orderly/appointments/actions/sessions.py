"""How long a group session is there: as long as somebody is in it, and while there are only holds, as long as they.

All of it happens under the locks on those who serve the session; they cover its places too. A session that was read
before the locks only says which one is meant: whoever comes in meanwhile may give it another claim, or end it.
"""

from collections.abc import Iterable
from datetime import datetime

from orderly.appointments.models import Session
from orderly.calendars.actions.claims import exchange, release
from orderly.calendars.models import Claim, ClaimKind, Hold, Reservation
from orderly.resources.models import Resource


def keep_open(session: Session, until: datetime | None) -> None:
    """Somebody comes in, for good or (a hold) until then: the session lasts at least as long."""
    lasts = session.claim.expires_at
    if lasts is not None and (until is None or until > lasts):
        _last(session, until)


def leave(session: Session, *, now: datetime) -> None:
    """After somebody's place was given back. The last one ends the session; holds left behind let it end with them.
    Nothing is left to do where it is gone already.
    """
    found = _as_it_is(session)
    if found is None:
        return
    there = Claim.objects.filter(reservations__resource=found.resource_id).values_list("pk", "expires_at")
    left = {claim: until for claim, until in there if not _over(until, now)}
    release(claim for claim, _ in there if claim not in left)
    ends = [until for until in left.values() if until is not None]
    if not left:
        _end([found.pk], [found.claim_id], [found.resource_id])
    elif len(ends) == len(left) and found.claim.expires_at != max(ends):
        _last(found, max(ends))


def end_expired(claims: Iterable[int]) -> None:
    """Of the claims that have expired and are gone some may have been sessions'; nobody is in these any more."""
    gone = sorted(claims)
    if not gone:
        return
    ended = Session.objects.filter(claim__in=gone).values_list("pk", "resource")
    if ended:
        sessions, resources = zip(*ended, strict=True)
        release(Reservation.objects.filter(resource__in=resources).values_list("claim", flat=True))
        _end(sessions, (), resources)


def alone(claims: frozenset[int], session: Session | None, *, now: datetime) -> frozenset[int]:
    """The claims that don't stand in the way of whoever has these and leaves: the session's too, if nobody else is in
    it.
    """
    found = session and _as_it_is(session)
    if found is None:
        return claims
    others = Claim.objects.filter(reservations__resource=found.resource_id).exclude(pk__in=claims)
    empty = all(_over(until, now) for until in others.values_list("expires_at", flat=True))
    return claims | {found.claim_id} if empty else claims


def session_of(hold: Hold | None) -> Session | None:
    """The session in which a hold keeps a place."""
    if hold is None or hold.service.places == 1:
        return None
    there = Session.objects.filter(resource__reservations__claim=hold.claim_id)
    return there.select_related("claim").first()


def resources_of(session: Session) -> frozenset[int]:
    """Everything that must be locked before anybody leaves it, or it moves."""
    return frozenset((session.resource_id, *(resource for resource, _, _ in session.uses)))


def _as_it_is(session: Session) -> Session | None:
    """None once it has ended, or moved: all who were in it then have other places."""
    return Session.objects.select_related("claim").filter(pk=session.pk, resource=session.resource_id).first()


def _over(expires_at: datetime | None, now: datetime) -> bool:
    """To the second, as reservations expire."""
    return expires_at is not None and int(expires_at.timestamp()) <= int(now.timestamp())


def _last(session: Session, until: datetime | None) -> None:
    kind = ClaimKind.SESSION if until is None else ClaimKind.HOLD
    session.claim = exchange(session.claim_id, kind=kind, expires_at=until)
    session.save(update_fields=["claim"])


def _end(sessions: Iterable[object], claims: Iterable[int], resources: Iterable[int]) -> None:
    release(claims)
    Session.objects.filter(pk__in=[*sessions])._raw_delete("default")
    Resource.objects.filter(pk__in=[*resources])._raw_delete("default")
