"""Have a Redis, or Valkey, on the PATH for the tests that kill one.

Debian's package is installed first when there is none and we may. Otherwise it says what to install:
Orderly runs without Redis too, so those tests are skipped, saying why, and the others go on.
"""

from __future__ import annotations

import shutil
import sys

from scripts.debian import install, may_install

NAMES = ("redis-server", "valkey-server")
INSTALL = "Debian: apt-get install redis-server; Fedora: dnf install valkey; macOS: brew install redis"


def main() -> None:
    if not there() and may_install():
        install("Debian's Redis", "redis-server")
    if not there():
        print(f"There is no Redis here: what is tested with one will be skipped. {INSTALL}", file=sys.stderr)


def there() -> bool:
    return any(shutil.which(name) for name in NAMES)


if __name__ == "__main__":
    main()
