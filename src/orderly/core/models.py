"""Pieces of models that several apps share."""

import uuid

from django.db import models

from orderly.core.ids import uuid7


class Identified(models.Model):
    """Something a URL can name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """Something two people may edit at once: `version` goes up by one with each change and becomes the ETag."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Row(models.Model):
    """Something only the program names: a plain number is smaller and faster than a UUID."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


def as_uuid(value: object) -> uuid.UUID:
    """A UUID as raw SQL gives it back: SQLite returns 32 hex digits, PostgreSQL a UUID."""
    return value if isinstance(value, uuid.UUID) else uuid.UUID(hex=str(value))
