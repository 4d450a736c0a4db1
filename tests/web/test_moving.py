"""Moving an appointment by its form, and what dragging sends."""

import re

import pytest
from django.http import HttpResponse

from orderly.appointments.actions.book import book
from orderly.appointments.actions.progress import arrive, start
from orderly.appointments.models import Appointment
from orderly.people.queries import actor_for
from orderly.resources.models import Asset, Provider
from tests.factories import (
    MONDAY,
    NOW,
    TUESDAY,
    at,
    booking,
    make_asset,
    make_patient,
    make_provider,
    make_service,
    make_user,
)
from tests.web.desk import Desk, errors, others, said, text, value

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(desk: Desk) -> Appointment:
    return desk.book("10:00")


@pytest.fixture
def young(desk: Desk) -> Provider:
    return make_provider(desk.clinic, service=desk.service, name="Young", title="Dr")


def to(desk: Desk, visit: Appointment, time: str, **more: object) -> HttpResponse:
    return desk.post("appointment-move-to", visit.pk, **{"day": str(MONDAY), "time": time, **more})


def free(response: HttpResponse) -> list[str]:
    """The times to choose from, each with its provider's name where anybody may serve it."""
    found = re.findall(r"<button[^>]*data-fill data-time=\"[^\"]+\"[^>]*>(.*?)</button>", response.content.decode())
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


def stands(visit: Appointment) -> tuple[int, int, str]:
    visit.refresh_from_db()
    assert visit.provider is not None
    return visit.start, visit.end - visit.start, visit.provider.name


class TestChoosing:
    def test_its_own_time_is_in_nobodys_way(self, desk: Desk, visit: Appointment) -> None:
        """APT-6: 09:45 and 10:15 are only blocked by the appointment itself."""
        response = desk.get("appointment-move", visit.pk)
        times = free(response)
        assert (times[0], times[-1], len(times)) == ("09:00", "16:30", 31)
        assert re.findall(r'data-time="([^"]+)"[^>]*aria-current', response.content.decode()) == ["10:00"]
        assert "Now Mon 2 Mar 2026, 10:00–10:30 · Dr Smith" in text(response)

    def test_the_nearest_times_overlap_its_own_if_they_are_nearest(self, desk: Desk, visit: Appointment) -> None:
        """APT-6, AVL-5"""
        desk.book("10:30", patient=make_patient(desk.clinic))
        response = to(desk, visit, "10:15")
        assert (response.status_code, errors(response)) == (409, ["Dr Smith is busy 10:30–11:00."])
        assert others(response) == [("2026-03-02", "10:00"), ("2026-03-02", "09:45"), ("2026-03-02", "09:30")]

    def test_other_day_and_length(self, desk: Desk, visit: Appointment) -> None:
        response = desk.post("appointment-move", visit.pk, day=str(TUESDAY), minutes="60", overbook_reason="pain")
        times = free(response)
        assert (times[0], times[-1], len(times)) == ("09:00", "16:00", 29)
        assert (value(response, "day"), value(response, "time"), value(response, "minutes")) == (
            "2026-03-03",
            "10:00",
            "60",
        )

    def test_where_the_patient_is_elsewhere_is_not_offered(self, desk: Desk, visit: Appointment) -> None:
        desk.book("11:00")
        assert "11:00" not in free(desk.get("appointment-move", visit.pk))

    def test_anybody(self, desk: Desk, visit: Appointment, young: Provider) -> None:
        desk.book("09:00", patient=make_patient(desk.clinic))
        times = free(desk.get("appointment-move", visit.pk, provider=""))
        assert (times[0], times[2]) == ("09:00 Dr Young", "09:30 Dr Smith")

    def test_nothing_free_says_what_is_nearest(self, desk: Desk, visit: Appointment) -> None:
        response = desk.get("appointment-move", visit.pk, day="2026-03-07")  # a Saturday
        assert free(response) == []
        assert others(response) == [("2026-03-06", "16:30"), ("2026-03-06", "16:15"), ("2026-03-06", "16:00")]

    @pytest.mark.parametrize("typed", [{"day": "x"}, {"minutes": "-5"}, {"minutes": "9" * 30}, {"provider": "me"}])
    def test_what_cannot_be_read_lists_nothing(self, desk: Desk, visit: Appointment, typed: dict[str, str]) -> None:
        response = desk.get("appointment-move", visit.pk, **typed)
        assert (response.status_code, free(response), others(response)) == (200, [], [])

    def test_it_costs_the_same_however_many_there_are(
        self, desk: Desk, visit: Appointment, django_assert_num_queries
    ) -> None:
        """OPS-5"""
        desk.get("appointment-move", visit.pk)
        for count in (0, 3, 8):
            for _ in range(count):
                make_provider(desk.clinic, service=desk.service)
            with django_assert_num_queries(17):
                desk.get("appointment-move", visit.pk, provider="")


