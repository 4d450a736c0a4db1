"""Where appointments take place."""

from collections.abc import Collection
from uuid import UUID

from orderly.appointments.models import Appointment
from orderly.resources.models import Asset


def rooms(among: Collection[Appointment]) -> dict[UUID, str]:
    """The rooms, chairs and devices that each uses, by their names. One query."""
    used = {resource for one in among for resource, _, _ in one.uses}
    names = dict(Asset.objects.filter(resource__in=used).values_list("resource_id", "name"))
    return {
        one.pk: ", ".join(dict.fromkeys(names[resource] for resource, _, _ in one.uses if resource in names))
        for one in among
    }
