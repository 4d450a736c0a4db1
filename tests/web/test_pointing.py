"""What pointing at the calendar tells: why not, what is in a box, what is pinned."""

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse

from orderly.appointments.actions.hold import hold
from orderly.appointments.inputs import Wish
from orderly.appointments.models import Appointment
from orderly.calendars.models import Rule, RuleKind
from orderly.journal.models import Look
from orderly.people.models import RoleOverride
from orderly.people.queries import actor_for
from tests.factories import MONDAY, NOW, at, make_clinic, make_patient, make_provider, make_service, make_user
from tests.web.desk import Desk, text

pytestmark = pytest.mark.django_db
Why = Callable[..., HttpResponse]


@pytest.fixture
def why(desk: Desk) -> Why:
    def ask(time: str, **more: object) -> HttpResponse:
        return desk.get(
            "why", desk.clinic.pk, **{"day": str(MONDAY), "time": time, "provider": desk.provider.pk, **more}
        )

    return ask


def offered(response: HttpResponse) -> list[str]:
    """What can be booked from here."""
    return re.findall(r'data-take data-day="[^"]+" data-time="([^"]+)"', response.content.decode())


def reasons(response: HttpResponse) -> list[str]:
    [block] = re.findall(r'<div class="why-reasons"[^>]*>(.*?)</div>', response.content.decode(), re.DOTALL)
    return [one.replace("&#x27;", "'") for one in re.findall(r"<p>(.*?)</p>", block)]


class TestWhyNot:
    """AVL-5"""

    def test_taken_says_by_whom(self, desk: Desk, why: Why) -> None:
        made = desk.book("10:00")
        response = why("10:15")
        assert "Why not 10:15?" in text(response)
        assert reasons(response) == ["Dr Smith is busy 10:00–10:30."]
        assert "10:00–10:30 Ann Lee Consultation" in text(response)
        assert f'data-appointment="{made.pk}"' in response.content.decode()
        assert offered(response) == ["10:30", "10:45", "09:30"]

    def test_closed(self, desk: Desk, why: Why) -> None:
        Rule.objects.create(
            resource=desk.provider.resource, clinic=desk.clinic, kind=RuleKind.LUNCH, weekdays=2, start=720, end=780
        )
        response = why("12:30")
        assert reasons(response) == ["Dr Smith is away 12:00–13:00."]
        assert offered(response) == ["13:00", "13:15", "11:30"]

    def test_being_booked_by_a_colleague(self, desk: Desk, why: Why) -> None:
        other = make_user("front_desk", desk.clinic, name="Tim Other")
        start = at(desk.clinic, MONDAY, "10:00")
        wish = Wish(clinic=desk.clinic.pk, service=desk.service.pk, start=start, provider=desk.provider.pk)
        hold(wish, actor=actor_for(other), now=NOW)
        assert "Being booked by Tim Other" in text(why("10:00"))

    def test_busy_in_another_clinic_is_only_busy(self, desk: Desk, why: Why) -> None:
        """ACC-3"""
        other = Desk.__new__(Desk)
        other.clinic, other.provider, other.user = make_clinic(), desk.provider, make_user("super_admin")
        other.provider.clinics.add(other.clinic)
        Rule.objects.create(
            resource=desk.provider.resource, clinic=other.clinic, kind=RuleKind.HOURS, weekdays=127, start=540, end=1020
        )
        other.service = make_service(other.clinic, 30)
        other.service.offerings.create(provider=desk.provider)
        other.patient = make_patient(other.clinic, first_name="Secret", last_name="Person")
        other.book("10:00")
        response = why("10:00")
        assert reasons(response) == ["Dr Smith is busy 10:00–10:30."]
        assert "Secret" not in text(response)

    def test_free(self, desk: Desk, why: Why) -> None:
        response = why("10:00")
        assert ("10:00 is free" in text(response), reasons(response), offered(response)) == (True, [], ["10:00"])

    def test_past_can_be_written_down_all_the_same(self, desk: Desk, why: Why) -> None:
        response = why("10:00", day="2026-02-27")
        assert "Book it all the same…" in text(response)
        assert offered(response)[-1] == "10:00"

    def test_may_be_squeezed_in(self, desk: Desk, why: Why) -> None:
        """APT-3"""
        desk.service.overbook = 1
        desk.service.save()
        desk.book("10:00")
        assert offered(why("10:00"))[-1] == "10:00"

    def test_for_another_service(self, desk: Desk, why: Why) -> None:
        long = make_service(desk.clinic, 60, name="Long")
        long.offerings.create(provider=desk.provider)
        desk.book("11:00")
        assert reasons(why("10:15")) == []
        assert reasons(why("10:15", service=long.pk)) == ["Dr Smith is busy 11:00–11:30."]

    @pytest.mark.parametrize("typed", [{"day": "x"}, {"time": "late"}, {"provider": "me"}, {"service": "1"}])
    def test_what_cannot_be_read(self, why: Why, typed: dict[str, str]) -> None:
        assert why(**{"time": "10:00", **typed}).status_code == 200

    def test_who_may_not_book_sees_why_but_no_buttons(self, desk: Desk, why: Why) -> None:
        desk.book("10:00")
        desk.client.force_login(make_user("read_only", desk.clinic))
        response = why("10:00")
        assert (reasons(response), offered(response)) == (["Dr Smith is busy 10:00–10:30."], [])
        assert "Mon 2 Mar 2026, 10:30" in text(response)

    def test_it_costs_the_same_however_many_there_are(self, desk: Desk, why: Why, django_assert_num_queries) -> None:
        """OPS-5"""
        desk.book("10:00")
        why("10:00")
        for count in (0, 3, 8):
            for _ in range(count):
                make_provider(desk.clinic, service=desk.service)
            with django_assert_num_queries(25):
                why("10:00")


