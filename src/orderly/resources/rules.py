"""What makes the details of providers and assets acceptable."""

import re
from collections.abc import Collection, Iterator

from orderly.core.edits import faults, ranged, wrong
from orderly.engine.problems import Problem
from orderly.resources.models import Asset, Provider, Resource

COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
MOST_AT_ONCE = 1000


def provider_problems(provider: Provider, names: Collection[str]) -> Iterator[Problem]:
    """What is wrong with these fields of the provider as they are to become."""
    yield from faults(provider, names)
    if "colour" in names:
        yield from colour_problems(provider.colour)


def asset_problems(asset: Asset, resource: Resource, names: Collection[str]) -> Iterator[Problem]:
    yield from faults(asset, names)
    yield from ranged("capacity", resource.capacity, 1, MOST_AT_ONCE)


def colour_problems(colour: str) -> Iterator[Problem]:
    if not COLOUR.fullmatch(colour):
        yield wrong("colour", "colour")
