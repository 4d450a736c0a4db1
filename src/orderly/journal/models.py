from django.db import models
from django.db.models import Q

from orderly.core.models import Row


class Entry(Row):
    """One fact: what happened to what, in which clinic, by whom, from where. Ids are bare, so that erasing a person
    leaves the log whole.

    `position` is given after commit by the sequencer: ids and UUIDs are handed out before commit and so say nothing
    about order.
    """

    position = models.BigIntegerField(null=True, unique=True)
    at = models.DateTimeField()
    fact = models.CharField(max_length=60)
    clinic = models.UUIDField(null=True)
    subject = models.UUIDField()
    user = models.UUIDField(null=True)
    address = models.CharField(max_length=45, blank=True)
    ids = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    note = models.TextField(blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["subject", "id"], name="entry_subject"),
            models.Index(fields=["id"], name="entry_unsequenced", condition=Q(position__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.fact} {self.subject}"


class Delivery(Row):
    """One reaction owed to one entry. Deleted when done; what stays is waiting, being tried, or dead."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    reaction = models.CharField(max_length=120)
    next_try = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    dead = models.BooleanField(default=False)
    error = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "reaction"], name="delivery_once"),)
        indexes = (models.Index(fields=["next_try"], name="delivery_due", condition=Q(dead=False)),)

    def __str__(self) -> str:
        return f"{self.reaction} of {self.entry_id}"


class Head(models.Model):
    """One row: the last position given. Whoever holds its lock is the sequencer."""

    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.position)
