from orderly.people.queries.actors import (
    actor_for,
    actors_for,
    digest,
    narrowed,
    note_use,
    role_table,
    token_actor,
    token_actors,
)
from orderly.people.queries.sessions import session_users
from orderly.people.queries.team import Member, administered, assignable, is_below, members, staff_of

__all__ = [
    "Member",
    "actor_for",
    "actors_for",
    "administered",
    "assignable",
    "digest",
    "is_below",
    "members",
    "narrowed",
    "note_use",
    "role_table",
    "session_users",
    "staff_of",
    "token_actor",
    "token_actors",
]
