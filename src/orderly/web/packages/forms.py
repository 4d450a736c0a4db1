"""What is typed about money."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from orderly.core import money
from orderly.core.text import latin_digits
from orderly.packages.inputs import Sum
from orderly.web.answers import Errors
from orderly.web.booking.forms import Chosen
from orderly.web.fields import PickedDate, Remembered
from orderly.web.words import METHOD

LONGEST_REASON: Final = 200
BESIDE: Final = ("package", "amount", "reason", "until", "visits")  # what is wrong with these is said beside them
POINTS: Final = str.maketrans(",٫", "..")


def others(errors: Errors | None) -> list[list[str]]:
    """What is wrong with no field that is shown."""
    return [texts for field, texts in (errors or {}).items() if field not in BESIDE]


def typed_amount(text: str, currency: str) -> int:
    """Minor units of what was typed, in any digits, with a point or a comma. Raises ValidationError."""
    try:
        amount = money.parse(latin_digits(text).strip().translate(POINTS), currency)
    except ValueError:
        amount = -1
    if amount < 0:
        raise forms.ValidationError(_("Write an amount such as 12.50."))
    return amount


class MoneyForm(forms.Form):
    """An amount in the clinic's currency, and how it is paid."""

    token = Remembered()
    amount = forms.CharField(max_length=20, error_messages={"required": _("Write an amount.")})
    method = forms.ChoiceField(choices=list(METHOD.items()))

    def __init__(self, data: Any, *, currency: str) -> None:
        super().__init__(data)
        self.currency = currency

    def clean_amount(self) -> int | None:
        field, text = self.fields["amount"], self.cleaned_data["amount"].strip()
        amount = typed_amount(text, self.currency) if text else None
        if field.required and not amount:
            raise forms.ValidationError(field.error_messages["required"])
        return amount

    def sum(self) -> Sum | None:
        """None where nothing is paid."""
        amount = self.cleaned_data["amount"]
        return Sum(amount=amount, method=self.cleaned_data["method"]) if amount else None


class EndingForm(MoneyForm):
    """Why a sold package is called off, and what goes back."""

    version = forms.IntegerField(required=False)
    reason = forms.CharField(max_length=LONGEST_REASON, error_messages={"required": _("Write a reason.")})
    amount = forms.CharField(max_length=20, required=False)
    visits = forms.BooleanField(required=False)
    tell = forms.NullBooleanField()


class ExtensionForm(forms.Form):
    """Until when a sold package can be used, and why."""

    token = Remembered()
    version = forms.IntegerField(required=False)
    until = PickedDate()
    reason = forms.CharField(max_length=LONGEST_REASON, error_messages={"required": _("Write a reason.")})

    def __init__(self, data: Any, *, currency: str) -> None:
        super().__init__(data)


class SaleForm(MoneyForm):
    """A package, and perhaps what is paid at once."""

    package = Chosen(_("Choose a package."))
    amount = forms.CharField(max_length=20, required=False)
