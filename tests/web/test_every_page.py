"""Every page there is has a row in tests/pages.py; and in Russian and Arabic there is no English left on any."""

import html
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, get_resolver
from django.utils import translation

from orderly.web import errors as refusals
from tests.factories import MONDAY, make_user
from tests.pages import BOSS, NOBODY, PAGES, House
from tests.web.desk import Desk
from tests.web.markup import bubbling
from tests.web.test_access import ADMINISTRATORS, ALL, call

pytestmark = pytest.mark.django_db
# Two words in Latin letters one after the other. What is data is taken out before.
ENGLISH = re.compile(r"[A-Za-z][a-z’']+(?:,? [A-Za-z][A-Za-z’']+)+")
READ = ("aria-label", "title", "placeholder", "alt", "aria-description", "data-empty", "data-text")
NAMES = ("Ada Boss", "Kim Keyed", "Rea Reader", "Dee Desk", "Ann Lee", "Lee Ann", "Zoe Ray", "Else Where")
DATA = (*NAMES, "Dr Smith", "Riverside")


@pytest.fixture
def house(desk: Desk) -> House:
    return House(desk.clinic, desk.provider, desk.patient, MONDAY)


class Words(HTMLParser):
    """What a page says: its text, the attributes that are read out, and the words its script is given."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._inside = given.get("type") or "script" if tag == "script" else tag
        self.found += [given[name] or "" for name in READ if name in given]
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.found.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "application/json":
            self.found += strings(json.loads(data))
        elif self._inside not in ("script", "style"):
            self.found.append(data)


def strings(value: object) -> Iterator[str]:
    """Every text somewhere in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)


def english(content: str) -> list[str]:
    """What in a page is no data and not translated."""
    words = Words()
    words.feed(content)
    found = []
    for text in words.found:
        for data in DATA:
            text = text.replace(data, "·")
        found += ENGLISH.findall(" ".join(html.unescape(text).split()))
    return found


def in_language(client: Client, language: str) -> Client:
    client.cookies["django_language"] = language
    return client


def is_page(response: HttpResponse) -> bool:
    return not response.streaming and b"<html" in response.content and response.status_code == 200


def test_every_page_has_a_row(house: House) -> None:
    """OPS-2, CAL-6: whatever answers the administrator or a guest with a whole page."""
    clients, found = house.clients(), set()
    for name in {name for name in get_resolver().reverse_dict if isinstance(name, str)}:
        for who in (NOBODY, BOSS):
            try:
                path = house.path(name)
            except (KeyError, NoReverseMatch):  # takes more than a page does
                break
            if is_page(clients[who].get(path)):
                found.add(name)
    assert found - set(PAGES) == set()


@pytest.mark.parametrize("language", ["ru", "ar"])
def test_no_page_has_english_left(house: House, language: str) -> None:
    """OPS-2: the library's pages and the refusals too."""
    clients, found = house.clients(), {}
    for who, path in house.every():
        if path.startswith("/display/"):  # in the languages of the clinic, whoever looks
            continue
        response = in_language(clients[who], language).get(path, follow=True)
        assert (path, b"<html" in response.content) == (path, True)
        found[path] = english(response.content.decode())
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize("language", ["ru", "ar"])
def test_no_panel_has_english_left(desk: Desk, language: str) -> None:
    """OPS-2: what the panel, lists and boards answer, to a wrong form too."""
    in_language(desk.client, language)
    boss = in_language(Client(headers={"HX-Request": "true"}), language)
    boss.force_login(make_user("clinic_admin", desk.clinic, name="Ada Boss"))
    found = {}
    for name in sorted(ALL, key=ADMINISTRATORS.__contains__):  # the last of them ends sessions
        response = call(boss if name in ADMINISTRATORS else desk.client, name, desk)
        if response["Content-Type"].startswith("text/html"):
            found[name] = english(response.content.decode())
    assert {name: words for name, words in found.items() if words} == {}


def test_what_is_missing_is_said_by_us_not_by_the_browser(house: House, desk: Desk) -> None:
    """OPS-2, ACC-5: the browser speaks its own language, and doesn't say it beside the field."""
    clients, boss = house.clients(), Client(headers={"HX-Request": "true"})
    boss.force_login(make_user("clinic_admin", desk.clinic))
    found = {path: bubbling(clients[who].get(path, follow=True)) for who, path in house.every()}
    for name in sorted(ALL, key=ADMINISTRATORS.__contains__):  # the last of them ends sessions
        response = call(boss if name in ADMINISTRATORS else desk.client, name, desk)
        if response["Content-Type"].startswith("text/html"):
            found[name] = bubbling(response)
    assert {where: fields for where, fields in found.items() if fields} == {}


@pytest.mark.parametrize("language", ["ru", "ar"])
def test_no_error_has_english_left(language: str) -> None:
    """OPS-2"""
    request = RequestFactory().get("/")
    with translation.override(language):
        answers = [
            *(one(request) for one in (refusals.bad_request, refusals.forbidden, refusals.not_found)),
            *(refusals.csrf_failed(request), refusals.server_error(request)),
        ]
        assert [english(one.content.decode()) for one in answers] == [[]] * len(answers)
