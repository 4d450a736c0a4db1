"""APT-9 on the screen: appointments found, counted, kept as filters, taken away as files."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.progress import arrive, complete, no_show
from orderly.appointments.models import Appointment
from orderly.edge import appointment_table
from orderly.edge.models import SavedFilter
from orderly.journal.models import Look
from orderly.people.models import RoleOverride
from orderly.people.queries import actor_for
from tests.api.client import Caller
from tests.factories import NOW, make_patient, make_provider, make_service, make_user
from tests.web.desk import Desk, errors, said, text
from tests.web.purchases import draw, sold

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=12)


def shown(desk: Desk, **asked: Any) -> list[str]:
    """The numbers on the list, from top to bottom."""
    return numbers(desk.get("appointment-list", desk.clinic.pk, **asked))


def found(desk: Desk, **asked: Any) -> list[str]:
    return numbers(desk.post("appointment-list-find", desk.clinic.pk, **asked))


def numbers(response: HttpResponse) -> list[str]:
    assert response.status_code == 200
    return [line.appointment.number for line in response.context["page"].lines]


def other(desk: Desk, time: str, **more: Any) -> Appointment:
    """Booked for somebody else than the desk's usual patient."""
    return desk.book(time, patient=make_patient(desk.clinic, **more))


def test_the_latest_first_or_as_wanted(desk: Desk) -> None:
    late, early = desk.book("15:00").number, desk.book("10:00").number
    assert shown(desk) == [late, early]
    assert shown(desk, sort="start") == [early, late]
    Appointment.objects.filter(number=early).update(created_at=NOW + timedelta(minutes=1))
    assert shown(desk, sort="-booked") == [early, late]
    assert shown(desk, sort="booked") == [late, early]


def test_filters(desk: Desk) -> None:
    second = make_provider(desk.clinic, service=desk.service)
    usual, hers = desk.book("10:00"), other(desk, "11:00", first_name="Nodira", last_name="Karimova")
    desk.provider = second
    theirs = desk.book("12:00", source="website")
    arrive(hers.pk, actor=actor_for(desk.user), now=LATER)
    every = [theirs.number, hers.number, usual.number]
    assert shown(desk, status=["arrived"]) == [hers.number]
    assert shown(desk, status=["arrived", "confirmed"]) == every
    assert shown(desk, provider=second.pk) == [theirs.number]
    assert shown(desk, service=make_service(desk.clinic).pk) == []
    assert shown(desk, source=["website"]) == [theirs.number]
    assert shown(desk, visit_status=["waiting"]) == every
    assert shown(desk, arrived="on") == [hers.number]
    assert shown(desk, owed="on") == every
    assert shown(desk, when="today") == every
    assert shown(desk, when="tomorrow") == []
    assert shown(desk, when="upcoming") == every
    assert found(desk, q="karim nod") == [hers.number]
    assert found(desk, q=usual.number.lower()) == [usual.number]
    assert found(desk, q="900123") == [theirs.number, usual.number]
    assert found(desk, q="nobody") == []


@pytest.mark.parametrize(
    ("days", "count"),
    [
        ("02/03/2026", 1),
        ("2.3.2026", 1),
        ("2026-03-02", 1),
        ("02/03/2026 – 04/03/2026", 1),
        ("02.03.2026-04.03.2026", 1),
        ("2-3-2026 - 4-3-2026", 1),
        ("2026-03-01..2026-03-02", 1),
        ("٢/٣/٢٠٢٦", 1),
        ("03/03/2026", 0),
        ("01/02/2026 – 01/03/2026", 0),
    ],
)
def test_days_as_people_type_them(desk: Desk, days: str, count: int) -> None:
    desk.book()
    assert len(found(desk, days=days)) == count


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"days": "soon"}, "Write a date like 20/12/1990, or two like 20/12/1990 – 24/12/1990."),
        ({"days": "31/02/2026"}, "Write a date like 20/12/1990, or two like 20/12/1990 – 24/12/1990."),
        ({"days": "31/12/9999"}, "Write a date like 20/12/1990, or two like 20/12/1990 – 24/12/1990."),
        ({"days": "04/03/2026 – 02/03/2026"}, "The second date comes before the first."),
        ({"q": "a\u202e"}, "Hidden characters aren't allowed."),
        ({"q": "a\0"}, "Null characters are not allowed."),
        ({"q": "a" * 101}, "Ensure this value has at most 100 characters (it has 101)."),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(desk: Desk, asked: dict[str, str], sentence: str) -> None:
    """APT-11"""
    desk.book()
    whole = desk.get("appointment-list", desk.clinic.pk, **asked)
    part = desk.post("appointment-list-find", desk.clinic.pk, **asked)
    assert (part.status_code, errors(part)) == (422, [sentence])
    assert (whole.status_code, errors(whole)) == ((200, []) if "q" in asked else (422, [sentence]))
    assert Look.objects.exists() == ("q" in asked)  # words in an address are passed over


