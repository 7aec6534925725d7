from django.db import migrations, models


def not_written_down(apps, schema_editor):
    """Of what is approved already nobody knows what it said then; a change before the reveal withdraws it all the same."""
    apps.get_model("contests", "Recognition").objects.filter(approved_at__isnull=False).update(approved_as={})


class Migration(migrations.Migration):
    dependencies = [("contests", "0014_words_without_outer_marks")]

    operations = [
        migrations.AddField(
            model_name="recognition",
            name="approved_as",
            field=models.JSONField(
                blank=True,
                editable=False,
                help_text="What it said when it was approved. It stays where the approval is withdrawn, to compare with.",
                null=True,
                verbose_name="approved as",
            ),
        ),
        migrations.RunPython(not_written_down, migrations.RunPython.noop, elidable=True),
    ]
