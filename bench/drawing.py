"""How long a real browser takes to draw the busy day from a real server."""

import os
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, sync_playwright

from bench.busy import Busy
from bench.measures import Figure, Options, Timings, timed
from tests.live.servers import one_server

ROUNDS, FEWER_ROUNDS = 15, 3
TARGET = 1500.0
DRAWN = """([day, boxes]) => document.querySelector(`[data-loaded="${day}"]`)
    && document.querySelectorAll(".ec-event.box").length >= boxes"""
OTHER = "(day) => document.querySelector(`[data-loaded='${day}']`)"


def drawn(day: Busy, session: str, options: Options) -> Iterator[Figure]:
    """From the address to the last box on screen: with nothing kept by the browser, then with what it keeps."""
    rounds = FEWER_ROUNDS if options.quick else ROUNDS
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in this thread
    with one_server() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        url = f"http://127.0.0.1:{server.port}"
        cold = Timings([_first_visit(browser, url, session, day) for _ in range(rounds)])
        yield _figure("the day drawn, for the first time", cold)
        page = _page(browser, url, session)
        visit(page, url, day)
        yield _figure("the day drawn, again", Timings([timed(lambda: visit(page, url, day)) for _ in range(rounds)]))
        yield Figure("the day drawn, again: processor time of the page", _processor_time(page, url, day))
        yield _figure("from the next day back to it, by key", Timings([_back(page, day) for _ in range(rounds)]))
        browser.close()


def chromium() -> str:
    command = [sys.executable, "-m", "scripts.chromium"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _page(browser: Browser, url: str, session: str) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="Europe/London")
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    return context.new_page()


def _first_visit(browser: Browser, url: str, session: str, day: Busy) -> float:
    page = _page(browser, url, session)
    taken = timed(lambda: visit(page, url, day))
    page.context.close()
    return taken


def visit(page: Page, url: str, day: Busy) -> None:
    page.goto(f"{url}/calendar/{day.clinic}/?view=day&day={day.day}", wait_until="commit")
    page.wait_for_function(DRAWN, arg=_wanted(day))
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def _processor_time(page: Page, url: str, day: Busy) -> float:
    """In milliseconds, of the process that runs and draws the page: it depends little on what else the machine does."""
    watch = page.context.new_cdp_session(page)
    watch.send("Performance.enable")

    def spent() -> float:
        metrics = watch.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in metrics if one["name"] == "ProcessTime")

    before = spent()
    visit(page, url, day)
    return (spent() - before) * 1000


def _back(page: Page, day: Busy) -> float:
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"(day) => !({OTHER})(day)", arg=day.day.isoformat())
    return timed(lambda: _return(page, day))


def _return(page: Page, day: Busy) -> None:
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(DRAWN, arg=_wanted(day))


def _wanted(day: Busy) -> list[object]:
    return [day.day.isoformat(), day.visits]


def _figure(name: str, taken: Timings) -> Figure:
    note = f"{len(taken.seconds)} times, p99 {taken.quantile(0.99):.0f}, longest {max(taken.seconds) * 1000:.0f}"
    return Figure(name, taken.median, "ms", TARGET, note=note)
