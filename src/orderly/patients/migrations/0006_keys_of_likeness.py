from django.db import migrations

from orderly.patients.reindex import reindex


class Migration(migrations.Migration):
    dependencies = [("patients", "0005_fill_search_keys")]

    operations = [migrations.RunPython(reindex, migrations.RunPython.noop)]
