"""The appointment's card beyond its state: who serves it, how long, what it costs, who is told, and taking it back."""

import json
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from orderly.appointments.actions.book import book
from orderly.appointments.models import Appointment
from orderly.journal.models import Entry
from orderly.people.queries import actor_for
from tests.factories import MONDAY, NOW, at, booking, make_patient, make_provider, make_user
from tests.packages.shop import Shop
from tests.web.desk import Desk, errors, said, text

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def visit(desk: Desk) -> Appointment:
    return desk.book("10:00", notes="Brings X-ray")


def asked(desk: Desk, time: str = "10:00", **more: Any) -> Appointment:
    """A request: for a time, with anybody."""
    start = at(desk.clinic, MONDAY, time)
    request = booking(desk.clinic, desk.service, None, desk.patient, start, **more)
    return book(request, actor=actor_for(desk.user), now=NOW)


def post(desk: Desk, name: str, made: Appointment, *args: Any, when: Any = LATER, **form: Any) -> Any:
    with time_machine.travel(when, tick=False):
        return desk.post(name, made.pk, *args, **form)


class TestUndo:
    """CAL-9"""

    def test_what_was_said_offers_a_way_back(self, desk: Desk, visit: Appointment) -> None:
        response = post(desk, "appointment-step", visit, "arrive", version=visit.version)
        offered = json.loads(response["HX-Trigger"])["orderly:said"]["undo"]
        url = f"/appointments/{visit.pk}/undo"
        assert offered == {"label": "Undo", "url": url, "version": visit.version + 1, "seconds": 180}
        assert "Confirmed → Arrived Undo" in text(response)
        back = desk.client.post(url, {"version": offered["version"]})
        assert (back.status_code, said(back)) == (200, f"Undone. {visit.number}: Confirmed")
        assert "undo" not in json.loads(back["HX-Trigger"])["orderly:said"]
        assert "History Undone, Arrived → Confirmed Dee Desk" in text(back)

    def test_it_is_offered_as_long_as_it_is_possible(self, desk: Desk, visit: Appointment) -> None:
        post(desk, "appointment-step", visit, "arrive")
        for seconds, left in ((60, "180"), (61, "179"), (239, "1"), (241, None)):
            with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
                shown = desk.get("appointment", visit.pk).content.decode()
            found = re.search(r'data-undo data-seconds="(\d+)"', shown)
            assert (found and found[1]) == left

    def test_not_to_others(self, desk: Desk, visit: Appointment) -> None:
        post(desk, "appointment-step", visit, "arrive")
        desk.client.force_login(make_user("front_desk", desk.clinic))
        response = post(desk, "appointment-undo", visit)
        assert (response.status_code, "data-undo" in response.content.decode()) == (409, False)
        assert errors(response) == ["Somebody else made the last change; only they can undo it."]

    def test_a_time_that_was_taken_meanwhile(self, desk: Desk, visit: Appointment) -> None:
        post(desk, "appointment-move-to", visit, day=str(MONDAY), time="11:00")
        desk.book("10:00", patient=make_patient(desk.clinic))
        response = post(desk, "appointment-undo", visit, when=LATER + timedelta(minutes=1))
        assert (response.status_code, errors(response)) == (409, ["Dr Smith is busy 10:00–10:30."])