@pytest.mark.parametrize(
    "asked",
    [{"status": "late"}, {"provider": "x"}, {"service": "7"}, {"when": "ever"}, {"sort": "price"}, {"page": "0"}],
)
def test_what_nobody_should_send(desk: Desk, asked: dict[str, str]) -> None:
    assert desk.get("appointment-list", desk.clinic.pk, **asked).status_code == 422


def test_the_address_has_filters_and_never_words(desk: Desk) -> None:
    """ACC-5"""
    response = desk.post("appointment-list-find", desk.clinic.pk, q="lee", status=["arrived"], days="02/03/2026")
    assert 'data-address="days=2026-03-02&amp;status=arrived"' in response.content.decode()
    range_ = desk.post("appointment-list-find", desk.clinic.pk, days="02/03/2026 – 04/03/2026", sort="start")
    assert 'data-address="days=2026-03-02..2026-03-04&amp;sort=start"' in range_.content.decode()


def test_25_a_page(desk: Desk) -> None:
    desk.book("09:00")
    one = Appointment.objects.get()
    for number in range(1, 30):
        _copy(one, number)
    first, second = (desk.get("appointment-list", desk.clinic.pk, page=page) for page in (1, 2))
    assert (len(numbers(first)), len(numbers(second))) == (25, 5)
    assert ("1–25 of 30" in text(first), "26–30 of 30" in text(second)) == (True, True)
    assert numbers(desk.get("appointment-list", desk.clinic.pk, page=99)) == numbers(second)


def _copy(one: Appointment, number: int) -> None:
    """As if called off before, which needs no time."""
    payment, visit = one.payment, one.visit
    payment.pk = visit.pk = None
    payment._state.adding = visit._state.adding = True
    payment.save()
    fields = {field.attname: getattr(one, field.attname) for field in Appointment._meta.fields}
    more = {"number": f"AP-20260302-{number:04}", "claim_id": None, "status": "cancelled", "payment_id": payment.pk}
    fields.pop("id")
    copy = Appointment.objects.create(**{**fields, **more})
    visit.appointment, visit.queue_number, visit.status = copy, None, "cancelled"
    visit.save()
    one.refresh_from_db()
    Appointment.objects.get(pk=one.pk)


def test_as_many_queries_for_thirty_as_for_one(desk: Desk) -> None:
    """OPS-5"""
    desk.book("09:00")
    one = Appointment.objects.select_related("payment", "visit").get()
    desk.get("appointment-list", desk.clinic.pk)
    taken: dict[str, list[int]] = {"list": [], "statistics": []}
    for upto in (1, 3, 30):
        for number in range(Appointment.objects.count(), upto):
            _copy(Appointment.objects.select_related("payment", "visit").get(pk=one.pk), number)
        for show, counts in taken.items():
            with CaptureQueriesContext(connection) as queries:
                assert desk.get("appointment-list", desk.clinic.pk, show=show, when="today").status_code == 200
            counts.append(len(queries))
    assert [len(set(counts)) for counts in taken.values()] == [1, 1]


def test_which_session_of_a_package_a_visit_is(desk: Desk) -> None:
    """PKG-7, OPS-5: on the list, in its file and on paper, with as many queries for 300 as for one; what was called off
    without using its session says nothing.
    """
    purchase, clinic, taken = sold(desk, 300), desk.clinic.pk, []
    desk.get("appointment-list", clinic)
    for upto in (1, 3, 300):
        draw(desk, purchase, upto)
        with CaptureQueriesContext(connection) as queries:
            page = text(desk.get("appointment-list", clinic, when="today"))
        taken.append(len(queries))
    assert (len(set(taken)), page.count("Consultation Session ")) == (1, 25)
    first = Appointment.objects.get(payment__credit__number=1)

    def told() -> bool:
        return "Session 1/300" in text(desk.post("appointment-list-find", clinic, q=first.number))

    for name in ("day-sheet", "arrivals"):
        assert "Session 1/300" in text(desk.get(name, clinic, within="8")), name
    assert ("Package Massage Session 1/300" in text(desk.get("peek", clinic, first.pk)), told()) == (True, True)
    desk.client.force_login(make_user("clinic_admin", desk.clinic))
    file = desk.post("appointment-list-export", clinic, when="today", format="csv", status="confirmed")
    rows = b"".join(file).decode("utf-8-sig").splitlines()  # type: ignore[arg-type]
    assert (len(rows), rows[1].endswith(",Massage (1/300)")) == (2, True)
    RoleOverride.objects.create(clinic=desk.clinic, role="clinic_admin", permission="packages:view", allowed=False)
    assert told() is False
    desk.client.force_login(desk.user)
    cancel(first.pk, "other", actor=actor_for(desk.user), now=NOW)
    assert told() is False


