"""PAT-4: how alike two records are, and why; names as they are heard."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderly.patients.alike import Person, Reason, score
from orderly.patients.blocking import near, sought, stored
from orderly.patients.spelling import folded, sound

NODIRA = Person(first="Nodira", last="Karimova", born=date(1990, 5, 12), gender="female")
LETTERS = st.text(
    "abcdefghijklmnopqrstuvwxyzабвгдеёжзийклмнопрстуфхцчшщъыьэюяўқғҳابتثجحخدذرزسشصضطظعغفقكلمنهوي -'ʻ", max_size=20
)
PEOPLE = st.builds(
    Person,
    first=LETTERS,
    last=LETTERS,
    born=st.none() | st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    gender=st.sampled_from(["", "male", "female"]),
    phones=st.frozensets(st.sampled_from(["+998901234567", "+998907654321"])),
    address=LETTERS,
    district=LETTERS,
)


@pytest.mark.parametrize(
    "spellings",
    [
        "Mohammed Muhammad Мухаммед محمد",
        "Yulia Юлия Julia",
        "Karimova Каримова كريموفا",
        "Oʻtkir O'tkir Oʼtkir Ўткир Otkir",
        "Saidov Саидов سعيدوف",
        "Yusuf Юсуф يوسف Yousef",
        "Fatima Фатима فاطمة Fatimah",
        "Elena Yelena Елена",
        "Xasanov Hasanov Хасанов Ҳасанов حسنوف",
        "Jamila Джамиля جميلة",
        "Sharipov Шарипов شريبوف",
        "Abdulloh Абдулло عبدالله Abdulla",
        "Aleksandr Alexander Александр",
        "Baxtiyor Бахтиёр Bakhtiyor",
        "Khadija Хадиджа خديجة",
        "Qodir Қодир قادر Kodir",
        "Yahya Яхья يحيى",
    ],
)
def test_one_name_in_many_spellings(spellings: str) -> None:
    assert len({sound(one) for one in spellings.split()}) == 1


@pytest.mark.parametrize("names", ["Aziz Azamat", "Karimova Rakhimova", "Said Sadiq", "Julia Galina", "Salim Samil"])
def test_other_names_sound_otherwise(names: str) -> None:
    heard = [sound(one) for one in names.split()]
    assert len(set(heard)) == len(heard)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Oʻzbek-Ёлкина", "ozbek elkina"),
        ("  Щукин ", "shchukin"),
        ("الفارسي", "alfarsy"),
        ("ÉLAN Ströß", "elan stross"),
        ("٩٨", "98"),
        ("", ""),
    ],
)
def test_one_way_to_write(written: str, read: str) -> None:
    assert folded(written) == read


@given(LETTERS.map(lambda text: text.replace(" ", "").replace("-", "")), st.integers(0, 20))
def test_beginnings_stay_beginnings(word: str, length: int) -> None:
    """Or a search as one types would lose what it has found."""
    assert folded(word).startswith(folded(word[:length]))


@pytest.mark.parametrize(
    ("other", "reasons", "least", "most"),
    [
        ({}, (Reason.SAME_BIRTH_DATE, Reason.SAME_NAME), 0.99, 1),
        ({"first": "Нодира", "last": "Каримова"}, (Reason.SAME_BIRTH_DATE, Reason.SAME_NAME), 0.99, 1),
        ({"last": "Karimava"}, (Reason.SAME_BIRTH_DATE, Reason.NAME_ALIKE), 0.9, 1),
        (
            {"first": "Karimova", "last": "Nodira"},
            (Reason.SAME_BIRTH_DATE, Reason.SAME_NAME, Reason.NAMES_SWAPPED),
            0.9,
            1,
        ),
        ({"born": date(1990, 5, 13)}, (Reason.SAME_NAME, Reason.DAY_BESIDE), 0.9, 1),
        ({"born": date(1990, 12, 5)}, (Reason.SAME_NAME, Reason.DAY_AND_MONTH), 0.9, 1),
        ({"born": date(1980, 5, 12)}, (Reason.SAME_NAME, Reason.DATE_MISTYPED), 0.9, 1),
        ({"born": date(1971, 1, 1)}, (Reason.SAME_NAME, Reason.OTHER_BIRTH_DATE), 0, 0.01),
        ({"first": "Aziza"}, (Reason.SAME_BIRTH_DATE, Reason.OTHER_NAME), 0, 0.5),
        ({"gender": "male"}, (Reason.SAME_BIRTH_DATE, Reason.SAME_NAME, Reason.OTHER_GENDER), 0.9, 1),
    ],
)
def test_what_speaks_for_and_against(other: dict, reasons: tuple[Reason, ...], least: float, most: float) -> None:
    found = score(NODIRA, replace(NODIRA, **other))
    assert found.reasons == reasons
    assert least <= found.score <= most


def test_a_family_is_not_one_person() -> None:
    """The same telephone, e-mail and address, and one last name."""
    home = {"phones": frozenset({"+998901234567"}), "address": "Navoi 12", "district": "Chilonzor"}
    mother = replace(NODIRA, **home)
    daughter = replace(mother, first="Lola", born=date(2015, 3, 4))
    assert score(mother, daughter).score < 0.5
    assert score(mother, replace(NODIRA, last="Aliyeva", **home)).score > 0.99


@given(PEOPLE, PEOPLE)
def test_the_same_whichever_comes_first(one: Person, other: Person) -> None:
    assert score(one, other) == score(other, one)
    assert 0 <= score(one, other).score <= 1


@given(PEOPLE)
def test_who_is_sought_is_found(one: Person) -> None:
    assert set(stored(one)) <= set(sought(one))


def test_days_that_are_easily_written_for_another() -> None:
    around = near(date(1990, 5, 12))
    there = [date(1990, 5, 12), date(1990, 12, 5), date(1990, 5, 21), date(1909, 5, 12), date(1990, 5, 11)]
    assert set(there) <= around
    assert date(1991, 6, 12) not in around
    assert near(date(2000, 2, 29)) >= {date(2000, 2, 28), date(2000, 3, 1), date(2000, 2, 9)}
