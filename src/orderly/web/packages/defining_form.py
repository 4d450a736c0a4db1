"""What is typed about a package: its own fields, and a row for each of its services."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderly.core import money
from orderly.packages.actions.define import contents
from orderly.packages.inputs import Sessions
from orderly.packages.models import Package
from orderly.packages.rules import MOST_SERVICES
from orderly.web.answers import Errors, errors_of
from orderly.web.booking.forms import Chosen, Remembered
from orderly.web.packages.forms import typed_amount

SPARE: Final = 3
HERE: Final = "here"
ALL: Final = "all"


class Number(forms.IntegerField):
    """A whole number; how large it may be says the verb."""

    default_error_messages = {"required": _("Write a whole number."), "invalid": _("Write a whole number.")}


class RowForm(forms.Form):
    """So many sessions of a service."""

    service = Chosen(_("Choose a service."))
    sessions = Number()


class PackageForm(forms.Form):
    """The fields beside the rows. `where` is asked only of those who manage packages in all clinics."""

    token = Remembered()
    name = forms.CharField(error_messages={"required": _("Write a name.")})
    price = forms.CharField(max_length=20, error_messages={"required": _("Write an amount.")})
    validity_days = Number()
    where = forms.CharField(required=False)

    def __init__(self, data: QueryDict, *, currency: str) -> None:
        super().__init__(data)
        self.currency = currency
        pairs = zip_longest(data.getlist("service"), data.getlist("sessions"), fillvalue="")
        self.typed = [pair for pair in pairs if any(one.strip() for one in pair)][: MOST_SERVICES + 1]

    def clean_price(self) -> int:
        return typed_amount(self.cleaned_data["price"], self.currency)

    @cached_property
    def rows(self) -> list[RowForm]:
        return [RowForm({"service": service, "sessions": sessions}) for service, sessions in self.typed]

    def services(self) -> tuple[Sessions, ...]:
        return tuple(Sessions(**one.cleaned_data) for one in self.rows)

    def wrong(self) -> Errors:
        """Beside each field what is wrong with it; a row's are under its place, as the verb names them."""
        found = errors_of(self)
        for nth, row in enumerate(self.rows):
            found |= {f"services.{nth}.{name}": texts for name, texts in errors_of(row).items()}
        return found if self.rows else found | {"services": [gettext("Choose a service and say how many sessions.")]}


def spared(rows: Sequence[tuple[str, str]], errors: Errors, *, more: bool = False) -> list[dict[str, Any]]:
    """The rows as the page has them: what was typed with what is wrong with it, and some that are empty."""
    spare = min(MOST_SERVICES - len(rows), SPARE if more or not rows else 1)
    return [
        {
            "service": service,
            "sessions": sessions,
            "service_errors": errors.get(f"services.{nth}.service"),
            "sessions_errors": errors.get(f"services.{nth}.sessions"),
        }
        for nth, (service, sessions) in enumerate([*rows, *[("", "")] * max(spare, 0)])
    ]


def said_of(package: Package) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """A package as somebody would have typed it: its fields, and its rows."""
    fields = {
        "name": package.name,
        "price": money.text(package.price, package.currency),
        "validity_days": str(package.validity_days),
        "where": HERE if package.clinic_id else ALL,
    }
    return fields, _plain(contents(package))


def _plain(services: Iterable[Sessions]) -> list[tuple[str, str]]:
    return [(str(one.service), str(one.sessions)) for one in services]
