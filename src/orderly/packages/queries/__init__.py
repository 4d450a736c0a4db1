"""What has become of what was sold (`purchases`), and the best times for what is left of it (`plan`)."""

from orderly.packages.queries.purchases import (
    Place,
    Session,
    Tally,
    drawing,
    places,
    refundable,
    sessions_by,
    sessions_of,
    sold_to,
    tallies,
    usable,
    versions,
)

__all__ = [
    "Place",
    "Session",
    "Tally",
    "drawing",
    "places",
    "refundable",
    "sessions_by",
    "sessions_of",
    "sold_to",
    "tallies",
    "usable",
    "versions",
]
