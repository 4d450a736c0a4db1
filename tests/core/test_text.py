import pytest

from orderly.core.text import is_clean

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
