from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCreated(Fact):
    """A key was given out; `ids` names its user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked(Fact):
    """A key stopped working."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsChanged(Fact):
    """A clinic changed a cell of the permission table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesChanged(Fact):
    """What somebody is in a clinic (None: the organisation): `changes["roles"]` has the old and the new roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChanged(Fact):
    """Somebody's name or language is another; which of them, not what they hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDeactivated(Fact):
    """Somebody can't sign in any more; `ids["tokens"]` names the keys that ended with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserReactivated(Fact):
    """Somebody can sign in again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsEnded(Fact):
    """Somebody was signed out everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorReset(Fact):
    """Somebody's second factor was taken away, so that they can set up another; `changes` has the kinds there were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInvited(Fact):
    """Somebody was asked to take a role; `ids["round"]` says which of the invitation's mails this one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationResent(Fact):
    """The mail goes out once more, with a new link; the old one is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRevoked(Fact):
    """The link is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAccepted(Fact):
    """Somebody took the role; `ids` names the user, and whether the account is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordResetAsked(Fact):
    """Somebody asked for a link with which to choose another password; it goes to the account's address alone."""