def test_prices_are_for_those_who_may_see_them(desk: Desk) -> None:
    """ACC-3: and so is asking who owes."""
    made = desk.book()
    assert "£50.00" in text(desk.get("appointment-list", desk.clinic.pk))
    RoleOverride.objects.create(clinic=desk.clinic, role="front_desk", permission="billing:view", allowed=False)
    Appointment.objects.get().payment.__class__.objects.update(status="paid", paid=5000)
    response = desk.get("appointment-list", desk.clinic.pk, owed="on")
    assert ("£50.00" in text(response), numbers(response)) == (False, [made.number])


def test_names_are_for_those_who_may_see_patients(desk: Desk) -> None:
    """ACC-3"""
    made = desk.book()
    assert "Ann Lee" in text(desk.get("appointment-list", desk.clinic.pk))
    RoleOverride.objects.create(clinic=desk.clinic, role="front_desk", permission="patients:view", allowed=False)
    page = text(desk.get("appointment-list", desk.clinic.pk))
    assert (made.number in page, "Ann Lee" in page, "900123" in page) == (True, False, False)


def test_each_look_is_written_down_but_not_the_words(desk: Desk) -> None:
    """PAT-9: what refreshes itself once in five minutes."""
    made = desk.book()
    desk.get("appointment-list", desk.clinic.pk, status="confirmed")
    found(desk, q="lee")
    for _ in range(2):
        found(desk, again="1", status="confirmed")
    assert list(Look.objects.order_by("id").values_list("kind", "what", "asked", "count")) == [
        ("view", "appointments", {"status": ["confirmed"]}, 1),
        ("search", "appointments", {}, 1),
        ("view", "appointments", {"status": ["confirmed"]}, 0),
    ]
    assert made


def test_statistics_of_what_is_filtered(desk: Desk) -> None:
    actor = actor_for(desk.user)
    here, missed, off = desk.book("09:00"), other(desk, "10:00"), other(desk, "11:00")
    other(desk, "12:00", last_name="Else")
    complete(here.pk, actor=actor, now=LATER)
    no_show(missed.pk, actor=actor, now=LATER)
    cancel(off.pk, reason="patient_ill", actor=actor, now=NOW)
    page = text(desk.get("appointment-list", desk.clinic.pk, show="statistics", when="today"))
    for sentence in (
        "Appointments 4",
        "No-shows 50% 1 of 2 who came or should have",
        "Cancellations 25% 1 of 4",
        "Patient is ill 1 100%",
        "Dr Smith 4 100%",
        "By phone 4 100%",
        "Completed 1 25%",
    ):
        assert sentence in page
    assert "Expected" not in page  # the desk sees no finances
    only = text(desk.get("appointment-list", desk.clinic.pk, show="statistics", when="today", status="no_show"))
    assert "Appointments 1" in only


def test_sums_are_for_those_who_see_the_finances() -> None:
    """ACC-3"""
    admin = Desk("clinic_admin")
    admin.book("09:00")
    page = text(admin.get("appointment-list", admin.clinic.pk, show="statistics", when="today"))
    assert "Expected £50.00 Paid £0.00" in page


@pytest.mark.parametrize("days", ["", "2020-01-01..2026-01-01"])
def test_statistics_want_days(desk: Desk, days: str) -> None:
    page = text(desk.get("appointment-list", desk.clinic.pk, show="statistics", days=days))
    assert "Statistics count 366 days at most: choose the days above." in page


def test_an_empty_list_says_what_to_do(desk: Desk) -> None:
    assert "There are no appointments yet. Book the first." in text(desk.get("appointment-list", desk.clinic.pk))
    nothing = text(desk.get("appointment-list", desk.clinic.pk, status="arrived"))
    assert "No appointment matches. Take a filter away, or choose other days." in nothing


def exported(admin: Desk, **form: Any) -> HttpResponse:
    return admin.post("appointment-list-export", admin.clinic.pk, **{"format": "csv", **form})


