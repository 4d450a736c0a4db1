"""Empty: the next one fills the keys, with more of them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("patients", "0004_search_keys")]

    operations: list[object] = []
