from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from orderly.core.ids import SPOKEN, spoken, uuid7, uuid7_of
from orderly.core.models import as_uuid

MILLISECONDS = st.integers(0, (1 << 48) - 1)
RANDOM = st.integers(0, (1 << 74) - 1)


def test_the_example_of_the_rfc() -> None:
    """RFC 9562, appendix A.6."""
    random_bits = (0xCC3 << 62) | 0x18C4DC0C0C07398F
    assert uuid7_of(0x017F22E279B0, random_bits) == UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")


@given(MILLISECONDS, RANDOM)
def test_it_keeps_every_bit_it_was_given(milliseconds: int, random_bits: int) -> None:
    made = uuid7_of(milliseconds, random_bits)
    low = made.int & ((1 << 62) - 1)
    high = made.int >> 64 & 0xFFF
    assert (made.version, made.variant, made.int >> 80) == (7, uuid4().variant, milliseconds)
    assert high << 62 | low == random_bits


@given(MILLISECONDS, RANDOM, RANDOM)
def test_a_later_millisecond_sorts_later(milliseconds: int, one: int, other: int) -> None:
    if milliseconds:
        assert uuid7_of(milliseconds - 1, one) < uuid7_of(milliseconds, other)


def test_ids_are_new_every_time() -> None:
    made = [uuid7() for _ in range(2000)]
    assert len(set(made)) == 2000
    assert {one.version for one in made} == {7}
    stamps = [one.int >> 80 for one in made]
    assert stamps == sorted(stamps)


def test_spoken_characters_are_not_mistaken_for_each_other() -> None:
    """APT-2: of each group that sounds or looks alike at most one is used."""
    alike = ("BDEPTVCZ", "MN", "AJ", "FS", "0O", "1IL", "5S", "8B", "UV", "2Z")
    assert [group for group in alike if len(set(group) & set(SPOKEN)) > 1] == []
    assert len(set(SPOKEN)) == len(SPOKEN)


def test_spoken_words_have_the_length_asked_for() -> None:
    words = [spoken(4) for _ in range(500)]
    assert {len(word) for word in words} == {4}
    assert {letter for word in words for letter in word} == set(SPOKEN)


def test_a_uuid_as_either_database_gives_it() -> None:
    made = uuid7()
    assert (as_uuid(made), as_uuid(made.hex)) == (made, made)
