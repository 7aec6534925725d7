"""Empty: 0001 makes the tables whole, which is quicker. It stays, since portals know that they have run it."""

from django.db import migrations


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contests', '0001_initial'),
    ]

    operations = []