def test_a_box_tells_what_the_desk_wants_to_know(desk: Desk) -> None:
    """CAL-2: on pointing at it, and it is logged that somebody looked."""
    made = desk.book("10:00", notes="Brings X-ray")
    shown = text(desk.get("peek", desk.clinic.pk, made.pk))
    for part in ("Ann Lee Confirmed", "10:00–10:30 Consultation 1", "+44 7400 900123", "36 years, first time here"):
        assert part in shown
    assert "Provider Dr Smith" in shown
    assert "Brings X-ray" in shown
    assert Look.objects.filter(what="appointment", subject=made.pk).count() == 1


def test_a_box_of_another_clinic_is_not_there(desk: Desk) -> None:
    """ACC-4"""
    other = Desk()
    assert desk.get("peek", desk.clinic.pk, other.book("10:00").pk).status_code == 404


class TestPinned:
    """CAL-8"""

    def test_in_the_order_they_were_pinned(self, desk: Desk) -> None:
        first, second = desk.book("10:00"), desk.book("11:00", patient=make_patient(desk.clinic, first_name="Bob"))
        response = desk.get("pinned", desk.clinic.pk, id=[str(second.pk), str(first.pk), str(second.pk), "x"])
        found = re.findall(
            r'data-pinned="([^"]+)" data-version="1" data-day="2026-03-02" data-movable', response.content.decode()
        )
        assert found == [str(second.pk), str(first.pk)]
        assert "Ann Lee Mon 2 Mar 2026, 10:00–10:30 · Consultation · Dr Smith" in text(response)

    def test_what_is_over_cannot_be_moved(self, desk: Desk) -> None:
        made = desk.book("10:00")
        desk.post("appointment-cancel", made.pk, reason="other", note="x")
        response = desk.get("pinned", desk.clinic.pk, id=str(made.pk))
        assert "Cancelled" in text(response)
        assert "Move here" not in text(response)

    def test_of_another_clinic_or_gone(self, desk: Desk) -> None:
        """ACC-4"""
        other = Desk()
        ids = [str(other.book("10:00").pk), "019cad21-cf00-7dff-bc2a-bf081ef99a09"]
        assert text(desk.get("pinned", desk.clinic.pk, id=ids)) == ""

    def test_many_cost_the_same(self, desk: Desk, django_assert_num_queries) -> None:
        """OPS-5"""
        ids = [str(desk.book(f"{hour}:00", patient=make_patient(desk.clinic)).pk) for hour in range(10, 15)]
        for some in (ids[:1], ids[:3], ids):
            desk.get("pinned", desk.clinic.pk, id=some)  # which writes down the look
            with django_assert_num_queries(6):
                desk.get("pinned", desk.clinic.pk, id=some)


def test_who_only_looks_may_not_move_pins(desk: Desk) -> None:
    made: Appointment = desk.book("10:00")
    desk.client.force_login(make_user("read_only", desk.clinic))
    assert "Move here" not in text(desk.get("pinned", desk.clinic.pk, id=str(made.pk)))


@pytest.mark.parametrize("permission", ["patients:view", "billing:view"])
def test_names_and_prices_are_for_those_who_may_see_them(desk: Desk, permission: str) -> None:
    """ACC-3: where a clinic takes the right away, a visit goes by its number, its box by initials, and has no price."""
    made = desk.book("10:00")
    RoleOverride.objects.create(clinic=desk.clinic, role="front_desk", permission=permission, allowed=False)
    form = {"day": str(MONDAY), "time": "10:00", "provider": desk.provider.pk}
    answers = {
        "peek": desk.get("peek", desk.clinic.pk, made.pk),
        "pinned": desk.get("pinned", desk.clinic.pk, id=str(made.pk)),
        "why": desk.get("why", desk.clinic.pk, **form),
        "card": desk.get("appointment", made.pk),
        "move": desk.get("appointment-move", made.pk),
        "feed": desk.get("calendar-feed", desk.clinic.pk, **{"from": "2026-03-02", "to": "2026-03-03"}),
    }
    found = {name: [said for said in ("Ann Lee", "£50.00") if said in text(one)] for name, one in answers.items()}
    named = permission != "patients:view"
    assert {name for name, said in found.items() if "Ann Lee" in said} == (set(answers) if named else set())
    assert {name for name, said in found.items() if "£50.00" in said} == (set() if named else {"peek", "card"})
    if not named:
        assert made.number in text(answers["peek"])
        assert "A. L." in answers["feed"].content.decode()
