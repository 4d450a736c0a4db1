"""What the scheduling page is sent: how to plan, and the plan as it stands on the page."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from orderly.clinics.models import Clinic
from orderly.engine.itinerary import Wish
from orderly.packages.inputs import Planned, PlanRequest
from orderly.packages.rules import LONGEST_GAP, MOST_A_WEEK
from orderly.resources.models import Provider
from orderly.web.answers import Errors, errors_of
from orderly.web.dates import picked
from orderly.web.fields import PickedDate, TypedTime, whole

WISHES: Final = {
    Wish.SOONEST: _("Soonest"),
    Wish.SAME_HANDS: _("Same provider"),
    Wish.FEWEST_TRIPS: _("Fewest trips"),
    Wish.PREFERRED_TIMES: _("Closest to the time"),
}


def providers(clinic: Clinic) -> QuerySet[Provider]:
    """Who can be asked for."""
    return Provider.objects.filter(clinics=clinic, resource__active=True).order_by("name", "id")


class PlanForm(forms.Form):
    """Named as in the API. Rows of the plan are `at_<number>`, the provider of one `provider_<number>`."""

    start = PickedDate(label=_("From"))
    end = PickedDate(label=_("Until"), required=False)
    preferred_weekdays = forms.TypedMultipleChoiceField(
        choices=[(str(nth), nth) for nth in range(7)], coerce=int, label=_("Weekdays"), required=False
    )
    preferred_time = TypedTime(label=_("Time of day"), required=False)
    min_gap_days = forms.IntegerField(label=_("Days between"), min_value=0, max_value=LONGEST_GAP)
    max_per_week = forms.IntegerField(label=_("At most a week"), required=False, min_value=1, max_value=MOST_A_WEEK)
    provider = forms.ModelChoiceField(Provider.objects.none(), label=_("Provider for all"), required=False)
    wish = forms.TypedChoiceField(
        choices=[(one, one) for one in Wish], coerce=Wish, required=False, empty_value=Wish.SOONEST
    )

    tell = forms.NullBooleanField()

    def __init__(self, data: QueryDict, clinic: Clinic) -> None:
        super().__init__(data)
        self._sent, self._clinic = data, clinic
        who: Any = self.fields["provider"]
        who.queryset = providers(clinic)

    def request(self, numbers: Iterable[int]) -> PlanRequest:
        """What is asked for, of a form without faults. What was said of sessions booked meanwhile doesn't count."""
        said, left = self.cleaned_data, set(numbers)
        rows = {one.number: one for one in planned(self._sent) if one.number in left}
        pins = {whole(text) for text in self._sent.getlist("pin")}
        chosen = {number: _uuid(self._sent.get(f"provider_{number}")) for number in left}
        return PlanRequest(
            start=said["start"],
            clinic=self._clinic.pk,
            end=said["end"],
            weekdays=frozenset(said["preferred_weekdays"]) or None,
            preferred=said["preferred_time"],
            gap=said["min_gap_days"],
            per_week=said["max_per_week"],
            provider=said["provider"] and said["provider"].pk,
            providers={number: who for number, who in chosen.items() if who is not None},
            pinned=tuple(one for number, one in rows.items() if number in pins),
            kept=tuple(rows.values()) if "again" in self._sent else (),
        )


def named(form: PlanForm) -> Errors:
    """What is wrong with it, each sentence with the name of its field."""
    return {name: [f"{form[name].label}: {text}" for text in texts] for name, texts in errors_of(form).items()}


def planned(sent: QueryDict) -> list[Planned]:
    """The rows of the plan that the page shows; what can't be read isn't one."""
    return [found for name in sent if name.startswith("at_") and (found := _row(name[3:], sent.get(name, "")))]


def _row(number: str, text: str) -> Planned | None:
    start, _space, provider = text.partition(" ")
    who = _uuid(provider)
    return None if who is None or not whole(number) else Planned(number=whole(number), start=whole(start), provider=who)


def moved(sent: QueryDict) -> tuple[int, str, int] | None:
    """The session that somebody has just moved, and the day and the minute of day they moved it to."""
    number, _space, wall = sent.get("moved", "").partition(" ")
    day, _t, clock = wall.partition("T")
    try:
        minutes, found = TypedTime().to_python(clock), picked(day)
    except (forms.ValidationError, ValueError):
        return None
    return None if minutes is None or not whole(number) else (whole(number), found.isoformat(), minutes)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