class TestRequests:
    """APT-5"""

    def test_who_is_free_and_why_others_are_not(self, desk: Desk) -> None:
        busy = make_provider(desk.clinic, service=desk.service, name="Adams", title="Dr")
        start = at(desk.clinic, MONDAY, "10:00")
        other = booking(desk.clinic, desk.service, busy, make_patient(desk.clinic), start)
        book(other, actor=actor_for(desk.user), now=NOW)
        shown = text(desk.get("appointment", asked(desk).pk))
        assert (
            "Who serves it? Dr Smith proposed Free, 30 minutes Dr Adams Dr Adams is busy 10:00–10:30. No e-mail"
            in shown
        )
        assert "Decline" in shown

    def test_assigning_and_confirming_at_once(self, desk: Desk) -> None:
        desk.patient.email = "ann@example.org"
        desk.patient.save()
        made = asked(desk)
        response = post(
            desk, "appointment-assign", made, provider=desk.provider.pk, confirm="1", tell=["false", "true"]
        )
        assert (said(response), Appointment.objects.get().status) == (f"{made.number}: Confirmed", "confirmed")
        assert Entry.objects.latest("id").ids["tell"] is True
        back = post(desk, "appointment-undo", made, when=LATER + timedelta(minutes=1))
        assert (said(back), Appointment.objects.get().provider) == (f"Undone. {made.number}: Requested", None)

    def test_only_assigning(self, desk: Desk) -> None:
        made = asked(desk)
        response = post(desk, "appointment-assign", made, provider=desk.provider.pk)
        found = Appointment.objects.get()
        assert (found.status, found.provider, "assigned Free" in text(response)) == ("requested", desk.provider, True)

    def test_nobody_chosen(self, desk: Desk) -> None:
        response = post(desk, "appointment-assign", asked(desk))
        assert (response.status_code, errors(response)) == (422, ["Choose a provider."])

    def test_back_to_a_request(self, desk: Desk, visit: Appointment) -> None:
        post(desk, "appointment-step", visit, "unconfirm")
        found = Appointment.objects.get()
        assert (found.status, found.provider) == ("requested", desk.provider)


@pytest.mark.parametrize(
    ("days", "usual", "all_of_them"),
    [
        (-1, [], ["Arrived", "Back to a request"]),
        (0, ["Arrived"], ["Arrived", "Completed", "No-show", "Back to a request"]),
    ],
)
def test_what_happens_on_the_day_is_the_next_step_on_that_day(
    desk: Desk, visit: Appointment, days: int, usual: list[str], all_of_them: list[str]
) -> None:
    """APT-4: marking somebody as there is possible before, and not what is meant by one press too many; that they came
    or didn't can't be known.
    """
    noon = datetime.combine(MONDAY + timedelta(days=days), time(12), UTC)
    with time_machine.travel(noon, tick=False):
        shown = desk.get("appointment", visit.pk).content.decode()
    steps = re.search(r'<form class="buttons".*?</form>', shown, re.DOTALL)
    assert steps is not None
    assert re.findall(r'btn-primary"[^>]*>([^<]+)<', steps[0]) == usual
    assert re.findall(r"<button[^>]*>([^<]+)<", steps[0]) == all_of_them


def test_calling_off_can_be_opened_at_once(desk: Desk, visit: Appointment) -> None:
    """CAL-5: by one key on a box or a row; what isn't a form of the card opens nothing."""
    for opened, hidden in (("cancel", False), ("", True), ("story", True)):
        shown = desk.get("appointment", visit.pk, open=opened).content.decode()
        assert (re.search(r'<form id="cancel-form" class="more" hidden', shown) is not None) == hidden


class TestLength:
    """APT-3"""

    def test_by_one_press(self, desk: Desk, visit: Appointment) -> None:
        shown = desk.get("appointment", visit.pk).content.decode()
        assert re.findall(r'name="minutes" value="(\d+)"', shown) == ["15", "25", "35", "45", "60"]
        response = post(desk, "appointment-move-to", visit, day=str(MONDAY), time="10:00", minutes=45)
        assert (said(response), "45 minutes" in text(response)) == ("Now until 10:45.", True)

    def test_refused_it_says_why(self, desk: Desk, visit: Appointment) -> None:
        desk.book("10:30", patient=make_patient(desk.clinic))
        response = post(desk, "appointment-move-to", visit, day=str(MONDAY), time="10:00", minutes=45)
        assert (response.status_code, "Dr Smith is busy 10:30–11:00." in text(response)) == (409, True)
        assert "Nearest free times" in text(response)


