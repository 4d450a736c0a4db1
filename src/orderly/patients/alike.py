"""How likely two records are the same person, and why.

Fellegi and Sunter's way: each field that both records have adds what its agreement or disagreement says, in bits. Five
bits mean that so much agreement is 32 times as frequent between records of one person as between those of two. The
weights are fixed ones: about the logarithms of how many values a field has and of how often it is mistyped or changes,
as the literature has them; nothing was learnt from records known to be alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler
from rapidfuzz.fuzz import ratio, token_sort_ratio

from orderly.patients.spelling import folded, sound

AGAINST = 17.0
"""Bits that must be outweighed: of a hundred thousand records, one is the person."""


class Reason(StrEnum):
    """What speaks for or against it, as codes that the edges put into words; the strongest come first."""

    SAME_DOCUMENT = "same_document"
    SAME_BIRTH_DATE = "same_birth_date"
    SAME_NAME = "same_name"
    NAME_ALIKE = "name_alike"
    NAMES_SWAPPED = "names_swapped"
    DAY_BESIDE = "birth_date_a_day_off"
    DAY_AND_MONTH = "birth_day_and_month_swapped"
    DATE_MISTYPED = "birth_date_one_digit_off"
    SAME_PHONE = "same_phone"
    SAME_EMAIL = "same_email"
    SAME_ADDRESS = "same_address"
    OTHER_NAME = "other_name"
    OTHER_BIRTH_DATE = "other_birth_date"
    OTHER_DOCUMENT = "other_document"
    OTHER_GENDER = "other_gender"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is compared; empty means unknown. Telephone numbers are E.164, the document its letters and digits."""

    first: str = ""
    middle: str = ""
    last: str = ""
    born: date | None = None
    gender: str = ""
    phones: frozenset[str] = frozenset()
    email: str = ""
    document: str = ""
    address: str = ""
    region: str = ""
    district: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` from 0 to 1: how sure it is that both are one person."""

    score: float
    reasons: tuple[Reason, ...]


OTHERS = {Reason.OTHER_NAME, Reason.OTHER_BIRTH_DATE}
HOUSEHOLD = 10.0
"""Bits against those who differ in both: what a family shares (number, address, last name) isn't independent."""

Said = tuple[float, Reason | None]


def score(one: Person, other: Person) -> Likeness:
    """How alike two records are. The same whichever comes first."""
    said = [*_names(one, other), *_facts(one, other), *_place(one, other)]
    found = {reason for _, reason in said if reason}
    bits = sum(weight for weight, _ in said) - AGAINST - (HOUSEHOLD if found >= OTHERS else 0.0)
    return Likeness(
        round(1 / (1 + 2.0 ** -max(-60.0, min(60.0, bits))), 3), tuple(one for one in Reason if one in found)
    )


@lru_cache(maxsize=65536)
def closeness(one: str, other: str) -> float:
    """Of two names, from 0 to 1: as they are written or as they are heard, whichever is closer."""
    plain, plain_other = folded(one), folded(other)
    if plain == plain_other:
        return 1.0
    heard, heard_other = sound(one), sound(other)
    as_heard = 0.95 if heard == heard_other and len(heard) > 1 else 0.0
    return max(JaroWinkler.similarity(plain, plain_other), as_heard)


def _names(one: Person, other: Person) -> Iterator[Said]:
    """First and last name, or crosswise where that is closer: people fill in forms the wrong way round."""
    straight = (_name(one.first, other.first, 6.0), _name(one.last, other.last, 7.0))
    crossed = (_name(one.first, other.last, 6.5), _name(one.last, other.first, 6.5))
    swapped = sum(crossed) - 3.0 > sum(straight)
    chosen = crossed if swapped else straight
    yield sum(chosen) - (3.0 if swapped else 0.0), Reason.NAMES_SWAPPED if swapped else None
    if one.first + one.last and other.first + other.last:
        yield 0.0, _of_names(chosen, one, other)
    if one.middle and other.middle:
        yield (1.5 if closeness(one.middle, other.middle) > 0.85 else -0.5), None


def _name(one: str, other: str, whole: float) -> float:
    if not one or not other:
        return 0.0
    near = closeness(one, other)
    if near == 1.0:
        return whole
    for least, share in ((0.92, 0.75), (0.85, 0.5), (0.78, 0.2)):
        if near >= least:
            return whole * share
    return -4.0


def _of_names(weights: tuple[float, float], one: Person, other: Person) -> Reason:
    if min(weights) < 0:
        return Reason.OTHER_NAME
    return Reason.SAME_NAME if sum(weights) >= 13.0 else Reason.NAME_ALIKE


def _facts(one: Person, other: Person) -> Iterator[Said]:
    if one.born and other.born:
        yield _birth(one.born, other.born)
    if one.phones and other.phones:
        yield (9.0, Reason.SAME_PHONE) if one.phones & other.phones else (-0.5, None)
    if one.email and other.email:
        same = one.email.casefold() == other.email.casefold()
        yield (8.0, Reason.SAME_EMAIL) if same else (-0.5, None)
    if one.document and other.document:
        yield (16.0, Reason.SAME_DOCUMENT) if one.document == other.document else (-4.0, Reason.OTHER_DOCUMENT)
    if {one.gender, other.gender} == {"male", "female"}:
        yield -3.0, Reason.OTHER_GENDER


def _birth(one: date, other: date) -> Said:
    if one == other:
        return 13.0, Reason.SAME_BIRTH_DATE
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return 9.0, Reason.DAY_AND_MONTH
    if abs(one - other) == timedelta(days=1):
        return 9.0, Reason.DAY_BESIDE
    if DamerauLevenshtein.distance(f"{one:%Y%m%d}", f"{other:%Y%m%d}") == 1:
        return 8.0, Reason.DATE_MISTYPED
    return -6.0, Reason.OTHER_BIRTH_DATE


def _place(one: Person, other: Person) -> Iterator[Said]:
    """Where somebody lives: people move, so that another address says little."""
    if one.address and other.address:
        near = _addresses(folded(one.address), folded(other.address))
        yield next(((w, r) for least, w, r in ADDRESS if near >= least), (-1.0, None))
    if one.district and other.district:
        yield next((w for least, w in DISTRICT if closeness(one.district, other.district) >= least), -1.0), None
    if one.region and other.region:
        yield (1.0 if closeness(one.region, other.region) > 0.9 else -0.5), None


def _addresses(one: str, other: str) -> float:
    """Word by word in any order, or without the gaps between them: those are what is mistyped most."""
    return max(token_sort_ratio(one, other), ratio(one.replace(" ", ""), other.replace(" ", "")))


ADDRESS = ((90.0, 10.0, Reason.SAME_ADDRESS), (75.0, 6.0, Reason.SAME_ADDRESS), (60.0, 2.0, None))
DISTRICT = ((1.0, 4.0), (0.88, 3.0))
