"""Parts run as processes of their own: each with its database, each bounded in time."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from threading import Timer

from bench.measures import Figure, Options

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "var" / "bench"
LONGEST = 900.0


def child(part: str, options: Options, url: str, longest: float = LONGEST) -> Iterator[Figure]:
    """The figures of one part, as they come; what else it says is kept in var/bench/<part>.log.

    Raises RuntimeError if it fails or takes longer than `longest` seconds.
    """
    command = [sys.executable, "-m", "bench.child", part, json.dumps(asdict(options))]
    fixed = {"ORDERLY_DATABASE_URL": url, "ORDERLY_RATE_LIMITS": "off"}
    environment = {"ORDERLY_SECRET_KEY": "only-for-benchmarks", **os.environ, **fixed}
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{part}.log"
    with log.open("w") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=said, text=True)
        timer = Timer(longest, process.kill)
        timer.start()
        try:
            assert process.stdout is not None
            for line in process.stdout:
                yield Figure(**json.loads(line))
            process.wait()
        finally:
            timer.cancel()
            process.kill()  # does nothing to one that has ended
            process.wait()
    if process.returncode:
        raise RuntimeError(f"{part} failed (status {process.returncode}): {log.read_text()[-2000:]}")
