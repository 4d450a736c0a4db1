"""Somebody to register."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from orderly.core.errors import Invalid
from orderly.engine.problems import Code, Problem
from orderly.patients.inputs import PatientDetails

NODIRA = PatientDetails(
    first_name="Nodira", last_name="Karimova", birth_date=date(1990, 5, 17), gender="female", mobile="+998901234567"
)


def nodira(**fields: Any) -> PatientDetails:
    """With these fields differing."""
    return replace(NODIRA, **fields)


def missing(field: str) -> Problem:
    return Problem(Code.MISSING, field)


def wrong(field: str, reason: str) -> Problem:
    return Problem(Code.INVALID, field, params=(("reason", reason),))


def problems(action: Callable[[], object]) -> list[Problem]:
    """Everything that was wrong."""
    with pytest.raises(Invalid) as refused:
        action()
    return list(refused.value.problems)
