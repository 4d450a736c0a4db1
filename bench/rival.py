"""django-appointment, asked for the same free times. Run by its own environment's Python, with our rows in a file:

python rival.py ROWS.json DATABASE.sqlite3 ROUNDS
"""

import json
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from time import perf_counter
from typing import Any

import django
from django.conf import settings
from django.utils import timezone


def configure(database: str, zone: str, now: str) -> None:
    """The smallest project it runs in, at the moment our rows are asked about."""
    settings.configure(
        SECRET_KEY="only-for-measuring",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "appointment"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        TIME_ZONE=zone,
        LOGGING_CONFIG=None,
    )
    django.setup()
    at = datetime.fromisoformat(now)
    timezone.now = lambda: at


def load(rows: dict[str, Any]) -> list[Any]:
    """Its tables filled with our providers, their hours and what they are busy with."""
    from appointment.models import Service, StaffMember, WorkingHours
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0, run_syncdb=True)  # it ships no migrations
    service = Service.objects.create(name="Half an hour", duration=timedelta(minutes=30), price=50)
    staff = []
    for provider in rows["providers"]:
        user = User.objects.create(username=str(provider["id"]))
        member = StaffMember.objects.create(user=user, slot_duration=15, appointment_buffer_time=0, slot_gap_time=0)
        member.services_offered.add(service)
        WorkingHours.objects.bulk_create(
            WorkingHours(staff_member=member, day_of_week=day, start_time=clock(start), end_time=clock(end))
            for day, start, end in provider["hours"]
        )
        book(member, service, provider["busy"])
        staff.append((provider["id"], member.pk))
    return [service.pk, staff]


def book(member: Any, service: Any, busy: list[list[Any]]) -> None:
    from appointment.models import Appointment, AppointmentRequest

    requests = AppointmentRequest.objects.bulk_create(
        AppointmentRequest(
            date=day,
            start_time=clock(start),
            end_time=clock(end),
            service=service,
            staff_member=member,
            id_request=f"{member.pk}-{day}-{start}",
        )
        for day, start, end in busy
    )
    Appointment.objects.bulk_create(
        Appointment(appointment_request=request, id_request=request.id_request) for request in requests
    )


def clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def ask(service: int, staff: list[Any], days: list[date]) -> list[tuple[int, str, int]]:
    """Provider, day and minute of day of each free time, by its own function for one provider and day."""
    from appointment.models import Service, StaffMember
    from appointment.services import get_available_slots_for_staff

    wanted = Service.objects.get(pk=service)
    return sorted(
        (ours, slot.date().isoformat(), slot.hour * 60 + slot.minute)
        for ours, pk in staff
        for member in [StaffMember.objects.get(pk=pk)]
        for day in days
        for slot in get_available_slots_for_staff(day, member, day.isoweekday() % 7, service=wanted)
    )


def timed(work: Callable[[], Any], rounds: int) -> list[float]:
    took = []
    for _ in range(rounds):
        began = perf_counter()
        work()
        took.append((perf_counter() - began) * 1000)
    return took


def main(file: str, database: str, rounds: str) -> None:
    with open(file) as opened:
        rows = json.load(opened)
    configure(database, rows["zone"], rows["now"])
    service, staff = load(rows)
    days = [date.fromisoformat(day) for day in rows["days"]]
    answer = ask(service, staff, days)
    one = timed(lambda: ask(service, staff[:1], days), int(rounds))
    print(json.dumps({"answer": answer, "one": one, "all": timed(lambda: ask(service, staff, days), 1)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
