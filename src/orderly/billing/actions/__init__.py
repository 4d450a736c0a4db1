"""What is owed and paid: of one booking (`payments`), in advance (`credits`), of a whole sale (`invoices`)."""

from orderly.billing.actions.credits import lock_invoice, open_prepaid, require_usable
from orderly.billing.actions.payments import (
    late_fee,
    open_payment,
    price_again,
    price_of,
    reprice,
    revive,
    void_unpaid,
)

__all__ = [
    "late_fee",
    "lock_invoice",
    "open_payment",
    "open_prepaid",
    "price_again",
    "price_of",
    "reprice",
    "require_usable",
    "revive",
    "void_unpaid",
]
