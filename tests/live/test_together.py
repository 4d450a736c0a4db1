"""API-3, OPS-3: two web processes, a worker and a Redis. Any of them may die; nothing is missed."""

import time
from contextlib import ExitStack

import pytest

from orderly.journal.models import Entry
from tests.live.conftest import numbered
from tests.live.ears import listening
from tests.live.servers import Server, two_servers, wait_until
from tests.races.town import Town
from tests.races.web import call, token_of

pytestmark = [
    pytest.mark.live,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.django_db(transaction=True),
]


class Day:
    """Bookings by HTTP, one after the other, each at a time of its own."""

    def __init__(self, town: Town, token: str) -> None:
        self._token, self._times = token, iter([f"{6 + nth // 2:02}:{nth % 2 * 30:02}" for nth in range(28)])
        ids = {"clinic": town.clinic, "service": town.service, "patient": town.patients[0]}
        self._body = {name: str(one.pk) for name, one in ids.items()} | {
            "provider": str(town.providers[0].pk),
            "source": "phone",
        }
        self._day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 3 * 86400))

    def book(self, server: Server) -> float:
        """The seconds that it takes."""
        began = time.monotonic()
        body = {**self._body, "start": f"{self._day}T{next(self._times)}"}
        status, answer = call(server, "POST", "appointments", body, token=self._token)
        assert status == 201, answer
        return time.monotonic() - began


def test_whatever_dies_nothing_is_missed() -> None:
    town = Town()
    token = token_of(town.desk.user)
    path, day = f"clinics/{town.clinic.pk}", Day(town, token)
    with two_servers() as (one, other, worker, redis), ExitStack() as stack:
        ears = [stack.enter_context(listening(server.port, path, token=token)) for server in (one, other)]

        took = []

        def heard(patience: float = 10) -> None:
            for ear in ears:
                began = time.monotonic()
                assert ear.whole(patience)[0]["type"] == "appointment_created"
                took.append(time.monotonic() - began)

        for server in (one, other, one, other):  # made through one, heard at the other
            day.book(server)
            heard()

        redis.kill()
        assert max(day.book(one), day.book(other)) < 2
        heard()
        heard()

        worker.kill()
        assert max(day.book(one), day.book(other)) < 2
        with pytest.raises(TimeoutError):  # nobody gives out positions
            ears[0].next(0.5)
        worker.start()  # before there is a Redis again
        heard(30)
        heard()

        redis.start()
        wait_until(redis.ready)
        day.book(one)
        heard()

        assert sorted(took)[len(took) // 2] < 1

        wait_until(numbered)
        positions = list(Entry.objects.order_by("position").values_list("position", flat=True))
        assert positions == list(range(1, len(positions) + 1))
        booked = list(Entry.objects.filter(fact="appointment_booked").order_by("position").values_list("position"))
        assert len(booked) == 9
        for ear in ears:
            assert [(frame["position"],) for frame in ear.frames if not frame.get("more")] == booked
        for ear, server in zip(ears, (one, other), strict=True):
            assert server.ask_to_stop() < 10
            assert ear.closed()[0] == 1012
