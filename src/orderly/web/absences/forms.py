"""Who is away and how long; and what was chosen of a plan."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from orderly.absences.inputs import DAYS, Rearrangement, Replacement, Spot
from orderly.calendars.inputs import Stretch
from orderly.calendars.models import RuleKind
from orderly.engine.walltime import DAY
from orderly.web.fields import PickedDate, TypedTime, whole
from orderly.web.words import Words

KINDS: Final[Words] = {
    RuleKind.SICK_LEAVE: _("Ill"),
    RuleKind.VACATION: _("On holiday"),
    RuleKind.TRAINING: _("In training"),
    RuleKind.MEETING: _("In a meeting"),
    RuleKind.OTHER: _("Something else"),
}
STAYS: Final = "stays"
AHEAD: Final = (0, 2, 7, DAYS, 30)


class AwayForm(forms.Form):
    """Without times: whole days, and today from now on."""

    provider = forms.UUIDField(error_messages={"required": _("Choose a provider."), "invalid": _("Choose a provider.")})
    kind = forms.ChoiceField(choices=KINDS.items())
    first = PickedDate()
    start = TypedTime(required=False)
    last = PickedDate()
    end = TypedTime(required=False)
    everywhere = forms.BooleanField(required=False)
    note = forms.CharField(required=False, max_length=200)
    token = forms.UUIDField(required=False)

    def stretch(self, today: date, wall: int) -> Stretch:
        """`today` and `wall` are the clinic's day and minute of now."""
        data = self.cleaned_data
        start = data["start"] if data["start"] is not None else wall if data["first"] == today else 0
        end = DAY if data["end"] is None else data["end"]
        return Stretch(first=data["first"], start=start, last=data["last"], end=end)


class Chosen:
    """What a plan's form says: how it was asked for, what is pinned, what is ticked, as it was shown. What can't be
    read counts as not said.
    """

    def __init__(self, sent: QueryDict) -> None:
        self._sent = sent
        self.rule = _uuid(sent.get("rule", ""))
        days = whole(sent.get("days"), most=AHEAD[-1]) if "days" in sent else DAYS
        self.days = days if days in AHEAD else DAYS
        self.tell = sent.get("tell") == "true" if "tell" in sent else None
        self.keep = _uuids(sent.getlist("keep"))
        self.taken = _uuids(sent.getlist("take"))
        self.shown = dict(self._of("at-"))
        """Where each was shown to go."""
        self.pinned = {key: None if value == STAYS else _spot(value) for key, value in self._of("pin-") if value}

    def asked(self, clinic: UUID) -> Rearrangement:
        pinned = {key: spot for key, spot in self.pinned.items() if spot is not None or self._stays(key)}
        return Rearrangement(clinic=clinic, rule=self.rule, days=self.days, keep=self.keep, pinned=pinned)

    def replacements(self) -> list[Replacement]:
        """What was ticked, where it was shown to go."""
        found = ((key, _at(value)) for key, value in self.shown.items() if key in self.taken)
        return [Replacement(appointment=key, **at) for key, at in found if at is not None]

    def _stays(self, key: UUID) -> bool:
        return self._sent.get(f"pin-{key}") == STAYS

    def _of(self, prefix: str) -> Iterator[tuple[UUID, str]]:
        for name in self._sent:
            key = _uuid(name.removeprefix(prefix)) if name.startswith(prefix) else None
            if key is not None:
                yield key, str(self._sent[name])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _uuids(texts: list[str]) -> frozenset[UUID]:
    return frozenset(filter(None, map(_uuid, texts)))


def _spot(text: str) -> Spot | None:
    """`<minute> <provider>`"""
    start, _, rest = text.partition(" ")
    provider = _uuid(rest)
    return None if provider is None else Spot(provider=provider, start=whole(start))


def _at(text: str) -> dict[str, Any] | None:
    """`<version> <minute> <provider> <what it goes with>`; "-" where the move chooses that."""
    parts = text.split(" ")
    provider = _uuid(parts[2]) if len(parts) == 4 else None
    if provider is None:
        return None
    named = None if parts[3] == "-" else _uuids(parts[3].split(","))
    return {"version": whole(parts[0]), "start": whole(parts[1]), "provider": provider, "resources": named}
