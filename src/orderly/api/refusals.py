"""Every refusal as `application/problem+json`."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from orderly.api.invalid import TooMuch, problems_of
from orderly.api.schemas import Alternative, AlternativeStep, ProblemOut, WholeAlternative
from orderly.appointments.actions.together import Moving
from orderly.appointments.inputs import Wish
from orderly.appointments.models import Appointment
from orderly.appointments.queries.scene import Scene
from orderly.appointments.queries.slots import alternatives
from orderly.clinics.models import Clinic
from orderly.core import counts
from orderly.core.database import is_contention
from orderly.core.errors import CannotBook, CannotBookAll, Conflict, Forbidden, Invalid, NotFound, Stale, TooOften
from orderly.edge.actors import now_of, secret_of
from orderly.edge.tracing import reference_of
from orderly.edge.wording import names_of, words
from orderly.engine.problems import Code, Problem
from orderly.engine.ranking import Slot
from orderly.engine.walltime import rfc3339
from orderly.parties.actions.book import CannotBookParty
from orderly.parties.actions.change import CannotMoveParty
from orderly.parties.queries import search
from orderly.parties.queries.elsewhere import shifts
from orderly.parties.queries.search import Proposal

CONTENT_TYPE = "application/problem+json"
AGAIN_AFTER = "1"  # seconds
logger = logging.getLogger(__name__)


def refusal(
    status: int,
    problems: Iterable[Problem] = (),
    *,
    detail: str = "",
    zone: str = "UTC",
    headers: Mapping[str, str] | None = None,
    said: Sequence[ProblemOut] | None = None,
    **more: Any,
) -> HttpResponse:
    """The answer that says no, and why; `said` are the problems in words, where these say more than usual."""
    problems = tuple(problems)
    counts.refused(problems)
    said = in_words(problems, zone) if said is None else said
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or " ".join(dict.fromkeys(one.message for one in said)),
        "problems": [one.model_dump(exclude_none=True) for one in said],
        **more,
    }
    return HttpResponse(json.dumps(body), status=status, content_type=CONTENT_TYPE, headers=headers)


def in_words(problems: Iterable[Problem], zone: str) -> list[ProblemOut]:
    """The problems as they are shown; times are read in `zone`."""
    problems = tuple(problems)
    names = names_of(problems)
    return [
        ProblemOut(code=str(one.code), message=words(one, zone=zone, names=names), field=one.field or None)
        for one in problems
    ]


def as_alternatives(stage: Scene, found: Iterable[Slot]) -> list[Alternative]:
    zone = stage.terms.zone
    return [
        Alternative(start=rfc3339(zone, start), end=rfc3339(zone, end), provider=str(stage.names[provider]))
        for start, end, provider in found
    ]


def cannot_book(request: HttpRequest, error: CannotBook) -> HttpResponse:
    """With the nearest times that can be had; everything has been rolled back by now and nothing is locked."""
    wish = error.wish
    if not isinstance(wish, Wish):
        return conflict(request, error)
    zone, instead = _instead(request, wish)
    return refusal(409, error.problems, zone=zone, alternatives=instead)


def _instead(request: HttpRequest, wish: Wish) -> tuple[str, list[dict[str, Any]]]:
    stage, found = alternatives(wish, now=now_of(request))
    return stage.terms.zone, [one.model_dump() for one in as_alternatives(stage, found)]


class NotAll(CannotBookAll):
    """With what those that were asked for are called, and the zone in which their times are read."""

    def __init__(self, against: Mapping[int, tuple[Problem, ...]], name: str, zone: str, wish: object = None) -> None:
        super().__init__(against, wish)
        self.name, self.zone = name, zone


@contextmanager
def together(name: str, zone: str) -> Iterator[None]:
    """What can't be had of several is told by its place in the body's `name`, in the clinic's times."""
    try:
        yield
    except CannotBookAll as refused:
        raise NotAll(refused.against, name, zone, refused.wish) from refused


def not_all(request: HttpRequest, error: NotAll, **more: Any) -> HttpResponse:
    """Each reason with the place of what it is against among all that was asked for."""
    if isinstance(error.wish, Wish):
        more["alternatives"] = _instead(request, error.wish)[1]
    said = [
        one.model_copy(update={"field": ".".join(filter(None, (error.name, str(nth), one.field)))})
        for nth, problems in error.against.items()
        for one in in_words(problems, error.zone)
    ]
    return refusal(409, error.problems, said=said, headers=_again(error), **more)


def cannot_book_party(request: HttpRequest, error: CannotBookParty) -> HttpResponse:
    """With the nearest times for all of its steps."""
    zone = Clinic.objects.values_list("timezone", flat=True).get(pk=error.request.clinic)
    found = search.alternatives(error.request, now=now_of(request))
    instead = [_whole_alternative(one, zone).model_dump(mode="json") for one in found]
    return not_all(request, NotAll(error.against, "steps", zone), alternatives=instead)


def cannot_move_party(request: HttpRequest, error: CannotMoveParty) -> HttpResponse:
    """With the nearest times that all of it could be moved to."""
    members = Appointment.objects.select_related("clinic").defer("clinic__logo")
    found = members.in_bulk([one.appointment for one in error.moves])
    zone = next(iter(found.values())).clinic.timezone
    instead = [_moved(error.moves, found, by, zone) for by in shifts(error.moves, now=now_of(request))]
    return not_all(request, NotAll(error.against, "appointments", zone), alternatives=instead)


