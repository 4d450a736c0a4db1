"""The demo organisation: three clinics in three languages, in the middle of an ordinary working day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from orderly.core.clock import minute
from orderly.engine.walltime import local
from orderly.people.models import User
from orderly.people.permissions import Role
from orderly.seed.generate import finish, is_filled
from orderly.seed.history import DENSEST, History, Load
from orderly.seed.homes import make_lists, settle_down
from orderly.seed.load import moment
from orderly.seed.organisation import PASSWORD, Ids, Made, add_time_off, make_clinic, make_login, make_logins
from orderly.seed.packages import draw, make_packages
from orderly.seed.people import Person, make_patients
from orderly.seed.plans import DUBAI, LONDON, TASHKENT, Place
from orderly.seed.showcase import show

PROVIDERS, PATIENTS = 5, 150
DAYS_BACK, DAYS_AHEAD = 14, 15
SOLD_BEFORE = timedelta(days=10)  # the packages in the demo
BUSY = 1.1  # times what generated clinics have ahead of them

STAFF: dict[str, dict[str, tuple[str, str]]] = {
    LONDON.city: {
        Role.CLINIC_ADMIN: ("olivia", "Olivia Hughes"),
        Role.DOCTOR: ("james", "James Carter"),
        Role.CLINICAL_STAFF: ("megan", "Megan Shaw"),
        Role.FRONT_DESK: ("anna", "Anna Bennett"),
        Role.BILLING: ("peter", "Peter Walsh"),
        Role.READ_ONLY: ("ruth", "Ruth Palmer"),
    },
    TASHKENT.city: {
        Role.CLINIC_ADMIN: ("nodira", "Нодира Каримова"),
        Role.DOCTOR: ("rustam", "Рустам Алимов"),
        Role.CLINICAL_STAFF: ("lola", "Лола Юсупова"),
        Role.FRONT_DESK: ("dilnoza", "Дильноза Рахимова"),
        Role.BILLING: ("sardor", "Сардор Усманов"),
        Role.READ_ONLY: ("zafar", "Зафар Назаров"),
    },
    DUBAI.city: {
        Role.CLINIC_ADMIN: ("maryam", "مريم المنصوري"),
        Role.DOCTOR: ("khalid", "خالد الهاشمي"),
        Role.CLINICAL_STAFF: ("huda", "هدى النعيمي"),
        Role.FRONT_DESK: ("fatima", "فاطمة الزعابي"),
        Role.BILLING: ("omar", "عمر السويدي"),
        Role.READ_ONLY: ("noura", "نورة الكعبي"),
    },
}
BOSS = "boss@orderly.example"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    role: str
    email: str


def load_when_empty(*, now: datetime) -> bool:
    """Load the demo organisation unless there is something already; False if there was. All of it or nothing."""
    if is_filled():
        return False
    with transaction.atomic():
        _load(now)
    return True


def logins() -> list[DemoLogin]:
    """Who may sign in, with PASSWORD, by role."""
    roles = [DemoLogin(Role.SUPER_ADMIN, BOSS)]
    for role in STAFF[LONDON.city]:
        roles += [DemoLogin(role, _email(city, people[role][0])) for city, people in STAFF.items()]
    return roles


def _email(city: str, login: str) -> str:
    return f"{login}@{city.lower()}.example"


def _load(now: datetime) -> None:
    today, _ = local(LONDON.zone, minute(now))
    ids = Ids(Random(f"demo/{today}"), today)
    clinics = [_clinic(place, nth, ids, now) for nth, place in enumerate((LONDON, TASHKENT, DUBAI))]
    boss = make_login(Role.SUPER_ADMIN, BOSS, "Orderly", None, ids, now)
    User.objects.filter(pk=boss.user.pk).update(is_staff=True)
    first, last = today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
    History(clinics, f"demo/{today}", now).write(Load(today, first, last, past=BUSY * DENSEST, ahead=BUSY))
    finish(clinics)
    make_lists()
    for made, people in clinics:
        settle_down(made.clinic, ids.dice)
        show(made, people, ids, now=now)
        draw(made, now=now)


def _clinic(place: Place, number: int, ids: Ids, now: datetime) -> tuple[Made, list[Person]]:
    today, _ = local(place.zone, minute(now))
    made = make_clinic(place, ids, providers=PROVIDERS, number=0)
    add_time_off(made, ids, today)
    people = make_patients(made, ids, PATIENTS, offset=number * PATIENTS, created=moment(minute(now)))
    staff = {role: (_email(place.city, login), name) for role, (login, name) in STAFF[place.city].items()}
    make_logins(made, ids, now, staff)
    doctor = made.providers[0]
    doctor.name = STAFF[place.city][Role.DOCTOR][1]
    doctor.save(update_fields=["name"])
    make_packages(made, people, ids, sold_at=now - SOLD_BEFORE, number=number)
    return made, people


__all__ = ["PASSWORD", "load_when_empty", "logins"]
