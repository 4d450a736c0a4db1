"""VIS-1, VIS-2: the flow board, walking in, and the screens' links."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orderly.appointments.actions.progress import arrive, complete, no_show, start
from orderly.appointments.actions.visits import call
from orderly.appointments.models import Appointment, Screen
from orderly.journal.models import Look
from orderly.people.models import RoleOverride
from orderly.people.queries import actor_for
from tests.factories import NOW, make_clinic, make_patient, make_provider, make_service, make_user
from tests.web.desk import Desk, errors, said, text

TEN = NOW + timedelta(hours=4)
LANE = re.compile(r'<section class="lane lane-(\w+)".*?</section>', re.DOTALL)
NUMBER = re.compile(r"queue</span> (\d+)</b>")
BUTTON = re.compile(r'<button class="btn btn-sm[^>]*>([^<]+)</button>')


def lanes(response: HttpResponse) -> dict[str, list[int]]:
    """The numbers in each lane that has some."""
    page = response.content.decode()
    found = {one[1]: [int(number) for number in NUMBER.findall(one[0])] for one in LANE.finditer(page)}
    gone = [int(one) for one in re.findall(r'class="gone".*?<b class="card-number">(\d+)</b>', page)]
    return {lane: numbers for lane, numbers in {**found, "done": gone}.items() if numbers}


def buttons(response: HttpResponse) -> list[str]:
    return BUTTON.findall(response.content.decode())


class Room:
    """Somebody in each lane; ten o'clock."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.actor = desk, actor_for(desk.user)
        desk.client.force_login(desk.user)  # in the morning's sign-in nobody was there for too long
        names = ["Done", "Here", "Expected", "Called", "Inside", "Missing"]
        self.of: dict[str, Appointment] = {}
        for number, name in enumerate(names):
            patient = make_patient(desk.clinic, first_name=name, last_name="Lee")
            self.of[name] = desk.book(f"{9 + number // 2:02}:{30 * (number % 2):02}", patient=patient)
        for name in ("Done", "Here", "Called", "Inside"):
            arrive(self.of[name].pk, actor=self.actor, now=TEN - timedelta(minutes=20))
        complete(self.of["Done"].pk, actor=self.actor, now=TEN)
        call(self.of["Called"].pk, actor=self.actor, now=TEN)
        start(self.of["Inside"].pk, actor=self.actor, now=TEN)
        no_show(self.of["Missing"].pk, actor=self.actor, now=TEN)

    def step(self, name: str, step: str, **form: Any) -> HttpResponse:
        return self.desk.post("queue-step", self.desk.clinic.pk, self.of[name].pk, step, **form)


@pytest.fixture
def room(desk: Desk) -> Any:
    with time_machine.travel(TEN, tick=False):
        yield Room(desk)


def test_everybody_in_their_lane(room: Room) -> None:
    response = room.desk.get("queue", room.desk.clinic.pk)
    assert lanes(response) == {"expected": [3], "waiting": [2], "called": [4], "in_progress": [5], "done": [1, 6]}
    shown = text(response)
    for part in ("Here Lee", "09:30 · Consultation · Dr Smith", "20 min", "Waiting long", "Next", "No-show"):
        assert part in shown
    look = Look.objects.get()
    assert (look.what, look.clinic, look.user) == ("queue", room.desk.clinic.pk, room.desk.user.pk)


def test_minutes_have_words(room: Room) -> None:
    """Long and too long are the clinic's."""
    clinic = room.desk.clinic
    for long, too_long, word in ((21, 30, ""), (20, 30, "long"), (5, 20, "too-long")):
        clinic.waiting_long_minutes, clinic.waiting_too_long_minutes = long, too_long
        clinic.save()
        page = room.desk.get("queue-part", clinic.pk).content.decode()
        assert (f"flow-card{f' is-{word}' if word else ''} is-first" in page, long) == (True, long)


def test_who_is_late_says_so_and_can_be_a_no_show(desk: Desk) -> None:
    desk.book("10:00")
    with time_machine.travel(TEN, tick=False):
        desk.client.force_login(desk.user)
        assert buttons(desk.get("queue-part", desk.clinic.pk)) == ["Arrived"]
    with time_machine.travel(TEN + timedelta(minutes=7), tick=False):
        late = desk.get("queue-part", desk.clinic.pk)
    assert ("7 min late" in text(late), buttons(late)) == (True, ["Arrived", "No-show"])


