from django.db import migrations


def make_groups(apps, schema_editor):
    # The roles as they are today, not as they were when this was written: where it runs for the first time nothing is
    # there yet that could be older. Later changes reach a database by `manage.py roles`. Of the database it takes only the
    # tables of Django that it depends on: content types, permissions and groups.
    from portal import roles

    roles.put_right(schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_search"),
        ("people", "0010_merge"),
        ("contests", "0009_desk_indexes"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop, elidable=False)]
