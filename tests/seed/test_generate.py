"""`orderly seed`: any size, always the same, and nothing in it that couldn't have been booked."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Count, Max, Min

from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.choices import Status
from orderly.appointments.inputs import BookingRequest, Search
from orderly.appointments.models import Appointment, QueueCounter, Visit
from orderly.appointments.queries.slots import slots
from orderly.billing.models import Payment
from orderly.calendars.models import Reservation
from orderly.catalogue.queries import NeedTerms, PhaseTerms, terms
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.walltime import day_start
from orderly.journal.actor import Actor
from orderly.journal.models import Delivery, Entry, Head
from orderly.patients.models import Registration
from orderly.people.permissions import ALL, Role, defaults
from orderly.people.queries import token_actor
from orderly.seed.generate import NoRoom, NotEmpty, Size, seed
from orderly.seed.plans import ROLES
from tests.appointments.audit import faults

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
SMALL = Size(clinics=2, providers=2, patients=40, history=600)

pytestmark = pytest.mark.django_db
LISTED = ("providers", "services", "resources", "patients", "packages", "purchases")


@pytest.fixture
def made() -> dict[str, Any]:
    return seed(SMALL, seed=7, today=TODAY)


def ids_in(made: dict[str, Any]) -> Iterator[str]:
    for clinic in made["clinics"]:
        yield clinic["id"]
        for kind in LISTED:
            yield from clinic[kind]


def forgotten(size: Size, *, number: int) -> tuple[dict[str, Any], list[Any]]:
    """What a seed makes, taken back again."""
    with transaction.atomic():
        made = seed(size, seed=number, today=TODAY)
        rows = list(Appointment.objects.order_by("pk").values_list("pk", "number", "patient", "start", "status"))
        transaction.set_rollback(True)
    return made, rows


def test_the_same_seed_and_day_give_the_same_rows_and_another_seed_others() -> None:
    first = forgotten(SMALL, number=1)
    assert forgotten(SMALL, number=1) == first
    assert not set(ids_in(first[0])) & set(ids_in(forgotten(SMALL, number=2)[0]))


def test_what_is_printed_names_everything_by_clinic(made: dict[str, Any]) -> None:
    clinics = list(Clinic.objects.order_by("pk"))
    found = {clinic["id"]: clinic for clinic in made["clinics"]}
    assert {str(clinic.pk): (clinic.name, clinic.timezone, clinic.currency) for clinic in clinics} == {
        key: (clinic["name"], clinic["timezone"], clinic["currency"]) for key, clinic in found.items()
    }
    assert len({clinic.timezone for clinic in clinics}) == 2
    for clinic in clinics:
        mine = found[str(clinic.pk)]
        assert {kind: sorted(mine[kind]) for kind in LISTED} == {
            "providers": sorted(str(one.pk) for one in clinic.providers.all()),
            "services": sorted(str(one.pk) for one in clinic.services.all()),
            "resources": sorted(str(one.pk) for one in clinic.assets.all()),
            "patients": sorted(str(one.pk) for one in clinic.patients.all()),
            "packages": sorted(str(one.pk) for one in clinic.packages.all()),
            "purchases": sorted(str(one.pk) for one in clinic.purchases.all()),
        }
        assert (len(mine["providers"]), len(mine["patients"])) == (2, 40)
        assert (len(mine["packages"]), len(mine["purchases"])) == (2, 6)


def test_at_most_300_patients_are_named() -> None:
    made = seed(Size(1, 1, 301, 0), seed=1, today=TODAY)
    assert (len(made["clinics"][0]["patients"]), Registration.objects.count()) == (300, 301)


def test_each_clinic_has_one_user_of_each_role_who_can_sign_in_and_whose_token_works(made: dict[str, Any]) -> None:
    """ACC-2"""
    clinics = [clinic["id"] for clinic in made["clinics"]]
    expected = {(Role.SUPER_ADMIN, None)} | {(role, clinic) for role in ROLES for clinic in clinics}
    assert {(user["role"], user["clinic"]) for user in made["users"]} == expected
    for user in made["users"]:
        actor = token_actor(user["token"], address="", now=NOW)
        assert actor is not None
        if user["clinic"] is None:
            assert actor.everywhere == ALL
        else:
            assert actor.rights == {UUID(user["clinic"]): defaults(user["role"])}
    someone = made["users"][3]
    assert str(authenticate(None, email=someone["email"], password=someone["password"])) == "Clinical Staff 1"


def test_the_first_service_is_a_plain_half_hour(made: dict[str, Any]) -> None:
    for clinic in made["clinics"]:
        found = terms(UUID(clinic["services"][0]), UUID(clinic["id"]))
        assert found.phases == (PhaseTerms(30, (NeedTerms("provider", "", 1, ()),)),)
        assert (found.buffer_before, found.buffer_after, found.notice_minutes, found.overbook) == (0, 0, 0, 0)
        assert found.horizon_days >= 120


def test_nothing_overlaps_and_nothing_is_half_there(made: dict[str, Any]) -> None:
    """APT-2, APT-3"""
    assert Appointment.objects.count() == 600
    assert faults() == {}


def test_numbers_run_on_without_a_gap(made: dict[str, Any]) -> None:
    entries = Entry.objects.aggregate(Min("position"), Max("position"), Count("position"))
    count = Entry.objects.count()
    assert entries == {"position__min": 1, "position__max": count, "position__count": count}
    assert (Head.objects.get().position, Delivery.objects.count()) == (count, 0)
    numbers = Visit.objects.values("clinic", "day").annotate(last=Max("queue_number"), many=Count("pk"))
    assert all(row["last"] == row["many"] for row in numbers)
    assert {(row["clinic"], row["day"], row["last"]) for row in numbers} == set(
        QueueCounter.objects.values_list("clinic", "day", "last")
    )


def test_history_reaches_back_years_and_ahead_less_and_less(made: dict[str, Any]) -> None:
    weeks = Counter((day - TODAY).days // 7 for day in Visit.objects.values_list("day", flat=True))
    assert (min(weeks) < -100, max(weeks)) == (True, 12)
    assert weeks[0] > weeks[1] > weeks[3] > weeks[6] > 0
    assert sum(count for week, count in weeks.items() if week < 0) >= 60


def test_states_fit_the_day(made: dict[str, Any]) -> None:
    now = minute(NOW)
    assert set(Appointment.objects.filter(start__gte=now).values_list("status", flat=True)) == {
        "confirmed",
        "cancelled",
    }
    past = Counter(Appointment.objects.filter(end__lte=now).values_list("status", flat=True))
    assert set(past) == {"completed", "cancelled", "no_show"}
    assert past["completed"] > 0.8 * past.total()
    assert not Appointment.objects.filter(created_at__gt=NOW).exists()
    assert not Payment.objects.filter(appointment__status="cancelled").exclude(status="void").exists()


def test_last_visits_are_those_completed(made: dict[str, Any]) -> None:
    completed = Visit.objects.filter(appointment__status=Status.COMPLETED).values_list("appointment__patient")
    seen = dict(completed.annotate(Max("day")))
    assert dict(Registration.objects.exclude(last_visit_on=None).values_list("patient", "last_visit_on")) == seen


def test_whatever_stands_could_be_booked_again(made: dict[str, Any]) -> None:
    """AVL-1: the rows are what the engine itself would have chosen to allow."""
    actor = Actor(user=None, everywhere=ALL)
    ahead = Appointment.objects.filter(start__gte=minute(NOW) + 1440, status=Status.CONFIRMED).order_by("pk")
    for old in ahead[:60]:
        cancel(old.pk, "other", actor=actor, now=NOW)
        wish = BookingRequest(
            clinic=old.clinic_id,
            service=old.service_id,
            provider=old.provider_id,
            patient=old.patient_id,
            start=old.start,
            source="phone",
        )
        new = book(wish, actor=actor, now=NOW)
        assert (new.end, sorted(use[1:] for use in new.uses)) == (old.end, sorted(use[1:] for use in old.uses))
    assert faults() == {}


def test_there_is_room_left_tomorrow(made: dict[str, Any]) -> None:
    for clinic in made["clinics"]:
        found = slots(
            Search(
                clinic=UUID(clinic["id"]),
                service=UUID(clinic["services"][0]),
                first=date(2026, 3, 3),
                last=date(2026, 3, 4),
            ),
            now=NOW,
        )
        assert found.slots[0][0] >= day_start(clinic["timezone"], date(2026, 3, 3)) + 9 * 60


def test_a_database_with_anything_in_it_is_refused(made: dict[str, Any]) -> None:
    with pytest.raises(NotEmpty):
        seed(SMALL, seed=8, today=TODAY)
    assert Appointment.objects.count() == 600


@pytest.mark.slow
def test_more_than_there_is_room_for_is_told() -> None:
    """One patient can't be in two places."""
    with pytest.raises(NoRoom) as refused:
        seed(Size(clinics=1, providers=3, patients=1, history=15_000), seed=1, today=TODAY)
    placed = Appointment.objects.count()
    assert (refused.value.args, placed < 15_000, Visit.objects.count()) == ((placed,), True, placed)


def test_an_empty_history_is_possible() -> None:
    seed(Size(1, 1, 1, 0), seed=1, today=TODAY)
    assert (Appointment.objects.count(), Reservation.objects.count(), Clinic.objects.count()) == (0, 0, 1)
