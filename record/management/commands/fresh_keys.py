from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import Max, Model
from simple_history.utils import get_history_manager_for_model

from record.history import is_tracked


class Command(BaseCommand):
    """
    Advances the primary key sequences after `loaddata`. Otherwise a new row could get the primary key of a deleted row,
    and would then show the history of the deleted row as its own.
    """

    help = "Run this after loaddata, so that no new row gets the primary key, and the history, of a deleted one."

    def handle(self, *args, **options):
        moved = sum(_count_on(model) for model in apps.get_models() if is_tracked(model))
        self.stdout.write(f"Tables whose next key is higher now: {moved}.")


def _count_on(model: type[Model]) -> bool:
    """
    Make the next primary key of `model` higher than all primary keys in its history. Return False if nothing had to be
    done, because the table has a row with a key that is at least as high.
    """
    key = model._meta.pk
    known = get_history_manager_for_model(model).aggregate(last=Max(key.attname))["last"] or 0
    if known <= (model._base_manager.aggregate(last=Max("pk"))["last"] or 0):
        return False
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [known, table])
            if not cursor.rowcount:
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, known])
        else:
            sequence = f"pg_get_serial_sequence('{table}', '{key.column}')"
            cursor.execute(f"SELECT setval({sequence}, greatest(nextval({sequence}), %s))", [known])  # noqa: S608
    return True
