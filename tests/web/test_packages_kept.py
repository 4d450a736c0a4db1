"""PKG-1: the packages that a clinic sells, on screen."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.packages.actions.define import contents
from orderly.packages.inputs import Sessions
from orderly.packages.models import Package
from tests.factories import make_clinic, make_service, make_user
from tests.web.desk import Desk, errors, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db: None) -> Desk:
    return Desk("clinic_admin")


def form(desk: Desk, **more: Any) -> dict[str, Any]:
    one = {"name": "Ten", "price": "90,50", "validity_days": "90", "service": [desk.service.pk, ""]}
    return {**one, "sessions": ["10", ""], "token": uuid4(), **more}


def test_a_package_is_added_once_changed_and_no_longer_sold(boss: Desk) -> None:
    place, other = boss.clinic.pk, make_service(boss.clinic, 30, name="Massage")
    assert "Add the first" in text(boss.get("packages", place))
    sent = form(boss)
    for _ in range(2):
        assert boss.post("package-add", place, **sent).status_code == 302
    made = Package.objects.get()
    assert (made.name, made.clinic_id, made.currency, made.price, made.validity_days) == (
        *("Ten", place, boss.clinic.currency, 9050, 90),
    )
    assert "Ten 10 × Consultation £90.50 valid for 90 days 0 sold here Stop selling" in text(
        boss.get("packages", place)
    )
    more = boss.post("package-edit", place, made.pk, **form(boss, version="1", more="1"))
    assert (more.status_code, more.content.count(b'name="sessions"')) == (200, 4)
    rows = {"service": ["", other.pk, boss.service.pk], "sessions": ["", "2", "3"]}
    changed = boss.post("package-edit", place, made.pk, **form(boss, name="Five", version="1", **rows))
    assert changed.status_code == 302
    made.refresh_from_db()
    assert (made.name, contents(made)) == (
        "Five",
        (Sessions(service=other.pk, sessions=2), Sessions(service=boss.service.pk, sessions=3)),
    )
    late = boss.post("package-edit", place, made.pk, **form(boss, name="Late", version="1"))
    assert (late.status_code, "how it stands now" in errors(late)[0]) == (409, True)
    assert 'value="Five"' in late.content.decode()
    assert boss.post("package-active", place, made.pk, active="0").status_code == 302
    assert "Not sold any more Sell again" in text(boss.get("packages", place))
    assert "sells no packages yet" in text(boss.get("package-sell", place, boss.patient.pk))
    boss.post("package-active", place, made.pk, active="1")
    assert Package.objects.get().active


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Write a name."),
        ({"name": "x" * 201}, "too long"),
        ({"price": "many"}, "12.50"),
        ({"price": "-1"}, "12.50"),
        ({"validity_days": "0"}, "3660"),
        ({"validity_days": "soon"}, "Write a whole number."),
        ({"service": [""], "sessions": [""]}, "how many sessions"),
        ({"service": ["x"], "sessions": ["1"]}, "Choose a service."),
        ({"sessions": ["", ""]}, "Write a whole number."),
        ({"sessions": ["501"]}, "500"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(boss: Desk, wrong: dict[str, Any], said: str) -> None:
    answer = boss.post("package-add", boss.clinic.pk, **form(boss, **wrong))
    assert (answer.status_code, Package.objects.count()) == (422, 0)
    assert said in " ".join(errors(answer))


def test_another_clinics_service_isnt_known(boss: Desk) -> None:
    foreign = make_service(make_clinic(), 30, name="Foreign")
    answer = boss.post(
        "package-add", boss.clinic.pk, **form(boss, service=[boss.service.pk, foreign.pk], sessions="11")
    )
    assert (answer.status_code, Package.objects.count()) == (422, 0)
    assert "Foreign" not in answer.content.decode()


def test_one_for_all_clinics_is_theirs_who_manage_them_all(boss: Desk) -> None:
    """A clinic's administrator sees it, and can neither make nor change one."""
    place = boss.clinic.pk
    assert "in all clinics" not in text(boss.get("package-add", place))
    boss.post("package-add", place, **form(boss, where="all"))
    assert Package.objects.get().clinic_id == place
    chief = Desk("super_admin")
    assert "in all clinics with GBP" in text(chief.get("package-add", place))
    chief.post("package-add", place, **form(boss, name="Everywhere", where="all"))
    made = Package.objects.get(name="Everywhere")
    assert (made.clinic_id, made.currency) == (None, "GBP")
    page = text(boss.get("packages", place))
    assert "Everywhere 10 × Consultation £90.50 valid for 90 days 0 sold here All clinics Ten" in page
    for answer in (boss.get("package-edit", place, made.pk), boss.post("package-active", place, made.pk, active="0")):
        assert answer.status_code == 403
    chief.client.force_login(make_user("front_desk", boss.clinic))
    looked = text(chief.get("packages", place))
    assert "Everywhere" in looked
    assert "Stop selling" not in looked
    assert "New package" not in looked


def test_as_many_queries_for_three_packages_as_for_one(boss: Desk) -> None:
    counts = []
    for name in ("One", "Two", "Three"):
        boss.post("package-add", boss.clinic.pk, **form(boss, name=name))
        with CaptureQueriesContext(connection) as queries:
            boss.get("packages", boss.clinic.pk)
        counts.append(len(queries))
    assert counts[0] == counts[2]
