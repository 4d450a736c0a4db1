import re
from datetime import date

import pytest

from orderly.journal.models import Look, Shown
from orderly.patients.models import LinkRequest, Patient, Registration
from orderly.people.models import RoleOverride
from tests.factories import make_clinic, make_patient, make_user
from tests.web.desk import Desk, errors, said, text, value

pytestmark = pytest.mark.django_db

PERSON = {
    "first_name": "Zoe",
    "last_name": "Ray",
    "birth_date": "20/12/1990",
    "gender": "female",
    "mobile": "07400 123456",
}


def names(response) -> list[str]:
    return re.findall(r"<strong>(.*?)</strong>", response.content.decode())


@pytest.mark.parametrize("query", ["lee", "an", "Lee Ann", "900123", "ann 0123"])
def test_search_by_parts_of_names_and_digits(desk: Desk, query: str) -> None:
    """PAT-6"""
    make_patient(desk.clinic, first_name="Bob", last_name="Moss", mobile="+447700900999")
    response = desk.post("patient-search", desk.clinic.pk, q=query)
    assert names(response) == ["Ann Lee"]


def test_a_match_shows_age_phone_and_last_visit(desk: Desk) -> None:
    Registration.objects.update(last_visit_on=date(2026, 2, 3))
    response = desk.post("patient-search", desk.clinic.pk, q="lee")
    assert text(response) == "Ann Lee 36 years · +44 7400 900123 · last here 03/02/2026 1 patient found"


def test_nobody_found(desk: Desk) -> None:
    assert text(desk.post("patient-search", desk.clinic.pk, q="xyz")) == "Nobody found. Register them as new."
    assert text(desk.post("patient-search", desk.clinic.pk, q=" ")) == ""


def test_patients_of_other_clinics_are_not_found(desk: Desk) -> None:
    """ACC-4, PAT-12"""
    stranger = make_patient(make_clinic(), last_name="Leeds")
    assert names(desk.post("patient-search", desk.clinic.pk, q="lee")) == ["Ann Lee"]
    assert desk.get("patient-chosen", desk.clinic.pk, stranger.pk).status_code == 404


def test_where_one_may_not_look_at_patients_nobody_is_found(desk: Desk) -> None:
    """ACC-4, PAT-12: the user's other clinic counts only with the right to look there."""
    there = make_clinic()
    stranger = make_patient(there, last_name="Leeds")
    desk.user.memberships.create(clinic=there, role="front_desk")
    assert names(desk.post("patient-search", desk.clinic.pk, q="lee")) == ["Ann Lee", "Test Leeds"]
    RoleOverride.objects.create(clinic=there, role="front_desk", permission="patients:view", allowed=False)
    assert names(desk.post("patient-search", desk.clinic.pk, q="lee")) == ["Ann Lee"]
    assert desk.get("patient-chosen", desk.clinic.pk, stranger.pk).status_code == 404
    assert desk.post("booking-book", desk.clinic.pk, **desk.form(patient=stranger.pk)).status_code == 404
    alike = desk.post("patient-register", desk.clinic.pk, **{**PERSON, "mobile": stranger.mobile})
    assert (alike.status_code, said(alike)) == (200, "Registered: Zoe Ray")


def test_search_costs_the_same_however_many(desk: Desk, django_assert_num_queries) -> None:
    """OPS-5"""
    desk.post("patient-search", desk.clinic.pk, q="lee")
    with django_assert_num_queries(11):
        desk.post("patient-search", desk.clinic.pk, q="lee")
    make_patient(desk.clinic, last_name="Leeds")
    make_patient(desk.clinic, last_name="Leek")
    with django_assert_num_queries(11):
        assert len(names(desk.post("patient-search", desk.clinic.pk, q="lee"))) == 3


@pytest.mark.parametrize(
    ("query", "filled"),
    [
        ("ray", {"last_name": "ray"}),
        ("Zoe Ray", {"first_name": "Zoe", "last_name": "Ray"}),
        ("Zoe May Ray", {"first_name": "Zoe", "middle_name": "May", "last_name": "Ray"}),
        ("07400 123456", {"mobile": "07400 123456"}),
        ("", {}),
    ],
)
def test_what_was_searched_for_begins_the_registration(desk: Desk, query: str, filled: dict[str, str]) -> None:
    response = desk.post("patient-new", desk.clinic.pk, q=query)
    fields = ("first_name", "middle_name", "last_name", "mobile")
    assert {name: value(response, name) for name in fields if value(response, name)} == filled


