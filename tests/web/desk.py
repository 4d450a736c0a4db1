"""A front desk in London and its screens, as a browser asks for them."""

import html
import json
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from orderly.appointments.actions.book import book
from orderly.appointments.models import Appointment
from orderly.people.queries import actor_for
from orderly.series.actions.create import create
from orderly.series.inputs import SeriesRequest
from tests.factories import MONDAY, NOW, at, booking, make_clinic, make_patient, make_provider, make_service, make_user

TAG = re.compile(r"<[^>]+>")
ERRORS = re.compile(r'<div class="field-errors"[^>]*>(.*?)</div>', re.DOTALL)
PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


class Desk:
    """One clinic, one provider from 9 to 17 on weekdays, one service of half an hour, one patient."""

    def __init__(self, role: str = "front_desk") -> None:
        self.clinic = make_clinic(name="Riverside")
        self.service = make_service(self.clinic, 30, name="Consultation", general=True)
        self.provider = make_provider(self.clinic, service=self.service, name="Smith", title="Dr")
        self.patient = make_patient(self.clinic, first_name="Ann", last_name="Lee", mobile="+447400900123")
        self.user = make_user(role, self.clinic, name="Dee Desk")
        self.client = Client(headers={"HX-Request": "true"})
        self.client.force_login(self.user)

    def get(self, name: str, /, *args: Any, **query: Any) -> HttpResponse:
        return self.client.get(reverse(name, args=args), query)

    def post(self, name: str, /, *args: Any, **form: Any) -> HttpResponse:
        return self.client.post(reverse(name, args=args), form)

    def form(self, time: str = "10:00", **more: Any) -> dict[str, Any]:
        """The booking form for the Monday, filled in."""
        ids = {"provider": self.provider.pk, "service": self.service.pk, "patient": self.patient.pk}
        return {"day": str(MONDAY), "time": time, "source": "phone", **ids, **more}

    def book(self, time: str = "10:00", **more: Any) -> Appointment:
        """Booked by somebody else, without a screen."""
        start = at(self.clinic, MONDAY, time)
        request = booking(self.clinic, self.service, self.provider, more.pop("patient", self.patient), start, **more)
        return book(request, actor=actor_for(self.user), now=NOW)

    def repeat(self, time: str = "10:00", count: int = 3) -> Appointment:
        """The first of so many Mondays, booked as a series."""
        hours, minutes = time.split(":")
        request = SeriesRequest(
            clinic=self.clinic.pk,
            service=self.service.pk,
            provider=self.provider.pk,
            patient=self.patient.pk,
            first=MONDAY,
            wall=int(hours) * 60 + int(minutes),
            rule=f"FREQ=WEEKLY;COUNT={count}",
        )
        series = create(request, actor=actor_for(self.user), now=NOW)
        return Appointment.objects.filter(occurrence__series=series).earliest("start")


def errors(response: HttpResponse) -> list[str]:
    """Every sentence that stands next to a field, from top to bottom."""
    return [
        html.unescape(text) for block in ERRORS.findall(response.content.decode()) for text in PARAGRAPH.findall(block)
    ]


def said(response: HttpResponse) -> str:
    """What the page announces."""
    return str(json.loads(response["HX-Trigger"])["orderly:said"]["text"])


def text(response: HttpResponse) -> str:
    """What is to be read, in one line."""
    return " ".join(html.unescape(TAG.sub(" ", response.content.decode())).split())


def value(response: HttpResponse, name: str) -> str:
    """What an input holds."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', response.content.decode())
    return html.unescape(found[1]) if found else ""


def others(response: HttpResponse) -> list[tuple[str, str]]:
    """The times offered instead."""
    return re.findall(r'data-day="([^"]+)" data-time="([^"]+)"', response.content.decode())
