import pytest
from django.utils.translation import override

from orderly.core.text import is_clean, latin_digits, listed, trimmed

RLM, OVERRIDE = "\u200f", "\u202e"


@pytest.mark.parametrize("text", ["", "Anna", "O’Brien-Smith", "Юлия", f"محمد{RLM}", "e\u0301", "👩‍⚕️"])
def test_names_of_all_scripts_are_clean(text: str) -> None:
    assert is_clean(text)


@pytest.mark.parametrize(
    "text", ["\x00", "a\x00b", f"Anna{OVERRIDE}annA", "\u2066x", "\ud800", "\x1b[31m", "\x7f", "\x85"]
)
def test_what_misleads_or_breaks_is_not(text: str) -> None:
    assert not is_clean(text)
    assert not is_clean(text, lines=True)


@pytest.mark.parametrize("text", ["two\nlines", "a\ttab", "windows\r\n"])
def test_lines_only_where_lines_are_meant(text: str) -> None:
    assert (is_clean(text), is_clean(text, lines=True)) == (False, True)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Anna  ", "Anna"),
        (f" محمد{RLM} ", f"محمد{RLM}"),
        ("👩‍⚕️", "👩‍⚕️"),
        ("\u200b\u2060 \ufeff", ""),
        (RLM, ""),
        ("\u3164", ""),
        ("\u0301", ""),
        (" \n ", ""),
        (OVERRIDE, OVERRIDE),
        ("\x00", "\x00"),
    ],
)
def test_what_nobody_sees_is_nothing(text: str, kept: str) -> None:
    """What misleads is kept, to be refused as that."""
    assert trimmed(text) == kept


def test_digits_of_any_script_are_read() -> None:
    assert latin_digits("١٢٣ ۴۵۶ ७८९, 10² Ⅻ") == "123 456 789, 10² Ⅻ"


def test_what_is_listed_has_the_commas_of_the_language() -> None:
    """OPS-2: and nothing for what there isn't."""
    assert listed(["one", None, "", 2]) == "one, 2"
    with override("ar"):
        assert listed(["one", "two"]) == "one\N{ARABIC COMMA} two"
