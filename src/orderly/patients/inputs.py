"""A patient as typed in, where None means: not given; and an item of a list."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from orderly.core.edits import UNSET, Details, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDetails:
    """Everything that can be said of a patient; only what isn't None is written."""

    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    birth_date: date | None = None
    gender: str | None = None
    mobile: str | None = None
    home_phone: str | None = None
    email: str | None = None
    address: str | None = None
    country: str | None = None
    region: str | None = None
    district: str | None = None
    document_type: str | None = None
    document_number: str | None = None
    tax_id: str | None = None
    gestation_weeks: int | None = None
    gestation_noted_on: date | None = None
    language: str | None = None
    emergency_name: str | None = None
    emergency_phone: str | None = None
    guardian: UUID | None = None
    extra: Mapping[str, Any] | None = None

    def given(self) -> dict[str, Any]:
        """The fields that were given, by name."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDetails(Details):
    """What may be said of an item of a list; `position` counts from 0 among those of its list."""

    name: str | Unset = UNSET
    active: bool | Unset = UNSET
    position: int | Unset = UNSET
