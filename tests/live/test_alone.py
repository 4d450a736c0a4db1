"""API-3: one process with its worker in it, no Redis: what happens is heard, in order, once, by whoever may hear it."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from orderly.appointments.actions.hold import let_go
from orderly.core import clock
from orderly.core.ids import uuid7
from orderly.journal.models import Entry
from orderly.journal.queries import position
from orderly.live.codes import Code
from orderly.live.sockets import MOST_REPLAYED
from tests.factories import make_patient, make_user
from tests.live.conftest import numbered
from tests.live.ears import Ear, listening
from tests.live.servers import Server, wait_until
from tests.races.town import Town
from tests.races.web import token_of

pytestmark = [
    pytest.mark.live,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def town() -> Town:
    return Town(providers=2, patients=2)


@contextmanager
def ear(server: Server, town: Town, query: str = "") -> Iterator[Ear]:
    with listening(server.port, f"clinics/{town.clinic.pk}{query}", token=token_of(town.desk.user)) as one:
        yield one


def of_clinic(town: Town, since: int) -> list[int]:
    """What the journal says was to be heard."""
    entries = Entry.objects.filter(clinic=town.clinic.pk, position__gt=since, fact__startswith="appointment_")
    return list(entries.order_by("position").values_list("position", flat=True))


def test_a_change_is_heard_within_a_second(server: Server, town: Town) -> None:
    with ear(server, town) as one:
        assert one.start == position()
        took = []
        for nth in range(12):
            act = town.book(town.patients[0], town.time("09:00") + 30 * nth)
            act()
            began = time.monotonic()
            frames = one.whole()
            took.append(time.monotonic() - began)
            assert [frame["type"] for frame in frames] == ["appointment_created", "queue_updated", "payment_updated"]
            assert [set(frame) for frame in frames] == [{"position", "type", "ids", "more"}] * 2 + [
                {"position", "type", "ids"}
            ]
        assert sorted(took)[len(took) // 2] < 1  # the bench says more than a machine busy with tests can


def test_nothing_is_missed_and_nothing_comes_twice_while_much_is_happening(server: Server, town: Town) -> None:
    """Clients come and go, each from where the one before stopped; others begin anywhere."""

    def book_on() -> None:
        for nth in range(28):
            for provider, patient in zip(town.providers, town.patients, strict=True):
                town.book(patient, town.time("07:00") + 30 * nth, provider)()

    other = Town()
    other.book(other.patients[0], other.time("07:00"))()
    clerk = threading.Thread(target=book_on)
    with ear(server, town) as first, ear(server, town, "?since=0") as whole:
        start = first.start
        clerk.start()
        heard, last = [], start
        while clerk.is_alive():
            with ear(server, town, f"?since={last}") as one:
                assert one.start == last
                for _ in range(7):
                    try:
                        last = one.whole(0.5)[0]["position"]
                    except TimeoutError:
                        break
                    heard.append(last)
        clerk.join()
        wait_until(numbered)
        end = of_clinic(town, 0)[-1]
        if last < end:
            with ear(server, town, f"?since={last}") as one:
                heard += one.until(end)
        assert heard == first.until(end) == of_clinic(town, start)
        assert whole.until(end) == of_clinic(town, 0)
    assert len(heard) == 56


def test_a_hold_is_heard_when_it_comes_and_goes(server: Server, town: Town) -> None:
    """AVL-6: to be looked at anew; nothing of it is replayed to whoever comes later."""
    stirred = {"type": "holds_updated", "ids": {"clinic": str(town.clinic.pk)}}
    with ear(server, town) as one:
        now = clock.now()
        kept = town.hold(town.time("09:00", now.date() + timedelta(days=2)), now=now)()
        assert one.next() == {"position": one.start, **stirred}
        let_go(kept, actor=town.desk, now=now)
        assert one.next() == {"position": one.start, **stirred}


def test_who_missed_too_much_is_told_to_load_anew(server: Server, town: Town) -> None:
    town.book(town.patients[0], town.time("09:00"))()
    wait_until(numbered)
    head = position()
    with ear(server, town, f"?since={head + 7}") as one:
        assert one.start in (head, head + 1)  # the ear's own token is a fact too
        assert one.next() == {"position": one.start, "type": "reload", "ids": {}}
    Entry.objects.bulk_create(
        Entry(at="2026-03-02T06:00Z", fact="tested", subject=uuid7()) for _ in range(MOST_REPLAYED)
    )
    wait_until(numbered)
    with ear(server, town, "?since=0") as one:
        head = position()
        assert (one.start, one.next()) == (0, {"position": head, "type": "reload", "ids": {}})
        town.book(town.patients[0], town.time("10:00"))()
        assert one.whole()[0]["position"] > head


@pytest.mark.parametrize("since", ["", "x", "-1", "1.5", "9" * 19, "٣"])
def test_what_is_no_position_is_refused(since: str, server: Server, town: Town) -> None:
    with pytest.raises(ConnectionClosed) as refused, ear(server, town, f"?since={since}"):
        pass
    assert refused.value.rcvd is not None
    assert refused.value.rcvd.code == Code.BAD_REQUEST


def test_a_provider_is_heard_of_only_where_the_listener_belongs(server: Server, town: Town) -> None:
    """ACC-4"""
    away = Town()
    [moving, other] = town.providers
    away.clinic.providers.add(moving)
    away.service.offerings.create(provider=moving)
    with ExitStack() as stack:
        here, there, both = (
            stack.enter_context(listening(server.port, f"providers/{moving.pk}", token=token_of(user)))
            for user in (town.desk.user, away.desk.user, make_user("super_admin").pk)
        )
        colleague = stack.enter_context(listening(server.port, f"providers/{other.pk}", token=token_of(town.desk.user)))
        made = town.book(town.patients[0], town.time("09:00"), moving)()
        assert {frame["ids"]["appointment"] for ear in (here, both) for frame in ear.whole()} == {str(made)}
        town.move(made, town.time("09:00"), provider=other.pk)()
        heard = {frame["ids"]["provider"] for ear in (here, both, colleague) for frame in ear.whole()}
        assert heard == {str(other.pk)}
        for ear in (there, here, both, colleague):
            with pytest.raises(TimeoutError):
                ear.next(0.6)


def code_of(server: Server, path: str, **shown: str) -> int:
    """With which code, or else HTTP status, one isn't let in."""
    try:
        with listening(server.port, path, **shown):
            return 0
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else -1
    except InvalidStatus as refused:
        return refused.response.status_code


def test_who_is_not_let_in(server: Server, town: Town) -> None:
    other = Town()
    token, path = token_of(town.desk.user), f"clinics/{town.clinic.pk}"
    assert [code_of(server, path, token=shown) for shown in (token, "ord_wrong", "")] == [0, 4401, 4401]
    assert code_of(server, f"clinics/{UUID(int=7)}", token=token) == 4404
    assert code_of(server, f"clinics/{other.clinic.pk}", token=token) == 4404
    assert code_of(server, f"providers/{other.providers[0].pk}", token=token) == 4404
    assert code_of(server, f"patients/{make_patient(town.clinic).pk}", token=token) == 4404


def test_what_a_client_says_is_not_listened_to(server: Server, town: Town) -> None:
    """ACC-5: and a long speech ends the talk."""
    with ear(server, town) as one:
        for _ in range(50):
            one.say("{}")
        town.book(town.patients[0], town.time("09:00"))()
        one.whole()
        one.say("x" * 5000)
        assert one.closed()[0] == 1009
