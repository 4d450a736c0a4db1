"""`orderly worker`"""

import argparse
import signal

from orderly.cli.checks import require_guards, start_django


def run(chosen: argparse.Namespace) -> int:
    start_django()
    require_guards()
    from orderly.core.memory import keep_loaded
    from orderly.worker.loop import Worker

    worker = Worker()
    keep_loaded()
    for signalled in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signalled, lambda *_: worker.stop.set())
    if chosen.once:
        worker.drain()
    else:
        worker.run()
    return 0
