import pytest

from orderly.calendars.models import Hold
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_clinic, make_patient

pytestmark = pytest.mark.django_db


def asked(practice: Practice, **more: object) -> dict[str, object]:
    return practice.body(**{"source": None, "patient": None, **more})


def test_a_hold_lasts_as_long_as_the_clinic_says() -> None:
    """AVL-6"""
    practice = Practice()
    response = practice.desk.post("holds", asked(practice))
    hold = Hold.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": str(hold.pk),
        "provider": str(practice.provider.pk),
        "expires_at": "2026-03-02T07:05:00+01:00",
    }


def test_a_held_time_is_taken_for_others_and_becomes_the_booking_for_oneself() -> None:
    practice = Practice()
    hold = practice.desk.post("holds", asked(practice)).json()["id"]
    other = Caller(practice.clinic)
    assert said(other.post("appointments", practice.body())) == (409, [("held", "provider")])
    assert said(other.post("appointments", practice.body(hold=hold))) == (409, [("held", "provider")])
    practice.book(hold=hold)
    assert not Hold.objects.exists()


def test_letting_go() -> None:
    practice = Practice()
    hold = practice.desk.post("holds", asked(practice)).json()["id"]
    assert said(Caller(practice.clinic).call("DELETE", f"holds/{hold}")) == (404, [])
    response = practice.desk.call("DELETE", f"holds/{hold}")
    assert (response.status_code, response.content, "Content-Type" in response) == (204, b"", False)
    assert said(practice.desk.call("DELETE", f"holds/{hold}")) == (404, [])
    assert practice.desk.post("holds", asked(practice)).status_code == 201


def test_refusals() -> None:
    practice = Practice()
    elsewhere = make_clinic()
    post = practice.desk.post
    assert said(post("holds", asked(practice, patient=str(make_patient(elsewhere).pk)))) == (
        404,
        [("invalid", "patient")],
    )
    assert said(post("holds", asked(practice, start="2026-03-01T10:00")))[0] == 409
    assert said(Caller(practice.clinic, "billing").post("holds", asked(practice))) == (403, [])
    assert said(Caller(elsewhere).post("holds", asked(practice))) == (404, [("invalid", "clinic")])


def test_nobody_holds_everything() -> None:
    practice = Practice()
    halves = [f"2026-03-0{day}T{hour:02}:00" for day in (3, 4, 5) for hour in range(9, 17)]
    for start in halves[:20]:
        assert practice.desk.post("holds", asked(practice, start=start)).status_code == 201
    response = practice.desk.post("holds", asked(practice, start=halves[20]))
    assert said(response) == (409, [("held", "hold")])
    assert response.json()["detail"] == "You are holding 20 times already; let one of them go first."
