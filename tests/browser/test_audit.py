"""OPS-1 in a browser: the audit log is read by everybody who may."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LOOKS = [({}, "en"), ({"color_scheme": "dark"}, "ar"), (PHONE, "ar"), ({**PHONE, "color_scheme": "dark"}, "ru")]


@pytest.mark.parametrize(("look", "language"), LOOKS)
def test_nothing_is_in_the_way_of_anybody(
    open_desk: Callable[..., Desk], cast: Cast, look: dict[str, Any], language: str, site: str
) -> None:
    """CAL-5, CAL-6, OPS-1, OPS-2"""
    desk = open_desk(make_user("clinic_admin", cast.clinic, name="Ada Boss"), **look)
    page, audit = desk.page, f"{site}/audit/{cast.clinic.pk}/"
    page.context.add_cookies([{"name": "django_language", "value": language, "url": site}])
    for address in (audit, f"{audit}?first=", f"{audit}?first=2020-01-01&last=2020-01-02"):
        page.goto(address)
        assert desk.violations() == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
