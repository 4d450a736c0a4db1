"""What happened, who looked, and what couldn't be done because of it."""

from typing import Any
from uuid import UUID

from django.contrib.admin import action, display
from django.http import HttpRequest

from orderly.journal.actions import retry
from orderly.journal.models import Delivery, Entry, Look
from orderly.support.base import AUDIT, ClinicFilter, Records
from orderly.support.edited import each
from orderly.support.site import site


class Entries(Records):
    """By what it happened to. The note isn't shown: it is somebody's words."""

    needs, shows = AUDIT, "audit"
    ids = ("subject",)
    search_help_text = "The id of what it happened to: an appointment, a patient, a service, …"
    list_display = ("at", "fact", "subject", "user", "position")
    list_filter = (ClinicFilter,)
    fields = ("id", "position", "at", "fact", "clinic", "subject", "user", "address", "ids", "changes")

    def subject_of(self, row: Any) -> UUID | None:
        return row.subject  # type: ignore[no-any-return]


class Looks(Records):
    needs, shows = AUDIT, "audit"
    ids = ("subject",)
    search_help_text = "The id of what was looked at"
    list_display = ("at", "kind", "what", "subject", "count", "user")
    list_filter = (ClinicFilter, "kind")
    fields = (*list_display, "clinic", "address")

    def subject_of(self, row: Any) -> UUID | None:
        return row.subject  # type: ignore[no-any-return]


class Deliveries(Records):
    """Reactions that are waiting, being tried, or given up."""

    needs, changes, clinic, shows = AUDIT, "settings:manage", "entry__clinic", "audit"
    ordering = ("-dead", "-pk")
    list_display = ("reaction", "fact", "dead", "attempts", "next_try", "error")
    list_filter = (ClinicFilter, "dead")
    list_select_related = ("entry",)
    fields = ("id", "entry", *list_display)
    actions = ("again",)

    def subject_of(self, row: Any) -> UUID | None:
        return row.entry.subject  # type: ignore[no-any-return]

    @display
    def fact(self, obj: Any) -> str:
        return str(obj.entry.fact)

    @action(description="Try again", permissions=["change"])
    def again(self, request: HttpRequest, chosen: Any) -> None:
        each(self, request, chosen, lambda one, actor, now: retry(one.pk, actor=actor, now=now))


site.register(Entry, Entries)
site.register(Look, Looks)
site.register(Delivery, Deliveries)
