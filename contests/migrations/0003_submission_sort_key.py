import people.sort_keys
from django.db import migrations, models


def fill(apps, schema_editor):
    """Gives the rows that are there their key."""
    rows = apps.get_model('contests', 'Submission').objects.using(schema_editor.connection.alias).only('pk', 'title')
    batch = []
    for row in rows.order_by('pk').iterator(chunk_size=500):
        batch.append(row)
        if len(batch) == 500:
            rows.bulk_update(batch, ['sort_key'])
            batch = []
    rows.bulk_update(batch, ['sort_key'])


class Migration(migrations.Migration):

    dependencies = [
        ('contests', '0002_initial'),
        ('people', '0002_person_sort_key'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='submission',
            name='submission_by_status',
        ),
        migrations.AddField(
            model_name='submission',
            name='sort_key',
            field=people.sort_keys.SortKeyField(source='title'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['contest', 'status', 'sort_key', 'id'], name='submission_by_sort_key'),
        ),
    ]
