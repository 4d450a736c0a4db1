"""The same screens in three languages, and dates as each of them writes them."""

import re
from datetime import date

import pytest
from django.utils import translation

from orderly.web import dates
from orderly.web.series.forms import SeriesForm
from tests.factories import make_patient
from tests.web.desk import Desk, errors, text

READ = [
    ("en", "20/12/2024"),
    ("en", "20-12-2024"),
    ("en", "20.12.2024"),
    ("en", "2024-12-20"),
    ("en", " 20 / 12 / 2024 "),
    ("ru", "20.12.2024"),
    ("ru", "20/12/2024"),
    ("ru", "2024-12-20"),
    ("ar", "20/12/2024"),
    ("ar", "٢٠/١٢/٢٠٢٤"),
    ("ar", "٢٠٢٤-١٢-٢٠"),
]
NO_DATES = [
    ("en", "12/20/2024"),
    ("ru", "12/20/2024"),
    ("en", "20/12/24"),
    ("ru", "20.12.24"),
    ("en", "2024-02-30"),
    ("en", "29.02.2023"),
    ("en", "20/12-2024"),
    ("en", "0000-01-01"),
    ("en", "tomorrow"),
]


@pytest.mark.parametrize(("language", "typed"), READ)
def test_a_date_is_read_as_the_language_writes_it(language: str, typed: str) -> None:
    """PAT-3"""
    with translation.override(language):
        assert dates.typed(typed) == date(2024, 12, 20)


@pytest.mark.parametrize(("language", "typed"), NO_DATES)
def test_what_is_no_date_in_the_language_is_not_guessed_at(language: str, typed: str) -> None:
    """PAT-3"""
    with translation.override(language), pytest.raises(ValueError):
        dates.typed(typed)


@pytest.mark.parametrize("language", ["en", "ru", "ar", "uz"])
def test_what_is_written_can_be_typed(language: str) -> None:
    """PAT-3, OPS-2"""
    with translation.override(language):
        assert dates.typed(dates.written(date(2024, 3, 4))) == date(2024, 3, 4)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "direction", "styles", "day", "born"),
    [
        ("en", "ltr", "tabler.min.css", "Mon 2 Mar 2026", "02/01/1990"),
        ("ru", "ltr", "tabler.min.css", "пн 2 мар. 2026", "02.01.1990"),
        ("ar", "rtl", "tabler.rtl.min.css", "الاثنين 2 مارس 2026", "02/01/1990"),
    ],
)
def test_the_calendar_and_an_appointment_in_each_language(
    desk: Desk, language: str, direction: str, styles: str, day: str, born: str
) -> None:
    """OPS-2: switched on the page itself, kept from then on."""
    desk.patient.birth_date = date(1990, 1, 2)
    desk.patient.save()
    made = desk.book()
    here = f"/calendar/{desk.clinic.pk}/"
    answer = desk.client.post("/language/", {"language": language, "next": here})
    assert (answer.status_code, answer["Location"]) == (302, here)
    page = desk.get("calendar", desk.clinic.pk)
    assert f'<html lang="{language}" dir="{direction}">' in page.content.decode()
    assert (styles in page.content.decode(), day in text(page)) == (True, True)
    panel = text(desk.get("appointment", made.pk))
    assert (day in panel, born in panel, "10:00–10:30" in panel) == (True, True, True)


@pytest.mark.django_db
def test_the_switch_leads_nowhere_else(desk: Desk) -> None:
    """ACC-5"""
    answer = desk.client.post("/language/", {"language": "ar", "next": "//elsewhere.example/"})
    assert answer["Location"] == "/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("many", "counted"), [(1, "1 patient found"), (2, "2 patients found"), (5, "5 patients found")]
)
def test_numbers_have_their_plural(desk: Desk, many: int, counted: str) -> None:
    """OPS-2"""
    for _ in range(many - 1):
        make_patient(desk.clinic, last_name="Leeds")
    assert text(desk.post("patient-search", desk.clinic.pk, q="lee")).endswith(counted)


@pytest.mark.django_db
def test_every_wrong_field_is_named_in_russian_too(desk: Desk) -> None:
    """PAT-2, OPS-2"""
    desk.client.cookies["django_language"] = "ru"
    found = errors(desk.post("patient-register", desk.clinic.pk, first_name="Zoe", birth_date="12/20/2024"))
    assert found == [
        "Не указано: фамилия.",
        "Укажите дату в виде 20.12.1990.",
        "Не указано: пол.",
        "Не указано: мобильный телефон.",
    ]


@pytest.mark.django_db
def test_who_has_said_which_language_they_read_sees_it(desk: Desk) -> None:
    """OPS-2, ACC-8: wherever they sign in; the switch is remembered with them, the browser's own is for others."""
    desk.user.language = "ar"
    desk.user.save()
    desk.client.cookies["django_language"] = "en"
    page = desk.get("calendar", desk.clinic.pk)
    assert (page["Content-Language"], '<html lang="ar" dir="rtl">' in page.content.decode()) == ("ar", True)
    desk.client.post("/language/", {"language": "ru", "next": "/"})
    desk.client.post("/language/", {"language": "xx", "next": "/"})
    desk.user.refresh_from_db()
    del desk.client.cookies["django_language"]
    assert desk.user.language == "ru"
    assert desk.get("calendar", desk.clinic.pk)["Content-Language"] == "ru"
    desk.client.logout()
    assert desk.client.get("/accounts/login/")["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Write a number from 1 to 100."), ("ru", "Напишите число от 1 до 100."), ("ar", "اكتب رقمًا من 1 إلى 100.")],
)
def test_what_has_a_number_in_it_is_in_the_language_of_the_reader(language: str, said: str) -> None:
    """OPS-2: not in that of whoever started the server."""
    with translation.override(language):
        assert SeriesForm({"count": "0"}).errors["count"] == [said]


@pytest.mark.django_db
def test_languages_are_called_what_their_speakers_call_them(desk: Desk) -> None:
    """OPS-2"""
    for language in ("en", "ar"):
        desk.client.cookies["django_language"] = language
        page = desk.get("calendar", desk.clinic.pk).content.decode()
        names = re.findall(r'name="language" value="\w+" lang="\w+"[^>]*>([^<]+)<', page)
        assert names == ["English", "Русский", "العربية"]
