"""What of the audit log is asked for. Only ids and days stand in the address, never a word about a patient."""

import re
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orderly.edge.audit import CHANGED, After
from orderly.journal.models import Entry, Look
from orderly.people.models import Membership, User
from orderly.people.permissions import Role
from orderly.web.audit.words import KIND
from orderly.web.fields import PickedDate

USUAL: Final = timedelta(days=6)
PLACE: Final = re.compile(r"([01])-(\d{1,18})")


class AuditForm(forms.Form):
    first = PickedDate(required=False)
    last = PickedDate(required=False)
    user = forms.ModelChoiceField(User.objects.none(), required=False)
    kind = forms.ChoiceField(choices=[("", ""), *KIND.items()], required=False)
    about = forms.UUIDField(required=False)
    after = forms.CharField(required=False)

    def __init__(self, asked: Any, *, clinic: Any, today: date) -> None:
        usual = {} if asked.get("about") else {"first": str(today - USUAL), "last": str(today)}
        super().__init__({**usual, **asked})
        staff = Membership.objects.filter(clinic=clinic).exclude(role=Role.PATIENT).values("user")
        users: Any = self.fields["user"]
        users.queryset = User.objects.filter(pk__in=staff).order_by("name", "id")

    def clean_after(self) -> After | None:
        """Where the page before ended: a change or a look, by its number."""
        text = self.cleaned_data["after"]
        if not text:
            return None
        found = PLACE.fullmatch(text)
        rank, pk = (int(found[1]), int(found[2])) if found else (CHANGED, 0)
        rows: Any = Entry.objects if rank == CHANGED else Look.objects
        at = rows.filter(pk=pk).values_list("at", flat=True).first()
        if at is None:
            raise ValidationError(_("There is no such page. Begin at the newest."))
        return After(at, rank, pk)
