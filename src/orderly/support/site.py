"""The admin site: who gets in, and which of Django's own pages are there."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from orderly.core.errors import Forbidden, NotFound
from orderly.edge.guard import SUPPORT
from orderly.edge.readlog import require_look

KEPT = ("index", "app_list", "jsi18n")


def answering(view: Callable[..., Any], needs: dict[str, str], *, shows: str = "") -> Callable[..., Any]:
    """The view as the list of routes knows it: answering these methods alone, and logging a look at what it shows."""

    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in (*needs, "HEAD"):
            return HttpResponseNotAllowed(needs)
        try:
            answer: HttpResponseBase = view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error
        except Forbidden as error:
            raise PermissionDenied(error.permission) from error
        if shows:
            require_look(request, answer.status_code)
        return answer

    marked: Any = update_wrapper(run, view)
    marked.needs, marked.shows, marked.login_url = needs, shows, None  # the house's sign-in, not the library's
    return run


class SupportSite(AdminSite):
    """Only for who is marked as staff; what they see there hangs on their rights. Signing in, out and passwords are the
    house's own.
    """

    site_header = site_title = "Orderly support"
    index_title = "What is kept"
    final_catch_all_view = False

    def __init__(self) -> None:
        super().__init__("admin")
        self.disable_action("delete_selected")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not self.has_permission(request):
                raise PermissionDenied(SUPPORT)
            return view(request, *args, **kwargs)

        return update_wrapper(csrf_protect(inner if cacheable else never_cache(inner)), view)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Of the library's pages the lists and their words; its others sign people in and change passwords past the
        house's rules.
        """
        found = [one for one in super().get_urls() if isinstance(one, URLResolver) or one.name in KEPT]
        for pattern in found:
            if isinstance(pattern, URLPattern):
                pattern.callback = answering(pattern.callback, {"GET": SUPPORT})
        return found


site = SupportSite()
