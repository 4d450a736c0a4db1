"""What made-up clinics are made of: where they are, what they offer, what stands in their rooms."""

from dataclasses import dataclass

from orderly.people.permissions import Role
from orderly.resources.models import Kind

ROLES = (Role.CLINIC_ADMIN, Role.DOCTOR, Role.CLINICAL_STAFF, Role.FRONT_DESK, Role.BILLING, Role.READ_ONLY)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clinic is. `rate`: what one pound of our price list is there; `mobile`: how a valid number begins."""

    city: str
    zone: str
    currency: str
    country: str
    language: str
    rate: int
    mobile: str
    digits: int
    """How many digits follow `mobile`."""


LONDON = Place("London", "Europe/London", "GBP", "GB", "en", 1, "+447400", 6)
TASHKENT = Place("Tashkent", "Asia/Tashkent", "UZS", "UZ", "ru", 4000, "+99890", 7)
DUBAI = Place("Dubai", "Asia/Dubai", "AED", "AE", "ar", 5, "+97150", 7)
PLACES = (
    LONDON,
    TASHKENT,
    DUBAI,
    Place("New York", "America/New_York", "USD", "US", "en", 2, "+16462", 6),
    Place("Sydney", "Australia/Sydney", "AUD", "AU", "en", 2, "+61412", 6),
    Place("Dublin", "Europe/Dublin", "EUR", "IE", "en", 1, "+35385", 7),
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase: whether it needs the provider, and which kinds of things beside."""

    minutes: int
    provider: bool = True
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A service; `price` in pounds, `weight`: how often it is booked beside the others."""

    key: str
    stretches: tuple[Stretch, ...]
    price: int
    weight: int
    colour: str
    mark: str
    buffer_before: int = 0
    buffer_after: int = 0
    overbook: int = 0
    notice_minutes: int = 0


IN_CHAIR = (Kind.CHAIR.value,)
OFFERS = (
    Offer("exam", (Stretch(30),), 45, 40, "#1971c2", "E"),
    Offer("cleaning", (Stretch(45, kinds=IN_CHAIR),), 70, 20, "#0c8599", "C", buffer_after=5),
    # The doctor numbs, sees to others while it takes effect, and comes back: three chairs at a time fit.
    Offer(
        "filling",
        (Stretch(15, kinds=IN_CHAIR), Stretch(30, provider=False, kinds=IN_CHAIR), Stretch(15, kinds=IN_CHAIR)),
        120,
        15,
        "#e8590c",
        "F",
    ),
    Offer("braces", (Stretch(30, kinds=IN_CHAIR),), 60, 15, "#9c36b5", "B", 5, 5, overbook=1),
    Offer("scan", (Stretch(20, kinds=(Kind.EQUIPMENT.value,)),), 55, 8, "#5c940d", "S", buffer_before=5),
    Offer("consultation", (Stretch(30),), 30, 10, "#c2255c", "K", notice_minutes=120),
)

SERVICE_NAMES = {
    "en": {
        "exam": "Examination",
        "cleaning": "Cleaning",
        "filling": "Filling",
        "braces": "Braces adjustment",
        "scan": "3D scan",
        "consultation": "Consultation",
    },
    "ru": {
        "exam": "Осмотр",
        "cleaning": "Чистка зубов",
        "filling": "Пломба",
        "braces": "Коррекция брекетов",
        "scan": "3D-снимок",
        "consultation": "Консультация",
    },
    "ar": {
        "exam": "فحص",
        "cleaning": "تنظيف الأسنان",
        "filling": "حشوة",
        "braces": "ضبط التقويم",
        "scan": "أشعة ثلاثية الأبعاد",
        "consultation": "استشارة",
    },
}
THING_NAMES = {
    "en": {"chair": "Chair", "room": "Room", "equipment": "Scanner"},
    "ru": {"chair": "Кресло", "room": "Кабинет", "equipment": "Сканер"},
    "ar": {"chair": "كرسي", "room": "غرفة", "equipment": "جهاز الأشعة"},
}
CLINIC_NAMES = {"en": "{} Dental Clinic", "ru": "Стоматология «{}»", "ar": "عيادة {} لطب الأسنان"}
CITY_NAMES = {"Tashkent": "Ташкент", "Dubai": "دبي"}
TITLES = {"en": "Dr", "ru": "Д-р", "ar": "د."}
COLOURS = ("#1971c2", "#2f9e44", "#e8590c", "#9c36b5", "#c2255c", "#0c8599", "#5c940d", "#6741d9")
