"""PKG-2, PKG-3, PKG-6: what a sale makes, and what visits do with its sessions."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from orderly.appointments.actions import progress, undo
from orderly.appointments.actions.assign import assign_and_confirm
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.put_back import put_back
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.billing.models import Credit, InvoiceLine, Payment
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.errors import CannotBookAll, Conflict, NotFound, Refused
from orderly.journal.models import Entry
from orderly.packages.actions.draw import book_session, schedule
from orderly.packages.actions.sell import pay
from orderly.packages.inputs import Planned, Sum
from orderly.packages.models import Purchase
from orderly.packages.queries import places, sessions_of, tallies, usable
from tests.appointments.audit import faults
from tests.factories import MONDAY, NOW, at, booking, make_actor, make_clinic, make_patient, make_provider
from tests.packages.shop import Shop, count

LATER = NOW + timedelta(minutes=1)


def reason(refused: Refused) -> list[tuple[str, str]]:
    return [(str(one.code), str(dict(one.params).get("reason", ""))) for one in refused.problems]


def number(appointment: Appointment) -> int:
    payment = Payment.objects.get(appointment=appointment.pk)
    return places([payment])[payment.pk].number


def paying(appointment: Appointment) -> tuple[Any, ...]:
    return Payment.objects.values_list("status", "method", "total", "paid", "provider_share", "clinic_share").get(
        appointment=appointment.pk
    )


def test_a_sale_makes_an_invoice_and_a_purchase_that_waits_for_its_payment(shop: Shop) -> None:
    """PKG-2, BIL-1, BIL-2: 1000.00 in fifteen parts, the last takes the rest; paid in two instalments."""
    purchase = shop.sell(paid=0)
    assert count(purchase) == ("awaiting_payment", 15, 0, 0, 15)
    assert (purchase.sold_on, purchase.expires_on) == (date(2026, 3, 2), date(2026, 5, 31))
    credits = list(Credit.objects.values_list("number", "service", "amount", "usable_until"))
    ends = minute(datetime(2026, 5, 31, 23, tzinfo=UTC))  # midnight in summer
    massages = [(nth, shop.massage.pk, 6667, ends) for nth in range(1, 11)]
    exercises = [(nth, shop.exercise.pk, 6667, ends) for nth in range(11, 15)]
    assert credits == [*massages, *exercises, (15, shop.exercise.pk, 6662, ends)]
    assert list(InvoiceLine.objects.values_list("what", "quantity", "amount")) == [("Back and neck", 1, 100_000)]
    with pytest.raises(Conflict) as refused:
        shop.book(purchase, shop.time("10:00"))
    assert reason(refused.value) == [("package_unusable", "unpaid")]
    pay(purchase.pk, Sum(amount=40_000, method="cash"), actor=shop.chief, now=NOW)
    assert count(purchase)[0] == "awaiting_payment"
    with pytest.raises(Refused, match="amount"):
        pay(purchase.pk, Sum(amount=60_001, method="cash"), actor=shop.chief, now=NOW)
    paid = pay(purchase.pk, Sum(amount=60_000, method="card"), actor=shop.chief, now=NOW)
    assert (count(paid)[0], paid.version) == ("active", 3)
    facts = Entry.objects.filter(subject=purchase.pk).order_by("pk").values_list("fact", "changes")
    assert list(facts) == [
        ("purchase_sold", {"status": [None, "awaiting_payment"], "expires_on": [None, "2026-05-31"]}),
        ("purchase_paid", {"paid": [0, 40_000]}),
        ("purchase_paid", {"paid": [40_000, 100_000], "status": ["awaiting_payment", "active"]}),
    ]


@pytest.mark.django_db
def test_a_clinic_may_allow_use_from_the_first_instalment() -> None:
    """PKG-2."""
    shop = Shop(package_from_first_instalment=True)
    purchase = shop.sell(paid=1)
    assert count(purchase)[0] == "active"
    shop.book(purchase, shop.time("10:00"))


def test_a_visit_draws_on_the_lowest_free_number(shop: Shop) -> None:
    """PKG-3: nothing is due, and the provider has a share of the session's part of the price."""
    purchase = shop.sell()
    first, second = shop.book(purchase, shop.time("10:00")), shop.book(purchase, shop.time("11:00"))
    other = shop.book(purchase, shop.time("12:00"), service=shop.exercise)
    assert [number(one) for one in (first, second, other)] == [1, 2, 11]
    assert paying(first) == ("paid", "package", 6667, 6667, 2667, 4000)
    cancel(first.pk, "other", actor=shop.chief, now=NOW)
    assert paying(first) == ("void", "package", 6667, 0, 2667, 4000)
    assert (number(shop.book(purchase, shop.time("13:00"))), count(purchase)) == (1, ("active", 15, 0, 3, 12))
    progress.complete(second.pk, actor=shop.chief, now=NOW)
    assert count(purchase) == ("active", 15, 1, 2, 12)
    found = tallies(sessions_of(purchase))
    assert [(one.total, one.used, one.booked, one.left) for one in found.values()] == [(10, 1, 1, 8), (5, 0, 1, 4)]
    assert faults() == {}