class TestMoving:
    def test_to_another_day_provider_and_length(self, desk: Desk, visit: Appointment, young: Provider) -> None:
        """APT-6, APT-3"""
        form = {"day": str(TUESDAY), "provider": young.pk, "minutes": 45, "version": visit.version}
        response = to(desk, visit, "11:30", **form)
        assert (response.status_code, said(response)) == (200, "Moved to Tue 3 Mar 2026, 11:30.")
        assert f'"orderly:moved": {{"id": "{visit.pk}"}}' in response["HX-Trigger"]
        assert stands(visit) == (at(desk.clinic, TUESDAY, "11:30"), 45, "Young")
        assert "Mon 2 Mar 2026 10:00 → Tue 3 Mar 2026 11:30, Dr Smith → Dr Young" in text(response)

    def test_longer(self, desk: Desk, visit: Appointment) -> None:
        """APT-3: as stretching its box sends it."""
        response = to(desk, visit, "10:00", minutes=45)
        assert (said(response), stands(visit)[1]) == ("Now until 10:45.", 45)

    def test_onto_somebody_says_why_and_offers_others(self, desk: Desk, visit: Appointment) -> None:
        """AVL-5"""
        desk.book("14:00", patient=make_patient(desk.clinic))
        response = to(desk, visit, "14:15", provider=desk.provider.pk, version=visit.version)
        assert (response.status_code, errors(response)) == (409, ["Dr Smith is busy 14:00–14:30."])
        assert others(response) == [("2026-03-02", "14:30"), ("2026-03-02", "14:45"), ("2026-03-02", "13:30")]
        assert (value(response, "time"), "Squeeze it in" in text(response)) == ("14:15", False)

    def test_to_somebody_who_does_not_give_it(self, desk: Desk, visit: Appointment) -> None:
        """CAL-2: dropped on a provider who doesn't give the service."""
        other = make_provider(desk.clinic, name="Other")
        response = to(desk, visit, "11:00", provider=other.pk)
        assert response.status_code == 409
        assert errors(response) == ["The provider doesn't give this service here."]
        assert stands(visit)[0] == at(desk.clinic, MONDAY, "10:00")

    def test_whoever_is_free(self, desk: Desk, visit: Appointment, young: Provider) -> None:
        """Its own provider if they are, else another; at any minute, not only those that are listed."""
        assert to(desk, visit, "11:05", provider="").status_code == 200
        assert stands(visit) == (at(desk.clinic, MONDAY, "11:05"), 30, "Smith")
        desk.book("14:00", patient=make_patient(desk.clinic))
        assert to(desk, visit, "14:10", provider="").status_code == 200
        assert stands(visit) == (at(desk.clinic, MONDAY, "14:10"), 30, "Young")

    def test_nobody_is_free(self, desk: Desk, visit: Appointment) -> None:
        desk.book("14:00", patient=make_patient(desk.clinic))
        response = to(desk, visit, "14:15", provider="")
        assert (response.status_code, errors(response)) == (409, ["Dr Smith is busy 14:00–14:30."])
        assert others(response)[0] == ("2026-03-02", "14:30")

    def test_stale(self, desk: Desk, visit: Appointment) -> None:
        """APT-6: refused, and the newer state says who changed it and when."""
        arrive(visit.pk, actor=actor_for(make_user("front_desk", desk.clinic, name="Tim Other")), now=NOW)
        response = to(desk, visit, "15:00", version=visit.version)
        assert (response.status_code, response["HX-Trigger"]) == (412, '{"orderly:changed": {}}')
        assert "Tim Other , Mon 2 Mar 2026, 06:00: Confirmed → Arrived" in text(response)
        assert stands(visit)[0] == at(desk.clinic, MONDAY, "10:00")

    def test_nowhere(self, desk: Desk, visit: Appointment) -> None:
        response = desk.post("appointment-move-to", visit.pk, day="", time="soon", minutes="x")
        assert (response.status_code, errors(response)) == (
            422,
            ["Write the time like 09:30.", "Choose a date.", "Write the length in minutes."],
        )

    @pytest.mark.parametrize("minutes", ["0", "-1", "1441", "1e3", "9" * 20])
    def test_an_impossible_length_is_said_beside_it(self, desk: Desk, visit: Appointment, minutes: str) -> None:
        response = to(desk, visit, "10:00", minutes=minutes)
        assert (response.status_code, len(errors(response)), stands(visit)[1]) == (422, 1, 30)
        assert 'aria-describedby="minutes-errors"' in response.content.decode()


