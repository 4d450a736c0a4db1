"""How sign-in differs from the library's defaults."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: Any) -> bool:
        """Accounts are made by invitation, never by whoever finds the page."""
        return False
