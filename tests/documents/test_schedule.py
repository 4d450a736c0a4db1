"""DOC-1, PKG-7: all sessions of a purchase on paper, as they stand."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.progress import complete, no_show
from orderly.core.errors import Forbidden, NotFound
from orderly.documents.schedule import printer, schedule, sold
from orderly.journal.actor import Actor
from orderly.journal.models import Kind, Look
from orderly.packages.actions.close import cancel_purchase
from orderly.packages.models import Purchase
from orderly.people.models import RoleOverride
from tests.documents.reading import lines_of, opened
from tests.factories import NOW, make_actor, make_asset, make_clinic, make_user
from tests.packages.shop import Shop

pytestmark = pytest.mark.django_db


def printed(
    shop: Shop, purchase: Purchase, *, actor: Actor | None = None, clinic: UUID | None = None, now: Any = NOW
) -> list[str]:
    who = actor or shop.chief
    found = sold(purchase.pk, actor=who, now=now)
    return lines_of(schedule(found, printer(found, clinic, actor=who), actor=who, now=now))


@pytest.fixture
def shop() -> Shop:
    made = Shop(massages=3, exercises=1, name="Riverside", phone="+442079460000")
    for row, name in ((made.massage, "Massage"), (made.exercise, "Exercise"), (made.provider, "Smith")):
        type(row).objects.filter(pk=row.pk).update(name=name)
        row.name = name
    type(made.patient).objects.filter(pk=made.patient.pk).update(first_name="Ann", last_name="Lee")
    return made


def test_every_session_when_and_with_whom(shop: Shop) -> None:
    purchase = shop.sell()
    first = shop.book(purchase, shop.time("10:00"))
    shop.book(purchase, shop.time("14:30", days=7))
    shop.book(purchase, shop.time("09:00", days=1), service=shop.exercise)
    complete(first.pk, actor=shop.chief, now=NOW + timedelta(hours=5))
    assert printed(shop, purchase) == [
        "Riverside",
        "+44 20 7946 0000",
        "Treatment schedule",
        "Some of your sessions are still to be planned.",
        f"Number {purchase.invoice.number}",
        "Patient Ann Lee",
        "Package Back and neck",
        "Valid until Sunday, 31 May 2026",
        "Sessions left to plan 1 of 4",
        "No. Date Time Service With Status",
        "1 Mon, 2 Mar 2026 10:00 – 10:30 Massage Smith took place",
        "2 Mon, 9 Mar 2026 14:30 – 15:00 Massage Smith",
        "3 not planned yet Massage",
        "4 Tue, 3 Mar 2026 09:00 – 09:30 Exercise Smith",
        "To plan or change sessions, please call us: +44 20 7946 0000",
        "Printed Mon, 2 Mar 2026, 06:00 Page 1 of 1",
    ]


def test_what_became_of_each_and_where(shop: Shop) -> None:
    """A room that is used stands there; a visit missed, one called off late, one that is only asked for."""
    type(shop.clinic).objects.update(late_cancel_uses_session=True, no_show_uses_session=True)
    room = make_asset(shop.clinic, "room", name="Room 2")
    purchase = shop.sell()
    visits = [shop.book(purchase, shop.time(clock)) for clock in ("10:00", "11:00")]
    asked = shop.book(purchase, shop.time("12:00"), provider=None)
    type(asked).objects.filter(pk=asked.pk).update(uses=[*asked.uses, [room.resource_id, 0, 30]])
    no_show(visits[0].pk, actor=shop.chief, now=NOW + timedelta(hours=9))
    cancel(visits[1].pk, "patient_asked", actor=shop.chief, now=NOW + timedelta(hours=1))
    lines = printed(shop, purchase)
    start = lines.index("No. Date Time Service With Where Status")
    assert " ".join(lines[start + 1 : -2]).replace("MassageSmith", "Massage Smith") == (
        "1 Mon, 2 Mar 2026 10:00 – 10:30 Massage Smith missed "
        "2 Mon, 2 Mar 2026 11:00 – 11:30 Massage Smith cancelled, counts as used "
        "3 Mon, 2 Mar 2026 12:00 – 12:30 Massage Room 2 requested "
        "4 not planned yet Exercise"
    )


def test_of_another_clinics_visit_only_that_there_is_one(shop: Shop) -> None:
    there = make_clinic(name="Elsewhere")
    shop.chief = make_actor("super_admin", shop.clinic)
    package = shop.define(((shop.massage, 1),), clinic=None, currency="GBP")
    purchase = shop.sell(package=package)
    visit = shop.book(purchase, shop.time("10:00"))
    type(visit).objects.filter(pk=visit.pk).update(clinic=there)
    assert "1 in another clinic Massage" in printed(shop, purchase, actor=make_actor("clinic_admin", shop.clinic))
    assert "1 Mon, 2 Mar 2026 10:00 – 10:30 Massage Smith Elsewhere" in printed(shop, purchase)


def test_one_for_all_clinics_is_printed_wherever_the_patient_is_known(shop: Shop) -> None:
    """PKG-7, ACC-4: by who may see packages and patients there."""
    there = make_clinic()
    shop.chief = make_actor("super_admin", shop.clinic)
    purchase, here = shop.sell(package=shop.define(((shop.massage, 1),), clinic=None, currency="GBP")), shop.sell()
    who = make_actor("read_only", there)
    with pytest.raises(NotFound):
        sold(purchase.pk, actor=who, now=NOW)
    shop.patient.registrations.create(clinic=there)
    assert "1 not planned yet Massage" in printed(shop, purchase, actor=who)
    with pytest.raises(NotFound):
        sold(here.pk, actor=who, now=NOW)
    blind = Actor(user=None, rights={there.pk: frozenset({"patients:view"})})
    with pytest.raises(Forbidden):
        sold(purchase.pk, actor=blind, now=NOW)


def test_it_is_on_the_paper_of_the_clinic_that_prints_it(shop: Shop, client: Client) -> None:
    """Whose name the patient sees and whose telephone they call; what is at the seller's is said to be there."""
    there, paris = make_clinic(name="Hillside", phone="+442079460001"), make_clinic(name="Paris", currency="EUR")
    shop.chief = make_actor("super_admin", shop.clinic)
    purchase, here = shop.sell(package=shop.define(((shop.massage, 2),), clinic=None, currency="GBP")), shop.sell()
    shop.book(purchase, shop.time("10:00"))
    shop.patient.registrations.create(clinic=there)
    lines = printed(shop, purchase, clinic=there.pk)
    assert lines[:2] == ["Hillside", "+44 20 7946 0001"]
    assert "1 Mon, 2 Mar 2026 10:00 – 10:30 Massage Smith Riverside" in lines
    assert "To plan or change sessions, please call us: +44 20 7946 0001" in lines
    assert printed(shop, purchase)[0] == "Riverside"
    for sold_one, clinic in ((here, there), (purchase, paris)):
        with pytest.raises(NotFound):
            printed(shop, sold_one, clinic=clinic.pk)
    with pytest.raises(NotFound):
        printed(shop, purchase, clinic=there.pk, actor=make_actor("clinic_admin", shop.clinic))
    client.force_login(make_user("front_desk", there))
    page = client.get(f"/packages/{there.pk}/purchases/{purchase.pk}/").content.decode()
    [address] = re.findall(r'href="([^"]+schedule.pdf[^"]*)"', page)
    for one in (address, f"/api/v1/purchases/{purchase.pk}/schedule.pdf?clinic={there.pk}"):
        assert lines_of(client.get(one).content)[0] == "Hillside"
        assert Look.objects.latest("id").clinic == there.pk


