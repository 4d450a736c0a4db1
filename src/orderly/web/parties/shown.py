"""Times that were found, with the names of all they are about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orderly.catalogue.models import Service
from orderly.engine.problems import Problem
from orderly.parties.inputs import Wanted
from orderly.parties.queries.search import Proposal
from orderly.patients.models import Patient
from orderly.resources.models import Provider
from orderly.web.answers import in_words
from orderly.web.parties.forms import written


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a proposal."""

    start: int
    end: int
    who: Patient
    what: Service
    by: Provider


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal as it is read, and as it is sent back."""

    value: str
    start: int
    end: int
    waiting: int
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Told:
    """Who of them would get an e-mail, and who has to be called."""

    by_mail: list[Patient]
    to_call: list[Patient]


def shown(found: Sequence[Proposal]) -> list[Shown]:
    """Three queries, however many proposals."""
    steps = [step for one in found for step in one.steps]
    patients = Patient.objects.in_bulk({step.patient for step in steps})
    services = Service.objects.in_bulk({step.service for step in steps})
    providers = Provider.objects.in_bulk({step.provider for step in steps})
    return [
        Shown(
            written(one),
            one.start,
            one.end,
            one.waiting,
            sorted(
                (
                    Line(step.start, end, patients[step.patient], services[step.service], providers[step.provider])
                    for step, end in zip(one.steps, one.ends, strict=True)
                ),
                key=lambda line: line.start,
            ),
        )
        for one in found
    ]


def told(steps: Iterable[Wanted]) -> Told:
    people = Patient.objects.filter(pk__in=[step.patient for step in steps]).order_by("first_name", "pk")
    found = list(people)
    return Told([one for one in found if one.email], [one for one in found if not one.email])


def against(refused: Mapping[int, Sequence[Problem]], names: Sequence[str], zone: str) -> list[str]:
    """Every reason, with the name of whom it is about."""
    return [
        f"{names[nth]}: {text}"
        for nth, problems in refused.items()
        for texts in in_words(problems, zone).values()
        for text in texts
    ]


def names_of(steps: Iterable[Wanted]) -> list[str]:
    """Who comes, step by step."""
    wanted = [step.patient for step in steps]
    found = Patient.objects.in_bulk(wanted)
    return [found[one].full_name for one in wanted]
