from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.PositiveSmallIntegerField(choices=[(1, 'Work'), (2, 'Person'), (3, 'Contest'), (4, 'Series'), (5, 'Award'), (6, 'Organisation'), (7, 'Quote'), (8, 'Source')])),
                ('object_id', models.PositiveBigIntegerField()),
                ('reason', models.PositiveSmallIntegerField(choices=[(1, 'its texts have changed'), (2, 'a row has changed through which its row is public, so its part or its rank may be another'), (3, 'all entries are rebuilt'), (4, 'it was rebuilt while another transaction was changing the record')])),
            ],
            options={
                'db_table': 'search_change',
                'default_permissions': (),
                'indexes': [models.Index(fields=['kind', 'object_id', 'reason'], name='search_change_of_row')],
            },
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_from', models.DateTimeField(unique=True)),
            ],
            options={
                'db_table': 'search_part',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.PositiveSmallIntegerField(choices=[(1, 'Work'), (2, 'Person'), (3, 'Contest'), (4, 'Series'), (5, 'Award'), (6, 'Organisation'), (7, 'Quote'), (8, 'Source')])),
                ('object_id', models.PositiveBigIntegerField()),
                ('weight', models.PositiveSmallIntegerField()),
                ('title_length', models.PositiveSmallIntegerField()),
                ('part', models.BigIntegerField(default=-1)),
                ('key', models.CharField(max_length=100)),
                ('url', models.TextField()),
                ('title', models.TextField()),
                ('language', models.CharField(blank=True, max_length=35)),
                ('told_apart', models.TextField(blank=True)),
                ('label', models.TextField(blank=True)),
                ('byline', models.TextField(blank=True)),
                ('text', models.TextField(blank=True)),
                ('tokens', models.TextField()),
            ],
            options={
                'db_table': 'search_entry',
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('part__gt', 0)), fields=['part'], name='search_entry_waiting')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'object_id'), name='search_entry_once')],
            },
        ),
        migrations.CreateModel(
            name='Spelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.BigIntegerField(default=-1)),
                ('variant', models.CharField(max_length=8)),
                ('word', models.CharField(max_length=30)),
            ],
            options={
                'db_table': 'search_spelling',
                'default_permissions': (),
                'indexes': [models.Index(fields=['part', 'variant'], name='search_spelling_by_variant')],
                'constraints': [models.UniqueConstraint(fields=('part', 'word', 'variant'), name='search_spelling_once')],
            },
        ),
    ]
