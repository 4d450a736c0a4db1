"""Lost updates: every thing with a version answers an ETag, and every write on it heeds If-Match (API-1)."""

from typing import Any

import pytest
from django.http import HttpResponse

from tests.api.client import ROOT, Caller
from tests.api.practice import Practice
from tests.api.test_bad_input import rows
from tests.api.walking import OPERATIONS, Operation, make

pytestmark = pytest.mark.django_db

READS = [one for one in OPERATIONS if "ETag" in one.answer.get("headers", {}) and one.method == "GET"]
WRITES = [one for one in OPERATIONS if one.takes("If-Match")]
STALE = ('"v99"', 'W/"v99"', '"v98", "v99"', '"other"', "v1", "1", "", '"v٣"', '"v' + "9" * 30 + '"', "é")


@pytest.fixture
def root() -> Caller:
    return Caller(role="super_admin")


def test_what_has_a_version_can_be_written_under_it() -> None:
    """PATCH and DELETE of one thing that is read with an ETag are versioned; so is every verb beneath it."""
    versioned = {one.path for one in READS}
    free = [
        str(one)
        for one in OPERATIONS
        if one.method in ("PATCH", "PUT") and one.path in versioned and not one.takes("If-Match")
    ]
    assert free == []


@pytest.mark.parametrize("read", READS, ids=str)
def test_reading(read: Operation, root: Caller) -> None:
    call = read.call(Practice(), root.user)
    whole = make(root, read, call)
    tag = whole["ETag"]
    assert tag == f'"v{version_in(whole)}"'
    for known in (tag, f"W/{tag}", f'"v98", {tag}', "*"):
        again = make(root, read, call, if_none_match=known)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    for other in ('"v99"', "nonsense", ""):
        assert make(root, read, call, if_none_match=other).content == whole.content
    head = root.call("HEAD", call.path.removeprefix(ROOT))
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", tag)
    assert head["Content-Length"] == str(len(whole.content))


def version_in(answer: HttpResponse) -> Any:
    body = answer.json()
    return body["version"] if "version" in body else body["appointment"]["version"]


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_a_stale_one_changes_nothing_and_the_present_one_does(write: Operation, root: Caller) -> None:
    call = write.call(Practice(), root.user)
    make(root, READ_ME, READ_ME.call(Practice(), root.user))  # a token's first use is written down
    before = rows()
    for stale in STALE:
        assert make(root, write, call, if_match=stale).status_code == 412, stale
    assert rows() == before
    present = ", ".join(f'"v{number}"' for number in (98, 99, *range(1, 6)))
    assert make(root, write, call, if_match=present).status_code == call.status


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_any_version_will_do(write: Operation, root: Caller) -> None:
    call = write.call(Practice(), root.user)
    assert make(root, write, call, if_match=" * ").status_code == call.status


READ_ME = next(one for one in OPERATIONS if str(one) == "GET me")
