from django.db import migrations


def make_groups(apps, schema_editor):
    # The roles as the code has them today. Later changes reach a database by `manage.py roles`. Of the database it uses
    # only the tables of Django that it depends on: content types, permissions and groups.
    from accounts import roles

    roles.put_right(schema_editor.connection.alias)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("record", "0001_initial"),
        ("accounts", "0001_initial"),
        ("people", "0001_initial"),
        ("contests", "0001_initial"),
        ("search", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
