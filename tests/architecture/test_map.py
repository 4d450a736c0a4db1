"""docs/architecture.md draws the layers that the linter holds, and names files and functions that exist."""

import re

import pytest

from tests.architecture.layers import ROOT, order

TEXT = (ROOT / "docs" / "architecture.md").read_text()
FOLDERS = [ROOT / "src" / "orderly", ROOT / "src" / "orderly" / "appointments", ROOT]  # a booking's way starts there
NAMED = re.compile(r"`([\w./]+(?:\.py|/))(?:::(\w+))?`")


def test_the_map_is_the_linters() -> None:
    drawn = re.findall(r"^(\w+(?: \| \w+)*)(?:  .*)?$", TEXT.split("```")[1], re.MULTILINE)
    assert {name: storey for storey, layer in enumerate(drawn) for name in layer.split(" | ")} == order()


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED.findall(TEXT))))
def test_what_it_names_is_there(path: str, name: str) -> None:
    found = next((folder / path for folder in FOLDERS if (folder / path).exists()), None)
    assert found is not None
    assert not name or re.search(rf"(def|class) {name}\b", found.read_text())
