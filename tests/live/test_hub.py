"""ACC-8, OPS-4: who sits at a hub is counted, and asked again also while it can't read the journal."""

import asyncio
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from orderly.live.access import Key
from orderly.live.audiences import Audience, Kind
from orderly.live.codes import Code
from orderly.live.hub import Hub, Seat

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CLINIC = UUID(int=7)


class Unreading(Hub):
    """What it reads always breaks."""

    def _look(self) -> None:
        raise ValueError("unreadable")


def sockets() -> float | None:
    return REGISTRY.get_sample_value("orderly_sockets")


async def put_out(code: list[Code | None]) -> None:
    here = Unreading(asyncio.get_running_loop())
    seat = Seat(Key(token="revoked"), Audience(Kind.CLINIC, CLINIC), frozenset({CLINIC}))
    before = sockets()
    with here.seated(seat, 0):
        assert (before, sockets()) == (0, 1)
        await asyncio.wait_for(seat.left.wait(), 5)
    assert sockets() == 0
    code.append(seat.code)


def test_who_may_no_longer_listen_is_put_out_while_nothing_can_be_read() -> None:
    code: list[Code | None] = []
    asyncio.run(put_out(code))
    assert code == [Code.SIGNED_OUT]
