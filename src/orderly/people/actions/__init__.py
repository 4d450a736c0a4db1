from orderly.people.actions.rights import allow
from orderly.people.actions.tokens import create_token, revoke_token, revoke_token_of

__all__ = ["allow", "create_token", "revoke_token", "revoke_token_of"]
