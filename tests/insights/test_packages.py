"""PKG-7, RPT-1: packages in figures, against figures worked out by hand."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from orderly.appointments.actions.progress import complete
from orderly.packages.actions.close import cancel_purchase
from orderly.packages.inputs import Sum
from orderly.packages.models import Purchase
from orderly.people.models import RoleOverride
from tests.factories import MONDAY, NOW, TUESDAY, make_clinic, make_patient, make_provider, make_user
from tests.packages.shop import Shop

pytestmark = pytest.mark.django_db

API = "/api/v1/reports/packages"
PERIOD = {"from": "2026-03-02", "to": "2026-03-03"}
YEAR = {"from": "2026-03-02", "to": "2027-03-03"}


class Market(Shop):
    """Sold on Monday the 2nd of March: four of two massages for 1000.00 each, valid 90 days, and one of a single
    massage for 50.00. Two of the four are used to the end, after 1 and 10 days; one is used by half and expires; one
    is called off, 200.00 of 1000.00 given back. The last runs, 20.00 of it paid.
    """

    def __init__(self) -> None:
        super().__init__(massages=2, exercises=0, name="Riverside")
        type(self.provider).objects.filter(pk=self.provider.pk).update(name="Smith", title="Dr")
        self.other = make_provider(
            self.clinic, service=self.massage, name="Jones", title="", hours=(360, 1320), weekdays=127
        )
        self.doctor = make_user("doctor", self.clinic)
        type(self.other).objects.filter(pk=self.other.pk).update(user=self.doctor)
        self.use(self.sell(), 0, 1)
        self.use(self.sell(make_patient(self.clinic)), 2, 10, provider=self.other)
        self.use(self.sell(make_patient(self.clinic)), 3)
        gone = self.sell(make_patient(self.clinic))
        cancel_purchase(gone.pk, "moved away", refund=Sum(amount=20_000, method="cash"), actor=self.chief, now=NOW)
        single = self.define(((self.massage, 1),), name="Single", price=5000, validity_days=3000)
        self.sell(package=single, paid=2000)

    def use(self, purchase: Purchase, *days: int, provider: Any = None) -> None:
        for day in days:
            start = self.time(f"{8 + day}:00", days=day)
            giver = {"provider": provider} if provider else {}
            made = self.book(purchase, start, patient=purchase.patient, **giver)
            complete(made.pk, actor=self.chief, now=NOW + timedelta(days=day, hours=15))


@pytest.fixture
def market() -> Market:
    return Market()


def asked(client: Client, market: Market, role: Any = "clinic_admin", **query: str) -> Any:
    client.force_login(make_user(role, market.clinic) if isinstance(role, str) else role)
    return client.get(API, {"clinic": market.clinic.pk, **query})


@pytest.fixture
def later(time_machine: Any) -> None:
    """After what is valid for 90 days has expired."""
    time_machine.move_to(NOW + timedelta(days=100), tick=False)


def gbp(amount: str) -> list[dict[str, str]]:
    return [{"amount": amount, "currency": "GBP"}]


def line(package: str | None, name: str, counts: list[int], rate: Any, days: Any, sessions: Any, money: Any) -> Any:
    named = dict(zip(("sold", "running", "completed", "expired", "called_off"), counts, strict=True))
    given = {"completion_rate": rate, "days_to_complete": days, "sessions_sold": sessions[0]}
    amounts = {"price": gbp(money[0]), "received": gbp(money[1])} if money else {"price": None, "received": None}
    return {"package": package, "name": name, **named, **given, "sessions_used": sessions[1], **amounts}


@pytest.mark.usefixtures("later")
def test_by_hand(market: Market, client: Client) -> None:
    single = str(Purchase.objects.get(package__name="Single").package_id)
    assert asked(client, market, **PERIOD).json() == {
        "packages": [
            line(str(market.package.pk), "Back and neck", [4, 0, 2, 1, 1], 0.5, 5.5, (8, 5), ("3000.00", "3800.00")),
            line(single, "Single", [1, 1, 0, 0, 0], None, None, (1, 0), ("50.00", "20.00")),
        ],
        "total": line(None, "", [5, 1, 2, 1, 1], 0.5, 5.5, (9, 5), ("3050.00", "3820.00")),
        "providers": [
            {"provider": str(market.provider.pk), "name": "Dr Smith", "sessions": 1, "patients": 1, "minutes": 30}
        ],
    }
    found = asked(client, market, **YEAR).json()["providers"]
    assert [(one["name"], one["sessions"], one["patients"], one["minutes"]) for one in found] == [
        ("Dr Smith", 3, 2, 90),
        ("Jones", 2, 1, 60),
    ]
    nothing = asked(client, market, **{"from": "2026-03-03", "to": "2026-03-04"}).json()
    assert (nothing["packages"], nothing["total"]["sold"], nothing["total"]["completion_rate"]) == ([], 0, None)


def test_who_sees_what(market: Market, client: Client) -> None:
    """ACC-3: doctors what they gave themselves; money takes the right to see it; others nothing."""
    own = asked(client, market, market.doctor, **YEAR).json()
    assert (own["packages"], own["total"]) == (None, None)
    assert [(one["name"], one["sessions"]) for one in own["providers"]] == [("Jones", 2)]
    assert asked(client, market, "front_desk", **YEAR).status_code == 403
    RoleOverride.objects.create(clinic=market.clinic, role="clinic_admin", permission="reports:finance", allowed=False)
    assert asked(client, market, **YEAR).json()["total"]["received"] is None
    stranger = make_user("clinic_admin", make_clinic())
    assert asked(client, market, stranger, **YEAR).status_code == 404


def test_days_that_make_no_sense(market: Market, client: Client) -> None:
    backwards = asked(client, market, **{"from": str(TUESDAY), "to": str(MONDAY)})
    assert (backwards.status_code, backwards.json()["problems"][0]["field"]) == (422, "to")
    assert asked(client, market, **{"from": "2026-03-02", "to": "2027-03-04"}).status_code == 400


@pytest.mark.usefixtures("later")
def test_the_page_and_its_file(
    market: Market, client: Client, django_assert_max_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    client.force_login(make_user("clinic_admin", market.clinic))
    address, query = f"/reports/{market.clinic.pk}/packages", {"from": "2026-03-02", "to": "2026-03-02"}
    with django_assert_max_num_queries(16):
        text = client.get(address, query).content.decode()
    for said in ("Back and neck", "50%", "2 of 4 that have ended", "5.5", "5 of 8", "£3,800.00", "Dr Smith"):
        assert said in text
    file = client.get(f"{address}.csv", query)
    assert file["Content-Disposition"] == 'attachment; filename="packages-20260302-20260302.csv"'
    assert file.content.decode("utf-8-sig").splitlines() == [
        "Package,Sold,Running,Completed,Expired,Called off,Completion rate,Days to complete (median),Sessions sold,"
        "Sessions used,Currency,Price,Received",
        "Back and neck,4,0,2,1,1,0.5,5.5,8,5,GBP,3000.00,3800.00",
        "Single,1,1,0,0,0,,,1,0,GBP,50.00,20.00",
    ]
    wrong = client.get(address, {"from": "2026-03-02", "to": "2026-03-01"})
    assert (wrong.status_code, "The last day comes before the first." in wrong.content.decode()) == (422, True)
    empty = client.get(address, {"from": "2020-01-01", "to": "2020-01-02"}).content.decode()
    assert "No package was sold" in empty
