"""`orderly seed`"""

import argparse
import json

from orderly.cli.checks import require_migrated, start_django
from orderly.cli.main import Refusal


def run(chosen: argparse.Namespace) -> int:
    start_django()
    require_migrated()
    from orderly.core.clock import now
    from orderly.seed.generate import NoRoom, NotEmpty, Size, seed

    size = Size(chosen.clinics, chosen.providers, chosen.patients, chosen.history)
    try:
        made = seed(size, seed=chosen.seed, today=chosen.today or now().date())
    except NotEmpty:
        raise Refusal("The database isn't empty; nothing was written. Seed a new one.") from None
    except NoRoom as error:
        raise Refusal(f"Only {error} appointments found room: seed more providers or patients.") from None
    print(json.dumps(made) if chosen.json else _told(chosen, made["users"]))
    return 0


def _told(chosen: argparse.Namespace, users: list[dict[str, str]]) -> str:
    lines = [f"{chosen.clinics} clinics, {chosen.history} appointments. Sign in as:"]
    lines += [f"  {user['role']:<15} {user['email']:<30} {user['password']}" for user in users]
    return "\n".join(lines)
