"""The same question put to another program, in an environment of its own."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from bench.stores import FOLDER
from scripts import bootstrap

RIVAL = "django-appointment==3.12.0"
ENVIRONMENT = FOLDER / f".venv-{RIVAL.replace('==', '-')}"


def ask(rows: dict[str, Any], rounds: int) -> dict[str, Any]:
    """Its `answer`, and milliseconds for `one` provider and for `all`."""
    file, database = FOLDER / "rival.json", FOLDER / "rival.sqlite3"
    file.write_text(json.dumps(rows))
    database.unlink(missing_ok=True)
    command = [_python(), Path(__file__).with_name("rival.py"), file, database, str(rounds)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _python() -> Path:
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        uv = bootstrap.uv_on_path() or bootstrap.uv_downloaded()
        env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
        venv = [uv, "venv", "--quiet", f"--python={bootstrap.base_python()}", str(ENVIRONMENT)]
        subprocess.run(venv, check=True, env=env)
        subprocess.run([uv, "pip", "install", "--quiet", f"--python={python}", RIVAL], check=True, env=env)
    return python