def _moved(moves: Sequence[Moving], found: Mapping[UUID, Appointment], by: int, zone: str) -> dict[str, Any]:
    """The party from its first start to its last end, and who begins."""
    first = min(moves, key=lambda one: one.move.start)
    begins = found[first.appointment]
    ends = [one.move.start + (one.move.minutes or _length(found[one.appointment])) for one in moves]
    provider = first.move.provider or begins.provider_id or begins.proposed_provider_id
    times = rfc3339(zone, first.move.start + by), rfc3339(zone, max(ends) + by)
    return Alternative(start=times[0], end=times[1], provider=str(provider)).model_dump()


def _length(found: Appointment) -> int:
    return found.end - found.start


def _whole_alternative(found: Proposal, zone: str) -> WholeAlternative:
    steps = [
        AlternativeStep(
            patient=str(step.patient),
            service=str(step.service),
            provider=str(step.provider),
            resources=sorted(map(str, step.resources)),
            start=rfc3339(zone, step.start),
            end=rfc3339(zone, end),
        )
        for step, end in zip(found.steps, found.ends, strict=True)
    ]
    first = min(found.steps, key=lambda step: step.start)
    start, end = rfc3339(zone, found.start), rfc3339(zone, found.end)
    return WholeAlternative(start=start, end=end, provider=str(first.provider), steps=steps)


def conflict(request: HttpRequest, error: Conflict) -> HttpResponse:
    return refusal(409, error.problems, headers=_again(error))


def _again(error: Conflict) -> Mapping[str, str] | None:
    contended = any(problem.code is Code.CONTENDED for problem in error.problems)
    return {"Retry-After": AGAIN_AFTER} if contended else None


def too_often(request: HttpRequest, error: TooOften) -> HttpResponse:
    return refusal(429, error.problems, headers={"Retry-After": str(error.wait)})


def unauthenticated(request: HttpRequest) -> HttpResponse:
    bad = ', error="invalid_token"' if secret_of(request) is not None else ""
    challenge = {"WWW-Authenticate": f'Bearer realm="orderly"{bad}'}
    return refusal(401, detail=_("Sign in, or send a valid token."), headers=challenge)


def not_found(request: HttpRequest, error: Exception | None = None) -> HttpResponse:
    field = error.field if isinstance(error, NotFound) else ""
    problems = [Problem(Code.INVALID, field, params=(("reason", "not_found"),))] if field else []
    return refusal(404, problems, detail="" if field else _("There is nothing here, or it isn't yours."))


def not_allowed(methods: Iterable[str]) -> HttpResponse:
    return refusal(405, detail=_("This address doesn't do that."), headers={"Allow": ", ".join(sorted(methods))})


def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of ours: the client gets a number to name, the log gets the rest."""
    if isinstance(error, OperationalError) and is_contention(error):
        return conflict(request, Conflict(Problem(Code.CONTENDED)))
    reference = reference_of(request)
    logger.error("unexpected error %s", reference, exc_info=error)
    detail = _("Something went wrong on our side. Reference: %(reference)s") % {"reference": reference}
    return refusal(500, detail=detail, reference=reference)


def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return refusal(400, detail=_("The request can't be read."))


def _too_large(request: HttpRequest, error: Exception) -> HttpResponse:
    return refusal(413, detail=_("The request is too large."))


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The library's own refusals; its 400 hides why the body couldn't be read."""
    if isinstance(error.__cause__, HttpError):
        return _http(request, error.__cause__)
    if isinstance(error.__cause__, RequestDataTooBig):
        return _too_large(request, error)
    return _unreadable(request, error) if error.status_code == 400 else refusal(error.status_code, detail=str(error))


def _forbidden(request: HttpRequest, error: Forbidden) -> HttpResponse:
    detail = _("You don't have the right to do this here: %(permission)s.") % {"permission": error.permission}
    return refusal(403, detail=detail)


def handle(api: NinjaAPI) -> None:
    """Tell the API what to answer to each exception; the most particular class decides."""

    def add(kind: Any, handler: Any) -> None:
        api.add_exception_handler(kind, handler)

    add(CannotBook, cannot_book)
    add(CannotBookParty, cannot_book_party)
    add(CannotMoveParty, cannot_move_party)
    add(NotAll, not_all)
    add(Conflict, conflict)
    add(Invalid, lambda request, error: refusal(422, error.problems))
    add(TooMuch, lambda request, error: refusal(400, error.problems))
    add(ValidationError, lambda request, error: refusal(422, problems_of(error.errors)))
    add(Stale, lambda request, error: refusal(412, detail=_("Somebody has changed this since you read it.")))
    add(TooOften, too_often)
    add(NotFound, not_found)
    add(Http404, not_found)
    add(Forbidden, _forbidden)
    add(AuthenticationError, lambda request, error: unauthenticated(request))
    add(HttpError, _http)
    add(RequestDataTooBig, _too_large)
    for unreadable in (SuspiciousOperation, MultiPartParserError, RawPostDataException, UnreadablePostError):
        add(unreadable, _unreadable)
    add(Exception, unexpected)
