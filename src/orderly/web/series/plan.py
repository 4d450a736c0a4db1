"""What the form asks for, visit by visit."""

from dataclasses import dataclass, field

from orderly.series.choices import LEFT_OUT, State
from orderly.web.answers import Errors
from orderly.web.letters import Letter
from orderly.web.series.rows import Row


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be booked or changed; with errors instead where that can't be said."""

    rows: list[Row] = field(default_factory=list)
    errors: Errors = field(default_factory=dict)
    letter: Letter | None = None
    """What the patient would be told of it."""

    @property
    def conflicts(self) -> int:
        return sum(row.planned.blocked for row in self.rows)

    @property
    def proposed(self) -> bool:
        """Whether there is something else for one that can't be had."""
        return any(row.planned.instead for row in self.rows)

    @property
    def visits(self) -> int:
        return sum(row.planned.state not in LEFT_OUT for row in self.rows)

    @property
    def moves(self) -> int:
        """How many that are there would stand somewhere else, or with somebody else."""
        return sum(row.planned.state is State.FREE for row in self.rows)
