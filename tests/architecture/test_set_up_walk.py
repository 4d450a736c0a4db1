"""Whatever changes set-up, on whichever edge: requests that stand stranded are proposed to somebody else with it."""

import ast
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from orderly.appointments.models import Appointment
from orderly.calendars.models import Rule, RuleKind
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.people.permissions import Role
from orderly.resources.models import Asset, Provider
from tests.api.practice import Practice
from tests.architecture.calls import CALLS
from tests.architecture.calls.admin import IN_ADMIN, address
from tests.architecture.calls.made import API
from tests.architecture.calls.setup import CLINIC, LISTS, SETUP
from tests.architecture.layers import SOURCE, modules, order
from tests.architecture.test_routes_walk import content
from tests.factories import NOW, TUESDAY, make_provider, make_user

BELOW = ("calendars", "catalogue", "clinics", "resources")
# What is new, a picture, and holds that are over.
STRAND_NOTHING = {"add_asset", "add_service", "engage", "open_clinic", "release_expired", "set_logo"}
OFFERED = (LISTS, f"{API}cancel-reasons", "/reference/")  # what forms let one choose from
NOT_WALKED = {
    *(("POST", f"{API}{name}") for name in ("clinics", "providers", "services", "resources")),
    *((method, f"{CLINIC}/logo") for method in ("PUT", "DELETE")),
    *((method, path) for method, path in SETUP if path.startswith(OFFERED)),
}
IN_SUPPORT = {("POST", f"{address(model)}{{object_id}}/change/") for model in (Clinic, Provider, Asset, Service)}
CHANGES = sorted(({key for key in SETUP if key[0] != "GET"} | IN_SUPPORT) - NOT_WALKED)


def verbs_taken() -> Iterator[tuple[str, str]]:
    """What files above the appointments import of the verbs below them. Seeding makes clinics that are empty."""
    storeys = order()
    above = {name for name, storey in storeys.items() if storey < storeys["appointments"]} - {"seed"}
    for path, tree in modules():
        if path.relative_to(SOURCE).parts[0] in above:
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and node.module:
                    _, app, *rest = [*node.module.split("."), ""]
                    if app in BELOW and (rest[0] == "actions" or any(one.name == "actions" for one in node.names)):
                        yield from ((path.stem, one.name) for one in node.names)


def test_edges_change_set_up_by_the_verbs_that_replan() -> None:
    assert {name for _, name in verbs_taken()} == STRAND_NOTHING


def test_all_that_support_can_change_is_walked() -> None:
    written = {key for key in IN_ADMIN if key[0] == "POST" and key[1].endswith("/change/")}
    assert {path.split("/")[2] for _, path in written - IN_SUPPORT} == {"patients", "people"}
    assert written >= IN_SUPPORT


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("key", CHANGES, ids=" ".join)
def test_every_change_replans(key: tuple[str, str]) -> None:
    with time_machine.travel(NOW, tick=False):
        practice = Practice()
        request = practice.book("2026-03-03T09:00", provider=None)["appointment"]["id"]
        Rule.objects.create(
            clinic=practice.clinic,
            resource=practice.provider.resource,
            kind=RuleKind.SICK_LEAVE,
            first=TUESDAY,
            last=TUESDAY,
            start=0,
            end=1440,
        )
        other = make_provider(practice.clinic, service=practice.service)
        client = Client()
        client.force_login(make_user(Role.SUPER_ADMIN, practice.clinic, is_staff=True))
        call = CALLS[key](practice, None)
        assert client.generic(key[0], call.path, *content(call)).status_code == call.status
        assert Appointment.objects.get(pk=request).proposed_provider_id == other.pk
