"""PKG-7: the patient is told once of all visits that are booked or called off with a package."""

from typing import Any

import pytest
from django.core import mail

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.undo import undo
from orderly.appointments.models import Appointment
from orderly.edge import package_telling
from orderly.edge.telling import TOGETHER
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.packages.actions.close import cancel_purchase
from orderly.packages.actions.define import add_package
from orderly.packages.actions.draw import schedule
from orderly.packages.actions.sell import sell
from orderly.packages.inputs import PackageDetails, Planned, Sessions, Sum
from tests.edge.test_telling import MINUTE, Practice, failing
from tests.factories import TUESDAY, at, make_actor, make_clinic, make_service

DAYS = ("Monday 2 March 2026", "Tuesday 3 March 2026")


class Selling(Practice):
    """A package of two consultations and a massage."""

    def __init__(self) -> None:
        super().__init__()
        self.actor = make_actor("clinic_admin", self.clinic)
        massage = make_service(self.clinic, name="Massage")
        massage.offerings.create(provider=self.provider)
        services = (Sessions(service=self.service.pk, sessions=2), Sessions(service=massage.pk, sessions=1))
        details = PackageDetails(name="Three", clinic=self.clinic.pk, price=900, validity_days=90, services=services)
        package, money = add_package(details, **self.on), Sum(amount=900, method="card")
        self.purchase = sell(package.pk, self.patient.pk, clinic=self.clinic.pk, first=money, **self.on).pk

    def schedule(self, *numbers: int, tell: bool | None = True) -> list[Appointment]:
        starts = {1: self.time("10:00"), 2: at(self.clinic, TUESDAY, "10:00"), 3: self.time("14:00")}
        wanted = [Planned(number=one, start=starts[one], provider=self.provider.pk) for one in numbers]
        return schedule(self.purchase, wanted, tell=tell, **self.on)

    def call_off(self, **more: Any) -> None:
        cancel_purchase(self.purchase, "moved", visits=True, **{"tell": True, **more}, **self.on)


@pytest.fixture
def practice(db: None) -> Selling:
    return Selling()


def test_one_message_for_the_whole_plan_with_all_sessions(practice: Selling) -> None:
    made = practice.schedule(1, 2, 3)
    fact = Entry.objects.get(fact="purchase_scheduled")
    assert (fact.subject, fact.clinic, fact.ids["tell"]) == (practice.purchase, practice.clinic.pk, True)
    assert fact.ids["appointments"] == [str(one.pk) for one in made]
    assert set(Entry.objects.filter(fact="appointment_booked").values_list("ids__tell", flat=True)) == {False}
    assert practice.sent() == [f"Your appointments from {DAYS[0]}"]
    [message] = mail.outbox
    assert message.body.split("\n\n")[1:4] == [
        "We have booked these appointments for you:",
        "With: Dr Smith\nWhere: Riverside, 1 Quay",
        f"{DAYS[0]}, 10:00–10:30 · Consultation\n{DAYS[0]}, 14:00–14:30 · Massage\n"
        f"{DAYS[1]}, 10:00–10:30 · Consultation",
    ]
    assert [one[2] for one in message.attachments] == ["application/pdf"]
    note = Entry.objects.get(fact="purchase_told")
    assert (note.ids["kind"], note.ids["entry"]) == ("booked", fact.pk)


@pytest.mark.parametrize("tell", [False, None])
def test_who_said_no_or_was_not_asked_tells_nothing(practice: Selling, tell: bool | None) -> None:
    practice.schedule(1, 2, tell=tell)
    assert practice.sent() == []
    assert Entry.objects.get(fact="purchase_scheduled").ids.get("tell") is tell


def test_as_it_stands_three_minutes_later(practice: Selling) -> None:
    """What was called off meanwhile isn't in it; where nothing is left nothing is sent, and nothing is called off."""
    made = practice.schedule(1, 2)
    practice.now += MINUTE
    cancel(made[0].pk, "other", **practice.on)
    assert practice.sent() == [f"Your appointments from {DAYS[1]}"]
    practice.schedule(1)
    practice.now += MINUTE
    practice.call_off()
    assert practice.sent()[1:] == [f"Your appointments from {DAYS[1]} are cancelled"]
    assert DAYS[0] not in mail.outbox[1].body


def elsewhere(visit: Appointment) -> None:
    """One of them is in another clinic, as where the package can be used in all."""
    Appointment.objects.filter(pk=visit.pk).update(clinic=make_clinic(name="Karachi", timezone="Asia/Karachi"))


CANCELLED = [f"Your appointments from {day} are cancelled" for day in DAYS]


def test_each_clinic_tells_of_its_visits_once_though_the_mail_server_fails_between_them(
    practice: Selling, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = practice.schedule(1, 2, tell=False)
    elsewhere(made[1])
    practice.actor = Actor(user=None, everywhere=frozenset({"billing:refund", "booking:cancel_appointment"}))
    practice.call_off()
    failing(monkeypatch, package_telling, nth=2)
    assert practice.sent() == CANCELLED
    assert Entry.objects.filter(fact="purchase_told").count() == 2


def test_one_that_is_called_off_before_they_hear_of_any_is_not_told_of(practice: Selling) -> None:
    """Once they have heard of it, it is."""
    made = practice.schedule(1, 2)
    practice.now += MINUTE
    cancel(made[0].pk, "other", tell=True, **practice.on)
    assert practice.sent() == [f"Your appointments from {DAYS[1]}"]
    cancel(made[1].pk, "other", tell=True, **practice.on)
    assert practice.sent()[1:] == [f"Your appointment on {DAYS[1]} at 10:00 is cancelled"]


def test_one_that_was_off_while_the_others_were_told_of_is_told_alone_when_it_is_back(practice: Selling) -> None:
    made = practice.schedule(1, 2)
    practice.later(2)
    cancel(made[1].pk, "other", tell=True, **practice.on)
    practice.later(2)
    undo(made[1].pk, **practice.on)
    assert practice.sent() == [f"Your appointments from {DAYS[0]}", f"Your appointment on {DAYS[1]} at 10:00"]


def test_who_had_no_address_when_they_were_booked_hears_later_that_they_are_off(practice: Selling) -> None:
    type(practice.patient).objects.update(email="")
    practice.schedule(1)
    assert practice.sent() == []
    type(practice.patient).objects.update(email="ann@example.org")
    practice.now += TOGETHER
    practice.call_off()
    assert practice.sent() == CANCELLED[:1]


def test_nobody_is_told_that_it_was_called_off_unless_they_are_to_be(practice: Selling) -> None:
    practice.schedule(1, tell=False)
    practice.call_off(tell=False)
    assert practice.sent() == []
