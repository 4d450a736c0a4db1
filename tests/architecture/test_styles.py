"""Style sheets that stand on one page don't style the same class: whichever came last would win by chance."""

import re
from itertools import combinations
from pathlib import Path
from typing import Final

WEB: Final = Path(__file__).parents[2] / "src" / "orderly" / "web"
TEMPLATES, STATIC = WEB / "templates", WEB / "static"
EXTENDS: Final = re.compile(r'{% extends "([^"]+)" %}')
LINK: Final = re.compile(r"{% static '([^']+\.css)' %}")
# Comments, and what a medium changes: a telephone's or a printer's look is another's on purpose.
ASIDE: Final = re.compile(r"/\*.*?\*/|@[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.DOTALL)
RULE: Final = re.compile(r"([^{}]+)\{[^{}]*\}")
ONE_CLASS: Final = re.compile(r"\.([a-z][a-z0-9_-]*)")


def sheets(template: str) -> frozenset[str]:
    """The style sheets of a page, with those of the pages it extends."""
    text = (TEMPLATES / template).read_text()
    own = frozenset(link for link in LINK.findall(text) if not link.startswith("vendor/"))
    parent = EXTENDS.match(text)
    replaced = "{% block styles %}" in text and "{{ block.super }}" not in text
    if parent is None or not (TEMPLATES / parent[1]).exists():
        return own
    return own | (sheets("base.html") if replaced else sheets(parent[1]))


def classes(sheet: str) -> set[str]:
    """What the sheet styles by one class alone, wherever it stands."""
    text = ASIDE.sub("", (STATIC / sheet).read_text())
    selectors = (one.strip() for rule in RULE.findall(text) for one in str(rule).split(","))
    return {found[1] for one in selectors if (found := ONE_CLASS.fullmatch(one))}


def apart(one: str, two: str) -> bool:
    """Sheets of one folder are one look in several files."""
    return Path(one).parent != Path(two).parent


def test_a_class_is_styled_by_one_sheet_of_a_page() -> None:
    pages = {sheets(str(path.relative_to(TEMPLATES))) for path in TEMPLATES.rglob("*.html")}
    beside = {pair for page in pages for pair in combinations(sorted(page), 2)}
    twice = {f"{name}: {one} {two}" for one, two in beside if apart(one, two) for name in classes(one) & classes(two)}
    assert twice == set()
