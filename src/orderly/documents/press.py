"""Documents become PDFs: tagged for those who don't see them, the same bytes for the same content, nothing fetched.

What somebody typed reaches typst as JSON only, where it is text and nothing else.
"""

import json
import re
import struct
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import typst
from django.utils import translation
from django.utils.translation import gettext as _

from orderly.clinics.models import Clinic
from orderly.clinics.rules import image_type
from orderly.documents.glyphs import FONTS, drawable
from orderly.documents.writing import Writing

TEMPLATE: Final = Path(__file__).parent / "templates" / "sheet.typ"
STANDARD: Final = "ua-1"  # PDF/UA: refused rather than made without tags, language or title
MOST_LINES: Final = 6
MOST_PIXELS: Final = 4_000_000
PNG_SIZE: Final = slice(16, 24)
ENDLESS: Final = re.compile(r"\S{40}(?=\S)")
BREAK_HERE: Final = "\\g<0>\N{ZERO WIDTH SPACE}"
STRONG: Final = frozenset({"L", "R", "AL"})


@dataclass(frozen=True, slots=True)
class Table:
    """`wide` are the columns that share what room is left."""

    headings: list[str]
    rows: list[list[str]]
    wide: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says, worded. `said` stands out at the top; `warns` is for what isn't as it should be."""

    title: str
    number: str
    said: str
    facts: list[tuple[str, str]]
    warns: bool = False
    table: Table | None = None
    notes: tuple[str, ...] = ()


def printed(document: Document, clinic: Clinic, writing: Writing, *, now: datetime) -> bytes:
    """The PDF, with the clinic's name, logo and footer, as of `now`. A logo that can't be drawn is left out."""
    content, logo = _content(document, clinic, writing, now), bytes(clinic.logo)
    if logo and not _is_huge(logo):
        with suppress(typst.TypstError):
            return _pdf(content | {"logo": list(logo)}, now)
    return _pdf(content | {"logo": None}, now)


def _is_huge(logo: bytes) -> bool:
    """Whether a PNG unfolds to more than a logo ever needs: a few kilobytes can say a gigabyte of one colour."""
    if image_type(logo) != "image/png" or len(logo) < PNG_SIZE.stop:
        return False
    width, height = struct.unpack(">II", logo[PNG_SIZE])
    return bool(width * height > MOST_PIXELS)


def _content(document: Document, clinic: Clinic, writing: Writing, now: datetime) -> dict[str, Any]:
    with translation.override(writing.language):
        page = _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"}
        made = _("Printed %(at)s") % {"at": writing.moment(now, clinic.timezone)}
    address = [clinic.address, " · ".join(filter(None, (writing.phone(clinic.phone), clinic.email)))]
    return {
        "language": writing.language,
        "direction": "rtl" if writing.right_to_left else "ltr",
        "page": page,
        "clinic": _text(clinic.name),
        "address": [line for text in address for line in _lines(text)],
        "footer": [*_lines(_folded(clinic.document_footer)), _text(made)],
        "title": _text(document.title),
        "number": _text(document.number),
        "said": _text(document.said),
        "warns": document.warns,
        "facts": [(_text(label), _lines(text)) for label, text in document.facts if text],
        "table": document.table and _table(document.table),
        "notes": [_text(note) for note in document.notes],
    }


def _table(table: Table) -> tuple[list[dict[str, str]], list[list[dict[str, str]]], list[bool]]:
    wide = [number in table.wide for number in range(len(table.headings))]
    return [_text(one) for one in table.headings], [[_text(cell) for cell in row] for row in table.rows], wide


def _folded(footer: str) -> str:
    """Without so many lines that no room is left on the page."""
    lines = [line for line in footer.splitlines() if line.strip()]
    return "\n".join([*lines[:MOST_LINES], " · ".join(lines[MOST_LINES:])])


def _lines(text: str) -> list[dict[str, str]]:
    return [_text(line) for line in text.splitlines() if line.strip()]


def _text(text: str) -> dict[str, str]:
    """One line with the direction it is read in: that of its first letter; without letters from left to right."""
    shown = ENDLESS.sub(BREAK_HERE, drawable(text))
    strong = next((kind for kind in map(unicodedata.bidirectional, shown) if kind in STRONG), "L")
    return {"text": shown, "direction": "ltr" if strong == "L" else "rtl"}


def _pdf(content: dict[str, Any], now: datetime) -> bytes:
    return typst.compile(
        _template(),
        sys_inputs={"data": json.dumps(content)},
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards=[STANDARD],
        timestamp=now.replace(microsecond=0),
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@lru_cache(maxsize=1)
def _template() -> bytes:
    return TEMPLATE.read_bytes()
