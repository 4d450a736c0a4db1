"""Making two records of one person one, and taking them apart again."""

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field, StrictInt

from orderly.api.operations import writes
from orderly.api.patient_shapes import PatientOut, seen, shown
from orderly.api.patient_standing import router
from orderly.api.schemas import In, Nothing, Out
from orderly.api.types import Id
from orderly.dossier.actions.apart import compare_again, tell_apart
from orderly.dossier.actions.merge import CHOOSABLE, merge
from orderly.dossier.actions.unmerge import unmerge
from orderly.edge.actors import actor_of, now_of
from orderly.edge.readlog import looked
from orderly.edge.versions import expected_version

MERGE = "patients:merge"
Version = Annotated[StrictInt, Field(ge=1, le=2**31 - 1)]


class MergeIn(In):
    other: Id = Field(description="the record that becomes part of this one; its id answers 404 from then on")
    choices: dict[str, Literal["own", "other"]] = Field(
        default_factory=dict,
        max_length=len(CHOOSABLE),
        description="whose value survives, by field: of one that isn't named one's own, unless there is none. "
        f"Fields: {', '.join(CHOOSABLE)}",
    )
    other_version: Version | None = Field(None, description="of the other record as it was read; `If-Match` is of this")


@writes(router, "POST", "patients/{uuid:patient}/merge", needs=MERGE, versioned=True)
def merge_patients(request: HttpRequest, patient: UUID, body: MergeIn) -> PatientOut:
    """Make another record of the same person part of this one. All that hangs on the other hangs on this one from now
    on: appointments with their visits and payments, held and booked time, clinics, requests, family and wards. Refused
    where both are booked at one time.
    """
    actor, version = actor_of(request), expected_version(request)
    found = merge(
        patient,
        body.other,
        body.choices,
        actor=actor,
        now=now_of(request),
        keep_version=version,
        drop_version=body.other_version,
    )
    return shown(found, actor)


class ApartIn(In):
    other: Id = Field(description="the record that is alike")


class ApartOut(Out):
    patient: UUID
    other: UUID
    apart: bool


@writes(router, "POST", "patients/{uuid:patient}/tell-apart", needs=MERGE)
def tell_patients_apart(request: HttpRequest, patient: UUID, body: ApartIn) -> ApartOut:
    """Say that another record, though it is like this one, is somebody else's: twins, for example. The two are
    suggested as duplicates of each other no more.
    """
    tell_apart(patient, body.other, actor=actor_of(request), now=now_of(request))
    looked(request, "duplicates", among=[patient, body.other])
    return ApartOut(patient=patient, other=body.other, apart=True)


@writes(router, "POST", "patients/{uuid:patient}/compare-again", needs=MERGE)
def compare_patients_again(request: HttpRequest, patient: UUID, body: ApartIn) -> ApartOut:
    """Take back that the two were told apart: they may be one person after all."""
    compare_again(patient, body.other, actor=actor_of(request), now=now_of(request))
    looked(request, "duplicates", among=[patient, body.other])
    return ApartOut(patient=patient, other=body.other, apart=False)


@writes(router, "POST", "patients/{uuid:patient}/unmerge", needs=MERGE, versioned=True)
def unmerge_patients(request: HttpRequest, patient: UUID, body: Nothing | None = None) -> PatientOut:
    """Undo the last merge into this record, and keep what has changed since. Answers this record; the other is there
    again under its own id.
    """
    actor, version = actor_of(request), expected_version(request)
    unmerge(patient, actor=actor, now=now_of(request), version=version)
    return shown(seen(actor, patient), actor)
