"""Every operation of the API under made-up requests, many more than the tests have the time for."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator

from bench.measures import Figure, Options

EACH, FEWER = 200, 40  # beside the fixed cases of each operation
TEST = "tests/api/test_fuzz.py"


def measure(options: Options) -> Iterator[Figure]:
    each, started = FEWER if options.quick else EACH, time.perf_counter()
    environment = {**os.environ, "ORDERLY_FUZZ": str(each)}
    command = [sys.executable, "-m", "pytest", TEST, "-q", "-n", "2", "-p", "no:cacheprovider"]
    said = subprocess.run(command, env=environment, capture_output=True, text=True).stdout
    print(said, file=sys.stderr)  # kept in the part's log
    count = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", said)}
    wrong = count.get("failed", 0) + count.get("error", 0)
    note = f"{count.get('passed', 0) + wrong} operations in {time.perf_counter() - started:.0f} s, {each} requests each"
    yield Figure("operations that answered what they may not", wrong if count else None, "", 0, note=note)