def test_only_what_can_be_drawn_on_is_offered_and_else_the_rule_is_named(shop: Shop) -> None:
    """PKG-3."""
    purchase, place = shop.sell(), Clinic.objects.get(pk=shop.clinic.pk)
    other = shop.sell(package=shop.define([(shop.exercise, 1)], validity_days=1))
    found = [(one.pk, one.free) for one in usable(shop.patient.pk, place, now=NOW)]  # type: ignore[attr-defined]
    assert found == [(other.pk, 1), (purchase.pk, 15)]
    [only] = usable(shop.patient.pk, place, now=NOW, service=shop.massage.pk)
    assert (only.pk, only.free) == (purchase.pk, 10)  # type: ignore[attr-defined]
    start = shop.time("10:00")
    against = {
        "patient": lambda: shop.book(purchase, start, patient=make_patient(shop.clinic)),
        "service": lambda: shop.book(other, start),
        "expired": lambda: shop.book(other, shop.time("10:00", days=2), service=shop.exercise),
    }
    for rule, verb in against.items():
        with pytest.raises(Conflict) as refused:
            verb()
        assert reason(refused.value) == [("package_unusable", rule)]
    shop.book(other, shop.time("21:30", days=1), service=shop.exercise)
    with pytest.raises(Conflict) as refused:
        shop.book(other, start, service=shop.exercise)
    assert reason(refused.value) == [("package_unusable", "none_left")]
    elsewhere = Shop()
    with pytest.raises(NotFound, match="package_purchase"):
        elsewhere.book(purchase, start, patient=shop.patient, actor=elsewhere.chief)
    assert Appointment.objects.count() == 1


def test_a_visit_is_moved_no_further_than_its_session_reaches(shop: Shop) -> None:
    """PKG-2: the last minute of the clinic's last day; and whoever takes over has the share."""
    purchase = shop.sell(package=shop.define([(shop.massage, 1)], validity_days=3))
    visit = shop.book(purchase, shop.time("10:00"))
    with pytest.raises(Conflict) as refused:
        reschedule(visit.pk, Move(start=shop.time("10:00", days=4)), actor=shop.chief, now=NOW)
    assert reason(refused.value) == [("package_unusable", "expired")]
    half = make_provider(shop.clinic, service=shop.massage, hours=(0, 1440), weekdays=127, share_percent=50)
    last = Move(start=shop.time("23:30", days=3), provider=half.pk)
    reschedule(visit.pk, last, actor=shop.chief, now=LATER)
    assert paying(visit) == ("paid", "package", 100_000, 100_000, 50_000, 50_000)
    undo.undo(visit.pk, actor=shop.chief, now=LATER)
    assert paying(visit) == ("paid", "package", 100_000, 100_000, 40_000, 60_000)
    late = datetime(2026, 3, 6, tzinfo=UTC)
    assert (count(purchase, late - timedelta(minutes=1))[0], count(purchase, late)[0]) == ("active", "expired")


