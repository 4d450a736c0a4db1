"""Rows that can be changed here: only by the verb that changes them everywhere, so it is checked, numbered and kept."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.messages import SUCCESS, WARNING
from django.db.models import Model
from django.http import HttpRequest

from orderly.core.errors import Conflict, Forbidden, NotFound, Refused, Stale
from orderly.edge.actors import actor_of, now_of
from orderly.edge.wording import words
from orderly.support.base import Records

STALE = "Somebody has changed this since you opened it. Load the page again."
MOST_AT_ONCE = 200


class EditForm(forms.ModelForm):
    """With the version that was opened, and what the verb refused the last time."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    refused: dict[str, list[str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.version

    def clean(self) -> Any:
        for field, sentences in self.refused.items():
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, sentence)
        return super().clean()


def by_field(error: Refused | Stale) -> dict[str, list[str]]:
    """Every reason as a sentence, by field."""
    if isinstance(error, Stale):
        return {"": [STALE]}
    found: dict[str, list[str]] = {}
    for problem in error.problems:
        found.setdefault(problem.field, []).append(words(problem))
    return found


class Edited(Records):
    """`written` are the fields that `write` can change."""

    form = EditForm
    written: tuple[str, ...] = ()

    def write(self, request: HttpRequest, pk: UUID, values: dict[str, Any], version: int) -> object:
        """Call the verb."""
        raise NotImplementedError

    def get_fields_written(self) -> tuple[str, ...]:
        return self.written

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        shown = [*(self.fields or ())]
        return [*shown, "seen"] if self.has_change_permission(request, obj) else shown

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, "_refused", {})
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Where the verb refuses, everything has been rolled back and the form comes again with the reasons."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (Refused, Stale) as error:
            request._refused = by_field(error)  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data if name in self.written}
        self.write(request, obj.pk, values, form.cleaned_data["seen"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The verb has written all there is."""


Verb = Callable[[Any, Any, datetime], object]


def each(admin: Records, request: HttpRequest, chosen: Iterable[Any], verb: Verb) -> None:
    """Do it to each of the chosen rows; what is refused stays as it is, and how many were is said."""
    done, reasons = 0, []
    for row in list(chosen)[:MOST_AT_ONCE]:
        try:
            verb(row, actor_of(request), now_of(request))
            done += 1
        except (NotFound, Forbidden):
            reasons.append("you may not do this to it")
        except Conflict as refused:
            reasons += [words(problem) for problem in refused.problems]
    why = f" Refused: {len(reasons)} ({'; '.join(sorted(set(reasons)))})" if reasons else ""
    admin.say(request, f"Done: {done}.{why}", WARNING if reasons else SUCCESS)
