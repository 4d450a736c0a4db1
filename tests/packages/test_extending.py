"""PKG-2: a purchase that can be used for longer."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from orderly.billing.models import Credit
from orderly.core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from orderly.journal.models import Entry
from orderly.packages.actions.close import cancel_purchase
from orderly.packages.actions.extend import extend_purchase
from orderly.packages.models import Purchase
from orderly.people.permissions import Role
from tests.factories import MONDAY, NOW, at, make_actor, make_clinic
from tests.packages.shop import Shop, count

pytestmark = pytest.mark.django_db
UNTIL = MONDAY + timedelta(days=200)


def test_an_expired_one_can_be_used_again_until_the_end_of_the_day(shop: Shop) -> None:
    purchase = shop.sell()
    expired = NOW + timedelta(days=100)
    assert count(purchase, expired)[0] == "expired"
    extend_purchase(purchase.pk, UNTIL, " was ill ", actor=shop.chief, now=expired)
    assert (count(purchase, expired)[0], Purchase.objects.get().expires_on) == ("active", UNTIL)
    midnight = at(shop.clinic, UNTIL + timedelta(days=1), "00:00")
    assert set(Credit.objects.values_list("usable_until", flat=True)) == {midnight}
    with pytest.raises(Conflict, match="package_unusable"):
        shop.book(purchase, shop.time("06:00", 201), now=expired)
    shop.book(purchase, shop.time("21:00", 200), now=expired)
    told = Entry.objects.get(fact="purchase_extended")
    assert (told.subject, told.clinic, told.note) == (purchase.pk, shop.clinic.pk, "was ill")
    assert told.changes == {"expires_on": [purchase.expires_on.isoformat(), UNTIL.isoformat()]}


@pytest.mark.parametrize(
    ("until", "reason", "field", "why"),
    [
        (date(2026, 5, 31), "ill", "until", "not_later"),
        (date(2026, 6, 9), "ill", "until", "past"),
        (date(2056, 1, 1), "ill", "until", "too_late"),
        (UNTIL, " ", "reason", None),
        (UNTIL, "\u200b", "reason", None),
        (UNTIL, "a\u202eb", "reason", "characters"),
    ],
    ids=str,
)
def test_only_a_later_day_that_is_to_come_and_a_reason(
    shop: Shop, until: date, reason: str, field: str, why: str | None
) -> None:
    purchase = shop.sell()
    assert purchase.expires_on == date(2026, 5, 31)
    with pytest.raises(Invalid) as refused:
        extend_purchase(purchase.pk, until, reason, actor=shop.chief, now=NOW + timedelta(days=100))
    [problem] = refused.value.problems
    assert (problem.field, dict(problem.params).get("reason")) == (field, why)
    assert Purchase.objects.get().expires_on == purchase.expires_on


def test_by_right_where_it_was_sold_and_not_once_it_is_called_off(shop: Shop) -> None:
    purchase = shop.sell()

    def extend(**more: Any) -> Callable[[], Purchase]:
        return lambda: extend_purchase(purchase.pk, UNTIL, "ill", **{"actor": shop.chief, "now": NOW, **more})

    for verb, error in (
        (extend(actor=make_actor(Role.FRONT_DESK, shop.clinic)), Forbidden),
        (extend(actor=make_actor(Role.CLINIC_ADMIN, make_clinic())), NotFound),
        (extend(version=purchase.version - 1), Stale),
    ):
        with pytest.raises(error):
            verb()
    cancel_purchase(purchase.pk, "moved", actor=shop.chief, now=NOW)
    with pytest.raises(Conflict, match="package_unusable"):
        extend()()
    assert Purchase.objects.get().expires_on == purchase.expires_on
