from django.db import migrations


def make_groups(apps, schema_editor):
    # Creates the roles as the code currently defines them. If the code changes later, `manage.py roles` updates the
    # roles in a database. The function uses only tables of apps that this migration depends on: content types,
    # permissions and groups.
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