def test_registering_chooses_the_new_patient(desk: Desk) -> None:
    """PAT-2"""
    response = desk.post("patient-register", desk.clinic.pk, **PERSON)
    made = Patient.objects.get(last_name="Ray")
    assert (response.status_code, said(response)) == (200, "Registered: Zoe Ray")
    assert value(response, "patient") == str(made.pk)
    assert (made.birth_date, made.mobile, made.created_by) == (date(1990, 12, 20), "+447400123456", desk.user)


@pytest.mark.parametrize(
    ("language", "typed"), [("ru", "20.12.1990"), ("ar", "20/12/1990"), ("ar", "٢٠/١٢/١٩٩٠"), ("ru", "1990-12-20")]
)
def test_a_birth_date_is_read_as_the_language_writes_it(desk: Desk, language: str, typed: str) -> None:
    """PAT-3"""
    desk.client.cookies["django_language"] = language
    desk.post("patient-register", desk.clinic.pk, **{**PERSON, "birth_date": typed})
    assert Patient.objects.get(last_name="Ray").birth_date == date(1990, 12, 20)


def test_every_wrong_field_is_named_at_once(desk: Desk) -> None:
    """PAT-2"""
    form = {**PERSON, "first_name": "", "mobile": "12", "birth_date": "2030-01-01", "gender": ""}
    response = desk.post("patient-register", desk.clinic.pk, **form)
    assert (response.status_code, errors(response)) == (
        422,
        [
            "Missing: first name.",
            "birth date: this lies in the future.",
            "Missing: gender.",
            "mobile number: this isn't a telephone number.",
        ],
    )
    assert value(response, "last_name") == "Ray"


@pytest.mark.parametrize("address", ["patient-register", "patient-quick", "patient-add"])
def test_what_cannot_be_read_hides_nothing_else(desk: Desk, address: str) -> None:
    """PAT-2: all at once, in the panel and on the page."""
    form = {**PERSON, "first_name": "", "mobile": "12", "birth_date": "31.02.1990"}
    response = desk.post(address, desk.clinic.pk, **form)
    assert (response.status_code, sorted(errors(response))) == (
        422,
        [
            "Missing: first name.",
            "There is no such day.",
            "mobile number: this isn't a telephone number.",
        ],
    )


@pytest.mark.parametrize("address", ["patient-register", "patient-quick", "patient-add"])
def test_enter_takes_who_is_likeliest_and_never_makes_them_twice(desk: Desk, address: str) -> None:
    """PAT-2: the focus goes to them, and what Enter presses in a field only asks again."""
    desk.post("patient-register", desk.clinic.pk, **PERSON)
    again = desk.post(address, desk.clinic.pk, **PERSON)
    marked = re.findall(r"<(?:input|button|a)[^>]* data-(?:focus|first)[ >]", again.content.decode())
    submits = re.findall(r'<button[^>]* type="submit"[^>]*>', again.content.decode())
    assert (again.status_code, len(marked), "<input" in marked[0]) == (409, 1, False)
    assert ("hidden" in submits[0], [one for one in submits if "anyway" in one] == submits[1:2]) == (True, True)
    assert Patient.objects.filter(last_name="Ray").count() == 1


def test_a_date_that_is_none(desk: Desk) -> None:
    """Written as it should be, it isn't asked to be written so."""
    wrong = {"31.02.1990": "There is no such day.", "1990-02-30": "There is no such day."}
    wrong |= dict.fromkeys(("12/20/1990", "20/12/90", "yesterday"), "Write the date like 20/12/1990.")
    found = {}
    for typed in wrong:
        found[typed] = errors(desk.post("patient-register", desk.clinic.pk, **{**PERSON, "birth_date": typed}))
    assert found == {typed: [said] for typed, said in wrong.items()}


