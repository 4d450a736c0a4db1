"""What the set-up operations have in common."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StrictStr,
    ValidationInfo,
    WithJsonSchema,
    WrapValidator,
    field_validator,
)

from orderly.api.paging import Paged
from orderly.api.schemas import In, MoneyIn, Out
from orderly.api.types import DAY, Id, Time, WallClock, minute_of, wrong
from orderly.calendars.inputs import Stretch
from orderly.calendars.models import Rule
from orderly.clinics.models import Clinic
from orderly.core import money
from orderly.core.errors import Forbidden, NotFound, invalid, missing
from orderly.edge.actors import actor_of
from orderly.edge.scope import clinic_for
from orderly.engine.walltime import DAY as A_DAY
from orderly.engine.walltime import local, rfc3339, to_minute
from orderly.journal.actor import Actor

VIEW, MANAGE, SCHEDULE = "booking:view_calendar", "settings:manage", "schedule:manage"
MIDNIGHT = "24:00"
ModelT = TypeVar("ModelT", bound=Model)

# Lengths and ranges are the domain's to judge.
Whole = StrictInt
Word = StrictStr


def _end_clock(value: Any, handler: Any) -> int:
    return A_DAY if value == MIDNIGHT else int(handler(value))


def _midnight(value: Any) -> Any:
    return f"{value}T00:00" if isinstance(value, str) and DAY.fullmatch(value) else value


EndClock = Annotated[
    WallClock, WrapValidator(_end_clock), WithJsonSchema({"type": "string", "description": "HH:MM; 24:00 too"})
]
Moment = Annotated[
    Time,
    BeforeValidator(_midnight),
    WithJsonSchema({"type": "string", "description": "a time, or a date for its first minute"}),
]


def _flag(value: Any) -> bool:
    if value not in ("true", "false"):
        raise wrong("boolean")
    return bool(value == "true")


Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]


class Given(In):
    """Something to be changed: what isn't given stays as it is. Null is refused, but for `NULLABLE` fields."""

    NULLABLE: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*", mode="before")
    @classmethod
    def _said(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and info.field_name not in cls.NULLABLE:
            raise wrong("null")
        return value

    def given(self) -> dict[str, Any]:
        """What was given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Aliased(Out):
    """With a name that Python keeps for itself."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)


class ClinicQuery(Paged):
    clinic: Id | None = Field(None, description="default: every clinic of one's own")


class ActiveQuery(ClinicQuery):
    active: Flag | None = Field(None, description="default: both")


class Stranded(Out):
    """`stranded` are upcoming appointments that don't fit any more, the earliest first."""

    stranded: list[UUID]


def viewer(request: HttpRequest, clinic: UUID | None = None) -> Actor:
    """The actor, narrowed to the clinics where they may look: the one named, or all of those. What they may not look
    at there is for them as if it weren't there.
    """
    actor = actor_of(request)
    if clinic is not None:
        clinic_for(actor, VIEW, clinic)
        held = actor.everywhere | actor.rights.get(clinic, frozenset())
        return replace(actor, rights={clinic: held}, everywhere=frozenset())
    if not actor.may_anywhere(VIEW):
        raise Forbidden(VIEW)
    return replace(actor, rights={clinic: held for clinic, held in actor.rights.items() if VIEW in held})


def one_of(rows: QuerySet[ModelT], pk: UUID) -> ModelT:
    """Raises NotFound."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def take_clinics(values: dict[str, Any], named: UUID | None) -> list[UUID]:
    """The clinics a new thing is to be in, by whichever of `clinics`, `clinic` and `?clinic=` was said."""
    one = values.pop("clinic", named)
    clinics: list[UUID] = values.pop("clinics", [one] if one else [])
    if not clinics:
        raise missing("clinics")
    return clinics


def currency_in(clinics: Iterable[UUID], actor: Actor) -> str:
    """The currency that amounts about something in these clinics are in; that it is one is the domain's to check."""
    found = Clinic.objects.visible_to(actor).filter(pk__in=clinics).values_list("currency", flat=True).first()
    if found is None:
        raise NotFound("clinics")
    return found


def minor(field: str, amount: MoneyIn, currency: str) -> int:
    """In minor units. Raises Invalid for another currency, or too many decimal places."""
    try:
        if amount.currency != currency:
            raise ValueError
        return money.parse(amount.amount, currency)
    except ValueError as error:
        raise invalid(field, "money") from error


def clock(minute: int) -> str:
    """`09:30`; the end of the day is `24:00`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def stretch(zone: str, start: datetime, end: datetime) -> Stretch:
    """From one time to another, on the clinic's wall."""
    (first, from_minute), (last, to) = local(zone, minute_of(zone, start)), local(zone, minute_of(zone, end))
    return Stretch(first=first, start=from_minute, last=last, end=to)


def ends(zone: str, rule: Rule) -> tuple[str, str]:
    """Start and end of a rule that says something once."""
    assert rule.first is not None
    assert rule.last is not None
    return rfc3339(zone, to_minute(zone, rule.first, rule.start)), rfc3339(zone, to_minute(zone, rule.last, rule.end))
