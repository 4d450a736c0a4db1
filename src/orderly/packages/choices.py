"""The states of a purchase, and what a visit does with the session it draws on."""

from django.db.models import TextChoices

from orderly.appointments.choices import Status


class PurchaseStatus(TextChoices):
    """`completed` and `expired` are never stored: they follow from its visits and from the time."""

    AWAITING_PAYMENT = "awaiting_payment"
    ACTIVE = "active"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


CLOSED = frozenset({PurchaseStatus.CANCELLED, PurchaseStatus.REFUNDED})
STORED = CLOSED | {PurchaseStatus.AWAITING_PAYMENT, PurchaseStatus.ACTIVE}

# A visit that draws on a session has used it in these states; one that is over without having used it draws no more.
USING = frozenset({Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED})
