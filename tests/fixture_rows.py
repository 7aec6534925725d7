"""
Loads a fixture much faster than `loaddata`: stores the rows of the first `loaddata` and inserts them again for each
further test. Loading the fixture itself is tested in test_fixtures.py.
"""

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

from contests.models import Credit, CreditRole

_kept = {}


def bring_in(fixture):
    """Load a fixture by its name, like `loaddata`. The database may already contain rows."""
    if fixture not in _kept and (rows := _read(fixture)):
        _kept[fixture] = rows
    if fixture in _kept and not _any_row(_kept[fixture]):
        _write(_kept[fixture])
    else:
        call_command("loaddata", fixture, verbosity=0)


def _read(fixture):
    """
    Load the fixture once. Return the rows that it adds, by table and columns, or nothing if it adds to a table that is
    not empty.
    """
    with transaction.atomic():
        before = _rows()
        call_command("loaddata", fixture, verbosity=0)
        added = {table: rows for table, rows in _rows().items() if rows != before[table]}
        transaction.set_rollback(True)
    if any(before[table] for table in added):
        return None
    return {table: _with_roles(table, rows, {pk: key for key, pk in _roles().items()}) for table, rows in added.items()}


def _roles():
    return dict(CreditRole.objects.values_list("key", "pk"))


def _with_roles(table, rows, named):
    """
    Return the rows of `table` with other names of the roles in credits: primary keys or permanent keys. The roles have
    new primary keys after each test that empties the tables.
    """
    name, columns = table
    if name != Credit._meta.db_table:
        return rows
    place = columns.index("role_id")
    return [(*row[:place], named[row[place]], *row[place + 1 :]) for row in rows]


def _rows():
    with connection.cursor() as cursor:
        found = {}
        for table, columns in _tables():
            cursor.execute(f"SELECT {_quoted(*columns)} FROM {_quoted(table)}")
            found[table, columns] = cursor.fetchall()
        return found


def _tables():
    for app in ("accounts", "record", "people", "contests"):
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                yield (
                    model._meta.db_table,
                    tuple(field.column for field in model._meta.local_concrete_fields if not field.generated),
                )


def _any_row(kept):
    asked = " OR ".join(f"EXISTS (SELECT 1 FROM {_quoted(table)})" for table, _ in kept)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        return cursor.fetchone()[0]


def _write(kept):
    with transaction.atomic(), connection.cursor() as cursor:
        for (table, columns), rows in kept.items():
            values = ", ".join(["%s"] * len(columns))
            rows = _with_roles((table, columns), rows, _roles())
            cursor.executemany(f"INSERT INTO {_quoted(table)} ({_quoted(*columns)}) VALUES ({values})", rows)


def _quoted(*names):
    return ", ".join(connection.ops.quote_name(name) for name in names)
