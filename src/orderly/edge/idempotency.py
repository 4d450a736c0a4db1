"""The same write sent twice is done once: the answer is kept, in the transaction of the write itself."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.http import HttpRequest

from orderly.core.database import fetch, writing
from orderly.core.errors import Conflict, invalid
from orderly.edge.actors import actor_of
from orderly.edge.models import IdempotentAnswer
from orderly.engine.problems import Code, Problem

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. `keep`, where the body itself must not be stored, is what a repetition gets instead."""

    status: int
    body: str
    etag: str = ""
    keep: str | None = None


def key_of(request: HttpRequest) -> str | None:
    """The key the client chose. Raises Invalid for one that isn't 1 to 255 printable ASCII characters."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not PRINTABLE.fullmatch(key):
        raise invalid(HEADER, "characters" if key else "too_short")
    return key


def digest_of(request: HttpRequest) -> str:
    """What makes two requests the same one: method, address, body, and what their sender may do.

    A narrower token of the same user must not be shown the answer that a wider one got.
    """
    actor = actor_of(request)
    rights = sorted((str(clinic), sorted(held)) for clinic, held in actor.rights.items())
    head = f"{request.method} {request.get_full_path()}\n{sorted(actor.everywhere)}{rights}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()


def once(key: str | None, digest: str, write: Callable[[], Answer], *, user: UUID, now: datetime) -> Answer:
    """The answer of `write`; where the user has sent this key before, what was answered then.

    A refusal is raised, so it rolls everything back and keeps nothing: the key can be used again.
    Errors: Invalid where the key came with another request; Conflict `contended` while its twin is at work.
    """
    if key is None:
        return write()
    with writing():
        _alone(user, key)
        mine = IdempotentAnswer.objects.filter(user=user, key=key)
        mine.filter(created_at__lte=now - KEPT_FOR).delete()
        kept = mine.first()
        if kept is not None:
            return _again(kept, digest)
        answer = write()
        IdempotentAnswer.objects.create(
            user_id=user,
            key=key,
            digest=digest,
            status=answer.status,
            body=answer.body if answer.keep is None else answer.keep,
            etag=answer.etag,
            created_at=now,
        )
        return answer


def _again(kept: IdempotentAnswer, digest: str) -> Answer:
    if kept.digest != digest:
        raise invalid(HEADER, "reused")
    return Answer(kept.status, kept.body, kept.etag)


def _alone(user: UUID, key: str) -> None:
    """On PostgreSQL a twin is told to come back. On SQLite the transaction has begun by locking: it waits here."""
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(hashlib.sha256(f"{user} {key}".encode()).digest()[:8], signed=True)
    if not fetch("SELECT pg_try_advisory_xact_lock(%s)", [number])[0][0]:
        raise Conflict(Problem(Code.CONTENDED, HEADER))


def tidy(now: datetime) -> int:
    """Forget answers that are a day old. Returns how many."""
    return IdempotentAnswer.objects.filter(created_at__lte=now - KEPT_FOR).delete()[0]