class TestSqueezing:
    @pytest.fixture
    def other(self, desk: Desk) -> Appointment:
        desk.service.overbook = 1
        desk.service.save()
        return desk.book("14:00", patient=make_patient(desk.clinic))

    def test_the_reason_is_asked_for_and_taken(self, desk: Desk, visit: Appointment, other: Appointment) -> None:
        """APT-3: onto a time that may be overbooked."""
        response = to(desk, visit, "14:00")
        assert response.status_code == 409
        assert "Squeeze it in beside the other visit? Say why:" in text(response)
        assert to(desk, visit, "14:00", overbook_reason="in pain").status_code == 200
        assert (stands(visit)[0], visit.overbook_reason) == (other.start, "in pain")

    def test_without_the_right_it_is_not_offered(self, desk: Desk, visit: Appointment, other: Appointment) -> None:
        """ACC-3"""
        desk.client.force_login(make_user("clinical_staff", desk.clinic))
        assert "Squeeze" not in text(to(desk, visit, "14:00"))
        assert to(desk, visit, "14:00", overbook_reason="in pain").status_code == 403

    def test_beyond_the_limit(self, desk: Desk, visit: Appointment, other: Appointment) -> None:
        again = desk.book("14:00", patient=make_patient(desk.clinic), overbook_reason="in pain")
        response = to(desk, visit, "14:00", overbook_reason="very much")
        assert (response.status_code, again.start) == (409, other.start)
        assert value(response, "overbook_reason") == "very much"


class TestRequests:
    @pytest.fixture
    def request_(self, desk: Desk) -> Appointment:
        asked = booking(desk.clinic, desk.service, None, desk.patient, at(desk.clinic, MONDAY, "10:00"))
        return book(asked, actor=actor_for(desk.user), now=NOW)

    def test_moved_it_stays_only_proposed(self, desk: Desk, request_: Appointment) -> None:
        """APT-5"""
        assert "Dr Smith proposed" in text(desk.get("appointment-move", request_.pk))
        assert to(desk, request_, "11:00", provider="").status_code == 200
        request_.refresh_from_db()
        assert (request_.provider_id, request_.proposed_provider_id) == (None, desk.provider.pk)
        assert request_.start == at(desk.clinic, MONDAY, "11:00")

    def test_given_to_somebody_and_back_to_nobody_in_particular(self, desk: Desk, request_: Appointment) -> None:
        assert to(desk, request_, "11:00", provider=desk.provider.pk).status_code == 200
        assert stands(request_)[2] == "Smith"
        assert to(desk, request_, "11:00", provider="").status_code == 200
        request_.refresh_from_db()
        assert (request_.provider_id, request_.proposed_provider_id) == (None, desk.provider.pk)


def test_what_has_begun_only_changes_its_length(desk: Desk, visit: Appointment) -> None:
    """APT-3"""
    actor = actor_for(desk.user)
    arrive(visit.pk, actor=actor, now=NOW)
    start(visit.pk, actor=actor, now=NOW)
    response = desk.get("appointment-move", visit.pk)
    assert "It has begun: only its length can still be changed." in text(response)
    assert (free(response), others(response)) == ([], [])
    assert to(desk, visit, "10:00", minutes=40).status_code == 200
    assert stands(visit)[1] == 40
    assert to(desk, visit, "11:00").status_code == 409


class TestRooms:
    """CAL-2: dropped on another room's column."""

    @pytest.fixture
    def chairs(self, desk: Desk) -> list[Asset]:
        return [make_asset(desk.clinic, name=name) for name in ("Chair 1", "Chair 2")]

    @pytest.fixture
    def seated(self, desk: Desk, chairs: list[Asset]) -> Appointment:
        service = make_service(desk.clinic, 30, asset_kinds=("chair",))
        doctor = make_provider(desk.clinic, service=service)
        request = booking(desk.clinic, service, doctor, desk.patient, at(desk.clinic, MONDAY, "10:00"))
        return book(request, actor=actor_for(desk.user), now=NOW)

    @pytest.mark.parametrize("time", ["10:00", "11:00"])
    def test_it_goes_with_that_one(self, desk: Desk, seated: Appointment, chairs: list[Asset], time: str) -> None:
        assert [one.name for one in rooms(seated)] == ["Chair 1"]
        response = to(desk, seated, time, room=chairs[1].pk, room_before=chairs[0].pk, version=seated.version)
        assert (response.status_code, [one.name for one in rooms(seated)]) == (200, ["Chair 2"])
        assert seated.start == at(desk.clinic, MONDAY, time)

    def test_what_the_service_does_not_use_is_refused(self, desk: Desk, seated: Appointment) -> None:
        room = make_asset(desk.clinic, kind="room")
        response = to(desk, seated, "10:00", room=room.pk, room_before=rooms(seated)[0].pk)
        assert (response.status_code, errors(response)) == (409, ["What was chosen isn't used for this service."])

    def test_one_that_is_taken_is_refused(self, desk: Desk, seated: Appointment, chairs: list[Asset]) -> None:
        other = make_provider(desk.clinic, service=seated.service)
        request = booking(desk.clinic, seated.service, other, make_patient(desk.clinic), seated.start)
        book(request, actor=actor_for(desk.user), now=NOW)
        response = to(desk, seated, "10:00", room=chairs[1].pk, room_before=chairs[0].pk)
        assert (response.status_code, errors(response)) == (409, ["Chair 2 is taken 10:00–10:30."])


def rooms(visit: Appointment) -> list[Asset]:
    visit.refresh_from_db()
    return list(Asset.objects.filter(resource__in={resource for resource, _, _ in visit.uses}))
