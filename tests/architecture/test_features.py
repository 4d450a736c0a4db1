"""docs/features.md says for each spec id where it is done and which test proves it: files and tests that exist."""

import re
from pathlib import Path

import pytest

from tests.architecture.layers import ROOT

ROW = re.compile(r"^\| ([A-Z]{3}-\d+) \| (.+) \| (.+) \|$")
NAMED = re.compile(r"`([^`]+)`")


def _rows() -> list[tuple[str, list[str], list[str]]]:
    found = map(ROW.match, (ROOT / "docs" / "features.md").read_text().splitlines())
    return [(row[1], NAMED.findall(row[2]), NAMED.findall(row[3])) for row in found if row]


def _exists(place: str) -> bool:
    path, _, name = place.partition("::")
    file = ROOT / path if path.startswith(("tests/", "bench/", "docs/")) else ROOT / "src" / "orderly" / path
    return file.exists() and (
        not name or re.search(rf"(def|class) {re.escape(name)}\b", Path(file).read_text()) is not None
    )


def _text(place: Path) -> str:
    return "\n".join(file.read_text() for file in ([place] if place.is_file() else place.rglob("*.py")))


@pytest.mark.parametrize(("feature", "places", "tests"), _rows(), ids=[row[0] for row in _rows()])
def test_each_feature_is_where_it_says_and_proved_there(feature, places, tests) -> None:
    assert places
    assert tests
    assert [place for place in (*places, *tests) if not _exists(place)] == []
    assert any(feature in _text(ROOT / test.partition("::")[0]) for test in tests), "no test names the id"


def test_each_feature_has_one_row() -> None:
    found = [feature for feature, _, _ in _rows()]
    assert sorted({one for one in found if found.count(one) > 1}) == []
