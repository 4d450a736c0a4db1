from django.db import migrations

from orderly.core.ids import uuid7

REASONS = {
    "patient_request": "Patient asked",
    "patient_ill": "Patient is ill",
    "provider_unavailable": "Provider unavailable",
    "booked_by_mistake": "Booked by mistake",
    "other": "Other",
}


def add_reasons(apps, schema_editor):
    reason = apps.get_model("appointments", "CancelReason")
    reason.objects.bulk_create(reason(id=uuid7(), code=code, name=name) for code, name in REASONS.items())


class Migration(migrations.Migration):
    """The organisation's list of reasons for a cancellation to begin with."""

    dependencies = [("appointments", "0003_initial")]

    operations = [migrations.RunPython(add_reasons, migrations.RunPython.noop)]
