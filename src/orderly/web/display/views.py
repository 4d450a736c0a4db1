"""A screen that nobody signs in to: whoever has its link sees numbers, and where they go."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_info, gettext_lazy, override

from orderly.appointments.actions.screens import note_seen
from orderly.appointments.choices import ScreenKind
from orderly.appointments.models import Screen
from orderly.appointments.queries.screens import numbers, screen_of
from orderly.core.errors import NotFound
from orderly.edge.actors import now_of
from orderly.edge.guard import PUBLIC, guard
from orderly.edge.limits import SCREEN, take

MOST_CALLED, MOST_WAITING = 6, 12
CALLED: Final = gettext_lazy("Please come in")
NEXT: Final = gettext_lazy("Next")
NOBODY: Final = gettext_lazy("Nobody is called just now")
HEADINGS: Final = {"called": CALLED, "next": NEXT, "nobody": NOBODY}


@guard(PUBLIC)
def page(request: HttpRequest, clinic: UUID, secret: str) -> HttpResponse:
    screen = _screen(request, clinic, secret)
    return render(request, "display/page.html", {"screen": screen, "secret": secret, **_numbers(request, screen)})


@guard(PUBLIC)
def shown(request: HttpRequest, clinic: UUID, secret: str) -> HttpResponse:
    """What changes: asked for every few seconds."""
    return render(request, "display/_numbers.html", _numbers(request, _screen(request, clinic, secret)))


def _screen(request: HttpRequest, clinic: UUID, secret: str) -> Screen:
    take(SCREEN, request)
    found = screen_of(clinic, secret, ScreenKind.DISPLAY)
    if found is None:
        raise NotFound
    note_seen(found, now=now_of(request))
    return found


def _numbers(request: HttpRequest, screen: Screen) -> dict[str, Any]:
    found = numbers(screen.clinic_id, now=now_of(request))
    return {
        "called": found.called[:MOST_CALLED],
        "waiting": found.waiting[:MOST_WAITING],
        "more": max(0, len(found.waiting) - MOST_WAITING),
        "headings": {name: list(in_each(text, screen.clinic.languages)) for name, text in HEADINGS.items()},
    }


def in_each(text: Any, languages: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    """The same words in each language: its code, its direction, the words."""
    for code in languages:
        with override(code):
            yield code, "rtl" if get_language_info(code)["bidi"] else "ltr", str(text)
