import django.db.models.deletion
import django_countries.fields
import record.images
import record.images.fields
import record.images.originals
import record.content_languages
import record.models.record
import record.models.source
import record.slugs
import record.sort_keys
import record.text_folding
import record.visible_text
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('record', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalOrganisation',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('key', models.CharField(db_index=True, default=record.models.record.new_key, editable=False, help_text='An ID for exports and other programs. It stays the same when the name or the URL changes.', max_length=100, verbose_name='permanent key')),
                ('slug', record.slugs.SlugField(db_index=True, help_text='A short name used in URLs. Leave it blank to have it filled in.', max_length=100, verbose_name='slug')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('website', models.URLField(blank=True, max_length=500, verbose_name='website')),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='country or region')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical organisation',
                'verbose_name_plural': 'historical organisations',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalPerson',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('key', models.CharField(db_index=True, default=record.models.record.new_key, editable=False, help_text='An ID for exports and other programs. It stays the same when the name or the URL changes.', max_length=100, verbose_name='permanent key')),
                ('slug', record.slugs.SlugField(db_index=True, help_text='A short name used in URLs. Leave it blank to have it filled in.', max_length=100, verbose_name='slug')),
                ('kind', models.CharField(choices=[('individual', 'Individual'), ('team', 'Team')], default='individual', max_length=12, verbose_name='kind')),
                ('name', models.CharField(help_text='The name as the person or team writes it, for example “C·one”.', max_length=200, verbose_name='name')),
                ('sort_name', models.CharField(help_text='Used to sort lists: “Meller, Dawid”. Filled in from the name. Put the family name first.', max_length=200, verbose_name='sort name')),
                ('native_name', models.CharField(blank=True, help_text='The name in its own script.', max_length=200, verbose_name='native name')),
                ('native_language', record.content_languages.LanguageField(blank=True, help_text='Type the language’s name, such as “Japanese”, and choose it from the list.', max_length=16, verbose_name='language of the native name')),
                ('headline', models.CharField(blank=True, help_text='Who this person or team is, in one line.', max_length=200, verbose_name='headline')),
                ('biography', models.TextField(blank=True, verbose_name='biography')),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='country or region')),
                ('website', models.URLField(blank=True, max_length=500, verbose_name='website')),
                ('portrait', models.TextField(blank=True, max_length=100, verbose_name='portrait')),
                ('portrait_width', models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ('portrait_height', models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ('portrait_original', record.images.originals.OriginalField(verbose_name='uploaded file of the image')),
                ('portrait_focus_x', record.images.fields.FocusField(verbose_name='focal point of the image, from the left')),
                ('portrait_focus_y', record.images.fields.FocusField(verbose_name='focal point of the image, from the top')),
                ('portrait_alt', models.CharField(blank=True, max_length=300, verbose_name='alternative text of the image')),
                ('portrait_credit', models.CharField(blank=True, max_length=200, verbose_name='credit of the image')),
                ('portrait_licence', record.images.fields.LicenceField(verbose_name='licence of the image')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'historical person',
                'verbose_name_plural': 'historical people',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=record.models.record.new_key, editable=False, help_text='An ID for exports and other programs. It stays the same when the name or the URL changes.', max_length=100, unique=True, verbose_name='permanent key')),
                ('slug', record.slugs.SlugField(help_text='A short name used in URLs. Leave it blank to have it filled in.', max_length=100, unique=True, verbose_name='slug')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('sort_key', record.sort_keys.SortKeyField(source='name')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('website', models.URLField(blank=True, max_length=500, verbose_name='website')),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='country or region')),
                ('sources', record.models.source.SourcesField(blank=True, related_name='organisations', to='record.source', verbose_name='sources')),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisations',
                'ordering': ['sort_key', 'pk'],
                'indexes': [models.Index(fields=['sort_key', 'id'], name='organisation_by_sort_key')],
            },
            bases=(record.visible_text.VisibleTextMixin, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalOrganisation_sources',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='people.historicalorganisation')),
                ('source', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='record.source')),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.organisation')),
            ],
            options={
                'verbose_name': 'HistoricalOrganisation_sources',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=record.models.record.new_key, editable=False, help_text='An ID for exports and other programs. It stays the same when the name or the URL changes.', max_length=100, unique=True, verbose_name='permanent key')),
                ('slug', record.slugs.SlugField(help_text='A short name used in URLs. Leave it blank to have it filled in.', max_length=100, unique=True, verbose_name='slug')),
                ('kind', models.CharField(choices=[('individual', 'Individual'), ('team', 'Team')], default='individual', max_length=12, verbose_name='kind')),
                ('name', models.CharField(help_text='The name as the person or team writes it, for example “C·one”.', max_length=200, verbose_name='name')),
                ('sort_name', models.CharField(help_text='Used to sort lists: “Meller, Dawid”. Filled in from the name. Put the family name first.', max_length=200, verbose_name='sort name')),
                ('sort_key', record.sort_keys.SortKeyField(source='sort_name')),
                ('name_key', record.sort_keys.NameKeyField(source='name')),
                ('native_key', record.sort_keys.NameKeyField(source='native_name')),
                ('native_name', models.CharField(blank=True, help_text='The name in its own script.', max_length=200, verbose_name='native name')),
                ('native_language', record.content_languages.LanguageField(blank=True, help_text='Type the language’s name, such as “Japanese”, and choose it from the list.', max_length=16, verbose_name='language of the native name')),
                ('headline', models.CharField(blank=True, help_text='Who this person or team is, in one line.', max_length=200, verbose_name='headline')),
                ('folded_headline', record.text_folding.FoldedField(source='headline')),
                ('biography', models.TextField(blank=True, verbose_name='biography')),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='country or region')),
                ('website', models.URLField(blank=True, max_length=500, verbose_name='website')),
                ('portrait', record.images.fields.ImageField(blank=True, height_field='portrait_height', upload_to=record.images.UploadTo('portraits'), verbose_name='portrait', width_field='portrait_width')),
                ('portrait_width', models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ('portrait_height', models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ('portrait_original', record.images.originals.OriginalField(verbose_name='uploaded file of the image')),
                ('portrait_focus_x', record.images.fields.FocusField(verbose_name='focal point of the image, from the left')),
                ('portrait_focus_y', record.images.fields.FocusField(verbose_name='focal point of the image, from the top')),
                ('portrait_alt', models.CharField(blank=True, max_length=300, verbose_name='alternative text of the image')),
                ('portrait_credit', models.CharField(blank=True, max_length=200, verbose_name='credit of the image')),
                ('portrait_licence', record.images.fields.LicenceField(verbose_name='licence of the image')),
                ('sources', record.models.source.SourcesField(blank=True, related_name='people', to='record.source', verbose_name='sources')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='person', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'ordering': ['sort_key', 'pk'],
                'indexes': [models.Index(fields=['sort_key', 'id'], name='person_by_sort_key'), models.Index(fields=['sort_name', 'id'], name='person_by_sort_name'), models.Index(fields=['country', 'sort_key', 'id'], name='person_by_country'), models.Index(fields=['portrait'], name='person_by_portrait'), models.Index(fields=['name_key'], name='person_by_name_key'), models.Index(fields=['native_key'], name='person_by_native_key'), models.Index(fields=['portrait_alt', 'portrait'], name='person_by_portrait_alt'), models.Index(fields=['portrait_credit', 'portrait'], name='person_by_portrait_credit'), models.Index(condition=models.Q(('key__startswith', 'synthetic-'), _negated=True), fields=['id'], name='person_real')],
                'constraints': [models.CheckConstraint(condition=models.Q(('portrait_focus_x__range', (0, 100)), ('portrait_focus_y__range', (0, 100))), name='person_portrait_focus_within', violation_error_code='portrait_focus_x', violation_error_message='The focal point must be inside the picture: from 0 to 100 per cent on both axes.')],
            },
            bases=(record.visible_text.VisibleTextMixin, models.Model),
        ),
        migrations.CreateModel(
            name='PastWork',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=record.models.record.new_key, editable=False, help_text='An ID for exports and other programs. It stays the same when the name or the URL changes.', max_length=100, unique=True, verbose_name='permanent key')),
                ('title', models.CharField(blank=True, help_text='Leave blank if the work has no title yet.', max_length=200, verbose_name='title')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='year')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='past_works', to='record.source', verbose_name='source')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past_works', to='people.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'past work',
                'verbose_name_plural': 'past works',
                'ordering': ['person', 'order'],
                'constraints': [models.CheckConstraint(condition=models.Q(('year__isnull', True), models.Q(('year__gte', 1800), ('year__lte', 2200)), _connector='OR'), name='pastwork_year_within_years', violation_error_code='year', violation_error_message='Choose a year between 1800 and 2200.'), models.UniqueConstraint(fields=('person', 'order'), name='past_work_order_unique', violation_error_code='order', violation_error_message='Another past work of this person already has this position.'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='past_work_has_title', violation_error_code='title', violation_error_message='Give the title of the work.')],
            },
            bases=(record.visible_text.VisibleTextMixin, models.Model),
        ),
        migrations.CreateModel(
            name='NextProject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=record.models.record.new_key, editable=False, help_text='An ID for exports and other programs. It stays the same when the name or the URL changes.', max_length=100, unique=True, verbose_name='permanent key')),
                ('title', models.CharField(blank=True, help_text='Leave blank if the work has no title yet.', max_length=200, verbose_name='title')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='year')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='next_projects', to='record.source', verbose_name='source')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='next_projects', to='people.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'next project',
                'verbose_name_plural': 'next projects',
                'ordering': ['person', 'order'],
                'constraints': [models.CheckConstraint(condition=models.Q(('year__isnull', True), models.Q(('year__gte', 1800), ('year__lte', 2200)), _connector='OR'), name='nextproject_year_within_years', violation_error_code='year', violation_error_message='Choose a year between 1800 and 2200.'), models.UniqueConstraint(fields=('person', 'order'), name='next_project_order_unique', violation_error_code='order', violation_error_message='Another next project of this person already has this position.'), models.CheckConstraint(condition=models.Q(('description', ''), _negated=True), name='next_project_is_described', violation_error_code='description', violation_error_message='Enter what the person plans to make.')],
            },
            bases=(record.visible_text.VisibleTextMixin, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalPerson_sources',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='people.historicalperson')),
                ('source', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='record.source')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.person')),
            ],
            options={
                'verbose_name': 'HistoricalPerson_sources',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalPastWork',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('key', models.CharField(db_index=True, default=record.models.record.new_key, editable=False, help_text='An ID for exports and other programs. It stays the same when the name or the URL changes.', max_length=100, verbose_name='permanent key')),
                ('title', models.CharField(blank=True, help_text='Leave blank if the work has no title yet.', max_length=200, verbose_name='title')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='year')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='record.source', verbose_name='source')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'historical past work',
                'verbose_name_plural': 'historical past works',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalNextProject',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('key', models.CharField(db_index=True, default=record.models.record.new_key, editable=False, help_text='An ID for exports and other programs. It stays the same when the name or the URL changes.', max_length=100, verbose_name='permanent key')),
                ('title', models.CharField(blank=True, help_text='Leave blank if the work has no title yet.', max_length=200, verbose_name='title')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='year')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='record.source', verbose_name='source')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'historical next project',
                'verbose_name_plural': 'historical next projects',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalAffiliation',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('key', models.CharField(db_index=True, default=record.models.record.new_key, editable=False, help_text='An ID for exports and other programs. It stays the same when the name or the URL changes.', max_length=100, verbose_name='permanent key')),
                ('role', models.CharField(help_text='For example “Founder” or “Representative”.', max_length=120, verbose_name='role')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='record.source', verbose_name='source')),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.organisation', verbose_name='organisation')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'historical affiliation',
                'verbose_name_plural': 'historical affiliations',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Affiliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=record.models.record.new_key, editable=False, help_text='An ID for exports and other programs. It stays the same when the name or the URL changes.', max_length=100, unique=True, verbose_name='permanent key')),
                ('role', models.CharField(help_text='For example “Founder” or “Representative”.', max_length=120, verbose_name='role')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='affiliations', to='record.source', verbose_name='source')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='affiliations', to='people.organisation', verbose_name='organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='affiliations', to='people.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'affiliation',
                'verbose_name_plural': 'affiliations',
                'ordering': ['person', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('person', 'organisation', 'role'), name='affiliation_once_per_role', violation_error_code='role', violation_error_message='This person has that role in this organisation already.')],
            },
            bases=(record.visible_text.VisibleTextMixin, models.Model),
        ),
    ]
