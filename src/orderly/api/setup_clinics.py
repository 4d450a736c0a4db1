"""Set-up: clinics, their rules and their logo."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from orderly.api.operations import reads, writes
from orderly.api.paging import Paged, piece
from orderly.api.schemas import Money, MoneyIn, Out, Page
from orderly.api.setup_shared import MANAGE, VIEW, Given, Stranded, Whole, Word, clock, minor, one_of, viewer
from orderly.api.types import WallClock, Yes
from orderly.appointments.actions.set_up import change_clinic
from orderly.appointments.queries.stranded import by_hours
from orderly.catalogue.actions.clinics import open_clinic
from orderly.clinics.actions import set_logo as keep_logo
from orderly.clinics.inputs import ClinicDetails
from orderly.clinics.models import Clinic, FeeKind
from orderly.clinics.rules import image_type
from orderly.core.errors import NotFound, invalid
from orderly.edge.actors import actor_of, now_of
from orderly.edge.versions import expected_version
from orderly.resources.queries import resources_of

router = Router(tags=["set-up"])
ONE = "clinics/{uuid:clinic}"


class ClinicChange(Given):
    """`check_in` and `check_out` are the hours of stays. `late_fee` goes with the kind fixed, `late_fee_percent` with
    percent.
    """

    name: Word | None = None
    address: Word | None = None
    phone: Word | None = None
    email: Word | None = None
    document_footer: Word | None = None
    country: Word | None = None
    timezone: Word | None = None
    currency: Word | None = None
    languages: list[Word] | None = None
    slot_minutes: Whole | None = None
    hold_minutes: Whole | None = None
    check_in: WallClock | None = None
    check_out: WallClock | None = None
    free_cancel_hours: Whole | None = None
    late_fee_kind: FeeKind | None = None
    late_fee: MoneyIn | None = None
    late_fee_percent: Whole | None = None
    no_show_fee: MoneyIn | None = None
    no_show_uses_session: Yes | None = None
    late_cancel_uses_session: Yes | None = None
    package_from_first_instalment: Yes | None = None
    self_service_hours: Whole | None = None
    online_confirms: Yes | None = None
    waiting_long_minutes: Whole | None = None
    waiting_too_long_minutes: Whole | None = None
    check_in_requires: list[Word] | None = None
    patient_requires: list[Word] | None = None


class ClinicIn(ClinicChange):
    name: Word
    timezone: Word
    currency: Word


class ClinicOut(Out):
    id: UUID
    name: str
    address: str
    phone: str
    email: str
    document_footer: str
    country: str
    timezone: str
    currency: str
    languages: list[str]
    slot_minutes: int
    hold_minutes: int
    check_in: str
    check_out: str
    free_cancel_hours: int
    late_fee_kind: str
    late_fee: Money | None
    late_fee_percent: int | None
    no_show_fee: Money
    no_show_uses_session: bool
    late_cancel_uses_session: bool
    package_from_first_instalment: bool
    self_service_hours: int
    online_confirms: bool
    waiting_long_minutes: int
    waiting_too_long_minutes: int
    check_in_requires: list[str]
    patient_requires: list[str]
    version: int


class ClinicChanged(ClinicOut, Stranded):
    """`stranded` can only hold something after a change of the time zone."""


_OTHERWISE = {"id", "check_in", "check_out", "late_fee", "late_fee_percent", "no_show_fee"}
SAME = tuple(name for name in ClinicOut.model_fields if name not in _OTHERWISE)


@reads(router, "clinics", needs=VIEW)
def list_clinics(request: HttpRequest, paged: Query[Paged]) -> Page[ClinicOut]:
    """My clinics by name."""
    rows = Clinic.objects.visible_to(viewer(request)).defer("logo")
    found, rest = piece(rows, ("name", "id"), paged, name="clinics")
    return Page[ClinicOut](items=[ClinicOut(**_shown(one)) for one in found], next=rest)


@reads(router, ONE, needs=VIEW)
def get_clinic(request: HttpRequest, clinic: UUID) -> ClinicOut:
    """One clinic."""
    return ClinicOut(**_shown(_seen(request, clinic)))


@writes(router, "POST", "clinics", needs=MANAGE, status=201)
def create_clinic(request: HttpRequest, body: ClinicIn) -> ClinicOut:
    """Open a clinic, for those who manage the whole organisation. It has its general service from the start."""
    clinic = open_clinic(_details(body, None), actor=actor_of(request), now=now_of(request))
    return ClinicOut(**_shown(clinic))


@writes(router, "PATCH", ONE, needs=MANAGE, versioned=True)
def edit_clinic(request: HttpRequest, clinic: UUID, body: ClinicChange) -> ClinicChanged:
    """Change what is said of a clinic.

    Hours are wall time, so another time zone moves them, but not what is booked: the answer lists what is stranded.
    """
    actor, now = actor_of(request), now_of(request)
    before = one_of(Clinic.objects.visible_to(actor).defer("logo"), clinic)
    changed = change_clinic(clinic, _details(body, before), actor=actor, now=now, version=expected_version(request))
    moved = changed.timezone != before.timezone
    stranded = by_hours(changed, resources_of(clinic), actor=actor, now=now) if moved else []
    return ClinicChanged(**_shown(changed), stranded=stranded)


@writes(router, "PUT", f"{ONE}/logo", needs=MANAGE, versioned=True)
def set_logo(request: HttpRequest, clinic: UUID) -> ClinicOut:
    """Keep a logo: the body is a PNG or JPEG of at most 512 KB, whatever Content-Type says of it."""
    if not request.body:
        raise invalid("logo", "image")
    return _with_logo(request, clinic, request.body)


@writes(router, "DELETE", f"{ONE}/logo", needs=MANAGE, versioned=True)
def remove_logo(request: HttpRequest, clinic: UUID) -> ClinicOut:
    """Do without a logo."""
    return _with_logo(request, clinic, b"")


@reads(router, f"{ONE}/logo", needs=VIEW, answers="image/*")
def get_logo(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The logo, as it was put there."""
    image = bytes(_seen(request, clinic).logo)
    if not image:
        raise NotFound
    return HttpResponse(image, content_type=image_type(image))


