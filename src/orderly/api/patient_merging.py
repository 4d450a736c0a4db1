"""Making two records of one person one, and taking them apart again."""

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field, StrictInt

from orderly.api.operations import writes
from orderly.api.patient_shapes import PatientOut, seen, shown
from orderly.api.patient_standing import router
from orderly.api.schemas import In, Nothing
from orderly.api.types import Id
from orderly.dossier.actions.merge import CHOOSABLE, merge
from orderly.dossier.actions.unmerge import unmerge
from orderly.edge.actors import actor_of, now_of
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


@writes(router, "POST", "patients/{uuid:patient}/unmerge", needs=MERGE, versioned=True)
def unmerge_patients(request: HttpRequest, patient: UUID, body: Nothing | None = None) -> PatientOut:
    """Undo the last merge into this record, and keep what has changed since. Answers this record; the other is there
    again under its own id.
    """
    actor, version = actor_of(request), expected_version(request)
    unmerge(patient, actor=actor, now=now_of(request), version=version)
    return shown(seen(actor, patient), actor)
