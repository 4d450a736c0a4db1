"""Who is acting: made once at the edge, passed to every verb."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from orderly.core.errors import Forbidden, NotFound

OWN = ":own"  # a right ending so covers only the holder's own calendar


@dataclass(frozen=True, slots=True)
class Actor:
    """A user (None: the system itself) with the rights held in each clinic; `everywhere` holds in all of them."""

    user: UUID | None
    address: str = ""
    rights: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()

    @property
    def clinics(self) -> frozenset[UUID] | None:
        """The clinics the actor belongs to; None means all of the organisation."""
        return None if self.everywhere else frozenset(self.rights)

    def belongs_to(self, clinic: UUID) -> bool:
        return bool(self.everywhere) or clinic in self.rights

    def may(self, permission: str, clinic: UUID) -> bool:
        """Whether the actor holds `permission` in `clinic`."""
        return permission in self.everywhere or permission in self.rights.get(clinic, frozenset())

    def may_own(self, permission: str, clinic: UUID) -> bool:
        """Whether the actor holds `permission` in `clinic`, if only for the own calendar."""
        return self.may(permission, clinic) or self.may(permission + OWN, clinic)

    def may_anywhere(self, permission: str) -> bool:
        return permission in self.everywhere or any(permission in rights for rights in self.rights.values())

    def within(self, permission: str) -> "Actor":
        """The actor in those clinics only where they hold `permission`."""
        if permission in self.everywhere:
            return self
        held = {clinic: rights for clinic, rights in self.rights.items() if permission in rights}
        return Actor(user=self.user, address=self.address, rights=held)

    def person(self) -> UUID:
        """The user, for what only a person can do; Forbidden for the system."""
        if self.user is None:
            raise Forbidden("signed-in")
        return self.user

    def require(self, permission: str, clinic: UUID) -> None:
        """Raises NotFound outside the actor's clinics, Forbidden inside them without the right."""
        if not self.belongs_to(clinic):
            raise NotFound
        if not self.may(permission, clinic):
            raise Forbidden(permission)


SYSTEM = Actor(user=None)