class TestCosts:
    """APT-7: before it is done."""

    @pytest.fixture(autouse=True)
    def _rule(self, desk: Desk) -> None:
        desk.clinic.late_fee_kind, desk.clinic.late_fee, desk.clinic.no_show_fee = "percent", 50, 1500
        desk.clinic.free_cancel_hours = 2
        desk.clinic.save()

    @pytest.mark.parametrize(
        ("time", "told"),
        [
            ("10:00", "No fee until Mon 2 Mar 2026, 08:00. The price of £50.00 isn't owed any more."),
            ("07:30", "This costs the patient £25.00 : it was free until Mon 2 Mar 2026, 05:30."),
        ],
    )
    def test_calling_off(self, desk: Desk, time: str, told: str) -> None:
        make_provider(desk.clinic, service=desk.service, name="Early", hours=(0, 1440))
        early = make_provider(desk.clinic, service=desk.service, hours=(0, 1440))
        start = at(desk.clinic, MONDAY, time)
        request = booking(desk.clinic, desk.service, early, desk.patient, start)
        made = book(request, actor=actor_for(desk.user), now=NOW)
        assert told in text(desk.get("appointment", made.pk))

    def test_of_a_request_nothing(self, desk: Desk) -> None:
        assert "No fee. The price of £50.00 isn't owed any more." in text(desk.get("appointment", asked(desk).pk))

    @pytest.mark.parametrize("uses", [False, True])
    def test_of_what_is_prepaid(self, desk: Desk, uses: bool) -> None:
        """PKG-6: its session, by the clinic's rules, and never money."""
        rules = {"no_show_uses_session": uses, "late_cancel_uses_session": uses, "no_show_fee": 1500}
        shop = Shop(late_fee_kind="percent", late_fee=50, free_cancel_hours=24, **rules)
        desk.client.force_login(make_user("front_desk", shop.clinic))
        shown = text(desk.get("appointment", shop.book(shop.sell(), shop.time("10:00")).pk))
        used = "This uses the prepaid session: it was free until Sun 1 Mar 2026, 10:00."
        assert ((used if uses else "No session is used.") in shown, "given back" in shown) == (True, False)
        assert ("Not coming uses the prepaid session." in shown, "Not coming costs" in shown) == (uses, False)

    def test_not_coming(self, desk: Desk, visit: Appointment) -> None:
        assert "Not coming costs the patient £15.00 ." in text(desk.get("appointment", visit.pk))
        response = post(desk, "appointment-step", visit, "no-show", reason="no answer")
        assert "Fee £15.00" in text(response)
        assert "Confirmed → No-show no answer" in text(response)


class TestTelling:
    """CAL-9: asked once, with what would be read, in the patient's language."""

    def test_who_has_no_address_is_called(self, desk: Desk, visit: Appointment) -> None:
        shown = text(desk.get("appointment", visit.pk))
        assert "No e-mail address: nothing is sent. Tell them now, or call: +44 7400 900123" in shown

    def test_what_it_says(self, desk: Desk, visit: Appointment) -> None:
        desk.patient.email, desk.patient.language = "ann@example.org", "ru"
        desk.patient.save()
        response = desk.get("appointment", visit.pk)
        assert "Ваша запись отменена: понедельник 2 марта 2026, 10:00" in text(response)
        assert 'lang="ru"' in response.content.decode()

    @pytest.mark.parametrize(("sent", "said_so"), [(["false", "true"], True), (["false"], False), ([], None)])
    def test_the_choice_is_kept(self, desk: Desk, visit: Appointment, sent: list[str], said_so: bool | None) -> None:
        post(desk, "appointment-cancel", visit, reason="patient_ill", tell=sent)
        assert Entry.objects.get(fact="appointment_cancelled").ids.get("tell") is said_so


