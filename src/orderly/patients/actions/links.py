"""One record per person: asking other clinics, and answering them."""

from datetime import datetime
from uuid import UUID

from orderly.core.database import writing
from orderly.core.edits import locked, wrong
from orderly.core.errors import Conflict, NotFound
from orderly.journal.actions import record
from orderly.journal.actor import SYSTEM, Actor
from orderly.patients.actions.register import register_with
from orderly.patients.actions.shared import described, lock_patients
from orderly.patients.facts import (
    ExistenceTold,
    LinkAnswered,
    LinkAsked,
    LinkDecided,
    LinkRequested,
)
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import LinkRequest, LinkStatus
from orderly.patients.queries import asked_of, elsewhere


def tell_elsewhere(details: PatientDetails, *, clinic: UUID, actor: Actor, now: datetime) -> bool:
    """Whether the person described has a record that only other clinics know (see `queries.elsewhere`). A yes is
    written into the journal of the clinic that asks, so that curiosity shows. Errors: Invalid.
    """
    values = described(details, clinic, now)
    found = elsewhere(values, clinic=clinic, actor=actor) is not None
    if found:
        with writing():
            record(ExistenceTold(subject=clinic, clinic=clinic), actor=actor, now=now)
    return found


def request_link(details: PatientDetails, *, clinic: UUID, actor: Actor, now: datetime) -> LinkRequest:
    """Ask the clinics that know the person described to let `clinic` know them too. A request that is open already is
    the answer again.

    Errors: NotFound where nobody elsewhere is beyond doubt that person; NotFound, Forbidden (`patients:edit`); Invalid.
    """
    actor.require("patients:edit", clinic)
    values = described(details, clinic, now)
    found = elsewhere(values, clinic=clinic, actor=SYSTEM)  # who may look there may ask as well
    if found is None:
        raise NotFound
    with writing():
        made, new = LinkRequest.objects.get_or_create(
            clinic_id=clinic,
            patient=found,
            status=LinkStatus.OPEN,
            defaults={
                "name": f"{values['first_name']} {values['last_name']}",
                "birth_date": values["birth_date"],
                "created_at": now,
                "created_by_id": actor.user,
            },
        )
        if new:
            record(LinkRequested(subject=made.pk, clinic=clinic), actor=actor, now=now)
            ids = {"request": str(made.pk), "by": str(clinic)}
            for other in found.registrations.order_by("clinic").values_list("clinic", flat=True):
                record(LinkAsked(subject=found.pk, clinic=other, ids=ids), actor=SYSTEM, now=now)
    return made


def decide_link(request: UUID, approve: bool, *, clinic: UUID, actor: Actor, now: datetime) -> LinkRequest:
    """Answer for `clinic`, which knows the patient: approved, the asking clinic knows them from now on. Each clinic's
    journal says what it did itself; who did it in the other, and from where, stays there.

    Errors: NotFound, Forbidden (`patients:edit`); Conflict where it has been answered.
    """
    actor.require("patients:edit", clinic)
    with writing():
        lock_patients(*asked_of(clinic).filter(pk=request).values_list("patient", flat=True))
        found = locked(asked_of(clinic), request)
        if found.status != LinkStatus.OPEN:
            raise Conflict(wrong("request", "decided"))
        found.status = LinkStatus.APPROVED if approve else LinkStatus.DECLINED
        found.decided_at, found.decided_by_id = now, actor.user
        found.save(update_fields=["status", "decided_at", "decided_by"])
        changes = {"status": (LinkStatus.OPEN.value, str(found.status))}
        ids = {"request": str(request), "by": str(found.clinic_id)}
        record(LinkDecided(subject=found.patient_id, clinic=clinic, ids=ids, changes=changes), actor=actor, now=now)
        record(LinkAnswered(subject=request, clinic=found.clinic_id, changes=changes), actor=SYSTEM, now=now)
        if approve:
            register_with(found.patient_id, found.clinic_id, actor=SYSTEM, now=now)
    return found
