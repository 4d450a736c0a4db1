"""Making all search keys anew, for migrations: whenever the rules in `keys.py` change, one runs this."""

from itertools import islice
from typing import Any

from orderly.patients.keys import FROM, keys_of

AT_ONCE = 1000


def reindex(apps: Any, schema_editor: Any = None) -> None:
    """Keys say nothing that the records don't: they are dropped, and made by the present rules."""
    patients, keys = apps.get_model("patients", "Patient"), apps.get_model("patients", "SearchKey")
    keys.objects.all().delete()
    standing = {"merged_into": None} if hasattr(patients, "merged_into") else {}  # there from 0007 on
    rows = patients.objects.filter(**standing).values("resource", *FROM).iterator(AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        made = ((row["resource"], key) for row in some for key in sorted(keys_of(row)))
        keys.objects.bulk_create([keys(resource_id=resource, key=key) for resource, key in made], batch_size=AT_ONCE)
