"""Make `.venv` from `uv.lock`, needing nothing but a bare Python.

Debian's Python has neither pip nor ensurepip, so the one tool needed, uv, is taken from
the PATH when it is there, and otherwise downloaded as a wheel whose hash is pinned below.
Nothing is done when nothing has changed since the last time.
"""

from __future__ import annotations

import sys

OLDEST_PYTHON = (3, 11)
if sys.version_info < OLDEST_PYTHON:
    sys.exit(
        f"Orderly needs Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer; {sys.executable} is "
        f"{sys.version.split()[0]}. Install a newer one and run: make setup PYTHON=/path/to/python3"
    )

import hashlib
import os
import platform
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".venv-uv"
STAMP = VENV / ".orderly-stamp"
INPUTS = ("pyproject.toml", "uv.lock", "scripts/bootstrap.py")

OLDEST_UV = (0, 9)
UV = "0.13.8"
PYPI_FILES = "https://files.pythonhosted.org/packages/"
# platform → path of uv's wheel on PyPI's file host, SHA-256
WHEELS = {
    "linux-x86_64": (
        "c5/32/52ee34636aea1ab3f8baeeae1c3599461b8cddfb379862cc72ac61b8d91c/"
        f"uv-{UV}-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "e18a57b8b352eb7c8feb317b9f6f533c8f0ad9673fd6cf34bbe3cf1a9f6a8984",
    ),
    "linux-aarch64": (
        "9e/f0/d989ac5fcebf83f1c8c5d78974f27788e8364945969eb646f5d0db35d924/"
        f"uv-{UV}-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
        "0b3e8b1a4f5e405e31e2ff33de8af4744831e9f7338539671efbd8c3c94e791d",
    ),
    "darwin-x86_64": (
        f"be/7a/fd8a719c0198f8f8341847fc33b377f25ac79f7c4a56dbce5ceb086f239c/uv-{UV}-py3-none-macosx_10_12_x86_64.whl",
        "b7124ca1956ec2e476a1003ea5715a15f0266afaec37f4dc9c6972ba8183e6d1",
    ),
    "darwin-arm64": (
        f"84/46/deb3a1eb3020575e41d1f9840c07185761d8d4c25cd6f58e813afb017476/uv-{UV}-py3-none-macosx_11_0_arm64.whl",
        "62b6943c7fd64fac6854f780bea6e0359e5a5bc3241f83ee357bb38276afac49",
    ),
}


def main() -> None:
    groups = sys.argv[1:]  # of dependencies, beside those of everybody who works on it
    wanted, python = wanted_stamp(), VENV / "bin" / "python"
    stamp = STAMP.read_text() if STAMP.is_file() else ""
    if stamp == wanted and python.exists() and not groups:
        return
    if stamp.partition("\n")[2] != wanted.partition("\n")[2] or not python.exists():
        shutil.rmtree(VENV, ignore_errors=True)  # made in another folder, by other means, or broken
    else:
        STAMP.write_text(f"unfinished\n{ROOT}\n")
    command = [uv_on_path() or uv_downloaded(), "sync", "--locked", *(f"--group={group}" for group in groups)]
    if not VENV.exists():
        command.append(f"--python={base_python()}")
    environment = {
        **os.environ,
        "UV_PROJECT_ENVIRONMENT": str(VENV),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_SYSTEM_CERTS": "true",  # trust what the machine trusts, as urllib does
        "UV_COMPILE_BYTECODE": "true",  # once, on all cores, instead of in the first processes that import it
    }
    environment.pop("VIRTUAL_ENV", None)
    done = subprocess.run(command, cwd=ROOT, env=environment)
    if done.returncode:
        sys.exit("Setting up .venv from uv.lock failed; what uv says above tells why.")
    STAMP.write_text(wanted)


def wanted_stamp() -> str:
    """What `.venv` was made from, and the folder it was made in: its scripts carry that name."""
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes() + b"\0")
    return f"{digest.hexdigest()}\n{ROOT}\n"


def base_python() -> str:
    """The interpreter itself, also when started from inside `.venv`, which is about to be replaced."""
    return getattr(sys, "_base_executable", None) or sys.executable


def uv_on_path() -> str | None:
    found = shutil.which("uv")
    if not found:
        return None
    answer = subprocess.run([found, "--version"], capture_output=True, text=True)
    version = re.match(r"uv (\d+)\.(\d+)", answer.stdout)
    if answer.returncode or not version or tuple(map(int, version.groups())) < OLDEST_UV:
        return None
    return found


def uv_downloaded() -> str:
    target = TOOLS / f"uv-{UV}"
    if target.is_file():
        return str(target)
    key = f"{platform.system().lower()}-{platform.machine()}"
    if key not in WHEELS:
        sys.exit(
            f"There is no pinned uv for {key}. Install uv {'.'.join(map(str, OLDEST_UV))} or newer "
            "(https://docs.astral.sh/uv/) so that it is on the PATH, then run make setup again."
        )
    path, sha256 = WHEELS[key]
    TOOLS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOOLS) as folder:
        wheel = download(PYPI_FILES + path, Path(folder)) or pip_download(Path(folder))
        if wheel is None:
            sys.exit(
                "Could not download uv from PyPI (reason above). Behind a proxy, set HTTPS_PROXY; behind a "
                "private certificate authority, set SSL_CERT_FILE; or install uv yourself "
                "(https://docs.astral.sh/uv/). Then run make setup again."
            )
        found = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if found != sha256:
            sys.exit(f"{wheel.name} is not the file pinned in {__file__}: SHA-256 {found}, expected {sha256}.")
        unpacked = extract(wheel, Path(folder))
        unpacked.replace(target)  # atomic, so that two set-ups at once don't disturb each other
    return str(target)


def download(url: str, folder: Path) -> Path | None:
    import urllib.request

    print(f"Downloading uv {UV} from PyPI …", file=sys.stderr)
    wheel = folder / url.rsplit("/", 1)[1]
    try:
        with urllib.request.urlopen(url, timeout=60) as answer, wheel.open("wb") as file:
            shutil.copyfileobj(answer, file)
    except OSError as problem:
        print(f"{url}: {problem}", file=sys.stderr)
        return None
    return wheel


def pip_download(folder: Path) -> Path | None:
    """Where a mirror is configured for pip only, ask pip."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    done = subprocess.run([*command, f"--dest={folder}", f"uv=={UV}"], stdout=subprocess.DEVNULL)
    wheels = list(folder.glob("uv-*.whl"))
    return wheels[0] if done.returncode == 0 and wheels else None


def extract(wheel: Path, folder: Path) -> Path:
    import zipfile

    with zipfile.ZipFile(wheel) as archive:
        program = Path(archive.extract(f"uv-{UV}.data/scripts/uv", folder))
    program.chmod(0o755)
    return program


if __name__ == "__main__":
    main()