def _with_logo(request: HttpRequest, clinic: UUID, image: bytes) -> ClinicOut:
    version = expected_version(request)
    changed = keep_logo(clinic, image, actor=actor_of(request), now=now_of(request), version=version)
    return ClinicOut(**_shown(changed))


def _seen(request: HttpRequest, clinic: UUID) -> Clinic:
    actor = actor_of(request)
    found = one_of(Clinic.objects.visible_to(actor), clinic)
    actor.require(VIEW, clinic)
    return found


def _details(body: ClinicChange, before: Clinic | None) -> ClinicDetails:
    """As the domain has it: hours of the day in minutes, amounts in minor units of the clinic's currency."""
    values = body.given()
    for name in ("check_in", "check_out"):
        if name in values:
            values[f"{name}_minute"] = values.pop(name)
    currency = values.get("currency") or (before.currency if before else "")
    if "no_show_fee" in values:
        values["no_show_fee"] = minor("no_show_fee", values["no_show_fee"], currency)
    kind = values.get("late_fee_kind") or (before.late_fee_kind if before else FeeKind.NONE)
    return ClinicDetails(**values | _late_fee(values, kind, currency))


def _late_fee(values: dict[str, Any], kind: str, currency: str) -> dict[str, int]:
    """The fee in the unit of its kind, whichever way it was said."""
    fixed, percent = values.pop("late_fee", None), values.pop("late_fee_percent", None)
    if fixed is not None and kind != FeeKind.FIXED:
        raise invalid("late_fee", "kind")
    if percent is not None and kind != FeeKind.PERCENT:
        raise invalid("late_fee_percent", "kind")
    if fixed is not None:
        return {"late_fee": minor("late_fee", fixed, currency)}
    return {} if percent is None else {"late_fee": percent}


def _shown(clinic: Clinic) -> dict[str, Any]:
    fee, kind = clinic.late_fee, clinic.late_fee_kind
    return {
        **{name: getattr(clinic, name) for name in SAME},
        "id": clinic.pk,
        "check_in": clock(clinic.check_in_minute),
        "check_out": clock(clinic.check_out_minute),
        "late_fee": Money.of(fee, clinic.currency) if kind == FeeKind.FIXED else None,
        "late_fee_percent": fee if kind == FeeKind.PERCENT else None,
        "no_show_fee": Money.of(clinic.no_show_fee, clinic.currency),
    }
