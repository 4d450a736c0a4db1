from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q

from orderly.core.models import Identified

LONGEST = 100  # characters of a name


class ListKind(models.TextChoices):
    """What a list is of. Districts are lists of their own, one for each region."""

    REGION = "region"
    DISTRICT = "district"
    DOCUMENT_TYPE = "document_type"


class ListItemQuerySet(models.QuerySet["ListItem"]):
    def among(self, kind: str, parent: UUID | None = None) -> ListItemQuerySet:
        """One list, in its order."""
        return self.filter(kind=kind, parent=parent).order_by("position", "name", "id")


class ListItem(Identified):
    """Something that forms offer for a field of a patient's record, the same in the whole organisation. The record
    keeps the words: what isn't offered any more stays where it was noted.
    """

    kind = models.CharField(max_length=15, choices=ListKind.choices)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="districts")
    name = models.CharField(max_length=LONGEST)
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    objects = ListItemQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["parent", "name"], name="list_item_once_in_region"),
            models.UniqueConstraint(fields=["kind", "name"], condition=Q(parent=None), name="list_item_once"),
            models.CheckConstraint(
                condition=Q(kind=ListKind.DISTRICT, parent__isnull=False)
                | (~Q(kind=ListKind.DISTRICT) & Q(parent__isnull=True)),
                name="list_item_parent",
            ),
        )

    def __str__(self) -> str:
        return self.name
