"""Locks on time: taken once per transaction, all candidates together, in one order, before anything is checked."""

from collections.abc import Iterable

from orderly.resources.models import Resource


def lock(ids: Iterable[int]) -> dict[int, Resource]:
    """Lock these resources until the transaction ends, and read them as they are now.

    Sorted, so that two transactions that want the same ones can't each hold what the other waits for. `no_key`,
    because a row that merely points at the resource needn't wait. On SQLite the transaction itself is the lock and
    nothing is added.
    """
    wanted = Resource.objects.filter(pk__in=sorted(set(ids))).order_by("pk")
    return {resource.pk: resource for resource in wanted.select_for_update(no_key=True)}


def lock_if_free(ids: Iterable[int]) -> dict[int, Resource] | None:
    """More locks for a transaction that has some: never waited for, as they are out of order; None if somebody has one
    of them.
    """
    wanted = Resource.objects.filter(pk__in=set(ids))
    found = {resource.pk: resource for resource in wanted.select_for_update(no_key=True, skip_locked=True)}
    return found if len(found) == wanted.count() else None
