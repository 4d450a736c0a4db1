"""How sign-in differs from the library's defaults."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordForm as LibrarysResetForm
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from orderly.edge.actors import actor_of, now_of
from orderly.people.actions.own import ask_reset
from orderly.people.models import Membership, User

METHODS = "account_authentication_methods"  # in the session, by the library


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: Any) -> bool:
        """Accounts are made by invitation, never by whoever finds the page."""
        return False


class SecondFactorAdapter(DefaultMFAAdapter):
    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not by those who have to have one."""
        return not must_have_second_factor(authenticator.user)


class ResetPasswordForm(LibrarysResetForm):
    """The worker mails the link: how long the mail server takes would tell whether there is such an account."""

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        ask_reset(email, actor=actor_of(request), now=now_of(request))
        return email


def must_have_second_factor(user: User) -> bool:
    """Whether one of the roles they hold asks for it."""
    roles = settings.SECOND_FACTOR_ROLES
    return bool(roles) and Membership.objects.filter(user=user, role__in=roles).exists()


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether who is signed in has to set one up before anything else."""
    if not settings.SECOND_FACTOR_ROLES or any(one.get("type") for one in request.session.get(METHODS, [])):
        return False
    user = request.user
    assert isinstance(user, User)
    return must_have_second_factor(user) and not Authenticator.objects.filter(user=user).exists()
