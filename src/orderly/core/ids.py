"""Ids that a URL may name, and numbers that people read out to each other."""

import secrets
import time
from uuid import UUID

# Without letters and digits that are misheard (B D E P T, M N, A J, F S)
# or misread (0 O, 1 I L, 5 S, 8 B, U V) for each other.
SPOKEN = "234679HKMQRWXY"


def uuid7() -> UUID:
    """A new UUID version 7 (RFC 9562 §5.7): milliseconds since 1970, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    return uuid7_of(milliseconds, secrets.randbits(74))


def uuid7_of(milliseconds: int, random_bits: int) -> UUID:
    """The UUID version 7 of a given time and 74 given random bits."""
    high, low = random_bits >> 62, random_bits & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (7 << 76) | (high << 64) | (2 << 62) | low)


def spoken(length: int) -> str:
    """Random characters that survive a telephone line."""
    return "".join(secrets.choice(SPOKEN) for _ in range(length))