def test_somebody_alike_is_shown_first_and_the_desk_decides(desk: Desk) -> None:
    """PAT-4"""
    form = {**PERSON, "mobile": desk.patient.mobile}
    shown = desk.post("patient-register", desk.clinic.pk, **form)
    assert (shown.status_code, names(shown), Patient.objects.count()) == (409, ["Ann Lee"], 1)
    assert "% likely: same phone, another name, another birth date" in text(shown)
    assert Shown.objects.filter(look=Look.objects.latest("id")).get().subject == desk.patient.pk
    made = desk.post("patient-register", desk.clinic.pk, **form, anyway="1")
    assert (made.status_code, names(made), Patient.objects.count()) == (200, ["Zoe Ray"], 2)


def test_names_are_never_markup(desk: Desk) -> None:
    """ACC-5"""
    make_patient(desk.clinic, first_name="<b>Eve</b>", last_name="Hack")
    assert "&lt;b&gt;Eve&lt;/b&gt;" in desk.post("patient-search", desk.clinic.pk, q="hack").content.decode()


def test_whoever_may_only_look_registers_nobody(desk: Desk) -> None:
    """ACC-3"""
    desk.client.force_login(make_user("read_only", desk.clinic))
    assert desk.post("patient-search", desk.clinic.pk, q="lee").status_code == 200
    assert desk.post("patient-register", desk.clinic.pk, **PERSON).status_code == 403


ELSEWHERE = {**PERSON, "mobile": "+447400123456"}


@pytest.fixture
def zoe(db: None) -> Patient:
    """Known to another clinic."""
    return make_patient(make_clinic(name="There"), **{**ELSEWHERE, "birth_date": date(1990, 12, 20)})


def test_who_exists_elsewhere_can_be_asked_for(desk: Desk, zoe: Patient) -> None:
    """PAT-12: the desk learns that there is a record, and may ask, or register all the same."""
    shown = desk.post("patient-register", desk.clinic.pk, **PERSON)
    assert (shown.status_code, "This person exists elsewhere" in text(shown), names(shown)) == (409, True, [])
    assert "There" not in text(shown).replace("There is", "")
    assert Patient.objects.count() == 2
    asked = desk.post("patient-ask-link", desk.clinic.pk, **PERSON)
    assert (asked.status_code, said(asked)) == (
        200,
        "Asked. Once a clinic that knows them agrees, they are found here.",
    )
    assert "Zoe Ray 20/12/1990 not answered yet" in text(desk.get("patient-links", desk.clinic.pk))
    made = desk.post("patient-register", desk.clinic.pk, **PERSON, anyway="1")
    assert (made.status_code, names(made), Patient.objects.count()) == (200, ["Zoe Ray"], 3)


def test_asking_for_nobody(desk: Desk, zoe: Patient) -> None:
    assert desk.post("patient-ask-link", desk.clinic.pk, **{**PERSON, "last_name": "Rey"}).status_code == 404
    wrong = desk.post("patient-ask-link", desk.clinic.pk, **{**PERSON, "mobile": "12"})
    assert errors(wrong) == ["mobile number: this isn't a telephone number."]


def test_other_clinics_requests_are_answered(desk: Desk, zoe: Patient) -> None:
    """PAT-12"""
    there = zoe.clinics.get()
    desk.post("patient-ask-link", desk.clinic.pk, **PERSON)
    link = LinkRequest.objects.get()
    theirs = Desk()
    theirs.user.memberships.create(clinic=there, role="front_desk")
    assert "Zoe Ray 20/12/1990 Riverside asks" in text(theirs.get("patient-links", there.pk))
    assert theirs.post("patient-link-decide", theirs.clinic.pk, link.pk, "approve").status_code == 404
    assert theirs.post("patient-link-decide", there.pk, link.pk, "explode").status_code == 404
    theirs.post("patient-link-decide", there.pk, link.pk, "approve")
    assert "Riverside knows Zoe Ray from now on." in text(theirs.get("patient-links", there.pk))
    theirs.post("patient-link-decide", there.pk, link.pk, "decline")
    assert "it has been answered already." in text(theirs.get("patient-links", there.pk))
    assert names(desk.post("patient-search", desk.clinic.pk, q="ray")) == ["Zoe Ray"]
    assert "approved: found here now" in text(desk.get("patient-links", desk.clinic.pk))
