"""What patients can be filtered by, wherever there is a list of them."""

from dataclasses import fields
from typing import Annotated

from pydantic import BeforeValidator, Field

from orderly.api.schemas import In
from orderly.api.types import Day, Id, Text, split
from orderly.clinics.models import Clinic
from orderly.core.errors import Forbidden, invalid
from orderly.dossier.inputs import PatientFilter, Standing
from orderly.edge.scope import clinic_for
from orderly.journal.actor import Actor
from orderly.patients.models import Gender

VIEW = "patients:view"
Age = Annotated[int, Field(ge=0, le=150)]
Place = Annotated[str, Text(100)]
NAMES = tuple(field.name for field in fields(PatientFilter) if field.name != "words")


class KeptPatientFilters(In):
    """Those that can be kept: nothing here names a patient."""

    clinic: Id | None = Field(None, description="default: every clinic of one's own")
    gender: Annotated[list[Gender], BeforeValidator(split)] = []
    age_from: Age | None = Field(None, description="full years")
    age_to: Age | None = Field(None, description="full years, included")
    region: Place = ""
    district: Place = ""
    registered_from: Day | None = Field(None, description="the clinic's day; where none is named, in UTC")
    registered_to: Day | None = Field(None, description="not included")
    visited_from: Day | None = Field(None, description="of the last visit there")
    visited_to: Day | None = Field(None, description="not included")
    booked: bool | None = Field(None, description="whether they have an appointment there that isn't over")
    standing: Standing = Field(Standing.ACTIVE, description="inactive ones aren't offered for new bookings")


class PatientFilters(KeptPatientFilters):
    q: Annotated[str, Text(100)] = Field(
        "", description="beginnings of names, of the e-mail address or document, or digits of a telephone number"
    )

    def asked(self) -> PatientFilter:
        """As a value. Errors: Invalid where a range ends before it begins."""
        given = {name: getattr(self, name) for name in NAMES}
        if self.age_from is not None and self.age_to is not None and self.age_to < self.age_from:
            raise invalid("age_to", "before_from")
        for name in ("registered", "visited"):
            first, last = given[f"{name}_from"], given[f"{name}_to"]
            if first and last and last <= first:
                raise invalid(f"{name}_to", "before_from")
        return PatientFilter(**{**given, "gender": tuple(self.gender), "words": self.q})


def place_of(asked: KeptPatientFilters, actor: Actor) -> Clinic | None:
    """The clinic that is named, where the actor may look at patients. Errors: NotFound, Forbidden."""
    if asked.clinic is not None:
        return clinic_for(actor, VIEW, asked.clinic)
    if not actor.may_anywhere(VIEW):
        raise Forbidden(VIEW)
    return None
