"""Standing patients down, and taking them back."""

from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from orderly.api.operations import writes
from orderly.api.patient_shapes import EDIT, PatientOut, shown
from orderly.api.patients import router
from orderly.api.schemas import In, Nothing
from orderly.api.types import Yes
from orderly.dossier.actions.standing import stand_down, take_back
from orderly.edge.actors import actor_of, now_of
from orderly.edge.readlog import looked
from orderly.edge.versions import expected_version


class StandDownIn(In):
    confirm: Yes = Field(False, description="the bookings that stand have been looked at, and stay")


@writes(router, "POST", "patients/{uuid:patient}/deactivate", needs=EDIT, versioned=True)
def deactivate_patient(request: HttpRequest, patient: UUID, body: StandDownIn | None = None) -> PatientOut:
    """Not offered for new bookings from now on. Refused while there are bookings to come (`GET appointments?patient=`),
    unless it is confirmed.
    """
    actor, version = actor_of(request), expected_version(request)
    found = stand_down(patient, confirm=bool(body and body.confirm), actor=actor, now=now_of(request), version=version)
    return shown(found, actor)


@writes(router, "POST", "patients/{uuid:patient}/reactivate", needs=EDIT, versioned=True)
def reactivate_patient(request: HttpRequest, patient: UUID, body: Nothing | None = None) -> PatientOut:
    """Offered for new bookings again."""
    actor, version = actor_of(request), expected_version(request)
    found = take_back(patient, actor=actor, now=now_of(request), version=version)
    looked(request, "patient", found.pk)  # nothing is written of one who was active already
    return shown(found, actor)
