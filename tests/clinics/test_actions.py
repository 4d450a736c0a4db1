"""Clinics: adding and changing them."""

import pytest

from orderly.clinics.actions import add, change, set_logo
from orderly.clinics.inputs import ClinicDetails
from orderly.clinics.models import Clinic
from orderly.core.edits import wrong
from orderly.core.errors import Forbidden, Invalid, NotFound, Stale
from orderly.engine.problems import Code, Problem
from orderly.journal.queries import history
from orderly.people.permissions import Role
from tests.factories import NOW, make_actor, make_clinic

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n and so on"
JPEG = b"\xff\xd8\xff\xe0 and so on"


def fields_of(clinic: Clinic, *names: str) -> list[object]:
    fresh = Clinic.objects.get(pk=clinic.pk)
    return [getattr(fresh, name) for name in names]


def test_a_clinic_is_added_with_what_was_said_and_the_usual_for_the_rest() -> None:
    """SET-1"""
    owner = make_actor(Role.SUPER_ADMIN)
    details = ClinicDetails(
        name=" Clinic North ",
        timezone="Asia/Tashkent",
        currency="UZS",
        country="UZ",
        phone="90 123 45 67",
        languages=["ru", "en"],
    )

    clinic = add(details, actor=owner, now=NOW)

    said = fields_of(clinic, "name", "timezone", "currency", "phone", "languages")
    assert said == ["Clinic North", "Asia/Tashkent", "UZS", "+998901234567", ["ru", "en"]]
    usual = fields_of(clinic, "slot_minutes", "check_in_minute", "check_out_minute", "free_cancel_hours", "version")
    assert usual == [15, 14 * 60, 12 * 60, 24, 1]
    [entry] = history(clinic.pk)
    assert (entry.fact, entry.clinic, entry.changes["phone"]) == ("clinic_added", clinic.pk, [None, "+998901234567"])


def test_only_who_manages_the_whole_organisation_adds_clinics() -> None:
    admin = make_actor(Role.CLINIC_ADMIN, make_clinic())
    with pytest.raises(Forbidden):
        add(ClinicDetails(name="Mine", timezone="UTC", currency="GBP"), actor=admin, now=NOW)


def test_name_zone_and_currency_must_be_given() -> None:
    with pytest.raises(Invalid) as refused:
        add(ClinicDetails(), actor=make_actor(Role.SUPER_ADMIN), now=NOW)
    missing = tuple(Problem(Code.MISSING, name) for name in ("name", "timezone", "currency"))
    assert refused.value.problems == missing


@pytest.mark.parametrize(
    ("details", "problem"),
    [
        (ClinicDetails(name=" "), Problem(Code.MISSING, "name")),
        (ClinicDetails(name="x" * 201), wrong("name", "too_long", limit=200)),
        (ClinicDetails(name="a\u202eb"), wrong("name", "characters")),
        (ClinicDetails(document_footer="x" * 2001), wrong("document_footer", "too_long", limit=2000)),
        (ClinicDetails(timezone="right/UTC"), wrong("timezone", "unknown")),
        (ClinicDetails(timezone="posix/Europe/London"), wrong("timezone", "unknown")),
        (ClinicDetails(timezone="EST"), wrong("timezone", "unknown")),
        (ClinicDetails(currency="GBX"), wrong("currency", "unknown")),
        (ClinicDetails(currency="gbp"), wrong("currency", "unknown")),
        (ClinicDetails(country="UK"), wrong("country", "unknown")),
        (ClinicDetails(country="GBR"), wrong("country", "too_long", limit=2)),
        (ClinicDetails(phone="12"), wrong("phone", "phone")),
        (ClinicDetails(email="nobody"), wrong("email", "email")),
        (ClinicDetails(languages=[]), Problem(Code.MISSING, "languages")),
        (ClinicDetails(languages=["en", "fr"]), wrong("languages", "unknown")),
        (ClinicDetails(languages=["en", "en"]), wrong("languages", "twice")),
        (ClinicDetails(slot_minutes=0), wrong("slot_minutes", "greater_than_equal", limit=1)),
        (ClinicDetails(slot_minutes=1441), wrong("slot_minutes", "less_than_equal", limit=1440)),
        (ClinicDetails(hold_minutes=61), wrong("hold_minutes", "less_than_equal", limit=60)),
        (ClinicDetails(check_in_minute=1440), wrong("check_in_minute", "between", least=0, most=1439)),
        (ClinicDetails(free_cancel_hours=8761), wrong("free_cancel_hours", "between", least=0, most=8760)),
        (ClinicDetails(late_fee_kind="daily"), wrong("late_fee_kind", "unknown")),
        (ClinicDetails(late_fee_kind="percent", late_fee=101), wrong("late_fee", "between", least=0, most=100)),
    ],
)
def test_what_a_clinic_can_t_be(details: ClinicDetails, problem: Problem) -> None:
    """SET-1: every field is checked, and named."""
    clinic = make_clinic()
    with pytest.raises(Invalid) as refused:
        change(clinic.pk, details, actor=make_actor(Role.CLINIC_ADMIN, clinic), now=NOW)
    assert refused.value.problems == (problem,)
    assert fields_of(clinic, "version") == [1]