def test_each_step_answers_with_the_board(room: Room) -> None:
    response = room.step("Expected", "arrive")
    assert (response.status_code, said(response), lanes(response)["waiting"]) == (200, "3 · Arrived", [2, 3])
    assert lanes(room.step("Called", "uncall"))["waiting"] == [2, 3, 4]
    assert lanes(room.step("Here", "call"))["called"] == [2]
    assert lanes(room.step("Here", "start"))["in_progress"] == [2, 5]
    assert lanes(room.step("Inside", "complete"))["done"] == [1, 5, 6]
    assert lanes(room.step("Called", "left"))["done"] == [1, 5, 4, 6]


def test_what_cannot_be_done_says_why(room: Room) -> None:
    response = room.step("Expected", "call")
    assert (response.status_code, errors(response)) == (409, ["An appointment that is confirmed can't be called in."])
    stale = room.step("Here", "call", version="1")
    assert (stale.status_code, lanes(stale)["waiting"]) == (412, [2])
    assert "meanwhile" in errors(stale)[0]
    assert room.step("Here", "dance").status_code == 404
    assert room.step("Here", "call", version="x" * 5000).status_code == 200


def test_what_is_required_is_asked_for(room: Room) -> None:
    """VIS-3: the board's button can't pass over it; who is here already is marked."""
    room.desk.clinic.check_in_requires = ["identity"]
    room.desk.clinic.save()
    response = room.step("Expected", "arrive")
    assert (response.status_code, errors(response)) == (422, ["Missing: identity checked."])
    assert text(response).count("Not checked in at the desk yet") == 2


def test_calling_the_next(room: Room) -> None:
    desk = room.desk
    room.step("Expected", "arrive")
    response = desk.post("queue-call-next", desk.clinic.pk)
    assert (said(response), lanes(response)["called"]) == ("2 · Called in", [2, 4])
    other = make_provider(desk.clinic, service=desk.service, name="Young")
    nobody = desk.post("queue-call-next", desk.clinic.pk, provider=str(other.pk))
    assert (nobody.status_code, errors(nobody), lanes(nobody)) == (409, ["Nobody who has arrived is waiting."], {})
    assert lanes(desk.post("queue-call-next", desk.clinic.pk, provider=str(desk.provider.pk)))["called"] == [2, 3, 4]


def test_only_ones_own(room: Room) -> None:
    desk = room.desk
    me = make_user("doctor", desk.clinic)
    mine = make_provider(desk.clinic, service=desk.service, name="Young", user=me)
    desk.client.force_login(me)
    page = desk.get("queue", desk.clinic.pk, provider=str(mine.pk))
    assert (lanes(page), "My patients" in text(page)) == ({}, True)
    assert lanes(desk.get("queue-part", desk.clinic.pk, provider=str(desk.provider.pk)))["waiting"] == [2]
    assert lanes(desk.get("queue-part", desk.clinic.pk, provider="nonsense"))["waiting"] == [2]


def test_without_rights_there_are_no_buttons_and_no_names(room: Room) -> None:
    """ACC-3"""
    desk = room.desk
    RoleOverride.objects.create(clinic=desk.clinic, role="read_only", permission="patients:view", allowed=False)
    desk.client.force_login(make_user("read_only", desk.clinic))
    page = desk.get("queue", desk.clinic.pk)
    assert (buttons(page), "Lee" in text(page), "Call next" in text(page)) == ([], False, False)
    assert room.of["Here"].number in text(page)


@pytest.mark.parametrize("many", [1, 3, 12])
def test_as_many_queries_for_few_as_for_many(desk: Desk, many: int) -> None:
    desk.clinic.check_in_requires = ["identity"]
    desk.clinic.save()
    for number in range(many):
        one = desk.book(f"{9 + number // 2:02}:{30 * (number % 2):02}", patient=make_patient(desk.clinic))
        if number % 2 == 0:
            arrive(one.pk, actor=actor_for(desk.user), now=NOW, checked=["identity"])
    desk.get("queue-part", desk.clinic.pk)  # the look is logged once
    with CaptureQueriesContext(connection) as asked:
        desk.get("queue-part", desk.clinic.pk)
    assert len(asked) == 8


