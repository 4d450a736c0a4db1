"""The admin shows what its reader may see, and writes only through the verbs (OPS-6)."""

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.models import Appointment
from orderly.core.clock import now
from orderly.core.errors import Forbidden, NotFound
from orderly.journal.actions import retry
from orderly.journal.models import Delivery, Entry, Look
from orderly.patients.models import Patient, Registration
from orderly.people.models import ApiToken, Membership, User
from orderly.support.base import MOST, Records
from orderly.support.site import site
from orderly.support.urls import urls
from tests.api.practice import Practice
from tests.architecture.calls.admin import ROWS, address, saved
from tests.factories import NOW, make_actor, make_clinic, make_user
from tests.web.desk import Desk
from tests.web.markup import inline
from tests.web.purchases import draw, sold

pytestmark = pytest.mark.django_db
TAG = re.compile(r"<[^>]+>")


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk() -> Desk:
    return Desk("clinic_admin")


def support(desk: Desk, role: str = "clinic_admin") -> Client:
    client = Client()
    client.force_login(make_user(role, desk.clinic, is_staff=True))
    return client


def page(client: Client, row: Any) -> str:
    return f"{address(type(row))}{row.pk}/change/"


def shown(answer: HttpResponse) -> str:
    return " ".join(unescape(TAG.sub(" ", answer.content.decode())).split())


def test_every_page_of_it_is_ours() -> None:
    """Whatever a library registers on the usual site stays outside."""
    assert urls[2] == "admin"
    assert {type(one).__module__.split(".")[1] for one in site._registry.values()} == {"support"}
    assert set(ROWS) == set(site._registry)


def test_who_gets_in(desk: Desk) -> None:
    """No sign-in of its own; who isn't marked as staff is turned away, whatever their role."""
    assert Client().get("/admin/")["Location"] == "/accounts/login/?next=/admin/"
    assert (desk.client.get("/admin/").status_code, support(desk).get("/admin/").status_code) == (403, 200)
    for gone in ("login/", "logout/", "password_change/", "autocomplete/", "auth/group/", "account/emailaddress/"):
        assert support(desk).get(f"/admin/{gone}").status_code == 404


def test_a_superuser_made_at_the_command_line_sees_everything(desk: Desk) -> None:
    user = type(desk.user).objects.create_superuser("root@example.org", "correct horse")
    client = Client()
    client.force_login(user)
    assert [client.get(address(model)).status_code for model in ROWS] == [200] * len(ROWS)


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_nothing_is_added_or_deleted(desk: Desk, model: Any) -> None:
    client = support(desk)
    found = [client.get(f"{address(model)}{rest}").status_code for rest in ("add/", "1/delete/")]
    listed = client.post(address(model), {"action": "delete_selected", "_selected_action": ["1"]}).status_code
    assert (found, listed in (302, 403, 405)) == ([404, 404], True)
    assert "delete_selected" not in client.get(address(model)).content.decode()


def test_pages_have_nothing_inline(desk: Desk) -> None:
    """ACC-5"""
    client = support(desk)
    desk.book()
    for path in ("/admin/", address(type(desk.patient)), page(client, desk.patient), page(client, desk.clinic)):
        answer = client.get(path)
        assert (answer.status_code, inline(answer), "unsafe" in answer["Content-Security-Policy"]) == (200, [], False)


def test_a_list_has_the_readers_clinics_alone(desk: Desk) -> None:
    """ACC-4, also where the right is held in one clinic and not in the other."""
    there = Desk()
    mine, other = desk.book(), there.book()
    client = support(desk)
    answer = shown(client.get(address(type(mine))))
    assert (mine.number in answer, other.number in answer) == (True, False)
    user = make_user("clinic_admin", desk.clinic, is_staff=True)
    Membership.objects.create(user=user, clinic=there.clinic, role="read_only")
    client.force_login(user)
    entries = client.get(f"{address(Entry)}?q={other.pk}")
    assert "0 entrys" in shown(entries)
    assert [client.get(page(client, one)).status_code for one in (mine, other)] == [200, 200]
    assert client.get(page(client, other.payment)).status_code == 403  # own clinic, without the right
    assert f"clinic={there.clinic.pk}" not in entries.content.decode()


