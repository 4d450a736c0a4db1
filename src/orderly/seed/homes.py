"""Where made-up patients live, and what they show: what the organisation's lists begin with."""

from datetime import datetime
from random import Random
from typing import Final

from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.patients.actions import register
from orderly.patients.blocking import NEAR
from orderly.patients.inputs import PatientDetails
from orderly.patients.keys import FROM, keys_of
from orderly.patients.models import Gender, ListItem, ListKind, Patient, SearchKey

REGIONS: Final = {
    "GB": {
        "Greater London": ("Camden", "Hackney", "Islington", "Lambeth", "Southwark", "Tower Hamlets", "Westminster"),
        "Surrey": ("Elmbridge", "Guildford", "Woking"),
        "Kent": ("Canterbury", "Dartford", "Maidstone"),
    },
    "UZ": {
        "Город Ташкент": ("Мирабадский", "Мирзо-Улугбекский", "Чиланзарский", "Шайхантахурский", "Юнусабадский"),
        "Ташкентская область": ("Зангиатинский", "Кибрайский", "Янгиюльский"),
        "Самаркандская область": ("Акдарьинский", "Булунгурский", "Ургутский"),
    },
    "AE": {
        "دبي": ("ديرة", "بر دبي", "جميرا", "البرشاء"),
        "الشارقة": ("الخان", "المجاز", "النهدة"),
    },
}
DOCUMENTS: Final = ("Passport", "Identity card", "Driving licence", "Birth certificate")
IN_TOWN: Final = 0.8
TWICE: Final = 3
AT_ONCE: Final = 500


def make_lists() -> None:
    """The lists of an organisation that has none yet."""
    regions = [(name, districts) for country in REGIONS.values() for name, districts in country.items()]
    made = [ListItem(kind=ListKind.REGION, name=name, position=nth) for nth, (name, _) in enumerate(regions)]
    ListItem.objects.bulk_create(made)
    ListItem.objects.bulk_create(
        ListItem(kind=ListKind.DISTRICT, parent=region, name=name, position=nth)
        for region, (_, districts) in zip(made, regions, strict=True)
        for nth, name in enumerate(districts)
    )
    kind = ListKind.DOCUMENT_TYPE
    ListItem.objects.bulk_create(ListItem(kind=kind, name=name, position=nth) for nth, name in enumerate(DOCUMENTS))


def home_of(country: str, dice: Random) -> tuple[str, str]:
    """A region, mostly the first, and a district of it."""
    regions = REGIONS[country]
    names = list(regions)
    region = names[0] if dice.random() < IN_TOWN else dice.choice(names[1:])
    return region, dice.choice(regions[region])


def settle_down(clinic: Clinic, dice: Random) -> None:
    """Everybody in a clinic lives somewhere, and is compared by it."""
    people = list(Patient.objects.in_clinic(clinic.pk).order_by("pk"))
    for one in people:
        one.region, one.district = home_of(clinic.country, dice)
    Patient.objects.bulk_update(people, ["region", "district"], batch_size=AT_ONCE)
    SearchKey.objects.bulk_create(
        SearchKey(resource_id=one.resource_id, key=key)
        for one in people
        for key in sorted(keys_of({name: getattr(one, name) for name in FROM}))
        if key.startswith(NEAR)
    )


def register_again(clinic: Clinic, *, actor: Actor, now: datetime) -> None:
    """Some who came twice, with another number the second time."""
    for one in Patient.objects.in_clinic(clinic.pk).order_by("pk")[:TWICE]:
        said = {name: getattr(one, name) for name in ("first_name", "last_name", "birth_date", "region", "district")}
        mobile = f"{one.mobile[:-1]}{(int(one.mobile[-1]) + 5) % 10}"
        details = PatientDetails(gender=Gender.UNSTATED, mobile=mobile, document_type=DOCUMENTS[0], **said)
        register(details, clinic=clinic.pk, actor=actor, now=now)
