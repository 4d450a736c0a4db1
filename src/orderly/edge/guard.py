"""What a view needs, said once at the view: read by the guard itself and by the list of routes."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address, ip_network
from secrets import compare_digest
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed

from orderly.core.errors import Forbidden, NotFound
from orderly.edge.actors import actor_of, address_of, secret_of
from orderly.edge.limits import PUBLIC_WRITE, Limit, limited
from orderly.edge.readlog import require_look
from orderly.journal.actor import Actor

SIGNED_IN: Final = "signed-in"
PUBLIC: Final = "public"
OPERATOR: Final = "operator"
SUPPORT: Final = "support"  # who is marked as staff; what they see in the admin hangs on the table

FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")

View = Callable[..., HttpResponseBase]


def guard(permission: str, *methods: str, shows: str = "", limit: Limit = PUBLIC_WRITE) -> Callable[[View], View]:
    """Lets a view run for those who hold `permission`: in the clinic that the URL names as `clinic`, else in any
    of theirs. `SIGNED_IN` asks only for a sign-in, `PUBLIC` for nothing; what is sent to a public one has a `limit`.
    `OPERATOR` is for machines of the house: by their address or their token, see `_check_operator`.
    `methods` are all it answers (GET). A view that `shows` "patients" or "appointments" must log a look (see
    `readlog`).

    What the view raises as NotFound and Forbidden becomes the page for 404 and 403.
    """
    allowed = methods or ("GET",)

    def decorate(view: View) -> View:
        counted = limited(limit)(view) if permission == PUBLIC else view

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in (*allowed, "HEAD" if "GET" in allowed else None):
                return HttpResponseNotAllowed(allowed)
            try:
                if permission == OPERATOR:
                    _check_operator(request)
                elif permission not in (SIGNED_IN, PUBLIC):
                    _check(actor_of(request), permission, kwargs.get("clinic"))
                answer = counted(request, *args, **kwargs)
                if shows:
                    require_look(request, answer.status_code)
                return answer
            except NotFound as error:
                raise Http404 from error
            except Forbidden as error:
                raise PermissionDenied(error.permission) from error

        marked: Any = guarded
        marked.needs = dict.fromkeys(allowed, permission)
        marked.shows = shows
        return login_not_required(marked) if permission in (PUBLIC, OPERATOR) else marked

    return decorate


def _check(actor: Actor, permission: str, clinic: Any) -> None:
    if clinic is not None:
        if not actor.belongs_to(clinic):
            raise NotFound
        allowed = actor.may_own(permission, clinic)
    else:
        allowed = any(actor.may_own(permission, one) for one in actor.rights) or permission in actor.everywhere
    if not allowed:
        raise Forbidden(permission)


def _check_operator(request: HttpRequest) -> None:
    """Shows the token of the house, or comes from a network of the house without anybody in between: what a proxy
    forwards comes from anywhere, even where the proxy itself is a neighbour.
    """
    shown, token = secret_of(request) or "", settings.METRICS_TOKEN
    if token and compare_digest(shown.encode(), token.encode()):
        return
    if any(header in request.headers for header in FORWARDED) or not _of_the_house(address_of(request)):
        raise Forbidden(OPERATOR)


def _of_the_house(address: str) -> bool:
    try:
        return any(ip_address(address) in ip_network(one.strip()) for one in settings.METRICS_FROM)
    except ValueError:
        return False
