"""DOC-1: what a patient takes home of an appointment, in their language, with the clinic's name, logo and footer."""

import struct
import zlib
from typing import Any

import pytest

from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.documents.confirmation import STANDS, confirmation
from tests.documents.reading import lines_of, opened
from tests.factories import (
    NOW,
    TUESDAY,
    at,
    booking,
    make_actor,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
)

pytestmark = pytest.mark.django_db

CLINIC: dict[str, Any] = {
    "name": "Riverside",
    "address": "1 Quay",
    "phone": "+442079460000",
    "email": "desk@example.org",
    "late_fee_kind": "fixed",
    "late_fee": 2000,
    "document_footer": "Riverside Ltd\nNo 123",
}


def made(*, named: bool = True, clinic: dict[str, Any] | None = None, **patient: Any) -> Appointment:
    """Tomorrow at ten; or only asked for, when nobody is named."""
    place = make_clinic(**{**CLINIC, **(clinic or {})})
    service = make_service(place, name="Consultation")
    provider = make_provider(place, service=service, name="Smith", title="Dr")
    person = make_patient(place, **{"first_name": "Ann", "last_name": "Lee", **patient})
    wish = booking(
        place, service, provider if named else None, person, at(place, TUESDAY, "10:00"), notes="Secret words"
    )
    return book(wish, actor=make_actor("front_desk", place), now=NOW)


