"""Collects every translatable string of the program into the .po files, and compiles them.

    .venv/bin/python scripts/messages.py

Nothing of gettext has to be installed: Django turns templates into something like Python, Babel reads that and the
Python files. Strings that are gone are dropped; new ones come in empty, to be translated by hand, and then it is run
again. What is still untranslated is printed, and makes it fail.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent / "src" / "orderly"
LOCALE = SOURCE / "web" / "locale"
LANGUAGES = ("ru", "ar")
# Which arguments of a function are the text, its plural, and ("c") a context that tells equal texts apart.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}

# One text, or a plural's forms, as Babel keeps them.
Text = str | tuple[str, ...] | list[str] | None


def found() -> Catalog:
    """Every string in the source, with the files it stands in."""
    catalog = Catalog(charset="utf-8")
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("templates/**/*.html")]):
        if "migrations" not in path.parts:
            for line, text, context in _strings(path):
                catalog.add(text, locations=[(path.relative_to(SOURCE).as_posix(), line)], context=context)
    return catalog


def _strings(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    code = path.read_text()
    if path.suffix == ".html":
        # What is left of the markup isn't indented as Python must be.
        code = "\n".join(line.lstrip() for line in templatize(code, origin=str(path)).splitlines())
    for line, text, _, context in extract("python", BytesIO(code.encode()), KEYWORDS):
        yield line, text, context


def po_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def kept(language: str) -> Catalog:
    """The translations there are."""
    path = po_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Orderly", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalog: Catalog) -> bytes:
    """What the .mo file holds."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def forms(text: Text) -> list[str]:
    """A message's text, or all of its plural forms."""
    return list(text) if isinstance(text, tuple | list) else [text or ""]


def untranslated(catalog: Catalog) -> list[Message]:
    """Messages without a text, or without one of their plural forms; and fuzzy ones, which the .mo leaves out."""
    return [one for one in catalog if one.id and (one.fuzzy or not all(forms(one.string)))]


def update(language: str) -> list[Message]:
    """Bring both files of a language up to date. Returns what is still untranslated."""
    catalog, path = kept(language), po_of(language)
    catalog.update(found(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.fuzzy = False  # that is the header's
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=120, sort_by_file=True, include_lineno=False)
    path.with_suffix(".mo").write_bytes(compiled(catalog))
    return untranslated(catalog)


def main() -> int:
    left = {language: update(language) for language in LANGUAGES}
    for language, messages in left.items():
        for message in messages:
            print(f"{language}: {message.id!r}")
    return int(any(left.values()))


if __name__ == "__main__":
    sys.exit(main())