def test_a_file_in_words() -> None:
    """Formulas are text; the words are the reader's, the times the clinic's."""
    admin = Desk("clinic_admin")
    made = admin.book("10:00", referral="=1+1")
    response = exported(admin, q="lee", status="confirmed")
    assert response["Content-Disposition"] == 'attachment; filename="appointments-20260302.csv"'
    [headings, row] = csv.reader(StringIO(response.content.decode("utf-8-sig")))
    named = dict(zip(headings, row, strict=True))
    shown = ("Number", "Date", "Starts at", "Patient", "Status", "Source", "Referral", "Visit type", "Visit")
    assert [named[name] for name in shown] == [
        made.number, "2026-03-02", "10:00", "Ann Lee", "Confirmed", "By phone", "'=1+1", "Scheduled", "Waiting",
    ]  # fmt: skip
    [look] = Look.objects.filter(kind="export")
    assert (look.what, look.asked, look.count) == ("appointments", {"status": ["confirmed"]}, 1)
    assert exported(admin, format="xlsx").content.startswith(b"PK")


def test_too_many_or_nothing_that_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    admin = Desk("clinic_admin")
    admin.book("10:00")
    other(admin, "11:00")
    monkeypatch.setattr(appointment_table, "MOST_ROWS", 1)
    response = exported(admin)
    assert (response.status_code, "These are more than 1. Narrow the filters" in text(response)) == (422, True)
    assert exported(admin, format="exe").status_code == 422
    assert exported(admin, days="soon").status_code == 422
    assert not Look.objects.filter(kind="export").exists()


def keep(desk: Desk, name: str, **form: Any) -> HttpResponse:
    return desk.client.post(reverse("appointment-list-keep", args=[desk.clinic.pk]), {"name": name, **form})


def test_filters_are_kept_for_oneself_and_shared_with_the_api(desk: Desk) -> None:
    response = keep(desk, "My day", when="today", status=["arrived"], q="lee", provider=desk.provider.pk)
    assert (response.status_code, said(response)) == (200, "The filter “My day” is kept.")
    given = {"when": "today", "status": ["arrived"], "provider": str(desk.provider.pk)}
    [kept] = Caller(user=desk.user).get("saved-filters").json()["items"]
    assert (kept["name"], kept["filters"]) == ("My day", {"clinic": str(desk.clinic.pk), **given})
    query = f"provider={desk.provider.pk}&amp;status=arrived&amp;when=today"
    assert f"{reverse('appointment-list', args=[desk.clinic.pk])}?{query}" in response.content.decode()
    colleague = Desk()
    assert "My day" not in text(colleague.get("appointment-list", colleague.clinic.pk))


def test_the_apis_filters_are_there_too(desk: Desk) -> None:
    filters = {"clinic": str(desk.clinic.pk), "from": "2026-03-02", "to": "2026-03-05", "owed": True}
    Caller(user=desk.user).post("saved-filters", {"name": "Spring", "filters": filters})
    page = desk.get("appointment-list", desk.clinic.pk).content.decode()
    assert "owed=on&amp;days=2026-03-02..2026-03-04" in page


def test_a_filter_needs_a_name_of_its_own(desk: Desk) -> None:
    """APT-11"""
    keep(desk, "Mine", when="today")
    again, nameless = keep(desk, "Mine"), keep(desk, " ")
    assert (again.status_code, nameless.status_code, errors(nameless)) == (422, 422, ["Give the filter a name."])
    assert (len(errors(again)), SavedFilter.objects.count()) == (1, 1)
    assert keep(desk, "a\u202e").status_code == 422


def test_forgetting_ones_own_alone(desk: Desk) -> None:
    """ACC-4"""
    keep(desk, "Mine")
    kept = SavedFilter.objects.get()
    stranger = Desk()
    stranger.post("appointment-list-forget", stranger.clinic.pk, kept.pk)
    assert SavedFilter.objects.exists()
    assert said(desk.post("appointment-list-forget", desk.clinic.pk, kept.pk)) == "The filter is forgotten."
    assert not SavedFilter.objects.exists()


def test_who_comes_next(desk: Desk) -> None:
    """APT-9: the late of today, then the next hours; who has come isn't expected any more."""
    soon, later = desk.book("09:00"), other(desk, "15:00", first_name="Late", last_name="Comer")
    here = other(desk, "09:30", first_name="Already", last_name="Here")
    arrive(here.pk, actor=actor_for(desk.user), now=NOW)
    page = text(desk.get("arrivals", desk.clinic.pk, within="8"))
    assert ("Ann Lee" in page, "Already Here" in page, "Late Comer" in page) == (True, False, False)
    assert "Late Comer" in text(desk.get("arrivals-part", desk.clinic.pk, within="24"))
    assert "Nobody is expected in this time" in text(desk.get("arrivals", desk.clinic.pk))
    assert soon.pk != later.pk
