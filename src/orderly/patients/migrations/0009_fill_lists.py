from django.db import migrations

from orderly.patients.filling import fill_lists


class Migration(migrations.Migration):
    """What records say of regions, districts and documents, as lists."""

    dependencies = [("patients", "0008_lists")]

    operations = [migrations.RunPython(fill_lists, migrations.RunPython.noop)]