def test_walking_in(desk: Desk) -> None:
    """VIS-2: the promised time before anything is written, and the number after."""
    with time_machine.travel(TEN, tick=False):
        desk.client.force_login(desk.user)
        panel = desk.get("walk-in", desk.clinic.pk)
        assert "At once Dr Smith" in text(panel)
        form = {"patient": desk.patient.pk, "service": desk.service.pk, "provider": ""}
        response = desk.post("walk-in-book", desk.clinic.pk, **form)
        assert said(response) == "Number 1: 10:00, Dr Smith"
        assert "At once" not in text(desk.post("walk-in-when", desk.clinic.pk, service=desk.service.pk))
        assert "10:30 Dr Smith" in text(desk.post("walk-in-when", desk.clinic.pk, service=desk.service.pk))
    made = Appointment.objects.get()
    assert (made.status, made.visit.type, made.source) == ("arrived", "walk_in", "walk_in")


def test_an_emergency_walks_in_first(desk: Desk) -> None:
    with time_machine.travel(TEN, tick=False):
        desk.client.force_login(desk.user)
        form = {"patient": desk.patient.pk, "service": desk.service.pk, "emergency": "on", "notes": "fell"}
        assert desk.post("walk-in-book", desk.clinic.pk, **form).status_code == 200
        made = Appointment.objects.get()
        assert (made.visit.type, made.notes) == ("emergency", "fell")
        assert "Emergency" in text(desk.get("queue-part", desk.clinic.pk))


def test_nobody_walks_in_without_a_patient(desk: Desk) -> None:
    response = desk.post("walk-in-book", desk.clinic.pk, service=desk.service.pk)
    assert (response.status_code, errors(response)) == (422, ["Choose a patient."])


def test_somebody_who_is_gone_meanwhile(desk: Desk) -> None:
    """The form stays as it was written, and says so."""
    form = {"patient": make_patient(make_clinic()).pk, "service": desk.service.pk, "notes": "Fell down"}
    response = desk.post("walk-in-book", desk.clinic.pk, **form)
    assert (response.status_code, errors(response)) == (404, ["patient: there is none, or it isn't yours."])
    assert "Fell down" in response.content.decode()


def test_taken_in_by_mistake_and_undone(desk: Desk) -> None:
    """CAL-9"""
    with time_machine.travel(NOW + timedelta(hours=4), tick=False):
        taken = desk.post("walk-in-book", desk.clinic.pk, patient=desk.patient.pk, service=desk.service.pk)
        undo = json.loads(taken["HX-Trigger"])["orderly:said"]["undo"]
        response = desk.client.post(undo["url"], {"version": undo["version"]})
    assert (response.status_code, Appointment.objects.get().status) == (200, "cancelled")


def test_when_the_day_is_full_it_says_why_and_may_squeeze_in(desk: Desk) -> None:
    desk.service.overbook = 1
    desk.service.save()
    with time_machine.travel(NOW + timedelta(hours=10, minutes=40), tick=False):  # 16:40
        desk.client.force_login(desk.user)
        assert "Nothing is free any more today." in text(desk.get("walk-in", desk.clinic.pk))
        form = {"patient": desk.patient.pk, "service": desk.service.pk, "provider": desk.provider.pk}
        response = desk.post("walk-in-book", desk.clinic.pk, **form)
        assert (response.status_code, "Squeeze it in" in text(response)) == (409, True)
        assert errors(response)[0].startswith("Dr Smith doesn't work")
    assert Appointment.objects.count() == 0


def test_when_nothing_is_free_it_says_what_can_be_done(desk: Desk) -> None:
    """Nobody in particular is to blame: another day, or who is to squeeze them in, where that may be."""
    with time_machine.travel(NOW + timedelta(hours=10, minutes=40), tick=False):  # 16:40
        desk.client.force_login(desk.user)
        shut = desk.get("walk-in", desk.clinic.pk)
        form = {"patient": desk.patient.pk, "service": desk.service.pk, "provider": ""}
        refused = desk.post("walk-in-book", desk.clinic.pk, **form)
        desk.service.overbook = 1
        desk.service.save()
        anybody = desk.get("walk-in", desk.clinic.pk)
        named = desk.get("walk-in", desk.clinic.pk, provider=desk.provider.pk)
    advice = ("Book another day", "To squeeze them in, choose the provider.", "Squeeze it in")
    assert [[one in text(page) for one in advice] for page in (shut, anybody, named)] == [
        [True, False, False],
        [True, True, False],
        [True, False, True],
    ]
    button = 'type="submit" disabled'
    assert [button in page.content.decode() for page in (shut, anybody, named)] == [True, True, False]
    assert (refused.status_code, errors(refused)) == (409, [])


