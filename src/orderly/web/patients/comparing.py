"""Two records side by side, field by field: what differs, and whose value is to survive."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from orderly.core.text import listed
from orderly.dossier.actions.merge import CHOOSABLE, FOLLOWING, side_of
from orderly.journal.actor import Actor
from orderly.patients.models import Patient
from orderly.web.patients.extra import as_lines
from orderly.web.patients.labels import LABEL, reading

PREFIX: Final = "choice-"  # of a field's name, in the form


@dataclass(frozen=True, slots=True)
class Choice:
    """A field in which the two differ."""

    name: str
    label: Any
    own: str
    other: str
    side: str


def choices(own: Patient, other: Patient, chosen: Mapping[str, str], *, actor: Actor) -> Iterator[Choice]:
    """The fields that differ; where nothing has been chosen yet one's own value, unless there is none."""
    guardians = _guardians(own, other, actor)
    also = {**FOLLOWING, "region": "district"} if _with_region(own, other) else FOLLOWING
    for name in differing(own, other):
        mine, theirs = (_read(one, (name, also.get(name)), guardians) for one in (own, other))
        yield Choice(name, LABEL[name], mine, theirs, side_of(name, own, other, chosen))


def differing(own: Patient, other: Patient) -> list[str]:
    names = [name for name in CHOOSABLE if getattr(own, name) != getattr(other, name)]
    return [name for name in names if name != "district" or not _with_region(own, other)]


def same(own: Patient, other: Patient) -> list[str]:
    """What both say alike, as it is read."""
    alike = (name for name in CHOOSABLE if getattr(own, name) == getattr(other, name))
    return [text for name in alike if name not in ("guardian", "extra") and (text := reading(name, getattr(own, name)))]


def chosen_in(sent: Mapping[str, str]) -> dict[str, str]:
    """What a form chose, by field; whatever is no field and no side is for the verb to refuse."""
    return {name.removeprefix(PREFIX): side for name, side in sent.items() if name.startswith(PREFIX)}


def _read(patient: Patient, names: tuple[str, str | None], guardians: Mapping[Any, str]) -> str:
    """A field, and the one that follows it."""
    if names[0] == "guardian":
        return guardians.get(patient.guardian_id, _("A patient of another clinic")) if patient.guardian_id else ""
    if names[0] == "extra":
        return as_lines(patient.extra)
    return listed(reading(name, getattr(patient, name)) for name in names if name)


def _with_region(own: Patient, other: Patient) -> bool:
    """Whether the district is said, and chosen, with the region."""
    return own.region != other.region and bool(own.region and other.region)


def _guardians(own: Patient, other: Patient, actor: Actor) -> dict[Any, str]:
    """Their names, as far as the actor may look at them."""
    ids = [one for one in (own.guardian_id, other.guardian_id) if one]
    return {one.pk: one.full_name for one in Patient.objects.viewable_by(actor).filter(pk__in=ids)}
