import django.db.models.functions.text
from django.db import migrations, models
from django.db.models.functions import Lower


def to_small_letters(apps, schema_editor):
    """As accounts are looked for. No two addresses differ in case alone: a constraint has held that from the start."""
    apps.get_model("people", "User").objects.exclude(email=Lower("email")).update(email=Lower("email"))


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0004_invitation"),
    ]

    operations = [
        migrations.RunPython(to_small_letters, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='user_email_in_small_letters'),
        ),
    ]
