"""The files that browsers load, gathered where the server finds them: only when they have changed."""

import hashlib
from pathlib import Path

from orderly import __file__ as package

STAMP = ".stamp"


def collect() -> None:
    from django.conf import settings
    from django.core.management import call_command

    if settings.DEBUG:
        return  # found where they lie
    stamp, wanted = Path(settings.STATIC_ROOT) / STAMP, _fingerprint()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted)


def _fingerprint() -> str:
    """Of every file's path, size and time of change."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(str(package).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            about = Path(storage.path(name)).stat()
            digest.update(f"{name} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()
