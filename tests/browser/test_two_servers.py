"""CAL-3, OPS-3: two people at two web processes that know nothing of each other but the database and a Redis."""

import os
import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator

from orderly.journal.models import Entry
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.live.conftest import numbered
from tests.live.servers import Pair, two_servers, wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.django_db(transaction=True),
]
Open = Callable[..., Desk]
A_WHILE = 30_000  # ms, for what waits until a process has started
LISTEN = "window.heard = []; document.addEventListener('orderly:event', ({detail}) => heard.push(detail))"


@pytest.fixture
def pair(transactional_db: None) -> Iterator[Pair]:
    with two_servers() as started:
        yield started
        wait_until(numbered)


@pytest.fixture
def site(pair: Pair) -> str:
    return pair.one.url


class Watched:
    """Somebody else's calendar, where what one does is looked for; and how long that took."""

    def __init__(self, mine: Desk, theirs: Desk) -> None:
        self.mine, self.theirs, self.took = mine, theirs, list[float]()

    def sees(self, patient: str, clock: str) -> None:
        """Counted from the last key or the letting go of the mouse."""
        began = time.monotonic()
        self.showing(patient, clock).wait_for()
        self.took.append(time.monotonic() - began)

    def showing(self, patient: str, clock: str) -> Locator:
        return self.theirs.box(patient).locator(".box-time", has_text=re.compile(rf"^\s*{clock}"))

    def book(self, typed: str, clock: str) -> None:
        self.mine.click(0, clock)
        self.mine.held()
        self.mine.choose(typed)
        self.mine.page.keyboard.press("Enter")


def test_two_people_see_each_other_whatever_dies(
    pair: Pair, open_desk: Open, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, theirs = open_desk(), open_desk(cast.colleague, url=pair.other.url)
    theirs.page.evaluate(LISTEN)  # gone with a reload
    lost = theirs.page.locator("#linked", has_text="Connection lost")
    watched = Watched(mine, theirs)

    watched.book("karimova", "10:00")
    watched.sees("Aziza Karimova", "10:00")
    for clock in ("11:00", "14:30", "09:30"):
        mine.drag("Karimova", 0, clock)
        watched.sees("Aziza Karimova", clock)

    pair.redis.kill()
    watched.book("aliev", "15:00")
    watched.sees("Bekzod Aliev", "15:00")
    mine.drag("Aliev", 1, "15:30")
    watched.sees("Bekzod Aliev", "15:30")
    assert [desk.page.locator("#linked").inner_text() for desk in (mine, theirs)] == ["", ""]
    pair.redis.start()
    wait_until(pair.redis.ready)

    pair.other.kill()
    lost.wait_for()
    mine.drag("Karimova", 1, "12:00")
    mine.toast("12:00")
    pair.other.start()
    lost.wait_for(state="detached", timeout=A_WHILE)
    watched.showing("Aziza Karimova", "12:00").wait_for()
    mine.drag("Karimova", 0, "16:00")
    watched.sees("Aziza Karimova", "16:00")

    wait_until(numbered)
    facts = Entry.objects.filter(fact__startswith="appointment_").order_by("position")
    heard = theirs.page.evaluate("heard.filter(one => one.ids.appointment && !one.more).map(one => one.position)")
    assert heard == list(facts.values_list("position", flat=True))
    with capsys.disabled():
        print(f"\nshown to the other after {', '.join(f'{one:.2f}' for one in watched.took)} s")
    assert sorted(watched.took)[len(watched.took) // 2] < max(1, os.getloadavg()[0] / (os.cpu_count() or 1))
