"""Who did what a page tells of."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.people.models import User


def ours(entry: Entry, actor: Actor) -> bool:
    """Whether it happened where the reader belongs, or nowhere in particular."""
    return entry.clinic is None or actor.belongs_to(entry.clinic)


def who_did(entries: Collection[Entry], actor: Actor) -> dict[int, str]:
    """By entry: of who is of another clinic only that. One query."""
    ids = {entry.user for entry in entries if entry.user and ours(entry, actor)}
    people = {user.pk: str(user) for user in User.objects.filter(pk__in=ids)}
    return {
        entry.pk: (entry.user and people.get(entry.user))
        or (_("Orderly itself") if ours(entry, actor) else _("Another clinic"))
        for entry in entries
    }
