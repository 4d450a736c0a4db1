"""What every page of ours has in common on the wire."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import translation

from orderly.core.errors import TooOften
from orderly.edge.accounts import lacks_second_factor
from orderly.edge.actors import now_of
from orderly.edge.drafts import KEPT_FOR
from orderly.people import stay
from orderly.people.models import User
from orderly.web.answers import is_piece
from orderly.web.errors import too_often
from orderly.web.frame import ENDED

# Nothing inline and nothing from elsewhere; `data:` is for the small pictures inside style sheets.
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class ContentSecurityPolicy:
    """Sends the policy with every answer that hasn't one of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class NotKept:
    """Pages are full of people: no browser and no proxy keeps a copy, neither on a disk nor for the way back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class TooOftenPage:
    """A view that was asked too often is answered with a page that says when to come back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return too_often(request, error) if isinstance(error, TooOften) else None


class SignInAgain:
    """A piece of a page can't become the sign-in page: where a session has ended, the whole page is loaded anew. The
    sign-in then says what became of what was being done.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        elsewhere = response.status_code == 302 and response["Location"].startswith(resolve_url(settings.LOGIN_URL))
        if not elsewhere or request.path == reverse("account_logout"):
            return response
        if is_piece(request):
            response = HttpResponse(status=401, headers={"HX-Refresh": "true"})
        if not request.COOKIES.get(ENDED) and (is_piece(request) or settings.SESSION_COOKIE_NAME in request.COOKIES):
            how = "sent" if is_piece(request) and request.method == "POST" else "seen"
            response.set_cookie(ENDED, how, KEPT_FOR, httponly=True, samesite="Lax", secure=settings.SECURE)
        return response


class SignInEnds:
    """A sign-in ends when nobody has been there for a while, and after a working day. What pages ask for by themselves
    keeps nobody in: only what is sent, a page that is opened, and the scripts' word that somebody is at the keys.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self._look(request)
        return self.get_response(request)

    def _look(self, request: HttpRequest) -> None:
        session, now = request.session, now_of(request)
        if stay.is_over(session, now=now):
            logout(request)
        elif stay.BEGUN not in session:
            stay.begin(session, now=now)
        elif request.path == reverse("account-here") or _opens_a_page(request):
            stay.note(session, now=now)


class OwnLanguage:
    """Who is signed in and has said which language they read sees it, whatever the browser speaks. Programs say it with
    each request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        screen = settings.SESSION_COOKIE_NAME in request.COOKIES and not request.path.startswith("/api/")
        if screen and isinstance(request.user, User) and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


def _opens_a_page(request: HttpRequest) -> bool:
    """Whether somebody follows a link or sends a form, which parts of pages that refresh themselves do not. Browsers
    say so, but not over plain HTTP.
    """
    asked = request.headers.get("Sec-Fetch-Dest")
    if asked:
        return asked == "document"
    return not is_piece(request) and "text/html" in request.headers.get("Accept", "text/html")


class SecondFactorFirst:
    """Who has to have a second factor sets it up before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        free = request.path.startswith(("/accounts/", "/language/", settings.STATIC_URL))
        if free or settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return self.get_response(request)
        if not lacks_second_factor(request):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            problem = {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": "a second factor is due"}
            return JsonResponse(problem, status=403, content_type="application/problem+json")
        if is_piece(request):
            return HttpResponse(status=401, headers={"HX-Refresh": "true"})
        return redirect("mfa_activate_totp")
