"""Two workers, one of them killed with -9 again and again: each fact has its effect once, and positions have no gap."""

import random
import time
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.process import BaseProcess

from orderly.core.clock import now
from orderly.journal.actions import LEASE, deliver, sequence
from orderly.journal.models import Delivery, Entry, Head
from orderly.worker.loop import Worker
from tests.races.storm import FORK, leave_connections
from tests.worker.reactions import SLOW_ECHO, effects, happen, owed

FACTS = 12  # before each kill
LATEST = 0.25  # seconds after them


@dataclass(slots=True)
class Report:
    """What became of it; `wrong` says everything that must not be."""

    kills: int = 0
    facts: int = 0
    cut_short: int = 0
    """Reactions that a killed worker had begun: another one did them."""
    wrong: list[str] = field(default_factory=list)


def kill_workers(kills: int) -> Report:
    """Kill one of the two and start it again so many times, on the database in use, which must be empty."""
    report, dice = Report(), random.Random(50)
    workers, subjects = [_start(), _start()], []
    try:
        for nth in range(kills):
            subjects += happen(FACTS)
            time.sleep(dice.uniform(0, LATEST))
            _kill(workers[nth % 2])
            workers[nth % 2] = _start()
            report.kills += 1
        _let_finish()
    finally:
        for worker in workers:
            _kill(worker)
    report.facts, report.cut_short = len(subjects), len(owed())
    _after_the_leases()
    if effects() != sorted(subjects):
        report.wrong.append(f"{len(subjects)} facts had {len(effects())} effects")
    report.wrong += [f"still owed: {one}" for one in owed()]
    positions = list(Entry.objects.order_by("position").values_list("position", flat=True))
    if positions != [*range(1, len(positions) + 1)] or Head.objects.get().position != len(positions):
        report.wrong.append("positions have a gap")
    return report


def _start() -> BaseProcess:
    leave_connections()
    worker = FORK.Process(target=Worker(SLOW_ECHO, chores=[]).run, daemon=True)
    worker.start()
    return worker


def _kill(worker: BaseProcess) -> None:
    worker.kill()
    worker.join()


def _let_finish() -> None:
    """Until the workers have nothing left but what the killed ones had taken."""
    until = time.monotonic() + 60
    while Entry.objects.filter(position=None).exists() or Delivery.objects.filter(next_try__lte=now()).exists():
        assert time.monotonic() < until, "the workers don't come to an end"
        time.sleep(0.05)


def _after_the_leases() -> None:
    """What was cut short can be taken when its lease has run out."""
    later = now() + LEASE + timedelta(seconds=1)
    while deliver(SLOW_ECHO, now=later) or sequence(SLOW_ECHO, now=later):
        pass
