"""Regions with their districts, and kinds of documents, as forms offer them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orderly.clinics.models import Clinic
from orderly.patients.models import ListItem, ListKind


@dataclass(frozen=True, slots=True)
class Lists:
    """Names in their order; one that is empty offers no choice, and any words go."""

    regions: list[str] = field(default_factory=list)
    districts: dict[str, list[str]] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.regions)

    def groups(self, region: str, district: str) -> list[tuple[str, list[str]]]:
        """The districts of each region; what the record holds already is there too, of whichever region it is."""
        kept = {**self.districts}
        if district and district not in kept.get(region, []):
            kept[region] = [*kept.get(region, []), district]
        return [(name, kept[name]) for name in with_kept(self.regions, region) if kept.get(name)]


def lists(*, gone: bool = False) -> Lists:
    """What is offered; with `gone` also what isn't any more, for finding records that have it. One query."""
    rows = ListItem.objects.select_related("parent").order_by("position", "name", "id")
    found = Lists()
    for one in rows if gone else rows.filter(active=True):
        if one.kind == ListKind.REGION:
            found.regions.append(one.name)
        elif one.parent is None:
            found.documents.append(one.name)
        else:
            found.districts.setdefault(one.parent.name, []).append(one.name)
    return found


def with_kept(names: Iterable[str], kept: str) -> list[str]:
    """The names, and what the record has already."""
    return list(dict.fromkeys([*names, *([kept] if kept else [])]))


def asked_at_once(place: Clinic, typed: Mapping[str, str]) -> dict[str, object]:
    """What a short form has to ask for beside the rest, where the clinic registers nobody without."""
    if not place.patient_requires:
        return {}
    found, region, district = lists(), typed.get("region", ""), typed.get("district", "")
    return {"regions": with_kept(found.regions, region), "districts": found.groups(region, district)}
