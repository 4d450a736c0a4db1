"""How they may lie in time, and which of the times found was chosen."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orderly.clinics.models import Clinic
from orderly.engine.succession import Order
from orderly.parties.inputs import PartyRequest, PartySearch, Placed, Wanted
from orderly.parties.queries.search import Proposal
from orderly.parties.rules import MOST, MOST_DAYS
from orderly.web.booking.forms import Remembered
from orderly.web.fields import PickedDate
from orderly.web.words import SOURCE

WAITS: Final = (0, 5, 10, 15, 30, 60)
SPANS: Final = ((1, _("That day")), (7, _("A week")), (14, _("Two weeks")), (MOST_DAYS, _("A month")))
ORDERS: Final = (
    (Order.GIVEN.value, _("One after the other, as they stand")),
    (Order.ANY.value, _("One after the other, whoever is first")),
    (Order.AT_ONCE.value, _("All at the same time")),
)


def written(found: Proposal) -> str:
    """A proposal as a form sends it back."""
    return ";".join(
        "|".join(map(str, (step.patient, step.service, step.provider, step.start, *sorted(step.resources))))
        for step in found.steps
    )


class ChosenTimes(forms.Field):
    """What `written` wrote."""

    default_error_messages = {"required": _("Choose one of the times."), "invalid": _("Choose one of the times.")}

    def to_python(self, value: Any) -> tuple[Placed, ...]:
        try:
            return tuple(_placed(text) for text in str(value).split(";")[: MOST + 1]) if value else ()
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"]) from error


def _placed(text: str) -> Placed:
    patient, service, provider, start, *resources = text.split("|")
    if not start.isascii() or not start.isdecimal() or len(start) > 9:
        raise ValueError(start)
    ids = frozenset(map(UUID, resources))
    return Placed(
        patient=UUID(patient), service=UUID(service), provider=UUID(provider), start=int(start), resources=ids
    )


class TermsForm(forms.Form):
    day = PickedDate()
    days = forms.TypedChoiceField(choices=SPANS, coerce=int)
    order = forms.ChoiceField(choices=ORDERS)
    wait = forms.TypedChoiceField(choices=[(one, one) for one in WAITS], coerce=int)

    def search(self, clinic: Clinic, steps: tuple[Wanted, ...]) -> PartySearch:
        data = self.cleaned_data
        last = data["day"] + timedelta(days=data["days"])
        return PartySearch(
            clinic=clinic.pk, steps=steps, first=data["day"], last=last, order=self.arranged(), wait=data["wait"]
        )

    def arranged(self) -> Order:
        return Order(self.cleaned_data["order"])


class PartyForm(TermsForm):
    chosen = ChosenTimes()
    token = Remembered()
    source = forms.ChoiceField(choices=[*SOURCE.items()])
    notes = forms.CharField(required=False, max_length=2000)
    tell = forms.NullBooleanField()

    def request(self, clinic: Clinic) -> PartyRequest:
        data = self.cleaned_data
        return PartyRequest(
            clinic=clinic.pk,
            steps=data["chosen"],
            source=data["source"],
            order=self.arranged(),
            wait=data["wait"],
            notes=data["notes"],
            tell=data["tell"],
        )
