from django.db import migrations

from record.public_version import SLOTS, TABLE


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [
                f"CREATE TABLE {TABLE} (slot integer PRIMARY KEY, number bigint NOT NULL)",
                f"INSERT INTO {TABLE} (slot, number) VALUES " + ", ".join(f"({slot}, 0)" for slot in range(SLOTS)),  # noqa: S608
            ],
            [f"DROP TABLE {TABLE}"],
        )
    ]
