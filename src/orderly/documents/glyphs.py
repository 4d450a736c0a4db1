"""Which characters our fonts can draw. An accessible PDF is refused for a single one that they can't."""

import struct
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from orderly.core.text import BIDI_CONTROLS

FONTS: Final = Path(__file__).parent / "fonts"
WEIGHTS: Final = ("Regular", "Bold")
BYTE_ORDER_MARK: Final = "\ufeff"
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
UNICODE: Final = (3, 1)  # platform and encoding of the table of characters


def drawable(text: str) -> str:
    """`text` with � for what no font of ours has, and without what would only turn its direction or can't be seen."""
    return "".join(_drawn(one) for one in text)


def _drawn(one: str) -> str:
    if one in "\n\t":
        return one.replace("\t", " ")
    kind = unicodedata.category(one)
    if kind == "Cc" or one in BIDI_CONTROLS or one == BYTE_ORDER_MARK:
        return ""
    if one in covered():
        return one
    return "" if kind == "Cf" or unicodedata.name(one, "").startswith("VARIATION") else REPLACEMENT


@lru_cache(maxsize=1)
def covered() -> frozenset[str]:
    """What can be drawn in every weight, by whichever family has it."""
    per_weight = [
        {chr(point) for path in FONTS.glob(f"*-{weight}.ttf") for point in _points(path.read_bytes())}
        for weight in WEIGHTS
    ]
    return frozenset.intersection(*map(frozenset, per_weight))


def _points(font: bytes) -> Iterator[int]:
    """The code points of a TrueType font that have a glyph: format 4 of its character map, which goes by segments."""
    at = _character_map(font)
    (segments,) = struct.unpack_from(">6xH", font, at)
    count = segments // 2
    lasts, firsts, deltas, offsets = (
        struct.unpack_from(f">{count}H", font, at + 14 + segments * number + (2 if number else 0))
        for number in range(4)
    )
    for number, (first, last, delta, offset) in enumerate(zip(firsts, lasts, deltas, offsets, strict=True)):
        glyphs = at + 16 + segments * 3 + number * 2 + offset
        for point in range(first, last + 1):
            glyph = _short(font, glyphs + 2 * (point - first)) if offset else (point + delta) % 0x10000
            if glyph:
                yield point


def _character_map(font: bytes) -> int:
    """Where it begins. Raises StopIteration where a font has none, which is a font not to be used here."""
    tables = (struct.unpack_from(">4s4xI", font, 12 + 16 * number) for number in range(_short(font, 4)))
    start = next(offset for tag, offset in tables if tag == b"cmap")
    maps = (struct.unpack_from(">HHI", font, start + 4 + 8 * number) for number in range(_short(font, start + 2)))
    return start + next(offset for platform, encoding, offset in maps if (platform, encoding) == UNICODE)


def _short(font: bytes, at: int) -> int:
    value: int = struct.unpack_from(">H", font, at)[0]
    return value