def test_a_filter_asks_nothing_that_the_list_doesnt_show(desk: Desk) -> None:
    desk.book(notes="canary")
    client = support(desk)
    for query in ("notes__contains=canary", "patient__mobile__startswith=+44", "status__in=confirmed"):
        answer = client.get(f"/admin/appointments/appointment/?{query}")
        assert answer.status_code in (302, 400)
    assert "1 appointment" in shown(client.get("/admin/appointments/appointment/?status__exact=confirmed"))
    for clinic, count in ((desk.clinic.pk, "1 appointment"), (make_clinic().pk, "0 appointments")):
        assert count in shown(client.get(f"/admin/appointments/appointment/?clinic={clinic}"))


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_a_list_takes_as_many_queries_however_long(model: Any) -> None:
    """OPS-5"""
    client, counts, seen = Client(), [], []
    client.force_login(make_user("super_admin", is_staff=True))
    ROWS[model](Practice())  # that several clinics were looked into is one INSERT more than that one was
    client.get(address(model))
    for more in (1, 2):
        for _ in range(more):
            ROWS[model](Practice())
        with CaptureQueriesContext(connection) as queries:
            answer: Any = client.get(address(model))
        seen.append(len(answer.context_data["cl"].result_list))
        counts.append(len(queries))
    assert (counts[0], seen[1] >= seen[0] + 2) == (counts[1], True)


def test_which_session_of_which_package_a_booking_is(desk: Desk) -> None:
    """PKG-7, OPS-5: with as many questions for three hundred as for one."""
    client, purchase, counts = support(desk), sold(desk, 300), []
    client.get(address(Appointment))
    for upto in (1, 3, 300):
        draw(desk, purchase, upto)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address(Appointment))
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert shown(answer).count("Massage (Session ") == 50
    first = Appointment.objects.get(payment__credit__number=1)
    assert "Massage (Session 1/300)" in shown(client.get(page(client, first)))
    cancel(first.pk, "other", actor=make_actor("clinic_admin", desk.clinic), now=NOW)
    assert "Session 1/300" not in shown(client.get(page(client, first)))


def test_a_change_is_the_verbs(desk: Desk) -> None:
    """Checked, numbered, in the journal, and not in the library's own log, which would keep the name."""
    client, patient = support(desk), desk.patient
    form = {**saved(patient), "last_name": "Canary", "mobile": "07400 900124"}
    answer = client.post(page(client, patient), form)
    patient.refresh_from_db()
    assert (answer.status_code, patient.last_name, patient.mobile, patient.version) == (
        302,
        "Canary",
        "+447400900124",
        2,
    )
    entry = Entry.objects.get(subject=patient.pk)
    assert (entry.fact, sorted(entry.changes)) == ("patient_changed", ["last_name", "mobile"])
    assert LogEntry.objects.count() == 0
    assert "Canary" not in json.dumps([str(cookie) for cookie in client.cookies.values()])
    assert "Saved." in shown(client.get("/admin/"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mobile": "12"}, "phone number"),
        ({"birth_date": "2030-01-01"}, "future"),
        ({"last_name": ""}, "This field is required."),
        ({"seen": "7"}, "Somebody has changed this since you opened it."),
    ],
)
def test_what_the_verb_refuses_comes_back_with_the_reason(desk: Desk, change: dict[str, str], words: str) -> None:
    client, patient = support(desk), desk.patient
    answer = client.post(page(client, patient), {**saved(patient), "first_name": "Canary", **change})
    patient.refresh_from_db()
    assert (answer.status_code, words in shown(answer), patient.first_name) == (200, True, "Ann")
    assert Entry.objects.filter(subject=patient.pk).count() == 0


