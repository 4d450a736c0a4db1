"""Which records are worth comparing at all: those with a key in common."""

from collections.abc import Iterator
from datetime import date, timedelta

from orderly.patients.alike import Person
from orderly.patients.spelling import folded, sound

BORN, HEARD, LIVES, NEAR = "b:", "s:", "a:", "d:"


def stored(one: Person) -> Iterator[str]:
    """The keys that a record is kept under, beside those that it is searched by."""
    if one.born:
        yield f"{BORN}{one.born:%Y%m%d}"
    names = sorted(filter(None, (sound(one.first), sound(one.last))))
    if len(names) == 2:
        yield HEARD + "+".join(names)
    yield from _lives(one)
    if district := folded(one.district).replace(" ", ""):
        yield from (f"{NEAR}{district}+{name}" for name in dict.fromkeys(names) if len(name) > 1)


def sought(one: Person) -> Iterator[str]:
    """The keys of records that may be the same person: of birth dates also those that are easily written for it."""
    yield from (key for key in stored(one) if not key.startswith(BORN))
    if one.born:
        yield from (f"{BORN}{day:%Y%m%d}" for day in sorted(near(one.born)))


def near(born: date) -> set[date]:
    """This day, those beside it, those with one digit or neighbouring digits otherwise, and day and month swapped."""
    written = f"{born:%Y%m%d}"
    forms = {written, written[:4] + written[6:] + written[4:6]}
    for at in range(len(written)):
        forms |= {written[:at] + digit + written[at + 1 :] for digit in "0123456789"}
        forms.add(written[:at] + written[at : at + 2][::-1] + written[at + 2 :])
    found = {day for form in forms if (day := _read(form))}
    return found | {born + timedelta(days=days) for days in (-1, 1)}


def _read(form: str) -> date | None:
    try:
        found = date(int(form[:4]), int(form[4:6]), int(form[6:]))
    except ValueError:
        return None
    return found if 1880 <= found.year < 2100 else None


def _lives(one: Person) -> Iterator[str]:
    """The numbers of an address (the house, the flat, the postcode) with the sound of its first word."""
    parts = folded(one.address).split()
    numbers = [part for part in parts if part[0].isdigit()]
    words = [part for part in parts if not part[0].isdigit()]
    if numbers and words:
        yield f"{LIVES}{'-'.join(numbers)}+{sound(words[0])}"
