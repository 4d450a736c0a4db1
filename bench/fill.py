"""Fills an empty database for the benchmarks.

One clinic of 50 providers is searched and booked in; the week of one of 20 is shown. As many visits lie ahead however
long the history is, up to the few that found no room in the past and come today: two sizes differ in the past alone.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from bench.measures import Figure, Options
from bench.world import COMBINED, SEARCHED, SHOWN, TODAY
from orderly.calendars.models import Rule
from orderly.catalogue.models import Need, NeedRole, Offering, Phase, Service
from orderly.core.clock import minute
from orderly.resources.models import Kind
from orderly.seed.generate import finish
from orderly.seed.history import History, Load, plan_load
from orderly.seed.load import loading, moment
from orderly.seed.organisation import Ids, Made, make_clinic, make_logins
from orderly.seed.people import Person, make_patients
from orderly.seed.plans import LONDON, ROLES

SEED = "bench"
SIZES = ((SEARCHED, 50, 10_000), (SHOWN, 20, 4_000))
MIDNIGHT = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
SHORT = 10_000  # the shortest history that is measured
CHAIRS, DEVICES = 3, 2


def measure(options: Options) -> Iterator[Figure]:
    """Nothing is measured: the database is made."""
    ids = Ids(Random(SEED), TODAY)
    with loading():
        clinics = [_clinic(ids, number, *size) for number, size in enumerate(SIZES)]
    placed = History(clinics, SEED, MIDNIGHT).write(_load(options.history, _days_a_week()))
    if placed != options.history:
        raise RuntimeError(f"only {placed} appointments found room")
    _add_combined(clinics[0][0])
    finish(clinics)
    yield from ()


def _clinic(ids: Ids, number: int, name: str, providers: int, patients: int) -> tuple[Made, list[Person]]:
    made = make_clinic(LONDON, ids, providers=providers, number=number)
    made.clinic.name = name
    made.clinic.save(update_fields=["name"])
    offset = sum(size[2] for size in SIZES[:number])
    people = make_patients(made, ids, patients, offset=offset, created=moment(minute(MIDNIGHT)))
    make_logins(made, ids, MIDNIGHT, {role: (f"{role}{number}@example.org", role.label) for role in ROLES})
    return made, people


def _load(history: int, days_a_week: int) -> Load:
    """As many visits ahead as beside a short history; the rest before today, as evenly as the seed's own."""
    short, load = plan_load(SHORT, days_a_week, TODAY), plan_load(history, days_a_week, TODAY)
    before = history - SHORT + round(short.before or 0)
    return replace(load, ahead=short.ahead, before=before, past=load.past * before / (load.before or before))


def _days_a_week() -> int:
    """On how many days all providers work, added up."""
    weekdays = Rule.objects.filter(resource__isnull=False).values_list("weekdays", flat=True)
    return sum(days.bit_count() for days in weekdays if days)


def _add_combined(made: Made) -> None:
    """A visit that takes the provider, one of three chairs and one of two devices: those the history uses."""
    service = Service.objects.create(name=COMBINED, price=5000)
    service.clinics.add(made.clinic)
    Offering.objects.bulk_create(Offering(service=service, provider=one) for one in made.providers)
    phase = Phase.objects.create(service=service, order=0, minutes=30)
    Need.objects.create(phase=phase, role=NeedRole.PROVIDER)
    for wanted, how_many in ((Kind.CHAIR, CHAIRS), (Kind.EQUIPMENT, DEVICES)):
        named = [asset.resource_id for kind, asset in made.assets if kind == wanted]
        Need.objects.create(phase=phase, role=NeedRole.RESOURCE).any_of.set(named[:how_many])
