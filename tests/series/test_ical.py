"""APT-8: what is written as iCalendar is the same visits for whoever reads it."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.rrule import rruleset, rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.recurrence import Pattern, days
from orderly.engine.rrule import written
from orderly.engine.walltime import to_minute
from orderly.journal.actor import Actor
from orderly.patients.models import Patient
from orderly.resources.models import Provider
from orderly.series.actions.change import change
from orderly.series.actions.create import create
from orderly.series.choices import Scope
from orderly.series.inputs import SeriesChange
from orderly.series.models import Occurrence, Series
from orderly.series.queries.ical import calendar_of, written_down
from tests.engine.test_recurrence import FIRST, patterns
from tests.factories import NOW
from tests.series.asking import asked, day

ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Tashkent")


def read(text: bytes) -> list[tuple[int, int]]:
    """The visits in it as (start, end), as RFC 5545 has them: on the calendar's days, a skipped hour means later."""
    found: list[tuple[int, int]] = []
    events = list(icalendar.Calendar.from_ical(text).walk("VEVENT"))
    moved = {(str(one["uid"]), one["recurrence-id"].dt) for one in events if "recurrence-id" in one}
    for event in events:
        length = event["duration"].dt // timedelta(minutes=1)
        starts = [event["dtstart"].dt] if "recurrence-id" in event else expanded(event)
        if "recurrence-id" not in event:
            starts = [one for one in starts if (str(event["uid"]), one) not in moved]
        found += [(minute(one.astimezone(UTC)), minute(one.astimezone(UTC)) + length) for one in starts]
    return sorted(found)


def expanded(event: icalendar.Event) -> list[datetime]:
    """By dateutil, on the wall: a zone would have it count hours."""
    start = event["dtstart"].dt
    every = rruleset()
    every.rrule(rrulestr(event["rrule"].to_ical().decode(), dtstart=start.replace(tzinfo=None)))
    left_out = event.get("exdate", [])
    for several in left_out if isinstance(left_out, list) else [left_out]:
        for one in several.dts:
            every.exdate(one.dt.replace(tzinfo=None))
    return [one.replace(tzinfo=start.tzinfo) for one in every]


def test_of_a_chain_with_all_that_can_happen(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor
) -> None:
    """Skipped, dragged, called off, split; the clocks change in between. Nobody's name is in it."""
    request = asked(clinic, service, doctor, patient, rule="FREQ=WEEKLY;COUNT=6", decided={day("03-10"): None})
    series = create(request, actor=desk, now=NOW)
    visits = list(Appointment.objects.order_by("start"))
    reschedule(visits[1].pk, Move(start=visits[1].start + 60, minutes=45), actor=desk, now=NOW)
    cancel(visits[2].pk, "other", actor=desk, now=NOW)
    change(visits[4].pk, SeriesChange(scope=Scope.FOLLOWING, wall=12 * 60), actor=desk, now=NOW)
    text = calendar_of(Series.objects.get(pk=series.pk), now=NOW)
    there = Appointment.objects.filter(claim__isnull=False).order_by("start")
    assert read(text) == list(there.values_list("start", "end"))
    shown = text.decode()
    assert (shown.count("BEGIN:VEVENT"), "BEGIN:VTIMEZONE" in shown, patient.last_name in shown) == (3, True, False)


@settings(deadline=None, max_examples=60)
@given(patterns(), FIRST, st.integers(0, 1439), st.sampled_from(ZONES), st.integers(1, 20), st.data())
def test_any_rule_in_any_zone(
    pattern: Pattern, first: date, wall: int, zone: str, count: int, data: st.DataObject
) -> None:
    rows = list(days(pattern, first, first + timedelta(days=400)))[:count]
    if not rows:
        return
    length, clinic = data.draw(st.integers(5, 300)), Clinic(name="C", timezone=zone)
    series = Series(pk=uuid4(), clinic=clinic, provider=Provider(name="P"), rule=written(pattern), wall=wall)
    series.minutes = length
    became: list[Occurrence] = []
    for one in rows:
        start = to_minute(zone, one, wall) + data.draw(st.sampled_from([0, 0, 0, 7, 1445]))
        found = Appointment(clinic=clinic, service=Service(name="S"), start=start, end=start + length)
        found.provider = series.provider
        skipped = len(became) > 0 and data.draw(st.booleans())
        became.append(Occurrence(series=series, day=one, appointment=None if skipped else found))
    visits = [one.appointment for one in became if one.appointment is not None]
    assert read(written_down([became], now=NOW)) == sorted((one.start, one.end) for one in visits)


@pytest.mark.parametrize("zone", ZONES)
def test_what_is_tried_has_changes_of_the_clock(zone: str) -> None:
    offsets = {datetime(2026, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() for month in range(1, 13)}
    assert (len(offsets) > 1) == (zone != "Asia/Tashkent")
