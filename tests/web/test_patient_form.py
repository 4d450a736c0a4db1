"""PAT-1, PAT-3, PAT-4: the whole record as a form."""

import html
import re
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from orderly.patients.actions import change
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import LinkRequest, Patient
from tests.factories import NOW, make_actor, make_clinic, make_patient
from tests.web.desk import Desk, errors, said, text, value

pytestmark = pytest.mark.django_db

WHOLE = {
    "first_name": "Zoe",
    "middle_name": "May",
    "last_name": "Ray",
    "birth_date": "20/12/1990",
    "gender": "female",
    "language": "ar",
    "mobile": "07400 123456",
    "home_phone": "020 7946 0000",
    "email": "zoe@example.org",
    "address": "1 High Street",
    "country": "GB",
    "region": "Kent",
    "district": "Dover",
    "document_type": "Passport",
    "document_number": "AB 123",
    "tax_id": "99",
    "gestation_weeks": "12",
    "gestation_noted_on": "01/03/2026",
    "emergency_name": "Ron Ray",
    "emergency_phone": "+998 90 123 45 67",
    "extra": "Allergy: penicillin\nBlood: A+",
}


def fields(response: HttpResponse) -> dict[str, str]:
    """What the form would send."""
    content = response.content.decode()
    found = dict(re.findall(r'<input[^>]* name="([a-z_]+)"[^>]* value="([^"]*)"', content.split('id="record"')[1]))
    areas = dict(re.findall(r'<textarea[^>]* name="([a-z_]+)"[^>]*>([^<]*)<', content))
    for name, options in re.findall(r'<select[^>]* name="([a-z_]+)"[^>]*>(.*?)</select>', content, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return {name: html.unescape(text) for name, text in {**found, **areas}.items() if name != "q"}


def opened(desk: Desk) -> dict[str, str]:
    return fields(desk.get("patient-edit", desk.clinic.pk, desk.patient.pk))


def save(desk: Desk, **form: Any) -> HttpResponse:
    return desk.post("patient-edit", desk.clinic.pk, desk.patient.pk, **form)


def test_everything_that_can_be_said(desk: Desk) -> None:
    """PAT-1"""
    guardian = make_patient(desk.clinic)
    done = desk.post("patient-add", desk.clinic.pk, **WHOLE, guardian=str(guardian.pk))
    made = Patient.objects.get(last_name="Ray")
    assert done["Location"] == reverse("patient", args=[desk.clinic.pk, made.pk])
    kept = {name: getattr(made, name) for name in WHOLE}
    assert kept == {
        **WHOLE,
        "birth_date": date(1990, 12, 20),
        "mobile": "+447400123456",
        "home_phone": "+442079460000",
        "gestation_weeks": 12,
        "gestation_noted_on": date(2026, 3, 1),
        "emergency_phone": "+998901234567",
        "extra": {"Allergy": "penicillin", "Blood": "A+"},
    }
    assert (made.guardian, made.created_by) == (guardian, desk.user)
    assert "Registered: Zoe May Ray" in text(desk.get("patient", desk.clinic.pk, made.pk))


def test_names_are_in_no_cookie(desk: Desk) -> None:
    """ACC-5: what is said on the next page waits in the session."""
    desk.post("patient-add", desk.clinic.pk, **WHOLE)
    assert set(desk.client.cookies) <= {"sessionid", "csrftoken"}


def test_each_wrong_field_says_so_beside_itself(desk: Desk) -> None:
    form = {**WHOLE, "mobile": "12", "home_phone": "x", "birth_date": "1/1/2030", "gender": "male", "first_name": ""}
    response = desk.post("patient-add", desk.clinic.pk, **form)
    assert (response.status_code, errors(response)) == (
        422,
        [
            "Missing: first name.",
            "birth date: this lies in the future.",
            "mobile number: this isn't a telephone number.",
            "home phone: this isn't a telephone number.",
            "weeks of pregnancy: isn't possible for a male patient.",
        ],
    )
    assert value(response, "last_name") == "Ray"
    unreadable = {**WHOLE, "birth_date": "31.02.1990", "email": "zoe", "gestation_weeks": "many", "guardian": "x"}
    said = errors(desk.post("patient-add", desk.clinic.pk, **unreadable))
    assert said[:3] == [
        "There is no such day.",
        "This isn't an e-mail address.",
        "Write the weeks as a whole number.",
    ]
    assert len(said) == 4


def test_examples_are_the_clinics(desk: Desk) -> None:
    """PAT-3: a number as the clinic's country writes it; a date as the language does."""
    desk.clinic.country = "UZ"
    desk.clinic.save()
    desk.client.cookies["django_language"] = "ru"
    shown = desk.get("patient-add", desk.clinic.pk).content.decode()
    assert re.search(r"\+998 \d\d \d\d\d \d\d \d\d", shown)
    assert "20.12.1990" in shown


def test_what_was_searched_for_begins_it(desk: Desk) -> None:
    begun = desk.post("patient-add", desk.clinic.pk, begin="Zoe Ray")
    assert (begun.status_code, value(begun, "first_name"), value(begun, "last_name")) == (200, "Zoe", "Ray")
    assert Patient.objects.count() == 1


def test_who_may_be_the_same_is_shown_first(desk: Desk) -> None:
    """PAT-4: use that one, or register anyway."""
    form = {**WHOLE, "mobile": desk.patient.mobile}
    shown = desk.post("patient-add", desk.clinic.pk, **form)
    assert (shown.status_code, Patient.objects.count()) == (409, 1)
    assert reverse("patient", args=[desk.clinic.pk, desk.patient.pk]) in shown.content.decode()
    assert value(shown, "first_name") == "Zoe"
    assert "% likely: same phone" in text(shown)
    assert desk.post("patient-add", desk.clinic.pk, **form, anyway="1").status_code == 302
    assert Patient.objects.count() == 2


def test_who_exists_elsewhere_can_be_asked_for(desk: Desk) -> None:
    """PAT-12"""
    make_patient(
        make_clinic(), first_name="Zoe", last_name="Ray", birth_date=date(1990, 12, 20), mobile="+447400123456"
    )
    shown = desk.post("patient-add", desk.clinic.pk, **WHOLE)
    assert (shown.status_code, "This person exists elsewhere" in text(shown)) == (409, True)
    asked = desk.post("patient-add", desk.clinic.pk, **WHOLE, ask="1")
    assert (asked["Location"], LinkRequest.objects.count()) == (reverse("patient-links", args=[desk.clinic.pk]), 1)


def test_editing_writes_what_was_changed_alone(desk: Desk) -> None:
    form = opened(desk)
    done = save(desk, **{**form, "last_name": "Moss", "email": "ann@example.org"})
    assert done["Location"] == reverse("patient", args=[desk.clinic.pk, desk.patient.pk])
    desk.patient.refresh_from_db()
    assert (desk.patient.last_name, desk.patient.email, desk.patient.version) == ("Moss", "ann@example.org", 2)
    again = opened(desk)
    save(desk, **{**again, "email": ""})
    desk.patient.refresh_from_db()
    assert (desk.patient.email, desk.patient.version) == ("", 3)
    save(desk, **opened(desk))
    desk.patient.refresh_from_db()
    assert desk.patient.version == 3


def test_what_programs_keep_beside_survives(desk: Desk) -> None:
    desk.patient.extra = {"import": {"row": 7}, "Allergy": "none"}
    desk.patient.save()
    form = opened(desk)
    assert form["extra"] == 'import: {"row": 7}\nAllergy: none'
    save(desk, **{**form, "extra": form["extra"] + "\nBlood: A+"})
    desk.patient.refresh_from_db()
    assert desk.patient.extra == {"import": {"row": 7}, "Allergy": "none", "Blood": "A+"}


def test_two_edit_at_once_and_nothing_is_lost(desk: Desk) -> None:
    """Their values stand in the fields one hasn't touched, and beside those one has; saving again keeps one's own."""
    mine = {**opened(desk), "last_name": "Mine", "tax_id": "7"}
    theirs = PatientDetails(last_name="Theirs", district="Dover")
    change(desk.patient.pk, theirs, actor=make_actor("front_desk", desk.clinic), now=NOW)
    shown = save(desk, **mine)
    assert shown.status_code == 412
    again = fields(shown)
    assert (again["last_name"], again["district"], again["tax_id"]) == ("Mine", "Dover", "7")
    assert "Changed meanwhile to “Theirs”" in text(shown)
    desk.patient.refresh_from_db()
    assert desk.patient.last_name == "Theirs"
    assert save(desk, **again).status_code == 302
    desk.patient.refresh_from_db()
    assert (desk.patient.last_name, desk.patient.district, desk.patient.tax_id) == ("Mine", "Dover", "7")


@pytest.mark.parametrize(
    "broken", [{"before": "x"}, {"before": "[]"}, {"version": "x"}, {"gender": "x"}, {"country": "XXX"}]
)
def test_a_broken_form_breaks_nothing(desk: Desk, broken: dict[str, str]) -> None:
    assert save(desk, **{**opened(desk), **broken}).status_code in (302, 412, 422)


def test_a_guardian_is_found_as_one_types(desk: Desk) -> None:
    """PAT-1"""
    mother = make_patient(desk.clinic, first_name="May", last_name="Moss")
    make_patient(make_clinic(), first_name="May", last_name="Away")
    shown = desk.post("patient-relatives", desk.clinic.pk, q="may", list="guardian")
    assert re.findall(r'data-choice="([^"]+)"', shown.content.decode()) == [str(mother.pk)]
    save(desk, **{**opened(desk), "guardian": str(mother.pk)})
    desk.patient.refresh_from_db()
    assert desk.patient.guardian == mother
    assert "May Moss" in text(desk.get("patient-edit", desk.clinic.pk, desk.patient.pk))
    stranger = make_patient(make_clinic())
    wrong = save(desk, **{**opened(desk), "guardian": str(stranger.pk)})
    assert (wrong.status_code, errors(wrong)) == (422, ["There is no such patient."])


def test_quick_registration_offers_to_book(desk: Desk) -> None:
    """PAT-2: from any page, in the panel."""
    assert "New patient" in text(desk.get("patient-quick", desk.clinic.pk))
    person = {name: WHOLE[name] for name in ("first_name", "last_name", "birth_date", "gender", "mobile")}
    wrong = desk.post("patient-quick", desk.clinic.pk, **{**person, "mobile": "12"})
    assert (wrong.status_code, errors(wrong)) == (422, ["mobile number: this isn't a telephone number."])
    alike = desk.post("patient-quick", desk.clinic.pk, **{**person, "mobile": desk.patient.mobile})
    assert (alike.status_code, f'data-book="{desk.patient.pk}"' in alike.content.decode()) == (409, True)
    done = desk.post("patient-quick", desk.clinic.pk, **person)
    made = Patient.objects.get(last_name="Ray")
    assert (said(done), f'data-book="{made.pk}"' in done.content.decode()) == ("Registered: Zoe Ray", True)


def test_what_has_no_empty_text_can_be_taken_out_too(desk: Desk) -> None:
    """PAT-1: guardian and weeks of pregnancy."""
    mother = make_patient(desk.clinic)
    noted = {
        "gender": "female",
        "guardian": str(mother.pk),
        "gestation_weeks": "12",
        "gestation_noted_on": "01/03/2026",
    }
    save(desk, **{**opened(desk), **noted})
    desk.patient.refresh_from_db()
    assert (desk.patient.guardian, desk.patient.gestation_weeks) == (mother, 12)
    emptied = {"guardian": "", "gestation_weeks": "", "gestation_noted_on": ""}
    assert save(desk, **{**opened(desk), **emptied}).status_code == 302
    desk.patient.refresh_from_db()
    kept = (desk.patient.guardian, desk.patient.gestation_weeks, desk.patient.gestation_noted_on)
    assert kept == (None, None, None)
    wrong = save(desk, **{**opened(desk), "birth_date": ""})
    assert (wrong.status_code, errors(wrong)) == (422, ["Missing: birth date."])


ZOE = {"first_name": "Zoe", "last_name": "Ray", "birth_date": "1990-12-20", "gender": "other", "mobile": "07400900555"}


@pytest.mark.parametrize("name", ["patient-quick", "patient-register", "patient-add"])
def test_a_form_registers_once(desk: Desk, name: str) -> None:
    """PAT-2, PAT-4: sent again, "anyway" too, it is the same record."""
    token = re.search(r'name="token"[^>]*value="([^"]+)"', form_of(desk, name))
    assert token is not None
    sent = {**ZOE, "anyway": "1", "token": token[1]}
    answers = [desk.post(name, desk.clinic.pk, **sent).status_code for _ in range(2)]
    assert (len(set(answers)), Patient.objects.filter(last_name="Ray").count()) == (1, 1)


def form_of(desk: Desk, name: str) -> str:
    """Empty, as it is opened."""
    shown = desk.post("patient-new", desk.clinic.pk) if name == "patient-register" else desk.get(name, desk.clinic.pk)
    return shown.content.decode()
