"""PAT-6: the list of a clinic's patients."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse, QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orderly.edge.models import SavedFilter
from orderly.journal.models import Look, Shown
from orderly.patients.models import Registration
from orderly.people.models import RoleOverride
from tests.factories import NOW, make_clinic, make_patient, make_user
from tests.web.desk import Desk, errors, text

pytestmark = pytest.mark.django_db


def names(response: HttpResponse) -> list[str]:
    return re.findall(r'class="person-link"[^>]*>([^<]*)<', response.content.decode())


def listed(desk: Desk, **asked: Any) -> list[str]:
    return names(desk.get("patient-list", desk.clinic.pk, **asked))


def found(desk: Desk, q: str, **asked: Any) -> list[str]:
    return names(desk.post("patient-find", desk.clinic.pk, q=q, **asked))


def test_newest_first_with_what_the_desk_wants_to_know(desk: Desk) -> None:
    make_patient(desk.clinic, first_name="New", last_name="Comer", created_at=NOW + timedelta(hours=1))
    Registration.objects.filter(patient=desk.patient).update(last_visit_on=date(2026, 2, 3))
    desk.book("12:00")
    desk.book("10:00")
    page = desk.get("patient-list", desk.clinic.pk)
    assert names(page) == ["New Comer", "Ann Lee"]
    assert "2 patients" in text(page)
    row = "Ann Lee 36 years 01/01/1990 +44 7400 900123 Last visit 03/02/2026 Next visit Mon 2 Mar 2026, 10:00"
    assert row in text(page)
    assert 'href="tel:+447400900123"' in page.content.decode()
    assert "<title>Patients · Riverside · Orderly</title>" in page.content.decode()


@pytest.mark.parametrize("words", ["lee", "an", "Lee Ann", "900123"])
def test_found_as_one_types(desk: Desk, words: str) -> None:
    make_patient(desk.clinic, first_name="Bob", last_name="Moss", mobile="+447700900999")
    assert found(desk, words) == ["Ann Lee"]


def test_filters(desk: Desk) -> None:
    child = {"first_name": "Kit", "last_name": "Kid", "birth_date": date(2020, 5, 5), "gender": "male"}
    make_patient(desk.clinic, **child, region="Kent", created_at=NOW - timedelta(days=40))
    Registration.objects.filter(patient=desk.patient).update(last_visit_on=date(2026, 2, 3))
    desk.book()
    for asked in (
        {"gender": "unstated"},
        {"age_from": "18"},
        {"visited": "03.02.2026"},
        {"visited": "2026-02-01..2026-02-03"},
        {"registered": "01/02/2026 - 02/03/2026"},
        {"booked": "yes"},
    ):
        assert listed(desk, **asked) == ["Ann Lee"], asked
    for asked in ({"gender": "male"}, {"age_to": "17"}, {"region": "Kent"}, {"booked": "no"}):
        assert listed(desk, **asked) == ["Kit Kid"], asked
    assert listed(desk, gender=["male", "unstated"]) == ["Ann Lee", "Kit Kid"]


def test_the_inactive_are_found_only_with_the_filter(desk: Desk) -> None:
    """PAT-8"""
    gone = make_patient(desk.clinic, first_name="Gone", last_name="Away")
    gone.resource.active = False
    gone.resource.save()
    assert listed(desk) == ["Ann Lee"]
    assert listed(desk, standing="inactive") == ["Gone Away"]
    assert sorted(listed(desk, standing="all")) == ["Ann Lee", "Gone Away"]


def test_what_is_on_shows_in_words_and_in_the_address_never_the_name(desk: Desk) -> None:
    page = desk.post("patient-find", desk.clinic.pk, q="lee", age_from="18", gender="unstated", registered="2.3.2026")
    assert [(chip.name, chip.value, str(chip.label)) for chip in page.context["chips"]] == [
        ("gender", "unstated", "Not stated"),
        ("age_from", "18", "Age from: 18"),
        ("registered", "2026-03-02", "Registered: 02/03/2026"),
    ]
    assert page.context["address"] == "gender=unstated&age_from=18&registered=2026-03-02"
    assert desk.client.get(f"/patients/{desk.clinic.pk}/?{page.context['address']}").status_code == 200


def test_what_cannot_be_read_is_said(desk: Desk) -> None:
    wrong = desk.get("patient-list", desk.clinic.pk, registered="soon", age_from="old", gender="x")
    assert (wrong.status_code, len(errors(wrong))) == (422, 3)
    assert "Write the age as a whole number." in errors(wrong)
    for number in ("x", "0", "-1", "99999999999999", "2"):
        assert listed(desk, page=number) == ["Ann Lee"]


def test_pages_of_fifteen(desk: Desk) -> None:
    for number in range(16):
        make_patient(
            desk.clinic, first_name="N", last_name=f"{number:02}", created_at=NOW + timedelta(minutes=1 + number)
        )
    first, second = listed(desk), listed(desk, page=2)
    assert (len(first), first[0], second) == (15, "N 15", ["N 00", "Ann Lee"])
    assert "16–17 of 17" in text(desk.get("patient-list", desk.clinic.pk, page=2))


def test_nobody_found_leads_to_registering(desk: Desk) -> None:
    """With what was typed, which is in no address."""
    page = desk.post("patient-find", desk.clinic.pk, q="Zoe Ray")
    assert "Nobody found." in text(page)
    assert "Register “Zoe Ray”" in text(page)
    assert 'name="begin" value="Zoe Ray"' in page.content.decode()
    desk.patient.registrations.all().delete()
    assert "No patient has been registered here yet." in text(desk.get("patient-list", desk.clinic.pk))


def test_only_the_clinics_own(desk: Desk) -> None:
    """PAT-12"""
    stranger = make_patient(make_clinic(), last_name="Leeds")
    assert found(desk, "lee") == ["Ann Lee"]
    assert str(stranger.pk) not in desk.get("patient-list", desk.clinic.pk).content.decode()


def test_each_list_is_a_look_without_the_words(desk: Desk) -> None:
    """PAT-9"""
    found(desk, "lee", age_from="18")
    [look] = Look.objects.all()
    assert (look.kind, look.what, look.asked, look.clinic) == ("search", "patients", {"age_from": 18}, desk.clinic.pk)
    assert list(Shown.objects.values_list("subject", flat=True)) == [desk.patient.pk]


def test_who_may_see_no_appointments_sees_no_next_visit(desk: Desk) -> None:
    desk.book()
    RoleOverride.objects.create(
        clinic=desk.clinic, role="front_desk", permission="booking:view_calendar", allowed=False
    )
    assert "Mon 2 Mar 2026" not in text(desk.get("patient-list", desk.clinic.pk))


def test_who_may_only_look_is_not_offered_to_register(desk: Desk) -> None:
    desk.client.force_login(make_user("read_only", desk.clinic))
    assert "New patient" not in text(desk.get("patient-list", desk.clinic.pk))
    assert "Register" not in text(desk.post("patient-find", desk.clinic.pk, q="xyz"))


def test_it_costs_the_same_however_many(desk: Desk) -> None:
    """OPS-5"""

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            listed(desk)
        return len(counted)

    one = queries()
    for _ in range(20):
        make_patient(desk.clinic)
    assert queries() == one


def keep(desk: Desk, form: dict[str, str]) -> HttpResponse:
    return desk.client.post(reverse("patient-keep", args=[desk.clinic.pk]), form)


def test_searches_are_kept_by_name_without_the_words(desk: Desk) -> None:
    """PAT-6: each keeps their own, in the form in which programs keep them."""
    filters = "gender=male&age_from=18&registered=2026-03-01..2026-03-02&booked=yes&standing=all&q=lee"
    kept = keep(desk, {"name": "  Young   men ", "filters": filters})
    [one] = SavedFilter.objects.all()
    assert (one.name, one.filters) == (
        "Young men",
        {
            "gender": ["male"],
            "age_from": 18,
            "registered_from": "2026-03-01",
            "registered_to": "2026-03-03",
            "booked": True,
            "standing": "all",
        },
    )
    page = desk.client.get(kept["Location"])
    assert "Young men" in text(page)
    [(_, address)] = page.context["saved"]
    assert QueryDict(address.partition("?")[2]) == QueryDict(kept["Location"].partition("?")[2])
    desk.client.force_login(make_user("front_desk", desk.clinic))
    assert "Young men" not in text(desk.get("patient-list", desk.clinic.pk))
    assert desk.post("patient-forget", desk.clinic.pk, one.pk).status_code == 404
    desk.client.force_login(desk.user)
    desk.post("patient-forget", desk.clinic.pk, one.pk)
    assert not SavedFilter.objects.exists()


def test_what_cannot_be_kept_is_said(desk: Desk) -> None:
    """Nothing that was set is lost."""
    for form in ({"name": "", "filters": "gender=male"}, {"name": "x", "filters": ""}, {"name": "x"}):
        answer = keep(desk, form)
        assert answer["Location"].partition("?")[2] == form.get("filters", "")
        assert "Set some filters and write a name for them" in text(desk.get("patient-list", desk.clinic.pk))
    for _ in range(2):
        keep(desk, {"name": "x", "filters": "gender=male"})
    assert "there is one of this name already" in text(desk.get("patient-list", desk.clinic.pk))


def test_what_a_program_kept_opens_too(desk: Desk) -> None:
    """A range may be open there, and a filter may be for another clinic."""
    usual = {"user": desk.user, "list": "patients", "created_at": NOW}
    SavedFilter.objects.create(
        **usual, name="seen", filters={"visited_from": "2026-01-01", "clinic": str(desk.clinic.pk)}
    )
    SavedFilter.objects.create(**usual, name="elsewhere", filters={"clinic": str(make_clinic().pk)})
    Registration.objects.filter(patient=desk.patient).update(last_visit_on=date(2026, 2, 3))
    make_patient(desk.clinic)
    [(one, address)] = desk.get("patient-list", desk.clinic.pk).context["saved"]
    assert (one.name, names(desk.client.get(address))) == ("seen", ["Ann Lee"])