def png(width: int, height: int, pixels: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def pictures(document: bytes) -> int:
    return sum(len(page.images) for page in opened(document).pages)


def test_all_of_it_and_nothing_that_the_clinic_notes() -> None:
    found = made()
    assert lines_of(confirmation(found, now=NOW)) == [
        "Riverside",
        "1 Quay",
        "+44 20 7946 0000 · desk@example.org",
        "Appointment confirmation",
        "Your appointment is confirmed.",
        f"Number {found.number}",
        "Patient Ann Lee",
        "Date Tuesday, 3 March 2026",
        "Time 10:00 – 10:30",
        "Service Consultation",
        "With Dr Smith",
        "Where Riverside",
        "1 Quay",
        "You can cancel free of charge until Mon, 2 Mar 2026, 10:00.",
        "If you can't come, please call us: +44 20 7946 0000",
        "Riverside Ltd",
        "No 123",
        "Printed Mon, 2 Mar 2026, 06:00",
        "Page 1 of 1",
    ]


@pytest.mark.parametrize(
    ("language", "country", "said"),
    [
        (
            "ru",
            "UZ",
            "Подтверждение записи|Ваша запись подтверждена.|Пациент Анна Ли|Дата вторник, 3 марта 2026 г.|"
            "Время 10:00 – 10:30|С кем Dr Smith|Где Riverside|Страница 1 из 1",
        ),
        ("en", "US", "Date Tuesday, March 3, 2026|Time 10:00 AM – 10:30 AM|Printed Mon, Mar 2, 2026, 6:00 AM"),
        ("en", "UZ", "Date Tuesday, 3 March 2026|Time 10:00 – 10:30"),
    ],
)
def test_in_the_patients_language_and_the_clocks_of_the_clinics_country(language: str, country: str, said: str) -> None:
    found = made(clinic={"country": country, "languages": ["ar"]}, language=language, first_name="Анна", last_name="Ли")
    document = confirmation(found, now=NOW)
    assert set(said.split("|")) - set(lines_of(document)) == set()
    assert opened(document).trailer["/Root"]["/Lang"] == language


def test_right_to_left() -> None:
    """A language that isn't known of the patient is the clinic's. Telephone numbers stay as they are dialled."""
    name = {"first_name": "عائشة", "last_name": "الحسن"}
    document = confirmation(made(clinic={"country": "SA", "languages": ["ar"]}, **name), now=NOW)
    text = "\n".join(lines_of(document))
    said = "تأكيد الموعد تم موعدك الرقم المريض عائشة الحسن التاريخ الثلاثاء مارس الوقت الخدمة مع أين صفحة"
    assert [word for word in said.split() if word not in text] == []
    assert "+44 20 7946 0000\n" in text
    root = opened(document).trailer["/Root"]
    assert (root["/Lang"], root["/ViewerPreferences"]["/Direction"]) == ("ar", "/R2L")


@pytest.mark.parametrize("status", Status.values)
def test_it_says_how_things_stand(status: str) -> None:
    found = made()
    found.status = status
    lines = lines_of(confirmation(found, now=NOW))
    title, said = map(str, STANDS[status])
    assert lines[3:5] == [title, said]
    ahead = {Status.CONFIRMED: 2, Status.REQUESTED: 1}
    assert sum(line.startswith(("You can cancel", "If you can't")) for line in lines) == ahead.get(Status(status), 0)


def test_nobody_is_named_who_is_only_proposed() -> None:
    lines = lines_of(confirmation(made(named=False), now=NOW))
    assert "We have received your request. It isn't confirmed yet; we will tell you when it is." in lines
    assert not any("Smith" in line for line in lines)


def test_what_was_called_off_says_so() -> None:
    found = made()
    cancel(found.pk, "patient_asked", actor=make_actor("front_desk", found.clinic), now=NOW)
    found.refresh_from_db()
    assert "This appointment has been cancelled and doesn't take place." in lines_of(confirmation(found, now=NOW))


def test_a_tagged_file_of_the_same_bytes_that_names_nobody() -> None:
    found = made()
    document = confirmation(found, now=NOW)
    file = opened(document)
    assert document == confirmation(found, now=NOW.replace(microsecond=5))
    assert file.metadata is not None
    assert (file.metadata.title, file.metadata.author) == (f"Appointment confirmation {found.number}", "Riverside")
    assert file.metadata.creation_date == NOW
    assert file.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in file.trailer["/Root"]["/Metadata"].get_data()


@pytest.mark.parametrize(
    "hostile",
    [
        '#import "x": * $1/0$ \\ *bold* _it_ `raw` <label> @ref = head // gone',
        "x" * 500,
        "<script>alert(1)</script> {{ 7 * 7 }} %(day)s {page}",
    ],
)
def test_what_somebody_typed_is_text(hostile: str) -> None:
    found = made()
    found.service.name = hostile
    text = " ".join(lines_of(confirmation(found, now=NOW)))
    assert " ".join(hostile.split()).replace(" ", "") in text.replace(" ", "")


def test_whatever_the_fonts_lack_or_hides_is_drawn_all_the_same() -> None:
    """Emoji and letters we have no font for as �; what would turn the direction or can't be seen not at all."""
    found = made()
    found.service.name = "a\u202eb \U0001f600\ufe0f 中 \u0000\ud800c \u200bd"
    assert "Service ab � � �c d" in lines_of(confirmation(found, now=NOW))


@pytest.mark.parametrize("footer", ["W" * 2000, "x\n" * 1000])
def test_ten_thousand_letters_take_their_pages(footer: str) -> None:
    found = made(clinic={"document_footer": footer})
    found.service.name = "many words " * 900
    text = " ".join(lines_of(confirmation(found, now=NOW)))
    assert (text.count("many"), text.count("words"), "Page 2 of" in text) == (900, 900, True)
    assert text.replace(" ", "").count(footer[:1] + "·x" * 990 if footer[1] == "\n" else "W" * 2000) >= 1


@pytest.mark.parametrize(
    ("logo", "shown"),
    [
        (png(4, 2, b"\0\x10\x20\x30\x40" * 2), 1),
        (png(4, 2, b"\0\x10\x20\x30\x40" * 2)[:50], 0),
        (b"\xff\xd8\xff" + b"x" * 100, 0),
        (png(30_000, 30_000, b"\0" * 100), 0),
    ],
    ids=["a logo", "torn", "no picture", "a bomb"],
)
def test_a_logo_is_shown_if_it_can_be(logo: bytes, shown: int) -> None:
    found = made(clinic={"logo": logo})
    document = confirmation(found, now=NOW)
    assert (pictures(document), f"Number {found.number}" in lines_of(document)) == (shown, True)
