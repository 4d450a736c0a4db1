"""What of the appointments is asked for. Addresses hold days, codes and ids; words are sent in the body alone."""

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orderly.appointments.queries.filters import Filters, When, days_of
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.text import is_clean
from orderly.resources.models import Provider
from orderly.web.dates import written_days
from orderly.web.fields import TypedDays
from orderly.web.lists.words import VISIT_STATUS, WHEN
from orderly.web.words import SOURCE, STATUS

SORTS: Final = {
    "-start": ("-start", "-id"),
    "start": ("start", "id"),
    "-booked": ("-created_at", "-id"),
    "booked": ("created_at", "id"),
}
LIST, STATISTICS = "list", "statistics"
MANY: Final = ("status", "source", "visit_status")
TICKS: Final = ("arrived", "owed")
DAY: Final = timedelta(days=1)


class ListForm(forms.Form):
    """`owed` is only there for those who may see payments."""

    q = forms.CharField(max_length=100, required=False)
    days = TypedDays(max_length=60, required=False)
    when = forms.ChoiceField(choices=[*WHEN.items()], required=False)
    status = forms.MultipleChoiceField(choices=[*STATUS.items()], required=False)
    provider = forms.ModelChoiceField(Provider.objects.none(), required=False)
    service = forms.ModelChoiceField(Service.objects.none(), required=False)
    source = forms.MultipleChoiceField(choices=[*SOURCE.items()], required=False)
    visit_status = forms.MultipleChoiceField(choices=[*VISIT_STATUS.items()], required=False)
    arrived = forms.BooleanField(required=False)
    owed = forms.BooleanField(required=False)
    sort = forms.ChoiceField(choices=[(one, one) for one in SORTS], required=False)
    show = forms.ChoiceField(choices=[(one, one) for one in (LIST, STATISTICS)], required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)

    def __init__(self, asked: Any, *, clinic: Clinic, today: date, sees_payments: bool) -> None:
        super().__init__(asked)
        self.clinic, self.today = clinic, today
        fields: Any = self.fields
        fields["provider"].queryset = Provider.objects.filter(clinics=clinic)
        fields["service"].queryset = Service.objects.filter(clinics=clinic).order_by("name", "id")
        if not sees_payments:
            del fields["owed"]

    def clean_q(self) -> str:
        text: str = self.cleaned_data["q"]
        if not is_clean(text):
            raise ValidationError(_("Hidden characters aren't allowed."))
        return text

    def chosen(self) -> tuple[date, date] | None:
        """The first and the last day asked for."""
        given = self.cleaned_data
        if given["when"]:
            first, last = days_of(When(given["when"]), self.today, self.clinic.country)
            return first, last - DAY
        found: tuple[date, date] | None = given["days"]
        return found

    def days_text(self) -> str:
        """As one would type them; nothing for days without an end."""
        days = self.chosen()
        return written_days(*days) if days and self.cleaned_data["when"] != When.UPCOMING else ""

    def filters(self) -> Filters:
        given, days = self.cleaned_data, self.chosen()
        return Filters(
            first=days and days[0],
            last=days and days[1] + DAY,
            provider=given["provider"] and given["provider"].pk,
            service=given["service"] and given["service"].pk,
            status=given["status"],
            source=given["source"],
            visit_status=given["visit_status"],
            arrived=given["arrived"],
            owed=given.get("owed", False),
            words=given["q"],
        )

    @property
    def order(self) -> str:
        return self.cleaned_data["sort"] or "-start"

    def address(self) -> str:
        """All but the words, as the part of an address after the question mark."""
        return query_of(self._applied())

    def hidden(self) -> list[tuple[str, Any]]:
        """The same as fields of another form."""
        many = {name: value if isinstance(value, list) else [value] for name, value in self._applied().items()}
        return [(name, value) for name, values in many.items() for value in values if value]

    def _applied(self) -> dict[str, Any]:
        given = self.cleaned_data
        more = {
            "sort": "" if self.order == "-start" else self.order,
            "show": given["show"] if given["show"] == STATISTICS else "",
            "page": given["page"] if (given["page"] or 1) > 1 else "",
        }
        return {**self.given(), **more}

    def given(self) -> dict[str, Any]:
        """What narrows the list, by field; without the words."""
        given, found = self.cleaned_data, {}
        if given["when"]:
            found["when"] = given["when"]
        elif given["days"]:
            found["days"] = "..".join(day.isoformat() for day in dict.fromkeys(given["days"]))
        found |= {name: str(given[name].pk) for name in ("provider", "service") if given[name]}
        found |= {name: given[name] for name in MANY if given[name]}
        return found | {name: "on" for name in TICKS if given.get(name)}


def query_of(given: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in given.items() if value not in ("", [], None)}, doseq=True)
