"""Keeping the keys that patients are found by."""

from orderly.patients.keys import FROM, keys_of
from orderly.patients.models import Patient, SearchKey


def index(patient: Patient) -> None:
    """Bring the keys of a record in line with what it holds now, in the caller's transaction."""
    wanted = keys_of({name: getattr(patient, name) for name in FROM})
    kept = dict(SearchKey.objects.filter(resource=patient.resource_id).values_list("key", "pk"))
    gone = [pk for key, pk in kept.items() if key not in wanted]
    if gone:
        SearchKey.objects.filter(pk__in=gone).delete()
    make_keys(patient.resource_id, wanted - kept.keys())


def make_keys(resource: int, keys: frozenset[str]) -> None:
    """These keys, of a record that doesn't have them yet."""
    SearchKey.objects.bulk_create(SearchKey(resource_id=resource, key=key) for key in sorted(keys))
