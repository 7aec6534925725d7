from django.db import migrations, models
from django.db.models.functions import Lower


def to_small_letters(apps, schema_editor):
    """As accounts are looked for. No two addresses differ in case alone: a constraint has held that from the start."""
    apps.get_model("people", "User").objects.exclude(email=Lower("email")).update(email=Lower("email"))


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0008_invitation"),
    ]

    operations = [
        migrations.RunPython(to_small_letters, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint(model_name="user", name="user_email_unique_in_any_case"),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", Lower("email"))),
                name="user_email_in_small_letters",
                violation_error_message="Write the e-mail address in small letters.",
            ),
        ),
    ]
