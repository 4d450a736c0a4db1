"""`orderly check-guards`"""

import argparse

from orderly.cli.checks import require_guards, start_django


def run(chosen: argparse.Namespace) -> int:
    start_django()
    require_guards()
    print("The guards against double booking and a changed journal stand.")
    return 0