def test_completing_uses_one_and_reopening_gives_it_back(shop: Shop) -> None:
    """PKG-6: the purchase completes itself at the last."""
    purchase = shop.sell(package=shop.define([(shop.massage, 1)]))
    visit = shop.book(purchase, shop.time("10:00"))
    progress.complete(visit.pk, actor=shop.chief, now=NOW)
    with pytest.raises(Conflict):
        progress.complete(visit.pk, actor=shop.chief, now=NOW)
    assert count(purchase) == ("completed", 1, 1, 0, 0)
    progress.reopen(visit.pk, "too soon", actor=shop.chief, now=NOW)
    assert count(purchase) == ("active", 1, 0, 1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("uses", [False, True])
def test_missing_and_cancelling_late_use_a_session_only_by_the_clinics_rule(uses: bool) -> None:
    """PKG-6: and neither costs a fee besides."""
    rules = {"no_show_uses_session": uses, "late_cancel_uses_session": uses}
    shop = Shop(no_show_fee=500, late_fee_kind="fixed", late_fee=700, **rules)
    purchase = shop.sell(package=shop.define([(shop.massage, 2)]))
    missed, late = shop.book(purchase, shop.time("10:00")), shop.book(purchase, shop.time("11:00"))
    progress.no_show(missed.pk, actor=shop.chief, now=LATER)
    cancel(late.pk, "other", actor=shop.chief, now=LATER)
    assert count(purchase) == (("completed", 2, 2, 0, 0) if uses else ("active", 2, 0, 0, 2))
    assert set(Appointment.objects.values_list("fee", "refund")) == {(None, None)}
    undo.undo(late.pk, actor=shop.chief, now=LATER)
    again, at_last = LATER + timedelta(minutes=1), LATER + timedelta(minutes=2)
    progress.arrive(missed.pk, actor=shop.chief, now=again)
    assert (count(purchase), number(missed), number(late)) == (("active", 2, 0, 2, 0), 1, 2)
    undo.undo(missed.pk, actor=shop.chief, now=again)
    assert count(purchase)[2] == int(uses)
    cancel(late.pk, "other", actor=shop.chief, now=again)
    progress.reopen(late.pk, "a mistake", actor=shop.chief, now=at_last)
    Clinic.objects.update(late_cancel_uses_session=False)
    undo.undo(late.pk, actor=shop.chief, now=at_last)
    assert count(purchase)[2] == 2 * int(uses)  # called off as it was before
    assert faults() == {} or not uses


def test_restoring_takes_its_own_session_or_another_or_none(shop: Shop) -> None:
    """PKG-6."""
    purchase = shop.sell(package=shop.define([(shop.massage, 2)], price=1001))
    first, second = shop.book(purchase, shop.time("10:00")), shop.book(purchase, shop.time("11:00"))
    assert [paying(one)[2] for one in (first, second)] == [500, 501]
    cancel(first.pk, "other", actor=shop.chief, now=LATER)
    third = shop.book(purchase, shop.time("12:00"))
    booked = Entry.objects.get(subject=first.pk, fact="appointment_cancelled").pk
    for restore in (
        lambda: progress.reopen(first.pk, "come", actor=shop.chief, now=NOW),
        lambda: undo.undo(first.pk, actor=shop.chief, now=LATER),
        lambda: put_back(first.pk, booked, actor=shop.chief, now=NOW, reason="come"),
    ):
        with pytest.raises(Conflict) as refused:
            restore()
        assert reason(refused.value) == [("package_unusable", "none_left")]
    cancel(second.pk, "other", actor=shop.chief, now=NOW)
    progress.reopen(first.pk, "come", actor=shop.chief, now=NOW)
    assert (number(first), number(third), paying(first)) == (2, 1, ("paid", "package", 501, 501, 200, 301))


def test_a_request_draws_too_and_has_shares_once_it_is_somebodys(shop: Shop) -> None:
    """PKG-3."""
    purchase = shop.sell()
    asked = shop.book(purchase, shop.time("10:00"), provider=None)
    assert paying(asked) == ("paid", "package", 6667, 6667, None, None)
    assign_and_confirm(asked.pk, shop.provider.pk, actor=shop.chief, now=LATER)
    assert paying(asked) == ("paid", "package", 6667, 6667, 2667, 4000)
    undo.undo(asked.pk, actor=shop.chief, now=LATER)
    assert paying(asked)[-2:] == (None, None)


def test_several_sessions_are_booked_together_or_none(shop: Shop) -> None:
    """PKG-5."""
    purchase, who = shop.sell(), shop.provider.pk
    plan = [Planned(number=nth, start=shop.time("10:00", days=nth), provider=who) for nth in (2, 1, 11)]
    made = schedule(purchase.pk, plan, actor=shop.chief, now=NOW)
    assert [(number(one), one.service_id) for one in made] == [
        (2, shop.massage.pk),
        (1, shop.massage.pk),
        (11, shop.exercise.pk),
    ]
    more = [Planned(number=nth, start=shop.time("10:00", days=day), provider=who) for nth, day in ((3, 1), (4, 4))]
    wrong = [Planned(number=nth, start=shop.time("10:00", days=5), provider=who) for nth in (1, 99, 5)]
    for asked, against in (
        (more, {0: [("provider_busy", ""), ("patient_busy", "")]}),
        (wrong, {0: [("package_unusable", "number_taken")], 1: [("package_unusable", "number")]}),
        ([more[1], more[1]], {1: [("package_unusable", "number_taken")]}),
    ):
        with pytest.raises(CannotBookAll) as refused:
            schedule(purchase.pk, asked, actor=shop.chief, now=NOW)
        found = {nth: reason(Refused(*problems)) for nth, problems in refused.value.against.items()}
        assert found == against
    assert (Appointment.objects.count(), count(purchase)[3]) == (3, 3)


def test_one_of_all_clinics_is_drawn_on_wherever_its_currency_is(shop: Shop) -> None:
    """PKG-3."""
    owner = make_actor("super_admin")
    there, abroad = make_clinic(), make_clinic(currency="EUR")
    package = shop.define([(shop.massage, 2)])
    package.clinic, package.currency = None, "GBP"
    package.save()
    purchase = shop.sell(package=package)
    for clinic, rule in ((there, None), (abroad, "clinic")):
        shop.massage.clinics.add(clinic)
        who = make_provider(clinic, service=shop.massage)
        start = at(clinic, MONDAY, "12:00" if rule is None else "15:00")
        wish = booking(clinic, shop.massage, who, shop.patient, start)
        if rule is None:
            book_session(wish, purchase.pk, actor=owner, now=NOW)
            continue
        with pytest.raises(Conflict) as refused:
            book_session(wish, purchase.pk, actor=owner, now=NOW)
        assert reason(refused.value) == [("package_unusable", rule)]
    assert count(purchase)[3] == 1
    assert Purchase.objects.count() == 1
