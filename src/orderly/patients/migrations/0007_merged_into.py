from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    dependencies = [("patients", "0006_keys_of_likeness")]

    operations = [
        migrations.AddField(
            model_name="patient",
            name="merged_into",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=PROTECT, related_name="merged", to="patients.patient"
            ),
        ),
    ]
