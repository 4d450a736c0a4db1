from django.conf import settings
from django.db import models

from orderly.core.models import Row


class IdempotentAnswer(Row):
    """What was answered to a write that carried an Idempotency-Key; written in the write's own transaction."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64, help_text="of method, path and body")
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    etag = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="idempotent_once"),)

    def __str__(self) -> str:
        return self.key
