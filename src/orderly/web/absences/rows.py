"""A plan as it is shown: before and after, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderly.absences.queries.proposal import Proposal, Row
from orderly.absences.queries.prospects import Offered
from orderly.appointments.models import Appointment
from orderly.edge.notices import Kind, Notice, about, notice
from orderly.engine.walltime import local
from orderly.resources.models import Provider
from orderly.web.absences.forms import STAYS, Chosen
from orderly.web.dates import clock
from orderly.web.templatetags.desk import day, hours

Names = Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Line:
    """An appointment, where it goes, and what else it could have. `at` is what is sent back when it is taken."""

    appointment: Appointment
    at: str
    after: str
    who: str
    shifted: bool
    words: list[str]
    options: list[tuple[str, str, bool]]
    ticked: bool
    kept: bool
    pinned: bool
    lost: bool
    refused: list[str]

    @property
    def own(self) -> Any:
        """Who would have seen them."""
        return self.appointment.provider or self.appointment.proposed_provider


@dataclass(frozen=True, slots=True)
class Plan:
    """`letter` is what the first of those who have an e-mail address would read; those to be `called` have none."""

    lines: list[Line]
    proven: bool
    left_off: int
    letter: Notice | None
    mailed: int
    called: list[Appointment]

    @property
    def placed(self) -> list[Line]:
        return [line for line in self.lines if line.at]

    @property
    def stuck(self) -> int:
        return len(self.lines) - len(self.placed)

    @property
    def moved(self) -> int:
        """How many at another time."""
        return sum(line.shifted for line in self.lines)


def shown(found: Proposal, chosen: Chosen, refused: Mapping[UUID, list[str]] | None = None) -> Plan:
    """`refused` is why each of those that were to be moved couldn't."""
    names = _names(found)
    lines = [_line(row, chosen, names, (refused or {}).get(row.appointment.pk, [])) for row in found.rows]
    placed = [row for row in found.rows if row.offered is not None]
    mailed = [row for row in placed if row.appointment.patient.email]
    return Plan(
        lines=lines,
        proven=found.proven,
        left_off=found.left_off,
        letter=_letter(mailed[0], names) if mailed else None,
        mailed=len(mailed),
        called=[row.appointment for row in placed if not row.appointment.patient.email],
    )


def _names(found: Proposal) -> Names:
    offered = (one for row in found.rows for one in (row.offered, *row.alternatives) if one is not None)
    return {one.pk: str(one) for one in Provider.objects.filter(pk__in={one.provider for one in offered})}


def _line(row: Row, chosen: Chosen, names: Names, refused: list[str]) -> Line:
    one, offered, zone = row.appointment, row.offered, row.appointment.clinic.timezone
    return Line(
        appointment=one,
        at="" if offered is None else _sent(one, offered),
        after="" if offered is None else _when(one, offered.start, zone),
        who="" if offered is None else names[offered.provider],
        shifted=offered is not None and offered.shift != 0,
        words=[] if offered is None else list(_words(one, offered, zone)),
        options=list(_options(row, names, zone)),
        ticked=offered is not None and (one.pk in chosen.taken or one.pk not in chosen.shown),
        kept=one.pk in chosen.keep,
        pinned=row.pinned,
        lost=row.lost,
        refused=refused,
    )


def _sent(one: Appointment, offered: Offered) -> str:
    named = "-" if offered.resources is None else ",".join(sorted(map(str, offered.resources)))
    return f"{one.version} {offered.start} {offered.provider} {named}"


def _options(row: Row, names: Names, zone: str) -> Iterable[tuple[str, str, bool]]:
    """The first lets the plan decide; then what it could have by itself; then to leave it."""
    yield "", _("Let the plan decide"), not row.pinned
    now = row.offered
    there = list(row.alternatives)
    if now is not None and row.pinned and all((one.start, one.provider) != (now.start, now.provider) for one in there):
        there.insert(0, replace(now, resources=None))
    for one in there:
        mine = row.pinned and now is not None and (one.start, one.provider) == (now.start, now.provider)
        yield f"{one.start} {one.provider}", f"{_when(row.appointment, one.start, zone)}, {names[one.provider]}", mine
    yield STAYS, _("Leave it as it is"), row.pinned and now is None and not row.lost


def _when(one: Appointment, start: int, zone: str) -> str:
    same = local(zone, start)[0] == local(zone, one.start)[0]
    return clock(start, zone) if same else f"{day(start, zone)}, {clock(start, zone)}"


def _words(one: Appointment, offered: Offered, zone: str) -> Iterable[str]:
    """What changes for the patient, and what doesn't."""
    if not offered.another:
        yield _("the same provider") if offered.shift else _("another room or chair")
    elif offered.known:
        yield _("has seen them before")
    if not offered.shift:
        yield _("same time")
        return
    days = (local(zone, offered.start)[0] - local(zone, one.start)[0]) // timedelta(days=1)
    if days:
        said = ngettext("%(count)s day later", "%(count)s days later", days)
        before = ngettext("%(count)s day earlier", "%(count)s days earlier", -days)
        yield (said if days > 0 else before) % {"count": abs(days)}
        return
    said = _("%(time)s later") if offered.shift > 0 else _("%(time)s earlier")
    yield said % {"time": hours(abs(offered.shift))}


def _letter(row: Row, names: Names) -> Notice:
    assert row.offered is not None
    it = about(row.appointment)
    to = row.offered
    return notice(Kind.MOVED, replace(it, start=to.start, end=to.end, provider=names[to.provider]))
