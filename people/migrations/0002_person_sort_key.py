import people.sort_keys
from django.db import migrations, models


def fill(apps, schema_editor):
    """Gives the rows that are there their key."""
    rows = apps.get_model('people', 'Person').objects.using(schema_editor.connection.alias).only('pk', 'sort_name')
    batch = []
    for row in rows.order_by('pk').iterator(chunk_size=500):
        batch.append(row)
        if len(batch) == 500:
            rows.bulk_update(batch, ['sort_key'])
            batch = []
    rows.bulk_update(batch, ['sort_key'])


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='person',
            options={'ordering': ['sort_key', 'pk'], 'verbose_name': 'person', 'verbose_name_plural': 'people'},
        ),
        migrations.AddField(
            model_name='person',
            name='sort_key',
            field=people.sort_keys.SortKeyField(source='sort_name'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['sort_key', 'id'], name='person_by_sort_key'),
        ),
    ]