class TestNotes:
    """APT-10: changed where they stand, and in the history with old and new."""

    def test_in_place(self, desk: Desk, visit: Appointment) -> None:
        response = post(desk, "appointment-correct", visit, notes="Brings nothing", referral="Dr Who", source="website")
        shown = text(response)
        assert "Referral Dr Who Notes Brings nothing" in shown
        assert "By phone → Website, Notes: Brings X-ray → Brings nothing, Referral: – → Dr Who" in shown

    def test_what_can_not_be(self, desk: Desk, visit: Appointment) -> None:
        response = post(desk, "appointment-correct", visit, notes="x" * 2001, opened="edit")
        assert (response.status_code, len(errors(response))) == (422, 1)
        assert 'id="edit-form" class="more" novalidate' in response.content.decode()
        assert Appointment.objects.get().notes == "Brings X-ray"

    def test_a_change_by_hand_asks_when_it_is_done(self, desk: Desk, visit: Appointment) -> None:
        """As dragging and the length buttons send it; the card and the toast ask the same."""
        desk.patient.email = "ann@example.org"
        desk.patient.save()
        response = post(desk, "appointment-move-to", visit, day=str(MONDAY), time="11:00")
        url = f"/appointments/{visit.pk}/telling"
        ask = json.loads(response["HX-Trigger"])["orderly:said"]["undo"]["ask"]
        assert (ask, "Tell Ann Lee by e-mail?" in text(response)) == ({"id": str(visit.pk), "url": url}, True)
        question = piece(desk, visit)
        assert "New time for your appointment: Monday 2 March 2026 at 11:00" in text(question)
        assert 'data-asks="180"' in question.content.decode()
        answer = post(desk, "appointment-telling", visit, tell="true", version=visit.version + 1)
        assert text(answer) == "Ann Lee will be told in three minutes."
        said = Entry.objects.get(fact="telling_chosen")
        assert (said.ids["tell"], said.user) == (True, desk.user.pk)
        assert (piece(desk, visit).status_code, "The patient is to be told" in text(card(desk, visit))) == (204, True)

    def test_it_is_asked_once(self, desk: Desk, visit: Appointment) -> None:
        """Not where the form asked, nor again."""
        desk.patient.email = "ann@example.org"
        desk.patient.save()
        asked = post(desk, "appointment-move-to", visit, day=str(MONDAY), time="11:00", tell="false")
        assert ("ask" in asked["HX-Trigger"], piece(desk, visit).status_code) == (False, 204)
        again = post(desk, "appointment-telling", visit, tell="true")
        assert (again.status_code, errors(again)) == (409, ["That was answered already."])

    def test_no_news_no_question(self, desk: Desk, visit: Appointment) -> None:
        desk.patient.email = "ann@example.org"
        desk.patient.save()
        post(desk, "appointment-step", visit, "arrive")
        assert piece(desk, visit).status_code == 204

    def test_asked_of_nobody_who_cannot_be_written_to(self, desk: Desk, visit: Appointment) -> None:
        post(desk, "appointment-move-to", visit, day=str(MONDAY), time="11:00")
        shown = piece(desk, visit)
        expected = "Ann Lee has no e-mail address. Unless they know already, call: +44 7400 900123"
        assert (text(shown), "<form" in shown.content.decode()) == (expected, False)

    def test_an_answer_too_late_or_unreadable(self, desk: Desk, visit: Appointment) -> None:
        post(desk, "appointment-move-to", visit, day=str(MONDAY), time="11:00")
        assert post(desk, "appointment-telling", visit, tell="maybe").status_code == 422
        stale = post(desk, "appointment-telling", visit, tell="true", version=1)
        assert (stale.status_code, errors(stale)) == (412, ["Somebody changed this appointment meanwhile."])
        late = post(desk, "appointment-telling", visit, when=LATER + timedelta(minutes=4), tell="true")
        wrong = ["That was more than three minutes ago: call the patient if they should know."]
        assert (late.status_code, errors(late)) == (409, wrong)


def piece(desk: Desk, made: Appointment) -> Any:
    with time_machine.travel(LATER, tick=False):
        return desk.get("appointment-telling", made.pk)


def card(desk: Desk, made: Appointment) -> Any:
    with time_machine.travel(LATER, tick=False):
        return desk.get("appointment", made.pk)