def test_how_the_purchase_stands(shop: Shop) -> None:
    unpaid, bought = shop.sell(paid=0), shop.sell()
    assert printed(shop, unpaid)[3] == "This package isn't paid yet."
    assert printed(shop, bought, now=NOW + timedelta(days=91))[3] == "This package has expired."
    for day in range(3):
        shop.book(bought, shop.time("10:00", days=day))
    shop.book(bought, shop.time("12:00"), service=shop.exercise)
    assert printed(shop, bought)[3] == "All your sessions are planned."
    cancel_purchase(unpaid.pk, "x", actor=shop.chief, now=NOW)
    assert printed(shop, unpaid)[3] == "This package has been cancelled."


def test_many_sessions_take_their_pages_in_as_many_queries(
    shop: Shop, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    """Its heading stands on each of them."""
    many = shop.sell(package=shop.define(((shop.massage, 100),)))
    for purchase in (shop.sell(), many):
        shop.book(purchase, shop.time("10:00", days=int(purchase is many)))
        with django_assert_num_queries(5):
            document = schedule(sold(purchase.pk, actor=shop.chief, now=NOW), shop.clinic, actor=shop.chief, now=NOW)
    pages = len(opened(document).pages)
    assert pages > 2
    assert lines_of(document).count("No. Date Time Service With") == pages


@pytest.mark.parametrize("address", ["/documents/{what}/{pk}/{name}.pdf", "/api/v1/{what}/{pk}/{name}.pdf"])
def test_looked_at_in_the_browser_and_logged(shop: Shop, client: Client, address: str) -> None:
    """PAT-9; DOC-1. Rights are walked in tests/architecture."""
    purchase = shop.sell()
    visit = shop.book(purchase, shop.time("10:00"))
    client.force_login(make_user("read_only", shop.clinic))
    given = {
        "appointment_confirmation": ("appointments", visit.pk, "confirmation", visit.pk, visit.number),
        "treatment_schedule": ("purchases", purchase.pk, "schedule", shop.patient.pk, purchase.invoice.number),
    }
    for look, (what, pk, name, subject, number) in given.items():
        response = client.get(address.format(what=what, pk=pk, name=name))
        assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
        assert (response["Content-Disposition"], response["Cache-Control"]) == (
            f'inline; filename="{number}.pdf"',
            "no-store",
        )
        assert "Patient Ann Lee" in lines_of(response.content)
        found = Look.objects.latest("id")
        assert (found.what, found.kind, found.subject, found.clinic) == (look, Kind.EXPORT, subject, shop.clinic.pk)
    RoleOverride.objects.create(clinic=shop.clinic, role="read_only", permission="patients:view", allowed=False)
    for what, pk, name, *_ in given.values():
        assert client.get(address.format(what=what, pk=pk, name=name)).status_code == 403