def test_a_row_is_not_saved_past_its_verb() -> None:
    """By construction: what can be written says so with a verb of its own, and nothing else has a form."""
    written = {
        model.__name__ for model, one in site._registry.items() if isinstance(one, Records) and one.get_fields_written()
    }
    assert written == {"Clinic", "Provider", "Asset", "Service", "Patient", "User"}


def test_who_may_look_but_not_change(desk: Desk) -> None:
    client = support(desk, "read_only")
    assert "Save" not in shown(client.get(page(client, desk.patient)))
    assert client.post(page(client, desk.patient), saved(desk.patient)).status_code == 403


def test_each_look_at_people_is_logged(desk: Desk) -> None:
    """PAT-9"""
    made, client = desk.book(), support(desk)
    Look.objects.all().delete()
    for path in (address(type(desk.patient)), page(client, desk.patient), address(type(made)), page(client, made)):
        assert client.get(path).status_code == 200
    found = [(one.what, one.subject, one.count) for one in Look.objects.order_by("id")]
    assert found == [
        ("patients", None, 1),
        ("patient", desk.patient.pk, 1),
        ("appointments", None, 1),
        ("appointment", made.pk, 1),
    ]


def test_found_by_number_and_never_by_name(desk: Desk) -> None:
    """ACC-5: what is searched for stands in the address."""
    made, client = desk.book(), support(desk)
    for model, words in ((type(made), made.number.lower()), (type(desk.patient), made.number), (Entry, str(made.pk))):
        assert re.search(r"\b1 \w+\b", shown(client.get(address(model), {"q": words})))
    for words in ("Lee", "+447400900123", "AP", str(desk.clinic.pk)):
        assert "0 patients" in shown(client.get(address(type(desk.patient)), {"q": words}))


def test_no_words_of_anybody_are_on_a_bookings_page(desk: Desk) -> None:
    made = desk.book(notes="canary of the patient", referral="canary of a friend")
    client = support(desk)
    for row in (made, made.visit, made.payment, made.claim):
        assert re.search("canary|Lee", shown(client.get(page(client, row)))) is None


def test_times_are_the_clinics(desk: Desk) -> None:
    desk.clinic.timezone = "Asia/Tashkent"
    desk.clinic.save()
    made, client = desk.book("13:00"), support(desk)
    assert "2026-03-02 13:00 to 13:30, Asia/Tashkent" in shown(client.get(page(client, made)))


def test_history_is_the_journals(desk: Desk) -> None:
    made = desk.book()
    answer = support(desk).get(f"{address(type(made))}{made.pk}/history/")
    assert answer["Location"] == f"/admin/journal/entry/?q={made.pk}"
    assert support(desk, "front_desk").get(f"{address(type(made))}{made.pk}/history/").status_code == 403


def test_a_list_counts_no_further_than_anybody_leafs(desk: Desk) -> None:
    Entry.objects.bulk_create(
        Entry(at=NOW, fact="x", clinic=desk.clinic.pk, subject=desk.patient.pk) for _ in range(MOST + 5)
    )
    assert f"{MOST} entrys" in shown(support(desk).get(address(Entry)))


def act(client: Client, model: Any, action: str, *rows: Any) -> str:
    form = {"action": action, "_selected_action": [row.pk for row in rows]}
    return shown(client.post(address(model), form, follow=True))


def test_a_reaction_that_was_given_up_is_tried_again(desk: Desk) -> None:
    entry = Entry.objects.create(at=NOW, fact="x", clinic=desk.clinic.pk, subject=desk.patient.pk)
    made = {"entry": entry, "next_try": NOW - timedelta(days=1), "attempts": 10, "error": "ValueError"}
    dead = Delivery.objects.create(reaction="a", dead=True, **made)
    waiting = Delivery.objects.create(reaction="b", **made)
    assert "Done: 1. Refused: 1 (you may not do this to it)" in act(support(desk), Delivery, "again", dead, waiting)
    dead.refresh_from_db()
    assert (dead.dead, dead.attempts, dead.next_try, dead.error) == (False, 0, now(), "")
    fact = Entry.objects.get(fact="reaction_retried")
    assert (fact.subject, fact.ids) == (desk.patient.pk, {"entry": entry.pk, "reaction": "a"})


