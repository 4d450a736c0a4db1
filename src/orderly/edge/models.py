from django.conf import settings
from django.db import models

from orderly.core.models import Identified, Row


class FilteredList(models.TextChoices):
    """The lists whose filters can be kept."""

    APPOINTMENTS = "appointments"
    PATIENTS = "patients"
    CALENDAR = "calendar"


class SavedFilter(Identified):
    """What somebody likes to see of a list. It names no patient: `filters` are those that may be kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    list = models.CharField(max_length=20, choices=FilteredList.choices)
    name = models.CharField(max_length=60)
    filters = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "list", "name"], name="saved_filter_once"),)

    def __str__(self) -> str:
        return self.name


class Draft(Row):
    """A booking form half filled in, as it was last heard of. Its user's own, and soon forgotten."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    clinic = models.ForeignKey("clinics.Clinic", on_delete=models.CASCADE, related_name="+", db_index=False)
    form = models.UUIDField(help_text="its token")
    typed = models.TextField(help_text="as a browser sends it")
    kept_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.form)


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
