"""What free text may hold."""

import unicodedata

# Direction overrides and isolates can make a name read as another one; plain marks (LRM, RLM) are needed in Arabic.
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_clean(text: str, *, lines: bool = False) -> bool:
    """Whether `text` has no control characters (line breaks and tabs only where `lines`), no direction overrides,
    no lone surrogates.
    """
    allowed = "\n\r\t" if lines else ""
    return not any(c in BIDI_CONTROLS or (unicodedata.category(c) in ("Cc", "Cs") and c not in allowed) for c in text)