def test_who_may_not_try_it_again(desk: Desk) -> None:
    entry = Entry.objects.create(at=NOW, fact="x", clinic=desk.clinic.pk, subject=desk.patient.pk)
    dead = Delivery.objects.create(entry=entry, reaction="a", next_try=NOW, dead=True)
    with pytest.raises(Forbidden):
        retry(dead.pk, actor=make_actor("front_desk", desk.clinic), now=NOW)
    with pytest.raises(NotFound):
        retry(dead.pk, actor=make_actor("clinic_admin", make_clinic()), now=NOW)
    with pytest.raises(NotFound):
        retry(dead.pk + 1, actor=make_actor("super_admin"), now=NOW)
    dead.refresh_from_db()
    assert (dead.dead, Entry.objects.count()) == (True, 1)


def test_of_no_clinic_only_who_manages_all(desk: Desk) -> None:
    entry = Entry.objects.create(at=NOW, fact="x", subject=desk.patient.pk)
    dead = Delivery.objects.create(entry=entry, reaction="a", next_try=NOW, dead=True)
    with pytest.raises(Forbidden):
        retry(dead.pk, actor=make_actor("clinic_admin", desk.clinic), now=NOW)
    retry(dead.pk, actor=make_actor("super_admin"), now=NOW)
    assert Delivery.objects.get().dead is False


def test_tokens_and_users(desk: Desk) -> None:
    user = make_user("front_desk", desk.clinic)
    token = ApiToken.objects.create(user=user, clinic=desk.clinic, name="x", digest="secret-digest", created_at=NOW)
    client = support(desk)
    assert "secret-digest" not in shown(client.get(page(client, token)))
    assert "Done: 1." in act(client, ApiToken, "revoke", token)
    assert "Done: 1." in act(client, type(user), "stand_down", user)
    token.refresh_from_db()
    user.refresh_from_db()
    assert (token.revoked_at, user.is_active) == (NOW, False)
    facts = list(Entry.objects.order_by("id").values_list("fact", flat=True))
    assert facts == ["token_revoked", "user_deactivated"]


def test_nobody_learns_who_is_known_elsewhere(desk: Desk) -> None:
    """ACC-4: neither by another clinic's id nor by the number of an appointment there."""
    there = Desk()
    Registration.objects.create(patient=desk.patient, clinic=there.clinic)
    other = there.book(patient=desk.patient)
    make_user("front_desk", there.clinic).memberships.create(clinic=desk.clinic, role="doctor")
    client, patients, users = support(desk), address(Patient), address(User)
    assert "1 patient" in shown(client.get(patients, {"clinic": desk.clinic.pk}))
    for path, query in (
        (patients, {"clinic": there.clinic.pk}),
        (users, {"clinic": there.clinic.pk}),
        (patients, {"q": other.number}),
    ):
        assert " 0 " in shown(client.get(path, query))
    chief = support(desk, "super_admin")
    assert "1 patient" in shown(chief.get(patients, {"clinic": there.clinic.pk, "q": other.number}))


def test_who_is_treated_isnt_staff(desk: Desk) -> None:
    """ACC-4"""
    patient = make_user("patient", desk.clinic)
    patient.memberships.create(clinic=make_clinic(), role="doctor")
    token = ApiToken.objects.create(user=patient, name="x", digest="d", created_at=NOW)
    client = support(desk)
    assert "2 users" in shown(client.get(address(User)))
    assert "0 api tokens" in shown(client.get(address(ApiToken)))
    assert [client.get(page(client, one)).status_code for one in (patient, token)] == [404, 404]


def test_djangos_own_pages_are_not_on_their_usual_site() -> None:
    assert "django.contrib.admin.apps.SimpleAdminConfig" in settings.INSTALLED_APPS