def test_who_is_here_already_is_taken_in_again_only_when_that_is_meant(desk: Desk) -> None:
    form = {"patient": desk.patient.pk, "service": desk.service.pk, "provider": "", "token": str(uuid4())}
    with time_machine.travel(TEN, tick=False):
        desk.client.force_login(desk.user)
        desk.post("walk-in-book", desk.clinic.pk, **form)
        assert said(desk.post("walk-in-book", desk.clinic.pk, **form)).startswith("Number 1")  # the same form
        form["token"] = str(uuid4())
        other = desk.post("walk-in-book", desk.clinic.pk, **form, again=uuid4())
        asked = desk.post("walk-in-book", desk.clinic.pk, **form)
        made = Appointment.objects.get()
        assert (other.status_code, asked.status_code) == (409, 409)
        assert "Is here already, number 1." in text(asked)
        assert f'data-appointment="{made.pk}"' in asked.content.decode()
        assert said(desk.post("walk-in-book", desk.clinic.pk, **form, again=desk.patient.pk)).startswith("Number 2")


def test_who_is_booked_for_later_has_arrived_instead(desk: Desk) -> None:
    booked = desk.book("15:00")
    form = {"patient": desk.patient.pk, "service": desk.service.pk, "provider": ""}
    with time_machine.travel(TEN, tick=False):
        desk.client.force_login(desk.user)
        asked = desk.post("walk-in-book", desk.clinic.pk, **form)
        assert (asked.status_code, "Is booked for 15:00 today: Consultation." in text(asked)) == (409, True)
        step = reverse("appointment-step", args=[booked.pk, "arrive"])
        assert f'hx-post="{step}" hx-vals=\'{{"version": "{booked.version}"}}\'' in asked.content.decode()
        desk.client.post(step, {"version": booked.version})
        assert "Is here already, number 1." in text(desk.post("walk-in-book", desk.clinic.pk, **form))
    assert Appointment.objects.count() == 1


def test_another_service_has_other_providers(desk: Desk) -> None:
    other = make_service(desk.clinic, 60, name="Massage")
    make_provider(desk.clinic, service=other, name="Young")
    found = text(desk.post("walk-in-when", desk.clinic.pk, service=other.pk, provider=desk.provider.pk))
    assert ("Young" in found, "Dr Smith" in found) == (True, False)


def add_screen(desk: Desk, kind: str, name: str) -> HttpResponse:
    return desk.client.post(reverse("screen-add", args=[desk.clinic.pk]), {"kind": kind, "name": name})


def test_a_screens_link_is_shown_once(desk: Desk) -> None:
    response = add_screen(desk, "display", "Hall")
    page = response.content.decode()
    [link] = re.findall(r'value="(http[^"]+/display/[^"]+)"', page)
    assert ("data:image/svg+xml" in page, response["Cache-Control"]) == (True, "no-store")
    again = desk.get("screens", desk.clinic.pk)
    assert ("Hall" in text(again), link in again.content.decode(), "never opened" in text(again)) == (True, False, True)
    path = link.split("//", 1)[1].split("/", 1)[1]
    assert desk.client.get(f"/{path}").status_code == 200
    assert "last on" in text(desk.get("screens", desk.clinic.pk))
    assert desk.post("screen-revoke", desk.clinic.pk, Screen.objects.get().pk).status_code == 302
    assert desk.client.get(f"/{path}").status_code == 404
    assert "No screen has a link yet." in text(desk.get("screens", desk.clinic.pk))


def test_a_screen_without_a_name(desk: Desk) -> None:
    response = add_screen(desk, "kiosk", "")
    assert (response.status_code, errors(response), Screen.objects.count()) == (422, ["Missing: name."], 0)


def test_the_clinics_rules(desk: Desk) -> None:
    desk.client.force_login(make_user("clinic_admin", desk.clinic))
    form = {"waiting_long_minutes": 10, "waiting_too_long_minutes": 25, "check_in_requires": ["identity", "contact"]}
    assert desk.post("queue-rules", desk.clinic.pk, **form).status_code == 302
    desk.clinic.refresh_from_db()
    assert {name: getattr(desk.clinic, name) for name in form} == form
    wrong = desk.post("queue-rules", desk.clinic.pk, waiting_long_minutes=30, waiting_too_long_minutes=5)
    assert wrong.status_code == 422
    assert errors(wrong) == ["minutes until waiting is too long: must be between 30 and 1440."]
    assert desk.post("queue-rules", desk.clinic.pk, waiting_long_minutes="x").status_code == 422
