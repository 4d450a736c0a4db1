"""APT-8 on screen: repeating what is being booked, and changing what is to come of it."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse, QueryDict
from django.urls import reverse

from orderly.appointments.actions.book import book
from orderly.appointments.models import Appointment
from orderly.calendars.models import Hold
from orderly.engine.walltime import local
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.queries import actor_for
from orderly.series.models import Series
from orderly.series.queries.chain import version_of
from orderly.web.series.rules import RuleForm, fields_of, in_words
from tests.factories import MONDAY, NOW, at, booking, make_patient, make_provider
from tests.series.asking import day
from tests.web.desk import Desk, errors, said, text, value
from tests.web.purchases import sold

pytestmark = pytest.mark.django_db

TOKEN = "019cad21-cf00-7127-84cb-8b8f2f1d9434"
WEEKLY = {"every": "1", "unit": "week", "weekdays": ["MO"], "ends": "count", "count": "3", "monthly": "day"}
VISIT = re.compile(r'<li class="visit is-(\w+)( is-decided)?">.*?<strong>(.*?)</strong>(.*?)</li>', re.DOTALL)
OPTION = re.compile(r'<option value="([^"]*)"')


def listed(response: HttpResponse) -> list[tuple[str, str]]:
    """State and time of each visit in the list."""
    found = VISIT.findall(response.content.decode())
    return [(state, re.sub(r"<[^>]+>", "", when).strip()) for state, _, when, _ in found]


def options(response: HttpResponse, nth: int) -> list[str]:
    return OPTION.findall(VISIT.findall(response.content.decode())[nth][3])


def typed(desk: Desk, **more: Any) -> dict[str, Any]:
    return {**desk.form(), **WEEKLY, "token": TOKEN, **more}


def times(desk: Desk) -> list[str]:
    found = Appointment.objects.filter(claim__isnull=False, patient=desk.patient).order_by("start")
    shown = [local(desk.clinic.timezone, one.start) for one in found]
    return [f"{one:%m-%d} {wall // 60:02}:{wall % 60:02}" for one, wall in shown]


@pytest.fixture
def busy(desk: Desk) -> Appointment:
    """Somebody else has the second Monday at ten."""
    start = at(desk.clinic, day("03-09"), "10:00")
    request = booking(desk.clinic, desk.service, desk.provider, make_patient(desk.clinic), start)
    return book(request, actor=actor_for(desk.user), now=NOW)


def test_what_is_being_booked_is_repeated(desk: Desk, busy: Appointment) -> None:
    """Its held time is let go; each conflict says why; what is proposed is taken at once; one form books once."""
    hold = desk.post("booking-hold", desk.clinic.pk, **desk.form())
    held = desk.form(hold=hold["Orderly-Hold"], token=TOKEN)
    opened = desk.post("series-repeat", desk.clinic.pk, **held)
    assert (opened.status_code, Hold.objects.count()) == (200, 0)
    assert "Ann Lee · Consultation · Dr Smith" in text(opened)
    plan = desk.post("series-plan", desk.clinic.pk, **typed(desk))
    assert listed(plan) == [
        ("free", "Mon 2 Mar 2026, 10:00"),
        ("conflict", "Mon 9 Mar 2026, 10:00"),
        ("free", "Mon 16 Mar 2026, 10:00"),
    ]
    assert "Dr Smith is busy 10:00–10:30." in text(plan)
    refused = desk.post("series-book", desk.clinic.pk, **typed(desk))
    assert (refused.status_code, listed(refused), times(desk)) == (409, listed(plan), [])
    first = options(plan, 1)[1]
    accepted = desk.post("series-plan", desk.clinic.pk, **typed(desk, accept="1"))
    assert listed(accepted)[1] == ("free", "Mon 9 Mar 2026, 09:30")
    decided = typed(desk, **{"at-2026-03-09": first})
    booked = desk.post("series-book", desk.clinic.pk, **decided)
    assert said(booked) == "Booked: 3 visits"
    assert times(desk) == ["03-02 10:00", "03-09 09:30", "03-16 10:00"]
    assert "Visit 1 of 3 in a series" in text(booked)
    assert "Every week: Mon" in text(booked)
    desk.post("series-book", desk.clinic.pk, **decided)
    assert len(times(desk)) == 3
    undo = json.loads(booked["HX-Trigger"])["orderly:said"]["undo"]["url"]
    assert (f'hx-post="{undo}"' in booked.content.decode(), "All of the series is undone" in text(booked)) == (
        True,
        True,
    )
    undone = desk.client.post(undo)
    assert (said(undone), times(desk)) == ("Undone.", [])
    assert errors(desk.client.post(undo)) == ["This was undone already."]


def test_the_patient_is_asked_about_once_for_all(desk: Desk) -> None:
    """With what they would read; who has no address has to be called."""
    Patient.objects.update(email="ann@example.org", mobile="+447000000000")
    plan = text(desk.post("series-plan", desk.clinic.pk, **typed(desk)))
    assert "Your appointments from Monday 2 March 2026" in plan
    assert "Monday 16 March 2026, 10:00–10:30" in plan
    desk.post("series-book", desk.clinic.pk, **typed(desk, tell="true"))
    visits = list(Appointment.objects.order_by("start"))
    form = {"scope": "all", "time": "11:00", "minutes": "30", "provider": desk.provider.pk, "tell": "true", **WEEKLY}
    moves = text(desk.post("series-change-plan", visits[0].pk, **form))
    assert "New times for your appointments from Monday 2 March 2026" in moves
    assert "It goes out in three minutes, as things stand by then." in moves  # a change has no undo
    desk.post("series-change-to", visits[0].pk, **form)
    card = text(desk.get("appointment", visits[1].pk))
    assert "Your appointments from Monday 9 March 2026 are cancelled" in card
    Patient.objects.update(email="")
    assert "nothing is sent. Tell them now, or call:" in text(desk.get("appointment", visits[1].pk))
    desk.post("series-cancel", visits[1].pk, reason="other")
    told = Entry.objects.filter(fact__startswith="series_").order_by("pk")
    assert [one.ids.get("tell") for one in told] == [True, True, None]


def test_only_what_was_offered_is_taken_back(desk: Desk) -> None:
    """Called off from the third on, then from the second: the first offer is gone, by the toast and by the card."""
    desk.repeat()
    _, second, third = Appointment.objects.order_by("start")
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        offers = []
        for visit in (third, second):
            called = desk.post("series-cancel", visit.pk, reason="other")
            undo = json.loads(called["HX-Trigger"])["orderly:said"]["undo"]
            assert value(called, "deed") == str(undo["deed"])
            offers.append({"version": undo["version"], "deed": undo["deed"]})
        late, early = offers
        refused = desk.post("series-undo", third.pk, **late)
        assert (refused.status_code, errors(refused)) == (409, ["Some of its visits were changed since."])
        assert desk.post("series-undo", third.pk, deed="x").status_code == 422
        assert said(desk.post("series-undo", second.pk, **early)) == "Undone."
        assert times(desk) == ["03-02 10:00", "03-09 10:00"]
        again = desk.post("series-undo", second.pk, **early)
        assert errors(again) == ["This was undone already."]


def test_a_package_does_not_pay_for_what_repeats_and_the_panel_says_so(desk: Desk) -> None:
    """PKG-4: with the way to its own page, also when the list comes back refused; another patient's isn't named."""
    purchase = sold(desk, 3)
    there = reverse("purchase-plan", args=[desk.clinic.pk, purchase.pk])
    opened = desk.post("series-repeat", desk.clinic.pk, **desk.form(token=TOKEN, package=purchase.pk))
    assert "Visits that repeat aren't paid by “Massage”." in opened.content.decode()
    refused = desk.post("series-book", desk.clinic.pk, **typed(desk, package=purchase.pk, count="0"))
    assert [there in one.content.decode() for one in (opened, refused)] == [True, True]
    other = {"patient": make_patient(desk.clinic).pk, "package": purchase.pk}
    assert there not in desk.post("series-repeat", desk.clinic.pk, **desk.form(token=TOKEN, **other)).content.decode()


def test_another_time_and_left_out(desk: Desk, busy: Appointment) -> None:
    other = {"at-2026-03-09": "other", "day-2026-03-09": "2026-03-10", "time-2026-03-09": "14"}
    plan = desk.post("series-plan", desk.clinic.pk, **typed(desk, **other))
    assert listed(plan)[1] == ("free", "Tue 10 Mar 2026, 14:00")
    half = desk.post("series-plan", desk.clinic.pk, **typed(desk, **{**other, "time-2026-03-09": "x"}))
    assert listed(half)[1][0] == "conflict"
    left = desk.post("series-plan", desk.clinic.pk, **typed(desk, **{"at-2026-03-09": "leave"}))
    assert [state for state, _ in listed(left)] == ["free", "skipped", "free", "free"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"every": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"count": ""}, "Write a number from 1 to 100."),
        ({"count": "101"}, "Write a number from 1 to 100."),
        ({"ends": "until", "until": ""}, "Choose a date."),
        ({"ends": "until", "until": "2026-02-01"}, "repetition: there is no such day."),
    ],
)
def test_what_is_wrong_is_said(desk: Desk, more: dict[str, str], sentence: str) -> None:
    refused = desk.post("series-book", desk.clinic.pk, **typed(desk, **more))
    assert (refused.status_code, errors(refused), times(desk)) == (refused.status_code, [sentence], [])
    assert refused.status_code in (409, 422)
    looked = desk.post("series-plan", desk.clinic.pk, **typed(desk, **more))
    assert (errors(looked), ' hx-swap-oob="true"' in looked.content.decode()) == ([sentence], True)


def test_anybody_is_whoever_was_held(desk: Desk) -> None:
    make_provider(desk.clinic, service=desk.service, name="Young")
    form = {**desk.form(token=TOKEN), "provider": "any"}
    nobody = desk.post("series-repeat", desk.clinic.pk, **form)
    assert (nobody.status_code, errors(nobody)) == (422, ["Choose a provider."])
    held = desk.post("booking-hold", desk.clinic.pk, **form)["Orderly-Hold"]
    who = str(Hold.objects.get(pk=held).provider)
    assert f"Consultation · {who}" in text(desk.post("series-repeat", desk.clinic.pk, **{**form, "hold": held}))


def test_changing_and_calling_off_the_rest(desk: Desk, busy: Appointment) -> None:
    first = desk.repeat("11:00", 4)
    visits = list(Appointment.objects.filter(patient=desk.patient).order_by("start"))
    opened = desk.get("series-change", visits[1].pk)
    assert "Say what is to be different." in text(opened)
    usual: dict[str, Any] = {"scope": "following", "time": "10:00", "minutes": "30", "provider": desk.provider.pk}
    usual["version"] = version_of(Series.objects.get())
    form = {**usual, "every": "1", "unit": "week", "weekdays": ["MO"]}
    plan = desk.post("series-change-plan", visits[1].pk, **form)
    assert [state for state, _ in listed(plan)] == ["conflict", "free", "free"]
    refused = desk.post("series-change-to", visits[1].pk, **form)
    assert (refused.status_code, listed(refused)) == (409, listed(plan))
    done = desk.post("series-change-to", visits[1].pk, **form, **{"at-2026-03-09": "leave"})
    assert said(done) == "The series is changed."
    assert times(desk) == ["03-02 11:00", "03-09 11:00", "03-16 10:00", "03-23 10:00"]
    assert "Visit 2 of 4 in a series" in text(done)
    now = version_of(visits[3].occurrence.series)
    other = {**form, "days": "1", "weekdays": ["TU"], "scope": "all", "version": now}
    assert said(desk.post("series-change-to", visits[3].pk, **other)) == "The series is changed."
    assert times(desk) == ["03-03 11:00", "03-09 11:00", "03-17 10:00", "03-24 10:00"]  # one moves by itself
    stale = desk.post("series-change-to", visits[3].pk, **{**form, "time": "12:00"})
    assert stale.status_code == 412
    card = desk.get("appointment", visits[1].pk).content.decode()
    [seen] = re.findall(r'name="opened" value="series"><input type="hidden" name="version" value="(\d+)"', card)
    assert int(seen) == version_of(visits[1].occurrence.series)
    for version in (int(seen) - 1, seen):
        called = desk.post("series-cancel", visits[1].pk, reason="patient_request", version=version)
        assert called.status_code == (200 if version == seen else 412)
    assert (said(called), times(desk)) == ("Called off: 3 visits", ["03-03 11:00"])
    again = desk.post("series-cancel", visits[1].pk, reason="patient_request")
    assert (again.status_code, errors(again)) == (409, ["series: nothing that is to come can be changed."])
    file = desk.get("series-calendar", first.pk)
    assert (file["Content-Type"], b"Lee" in file.content) == ("text/calendar", False)
    assert Entry.objects.filter(fact="series_cancelled").count() == 1


@pytest.mark.parametrize(
    ("more", "rule", "sentence"),
    [
        ({"every": "2", "weekdays": ["MO", "WE"]}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", "Every 2 weeks: Mon, Wed"),
        ({"unit": "day", "every": "3"}, "FREQ=DAILY;INTERVAL=3", "Every 3 days"),
        ({"unit": "month"}, "FREQ=MONTHLY;BYMONTHDAY=2", "Every month: on day 2"),
        ({"unit": "month", "monthly": "nth"}, "FREQ=MONTHLY;BYDAY=1MO", "Every month: Monday, no. 1 in the month"),
        ({"unit": "month", "monthly": "last"}, "FREQ=MONTHLY;BYDAY=-1MO", "Every month: Monday, the last in the month"),
    ],
)
def test_rules_as_people_say_them(more: dict[str, Any], rule: str, sentence: str) -> None:
    typed = QueryDict(mutable=True)
    for name, one in {**WEEKLY, **more}.items():
        typed.setlist(name, one if isinstance(one, list) else [one])
    form = RuleForm(typed)
    assert form.is_valid()
    assert (form.rule(MONDAY), in_words(rule)) == (rule, sentence)
    again = fields_of(rule, MONDAY)
    assert {name: str(again[name]) for name in ("every", "unit")} == {name: typed[name] for name in ("every", "unit")}


def test_a_rule_too_rich_for_a_sentence_is_shown_as_it_is() -> None:
    rule = "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1"
    assert in_words(rule) == f"Every month ({rule})"
