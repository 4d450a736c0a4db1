"""What an action may answer instead of doing its work. A refusal is data: typed problems, worded at the edge."""

from collections.abc import Mapping

from orderly.engine.problems import Code, Problem


class Refused(Exception):
    """The action was not done, and nothing was written; `problems` says every reason."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return ", ".join(f"{p.code}({p.field})" if p.field else str(p.code) for p in self.problems)


class Invalid(Refused):
    """A field is wrong or missing."""


class Conflict(Refused):
    """A rule or the present state of things stands against it."""


class TooOften(Refused):
    """Asked more often than anybody may; `wait` is in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(Problem(Code.TOO_OFTEN, params=(("seconds", wait),)))
        self.wait = wait


class CannotBook(Conflict):
    """The time can't be had. The edge looks for alternatives to the `wish`, after everything has been rolled back."""

    def __init__(self, *problems: Problem, wish: object = None) -> None:
        super().__init__(*problems)
        self.wish = wish


class CannotBookAll(Conflict):
    """Of several times that were asked for together some can't be had, so none was taken; `against` says why, by their
    place in what was asked. The edge looks for alternatives to the `wish`, if there is one, as for `CannotBook`.
    """

    def __init__(self, against: Mapping[int, tuple[Problem, ...]], wish: object = None) -> None:
        super().__init__(*(problem for problems in against.values() for problem in problems))
        self.against, self.wish = against, wish


class NotFound(Exception):
    """Not there, or not the actor's to see: the two are told apart nowhere. `field` names it where it isn't the
    URL's.
    """

    def __init__(self, field: str = "") -> None:
        super().__init__(field)
        self.field = field


class Forbidden(Exception):
    """The actor's own clinic, without the right."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class Stale(Exception):
    """The thing was changed by somebody else since it was read."""


def invalid(field: str, reason: str = "") -> Invalid:
    """One wrong field; `reason` is a word that the edge's wording knows."""
    return Invalid(Problem(Code.INVALID, field, params=(("reason", reason),) if reason else ()))


def missing(field: str) -> Invalid:
    """One missing field."""
    return Invalid(Problem(Code.MISSING, field))


class Fault(Exception):
    """A fault of ours; its message is for the log and holds nobody's words."""
