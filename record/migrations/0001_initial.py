import datetime
import django.db.models.deletion
import django.utils.timezone
import record.models.record
import record.slugs
import record.sort_keys
import record.visible_text
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalDistinct',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('one', models.CharField(max_length=100, verbose_name='permanent key of the first record')),
                ('other', models.CharField(max_length=100, verbose_name='permanent key of the second record')),
                ('names', models.CharField(max_length=420, verbose_name='names')),
                ('noted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='noted at')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('content_type', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='contenttypes.contenttype', verbose_name='kind')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('noted_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by')),
            ],
            options={
                'verbose_name': 'historical pair that is not a duplicate',
                'verbose_name_plural': 'historical not duplicates',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalSource',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('key', models.CharField(db_index=True, default=record.models.record.new_key, editable=False, help_text='An ID for exports and other programs. It stays the same when the name or the URL changes.', max_length=100, verbose_name='permanent key')),
                ('slug', record.slugs.SlugField(db_index=True, help_text='A short name used in URLs. Leave it blank to have it filled in.', max_length=100, verbose_name='slug')),
                ('title', models.CharField(help_text='The title as published. If it is unknown, describe the source: “News report on the awards ceremony”.', max_length=300, verbose_name='title')),
                ('publisher', models.CharField(blank=True, max_length=200, verbose_name='publisher')),
                ('author', models.CharField(blank=True, max_length=200, verbose_name='author')),
                ('url', models.URLField(blank=True, max_length=500, verbose_name='URL')),
                ('published_on', models.DateField(blank=True, null=True, verbose_name='published on')),
                ('accessed_on', models.DateField(blank=True, null=True, verbose_name='accessed on')),
                ('note', models.TextField(blank=True, help_text='What readers should know about the source. Shown on its page.', verbose_name='note')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical source',
                'verbose_name_plural': 'historical sources',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=record.models.record.new_key, editable=False, help_text='An ID for exports and other programs. It stays the same when the name or the URL changes.', max_length=100, unique=True, verbose_name='permanent key')),
                ('slug', record.slugs.SlugField(help_text='A short name used in URLs. Leave it blank to have it filled in.', max_length=100, unique=True, verbose_name='slug')),
                ('title', models.CharField(help_text='The title as published. If it is unknown, describe the source: “News report on the awards ceremony”.', max_length=300, verbose_name='title')),
                ('sort_key', record.sort_keys.SortKeyField(source='title')),
                ('publisher', models.CharField(blank=True, max_length=200, verbose_name='publisher')),
                ('author', models.CharField(blank=True, max_length=200, verbose_name='author')),
                ('url', models.URLField(blank=True, max_length=500, verbose_name='URL')),
                ('published_on', models.DateField(blank=True, null=True, verbose_name='published on')),
                ('accessed_on', models.DateField(blank=True, null=True, verbose_name='accessed on')),
                ('checked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='URL checked at')),
                ('link_state', models.CharField(blank=True, choices=[('answers', 'reachable'), ('moved', 'moved permanently'), ('gone', 'gone'), ('unreachable', 'can’t be reached')], editable=False, help_text='The result of the last check of the URL. Blank: not checked yet.', max_length=12, verbose_name='status of the URL')),
                ('note', models.TextField(blank=True, help_text='What readers should know about the source. Shown on its page.', verbose_name='note')),
            ],
            options={
                'verbose_name': 'source',
                'verbose_name_plural': 'sources',
                'ordering': ['sort_key', 'pk'],
                'indexes': [models.Index(fields=['sort_key', 'id'], name='source_by_sort_key'), models.Index(fields=['link_state'], name='source_by_link_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('published_on__isnull', True), models.Q(('published_on__gte', datetime.date(1800, 1, 1)), ('published_on__lte', datetime.date(2200, 12, 31))), _connector='OR'), name='source_published_on_within_years', violation_error_code='published_on', violation_error_message='Choose a year between 1800 and 2200.'), models.CheckConstraint(condition=models.Q(('accessed_on__isnull', True), models.Q(('accessed_on__gte', datetime.date(1800, 1, 1)), ('accessed_on__lte', datetime.date(2200, 12, 31))), _connector='OR'), name='source_accessed_on_within_years', violation_error_code='accessed_on', violation_error_message='Choose a year between 1800 and 2200.')],
            },
            bases=(record.visible_text.VisibleTextMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Distinct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('one', models.CharField(max_length=100, verbose_name='permanent key of the first record')),
                ('other', models.CharField(max_length=100, verbose_name='permanent key of the second record')),
                ('names', models.CharField(max_length=420, verbose_name='names')),
                ('noted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='noted at')),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='contenttypes.contenttype', verbose_name='kind')),
                ('noted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by')),
            ],
            options={
                'verbose_name': 'pair that is not a duplicate',
                'verbose_name_plural': 'not duplicates',
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(fields=('content_type', 'one', 'other'), name='distinct_once'), models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='distinct_in_order')],
            },
        ),
        migrations.CreateModel(
            name='FormerSlug',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_id', models.PositiveBigIntegerField()),
                ('slug', record.slugs.SlugField(help_text='A short name used in URLs. Leave it blank to have it filled in.', max_length=100, verbose_name='slug')),
                ('waits_for', models.JSONField(blank=True, editable=False, null=True)),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='contenttypes.contenttype')),
            ],
            options={
                'verbose_name': 'old URL',
                'verbose_name_plural': 'old URLs',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('content_type', 'slug', 'object_id'), name='former_slug_kept_once')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kept_id', models.PositiveBigIntegerField()),
                ('kept_name', models.CharField(max_length=300, verbose_name='kept record')),
                ('gone_id', models.PositiveBigIntegerField()),
                ('gone_name', models.CharField(max_length=300, verbose_name='merged record')),
                ('gone', models.JSONField(blank=True, help_text='The values of the deleted row, by column.')),
                ('journal', models.JSONField(blank=True, default=list, help_text='The steps of the merge in order: rows changed, deleted and inserted, with all their values.')),
                ('files', models.TextField(blank=True, help_text='Names of image files that are no longer used, one per line. They are kept so that the merge can be undone.')),
                ('reason', models.CharField(blank=True, max_length=100, verbose_name='why')),
                ('merged_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='merged at')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone at')),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='contenttypes.contenttype', verbose_name='kind')),
                ('merged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='merged by')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='undone by')),
            ],
            options={
                'verbose_name': 'merge',
                'verbose_name_plural': 'merges',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['content_type', 'kept_id'], name='merge_by_kept')],
            },
        ),
    ]
