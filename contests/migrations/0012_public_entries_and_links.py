from django.db import migrations, models


def shown_entries(default):
    return models.CharField(
        choices=[
            ('winners', 'Only those with an award'),
            ('selected', 'Those with an award, and those marked as selected'),
            ('all', 'All eligible entries'),
        ],
        default=default,
        help_text='From the reveal on. An award is any recognition: nominees and finalists too.',
        max_length=10,
        verbose_name='entries that the public sees',
    )


def link_audience(default):
    return models.CharField(
        choices=[('jury', 'The jury only'), ('public', 'Everybody, to watch the work')],
        default=default,
        max_length=10,
        verbose_name='who may see the link',
    )


def selected():
    return models.BooleanField(
        default=False,
        help_text='The public sees it after the reveal, if the contest shows its selected entries.',
        verbose_name='selected',
    )


def link():
    return models.URLField(blank=True, max_length=500, verbose_name='link to the work')


def step():
    return models.CharField(
        blank=True,
        choices=[
            ('approved', 'Approved'),
            ('withdrawn', 'Approval withdrawn'),
            ('sealed', 'Sealed'),
            ('reveal_set', 'Reveal set'),
            ('revoked', 'Revoked'),
            ('restored', 'Restored'),
            ('entries_set', 'Public entries chosen'),
        ],
        default='',
        editable=False,
        max_length=12,
    )


class Migration(migrations.Migration):
    """
    Rows that are there already go on as before: every eligible entry is shown, with its link. New ones begin with what
    shows less.
    """

    dependencies = [
        ('contests', '0011_preview_links_end_with_their_makers'),
    ]

    operations = [
        migrations.AddField('contest', 'public_entries', shown_entries('all')),
        migrations.AddField('historicalcontest', 'public_entries', shown_entries('all')),
        migrations.AddField('submission', 'film_url_audience', link_audience('public')),
        migrations.AddField('historicalsubmission', 'film_url_audience', link_audience('public')),
        migrations.AlterField('contest', 'public_entries', shown_entries('winners')),
        migrations.AlterField('historicalcontest', 'public_entries', shown_entries('winners')),
        migrations.AlterField('submission', 'film_url_audience', link_audience('jury')),
        migrations.AlterField('historicalsubmission', 'film_url_audience', link_audience('jury')),
        migrations.AddField('submission', 'is_selected', selected()),
        migrations.AddField('historicalsubmission', 'is_selected', selected()),
        migrations.AlterField('submission', 'film_url', link()),
        migrations.AlterField('historicalsubmission', 'film_url', link()),
        migrations.AlterField('historicalcontest', 'step', step()),
        migrations.AlterField('historicalrecognition', 'step', step()),
        migrations.AlterField('historicalsubmission', 'step', step()),
    ]
