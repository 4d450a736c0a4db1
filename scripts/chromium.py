"""Print the path of a Chromium that starts, for the browser tests.

The system's own is taken first, then playwright's, which is downloaded when it can be, then
Debian's package when we are root. Otherwise it says what to install and fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.debian import install, may_install

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
INSTALL = (
    "Install Chromium (Debian: apt-get install chromium fonts-noto-core; Fedora: dnf install chromium; "
    "macOS: brew install --cask chromium), or run: .venv/bin/playwright install --with-deps chromium"
)


def main() -> None:
    given = os.environ.get("ORDERLY_TEST_CHROMIUM")
    if given:
        if not starts(given):
            sys.exit(f"ORDERLY_TEST_CHROMIUM={given} doesn't start.")
        print(given)
        return
    found = system_chromium() or playwright_chromium() or debian_chromium()
    if not found:
        sys.exit(f"The browser tests need Chromium, and there is none here that starts. {INSTALL}")
    ensure_arabic()
    print(found)


def starts(program: str) -> bool:
    command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "about:blank"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def system_chromium() -> str | None:
    found = [path for name in NAMES if (path := shutil.which(name))]
    return next((path for path in [*found, *MAC] if Path(path).exists() and starts(path)), None)


def playwright_chromium() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not Path(path).exists():
        print("Downloading playwright's Chromium …", file=sys.stderr)
        command = [sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            print(f"That failed: {(done.stderr.strip() or 'no reason given').splitlines()[-1]}", file=sys.stderr)
            return None
    return path if starts(path) else None


def debian_chromium() -> str | None:
    if not may_install():
        return None
    install("Debian's Chromium", "chromium")
    return system_chromium()


def ensure_arabic() -> None:
    """Half of the screens' tests are in Arabic, and boxes instead of letters would pass for text."""
    if not shutil.which("fc-list"):
        return
    fonts = subprocess.run(["fc-list", ":lang=ar", "family"], capture_output=True, text=True)
    if fonts.returncode or fonts.stdout.strip():
        return
    if may_install():
        install("fonts with Arabic letters", "fonts-noto-core")
        return
    sys.exit("The browser tests need a font with Arabic letters (Debian: apt-get install fonts-noto-core).")


if __name__ == "__main__":
    main()
