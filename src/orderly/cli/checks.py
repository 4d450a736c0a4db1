"""What must stand before anybody is served."""

import os

from orderly.cli.main import Refusal


def start_django() -> None:
    """Load settings and apps; a setting that is missing or wrong is told in words."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderly.project.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise Refusal(str(error)) from error


def require_migrated() -> None:
    """Refuse to go on with tables that are older than the program."""
    from django.db import DatabaseError

    from orderly.core.database import pending_migrations

    try:
        pending = pending_migrations()
    except DatabaseError as error:
        raise Refusal(f"The database can't be used: {error}") from error
    if pending:
        raise Refusal(f"The database lacks {pending} migrations. Run: orderly migrate")


def require_guards() -> None:
    """Refuse to go on where the database itself would let two bookings overlap."""
    from orderly.core.database import missing_guards

    require_migrated()
    missing = missing_guards()
    if missing:
        raise Refusal(
            f"The database has lost what guards against double booking or a changed journal: {', '.join(missing)}. "
            "Nothing is served without it. Restore it from a backup or by migrating the app back and forth."
        )