def test_all_that_is_wrong_is_said_at_once() -> None:
    clinic = make_clinic()
    details = ClinicDetails(timezone="Mars/Base", currency="XYZ", slot_minutes=0)
    with pytest.raises(Invalid) as refused:
        change(clinic.pk, details, actor=make_actor(Role.CLINIC_ADMIN, clinic), now=NOW)
    assert [problem.field for problem in refused.value.problems] == ["slot_minutes", "timezone", "currency"]


def test_a_change_keeps_old_and_new_and_raises_the_version() -> None:
    clinic = make_clinic(name="Old", late_fee_kind="fixed", late_fee=500)
    admin = make_actor(Role.CLINIC_ADMIN, clinic)

    change(clinic.pk, ClinicDetails(name="New", late_fee=500, slot_minutes=10), actor=admin, now=NOW, version=1)

    assert fields_of(clinic, "name", "slot_minutes", "late_fee", "version") == ["New", 10, 500, 2]
    [entry] = history(clinic.pk)
    assert (entry.fact, entry.user, entry.changes) == (
        "clinic_changed",
        admin.user,
        {"name": ["Old", "New"], "slot_minutes": [15, 10]},
    )


def test_saying_the_same_again_changes_nothing() -> None:
    clinic = make_clinic(name="Same")
    change(clinic.pk, ClinicDetails(name="Same"), actor=make_actor(Role.CLINIC_ADMIN, clinic), now=NOW)
    assert (fields_of(clinic, "version"), list(history(clinic.pk))) == ([1], [])


def test_who_may_not_and_who_is_late() -> None:
    clinic, details = make_clinic(), ClinicDetails(name="New")
    with pytest.raises(Forbidden):
        change(clinic.pk, details, actor=make_actor(Role.FRONT_DESK, clinic), now=NOW)
    with pytest.raises(NotFound):
        change(clinic.pk, details, actor=make_actor(Role.CLINIC_ADMIN, make_clinic()), now=NOW)
    with pytest.raises(Stale):
        change(clinic.pk, details, actor=make_actor(Role.CLINIC_ADMIN, clinic), now=NOW, version=2)
    assert fields_of(clinic, "version") == [1]


@pytest.mark.parametrize("image", [PNG, JPEG, b""])
def test_a_logo_is_kept_as_it_is(image: bytes) -> None:
    """SET-1"""
    clinic = make_clinic(logo=JPEG)
    set_logo(clinic.pk, image, actor=make_actor(Role.CLINIC_ADMIN, clinic), now=NOW)
    assert (bytes(Clinic.objects.get(pk=clinic.pk).logo), fields_of(clinic, "version")) == (image, [2])


@pytest.mark.parametrize(
    ("image", "reason"),
    [(b"GIF89a", "image"), (b"<svg onload=alert(1)>", "image"), (PNG + bytes(512 * 1024), "too_large")],
)
def test_a_logo_is_a_png_or_jpeg_of_at_most_512_kb(image: bytes, reason: str) -> None:
    clinic = make_clinic()
    with pytest.raises(Invalid) as refused:
        set_logo(clinic.pk, image, actor=make_actor(Role.CLINIC_ADMIN, clinic), now=NOW)
    assert refused.value.problems == (wrong("logo", reason),)
