"""The catalogues are complete, compiled and up to date. `scripts/messages.py` makes them so."""

import re

import pytest
from babel.messages.catalog import Catalog, Message

from scripts.messages import LANGUAGES, compiled, forms, found, kept, po_of, untranslated

PLURALS = {"ru": 3, "ar": 6}
# What the program fills in, and any other percent sign, which would be in its way.
FILLED = re.compile(r"%\(\w+\)s|\{\w+\}|%")

Keys = set[tuple[str | None, tuple[str, ...]]]


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def catalog(language: str) -> Catalog:
    return kept(language)


@pytest.fixture(scope="module")
def source() -> Keys:
    return keys(found())


def keys(catalog: Catalog) -> Keys:
    return {(one.context, tuple(forms(one.id))) for one in catalog if one.id}


def filled(text: str) -> list[str]:
    return sorted(FILLED.findall(text))


def test_every_string_of_the_source_is_there_and_no_other(catalog: Catalog, source: Keys) -> None:
    assert source
    assert keys(catalog) == source


def test_everything_is_translated(catalog: Catalog) -> None:
    assert [one.id for one in untranslated(catalog)] == []
    assert not catalog.fuzzy
    assert not catalog.obsolete


def test_every_plural_has_all_of_its_forms(catalog: Catalog, language: str) -> None:
    assert catalog.num_plurals == PLURALS[language]
    plurals: list[Message] = [one for one in catalog if one.pluralizable]
    assert plurals
    assert [one.id for one in plurals if len(forms(one.string)) != PLURALS[language]] == []


def lacks_its_number(text: str, source: str) -> bool:
    return set(filled(text)) < set(filled(source)) and len(filled(text)) == len(filled(source)) - 1


def test_what_is_filled_in_stays_the_same(catalog: Catalog) -> None:
    """Where a plural form is of one number alone, such as Arabic's for two, it may be said without the digit."""
    wrong = [
        (one.id, text)
        for one in catalog
        if one.id
        for text in forms(one.string)
        if filled(text) != filled(forms(one.id)[-1])
        and not (one.pluralizable and text in forms(one.string)[:3] and lacks_its_number(text, forms(one.id)[-1]))
    ]
    assert wrong == []


def test_it_is_compiled(catalog: Catalog, language: str) -> None:
    assert po_of(language).with_suffix(".mo").read_bytes() == compiled(catalog)
