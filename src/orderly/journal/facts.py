"""The shape of a fact. Each app names its own in `facts.py`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened: to `subject`, in `clinic` (None: the organisation); `changes` maps fields to (old,
    new).

    It carries ids and values of the business, never a person's name or words; those go into `note` and `words` (also
    fields, each with (old, new)), which can be erased.
    """

    subject: UUID
    clinic: UUID | None = None
    ids: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    words: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRetried(Fact):
    """A reaction that had been given up is to be tried again; `ids` names it and the entry it is owed to."""


def kind(fact: type[Fact]) -> str:
    """`AppointmentBooked` → `appointment_booked`: the name it is kept and sent out under."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", fact.__name__).lower()
