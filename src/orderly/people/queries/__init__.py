from orderly.people.queries.actors import actor_for, digest, narrowed, role_table, token_actor
from orderly.people.queries.sessions import session_alive, session_user
from orderly.people.queries.team import Member, administered, assignable, is_below, members

__all__ = [
    "Member",
    "actor_for",
    "administered",
    "assignable",
    "digest",
    "is_below",
    "members",
    "narrowed",
    "role_table",
    "session_alive",
    "session_user",
    "token_actor",
]
