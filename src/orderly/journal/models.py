from django.db import models
from django.db.models import Q

from orderly.core.append_only import AppendOnly
from orderly.core.models import Row


class Entry(Row):
    """One fact: what happened to what, in which clinic, by whom, from where. Ids are bare, so that erasing a person
    leaves the log whole.

    `position` is given after commit by the sequencer: ids and UUIDs are handed out before commit and so say nothing
    about order. The database refuses every other change; but a note is somebody's words, and may be emptied.
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
            models.Index(fields=["clinic", "at", "id"], name="entry_clinic"),
        )
        constraints = (AppendOnly(name="entry_append_only", once=("position",), erasable=("note",)),)

    def __str__(self) -> str:
        return f"{self.fact} {self.subject}"


class Words(Row):
    """What a personal field held before and after a change. Kept apart from the entry, so that it can be erased while
    the entry stands.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="words")
    field = models.CharField(max_length=60)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.field} of {self.entry_id}"


class Kind(models.TextChoices):
    """What somebody did with data about people. Entries are edits and deletions, looks are the others."""

    VIEW = "view"
    SEARCH = "search"
    EXPORT = "export"
    EDIT = "edit"
    DELETE = "delete"


class Look(Row):
    """That somebody was shown something: who, when, what and of which kind, in which clinic, from where.

    A single thing is named here; the things of a list in `Shown`; a calendar by its days alone (`asked`), or a week's
    picture that is fetched anew with each change would be thousands of rows. Words that were searched for are kept
    nowhere: they are somebody's name. `clinic` is null where several are concerned, which then stand in `Concerned`.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=6, choices=Kind.choices)
    what = models.CharField(max_length=40)
    clinic = models.UUIDField(null=True)
    subject = models.UUIDField(null=True)
    user = models.UUIDField(null=True)
    address = models.CharField(max_length=45, blank=True)
    asked = models.JSONField(default=dict)
    count = models.PositiveIntegerField(help_text="how many things were shown")

    class Meta:
        indexes = (
            models.Index(fields=["clinic", "at", "id"], name="look_clinic"),
            models.Index(fields=["subject"], name="look_subject", condition=Q(subject__isnull=False)),
        )
        constraints = (AppendOnly(name="look_append_only"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.what}"


class Shown(Row):
    """One thing of a list that somebody was shown."""

    look = models.ForeignKey(Look, on_delete=models.PROTECT, related_name="shown")
    subject = models.UUIDField(db_index=True)

    class Meta:
        constraints = (AppendOnly(name="shown_append_only"),)

    def __str__(self) -> str:
        return str(self.subject)


class Concerned(Row):
    """One of several clinics whose patients or appointments somebody was shown at once."""

    look = models.ForeignKey(Look, on_delete=models.PROTECT, related_name="concerned")
    clinic = models.UUIDField()

    class Meta:
        constraints = (AppendOnly(name="concerned_append_only"),)

    def __str__(self) -> str:
        return str(self.clinic)


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
