"""Why somebody did something, in their own words."""

from dataclasses import replace

from orderly.core.edits import faults, refuse
from orderly.core.errors import missing
from orderly.core.text import trimmed
from orderly.journal.models import Entry


def reason_given(text: str) -> str:
    """As for `reason_if_given`, and it has to be."""
    said = reason_if_given(text)
    if not said:
        raise missing("reason")
    return said


def reason_if_given(text: str) -> str:
    """The words as the journal's `note` keeps them. Errors: Invalid `reason` for too many of them and for characters
    that mislead.
    """
    said = trimmed(text)
    refuse(replace(one, field="reason") for one in faults(Entry(note=said), ("note",)))
    return said
