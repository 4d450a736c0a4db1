"""What makes appointments a party, and how they may lie in time."""

from django.db.models import TextChoices


class PartyKind(TextChoices):
    FAMILY = "family"
    GROUP = "group"
    VISIT = "visit"
    """Several services for one person."""
