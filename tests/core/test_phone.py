"""PAT-3: numbers are kept in E.164, however they are typed."""

import pytest

from orderly.core.phone import e164

UZBEK, BRITISH = "+998901234567", "+447400123456"


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("+998 90 123 45 67", "UZ", UZBEK),
        ("90 123-45-67", "UZ", UZBEK),
        ("(90) 123 45 67", "UZ", UZBEK),
        ("+998901234567", "GB", UZBEK),
        ("00 998 90 123 45 67", "UZ", UZBEK),
        ("07400 123456", "GB", BRITISH),
        ("+44 (0)7400 123456", "UZ", BRITISH),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        ("\u0660\u0665\u0660 \u0661\u0662\u0663 \u0664\u0665\u0666\u0667", "AE", "+971501234567"),
        (UZBEK, "", UZBEK),
        ("+44 7700 900123", "UZ", "+447700900123"),  # a prefix that no operator has
    ],
)
def test_a_number_is_kept_in_one_form(typed: str, country: str, kept: str) -> None:
    assert e164(typed, country) == kept


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("", "GB"),
        ("twelve", "GB"),
        ("123", "GB"),
        ("07400 1234567890", "GB"),
        ("90 123 45 67", ""),
        ("+999 1234567", "GB"),
    ],
)
def test_what_cannot_be_a_number_is_refused(typed: str, country: str) -> None:
    with pytest.raises(ValueError):
        e164(typed, country)
