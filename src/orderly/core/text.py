"""What free text may hold."""

import unicodedata
from collections.abc import Iterable

from django.utils.translation import get_language

# Direction overrides and isolates can make a name read as another one; plain marks (LRM, RLM) are needed in Arabic.
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and signs that are drawn as nothing.
FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
COMMAS = {"ar": "\N{ARABIC COMMA} "}
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"})


def is_clean(text: str, *, lines: bool = False) -> bool:
    """Whether `text` has no control characters (line breaks and tabs only where `lines`), no direction overrides,
    no lone surrogates.
    """
    allowed = "\n\r\t" if lines else ""
    return not any(c in BIDI_CONTROLS or (unicodedata.category(c) in ("Cc", "Cs") and c not in allowed) for c in text)


def listed(things: Iterable[object]) -> str:
    """Whatever there is of them one after the other, with the comma of the language that is active."""
    return comma().join(str(one) for one in things if one)


def comma() -> str:
    """Between the parts of what is listed, as the language that is active writes it."""
    return COMMAS.get((get_language() or "")[:2], ", ")


def latin_digits(text: str) -> str:
    """The same text with the digits of any script as 0 to 9."""
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def trimmed(text: str) -> str:
    """Without the blanks around it; nothing where all that is left are blanks and marks that nobody sees."""
    return text.strip() if any(map(_is_seen, text)) or not is_clean(text, lines=True) else ""


def _is_seen(character: str) -> bool:
    """Whether it is drawn by itself: formats (the zero widths), blanks and marks on nothing aren't."""
    return character not in FILLERS and unicodedata.category(character) not in UNSEEN
