"""An organisation with something of everything, so that made-up requests about its things get deep."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import UUIDField

from tests.api.client import ROOT, Caller
from tests.api.practice import Practice
from tests.architecture.calls import CALLS, Call
from tests.factories import make_asset

Ids = Mapping[str, list[str]]

FEW = 2
# What a parameter's name means where it isn't the model's.
ALIASES = {
    "resource": "asset",
    "any_of": "asset",
    "token": "apitoken",
    "guardian": "patient",
    "alternative": "provider",
    "owner": "user",
}


class Organisation:
    """Practices in each of which one operation's example call would work; the first has some of everything. `ids` are
    theirs by what they name.
    """

    def __init__(self) -> None:
        self.practice = Practice()
        self.root = Caller(role="super_admin")
        for _ in range(3):
            make_asset(self.practice.clinic)
        self.practice.book()
        self._examples = {
            route: row(Practice(), self.root.user) for route, row in CALLS.items() if route[1].startswith(ROOT)
        }
        self.ids = ids()

    def example(self, method: str, path: str) -> Call | None:
        """A call of the operation that works; what it needs is there."""
        return self._examples.get((method.upper(), path))


def ids() -> dict[str, list[str]]:
    """The first ids that addresses can name, by the name of their kind; "" has all of them. Few, so that those which
    are named together often belong together.
    """
    found: dict[str, list[str]] = {"": []}
    for model in apps.get_models():
        if model._meta.app_config.name.startswith("orderly") and isinstance(model._meta.pk, UUIDField):
            rows = [str(pk) for pk in model._base_manager.order_by("pk").values_list("pk", flat=True)[:FEW]]
            found[model._meta.model_name or ""] = rows
            found[""] += rows
    return found


def with_ids(value: Any, known: Ids, name: str = "") -> Any:
    """`value` with most of the made-up UUIDs in it replaced by real ones of the kind that the field's name says; the
    same made-up one always by the same.
    """
    if isinstance(value, dict):
        return {key: with_ids(one, known, str(key)) for key, one in value.items()}
    if isinstance(value, list):
        return [with_ids(one, known, name) for one in value]
    if not isinstance(value, str) or len(value) != 36:
        return value
    try:
        number = UUID(value).int
    except ValueError:
        return value
    kind = name.removesuffix("s")
    choice = known.get(ALIASES.get(name, ALIASES.get(kind, kind))) or known[""]
    return value if number % 8 == 0 else choice[number % len(choice)]
