"""SET-7: what is missing until somebody can be booked."""

from datetime import timedelta
from uuid import uuid4

import pytest

from orderly.appointments.queries.missing import Missing, missing
from orderly.calendars.models import Rule
from orderly.catalogue.models import Offering
from orderly.core.errors import NotFound
from tests.factories import MONDAY, make_asset, make_clinic, make_provider, make_service

pytestmark = pytest.mark.django_db


def test_a_new_clinic_lacks_everything_in_the_order_it_is_made() -> None:
    clinic, other = make_clinic(), make_clinic()
    make_provider(other, service=make_service(other))
    make_asset(other)
    assert missing(clinic.pk, today=MONDAY) == (Missing.PROVIDER, Missing.PLACE, Missing.SERVICE, Missing.HOURS)
    provider = make_provider(clinic, hours=None)
    make_asset(clinic)
    service = make_service(clinic)
    assert missing(clinic.pk, today=MONDAY) == (Missing.SERVICE, Missing.HOURS)
    Offering.objects.create(service=service, provider=provider)
    assert missing(clinic.pk, today=MONDAY) == (Missing.HOURS,)


def test_nothing_is_missing_where_somebody_can_be_booked() -> None:
    """A room only where something else is missing too: many need none. Who left and hours that are over don't count."""
    clinic = make_clinic()
    provider = make_provider(clinic, service=make_service(clinic))
    assert missing(clinic.pk, today=MONDAY) == ()
    Rule.objects.update(last=MONDAY - timedelta(days=1))
    assert missing(clinic.pk, today=MONDAY) == (Missing.PLACE, Missing.HOURS)
    provider.resource.active = False
    provider.resource.save()
    assert missing(clinic.pk, today=MONDAY) == tuple(Missing)


def test_one_query(django_assert_num_queries) -> None:
    clinic = make_clinic()
    with django_assert_num_queries(1):
        missing(clinic.pk, today=MONDAY)
    with pytest.raises(NotFound):
        missing(uuid4(), today=MONDAY)
