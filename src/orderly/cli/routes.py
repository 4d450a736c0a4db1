"""`orderly routes`"""

import argparse
import json
from dataclasses import asdict

from orderly.cli.checks import start_django


def run(chosen: argparse.Namespace) -> int:
    start_django()
    from orderly.edge.routes import routes
    from orderly.live.audiences import SOCKETS

    found = sorted([*routes(), *SOCKETS])
    if chosen.json:
        print(json.dumps([asdict(route) for route in found], indent=1))
    else:
        print("\n".join(f"{route.method:<8}{route.path}  {route.permission}" for route in found))
    return 0
