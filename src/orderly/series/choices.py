"""How much of a series a change is about, and how a visit of one would stand."""

from enum import StrEnum


class Scope(StrEnum):
    FOLLOWING = "following"
    ALL = "all"


class State(StrEnum):
    """`CLOSED` and `SKIPPED` days are left out; `STAYS` is what a change doesn't touch."""

    FREE = "free"
    CONFLICT = "conflict"
    CLOSED = "closed"
    SKIPPED = "skipped"
    STAYS = "stays"


LEFT_OUT = frozenset({State.CLOSED, State.SKIPPED})
