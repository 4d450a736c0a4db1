"""`orderly token`"""

import argparse
from datetime import timedelta

from orderly.cli.checks import start_django
from orderly.cli.main import Refusal


def run(chosen: argparse.Namespace) -> int:
    start_django()
    from orderly.core import clock
    from orderly.people.actions import create_token
    from orderly.people.models import User
    from orderly.people.queries import actor_for

    user = User.objects.filter(email__iexact=chosen.email, is_active=True).first()
    if user is None:
        raise Refusal(f"Nobody active signs in as {chosen.email}.")
    now = clock.now()
    expires_at = now + timedelta(days=chosen.days)
    _, secret = create_token(
        chosen.name, clinic=None, permissions=None, expires_at=expires_at, actor=actor_for(user), now=now
    )
    print(secret)
    return 0
