import contests.codes
from django.db import migrations


def fill(apps, schema_editor):
    """Gives the rows that are there their code."""
    rows = apps.get_model('contests', 'Recognition').objects.using(schema_editor.connection.alias).only('pk', 'key')
    batch = []
    for row in rows.order_by('pk').iterator(chunk_size=500):
        batch.append(row)
        if len(batch) == 500:
            rows.bulk_update(batch, ['code'])
            batch = []
    rows.bulk_update(batch, ['code'])


class Migration(migrations.Migration):

    dependencies = [
        ('contests', '0003_submission_sort_key'),
        ('people', '0002_person_sort_key'),
    ]

    operations = [
        migrations.AddField(
            model_name='recognition',
            name='code',
            field=contests.codes.CodeField(source='key'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name='recognition',
            name='code',
            field=contests.codes.CodeField(source='key', unique=True),
        ),
    ]
