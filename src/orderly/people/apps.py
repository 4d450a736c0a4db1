from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest


class PeopleConfig(AppConfig):
    name = "orderly.people"

    def ready(self) -> None:
        """Whichever way somebody came in, the library's, an invitation's or the admin's: it begins then."""
        from django.contrib.auth.signals import user_logged_in

        user_logged_in.connect(_begin, dispatch_uid="begin")
        _check_roles()


def _check_roles() -> None:
    """A role misspelt would need no second factor, and nobody would notice."""
    from orderly.people.permissions import Role

    unknown = set(settings.SECOND_FACTOR_ROLES) - set(Role.values)
    if unknown:
        raise ImproperlyConfigured(f"ORDERLY_SECOND_FACTOR_ROLES names no role: {', '.join(sorted(unknown))}")


def _begin(sender: Any, request: HttpRequest | None, **_: Any) -> None:
    from orderly.core import clock
    from orderly.people import stay

    if request is not None:
        stay.begin(request.session, now=clock.now())
