"""What the fonts are said to draw is what typst can draw with them, in every weight."""

from datetime import UTC, datetime

from babel import Locale

from orderly.clinics.models import Clinic
from orderly.documents.glyphs import covered, drawable
from orderly.documents.press import Document, printed
from orderly.documents.writing import Writing
from tests.documents.reading import opened

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_every_character_we_let_through_can_be_drawn() -> None:
    every = " ".join(drawable(one) for one in sorted(covered()))
    document = Document(title="All", number="", said="all", facts=[("all", every)], notes=(every,))
    made = printed(document, Clinic(name="Clinic"), Writing("en", Locale("en")), now=NOW)
    assert len(covered()) > 3500
    assert len(opened(made).pages) > 1


def test_names_in_our_languages_stay_as_they_are() -> None:
    for name in ("Ann Lee-O’Neill", "Gülnoz Oʻrinova", "Ғайрат Ҳошимов", "Анна Ёлкина", "عائشة بنت علي", "١٢٣ ﷼ № 5 €"):
        assert drawable(name) == name
    assert drawable("a\tb\r\nc") == "a b\nc"
