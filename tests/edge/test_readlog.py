"""PAT-9: a look is written once, whole, without anybody's words; what wasn't logged isn't shown."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from orderly.core.ids import uuid7
from orderly.edge.guard import SIGNED_IN, guard
from orderly.edge.readlog import Unlogged, looked, watched
from orderly.journal.actor import Actor
from orderly.journal.models import Kind, Look, Shown
from tests.factories import MONDAY, NOW, TUESDAY

pytestmark = pytest.mark.django_db


def asking(user: Any, minutes: float = 0) -> HttpRequest:
    request: Any = RequestFactory().get("/")
    request._actor, request._now = Actor(user=user, address="192.0.2.7"), NOW + timedelta(minutes=minutes)
    return request


def test_a_list_is_a_look_and_what_stood_in_it() -> None:
    user, clinic, provider, things = uuid7(), uuid7(), uuid7(), [uuid7(), uuid7()]
    filters = {"first": MONDAY, "provider": provider, "status": ["arrived"], "patient": None}
    looked(asking(user), "appointments", among=things, clinic=clinic, kind=Kind.SEARCH, **filters)
    assert list(Look.objects.values()) == [
        {
            "id": Look.objects.get().pk,
            "at": NOW,
            "kind": "search",
            "what": "appointments",
            "clinic": clinic,
            "subject": None,
            "user": user,
            "address": "192.0.2.7",
            "asked": {"first": "2026-03-02", "provider": str(provider), "status": ["arrived"]},
            "count": 2,
        }
    ]
    assert list(Shown.objects.order_by("id").values_list("subject", flat=True)) == things


def test_what_is_watched_is_written_every_five_minutes() -> None:
    user, clinic = uuid7(), uuid7()
    for minutes in (0, 1, 4.9, 5, 6, 10):
        watched(asking(user, minutes), "calendar", clinic=clinic, first=MONDAY)
    assert [look.at - NOW for look in Look.objects.order_by("id")] == [timedelta(minutes=m) for m in (0, 5, 10)]
    watched(asking(user, 11), "calendar", clinic=clinic, first=TUESDAY)
    watched(asking(uuid7(), 11), "calendar", clinic=clinic, first=TUESDAY)
    assert Look.objects.count() == 5


def test_declared_and_forgotten_nothing_is_shown() -> None:
    @guard(SIGNED_IN, shows="patients")
    def forgetful(request: HttpRequest) -> HttpResponse:
        return HttpResponse("Ann Lee")

    @guard(SIGNED_IN, shows="patients")
    def honest(request: HttpRequest) -> HttpResponse:
        looked(request, "patient", uuid7())
        return HttpResponse("Ann Lee")

    with pytest.raises(Unlogged):
        forgetful(asking(uuid7()))
    assert honest(asking(uuid7())).status_code == 200
