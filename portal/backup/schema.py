"""The schema of the database, as the list of its migrations."""

from typing import Any

from django.apps.registry import Apps, apps
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from record import public_version
from record.database_triggers import run

from .errors import BackupError
from .tables import quoted

Migrations = list[tuple[str, str]]


def applied() -> Migrations:
    """Return the migrations of the database. Raise `BackupError` if this version of Laurel doesn't know one of them."""
    loader = MigrationExecutor(connection).loader
    replaced = {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    found = sorted(set(loader.applied_migrations) - (replaced - set(loader.graph.nodes)))
    check_known(found, "The database")
    return found


def check_known(migrations: Migrations, what: str) -> None:
    """Raise `BackupError`, which begins with `what`, if this version of Laurel doesn't know one of `migrations`."""
    known = MigrationExecutor(connection).loader.graph.nodes
    unknown = [f"{app}.{name}" for app, name in migrations if (app, name) not in known]
    if unknown:
        raise BackupError(
            f"{what} is of a newer version of Laurel: this one doesn't know the migration {unknown[0]}. Update Laurel."
        )


def newest() -> Migrations:
    """Return the migrations of this version of Laurel."""
    return sorted(MigrationExecutor(connection).loader.graph.nodes)


def apps_at(migrations: Migrations) -> Apps:
    """Return the models as they were when exactly `migrations` were applied."""
    if migrations == newest():
        return apps
    return MigrationExecutor(connection).loader.project_state(list(migrations), at_end=True).apps


def migrate(migrations: Migrations | None = None) -> None:
    """
    Apply `migrations`, or all that are missing, in the transaction of the caller. On SQLite, foreign keys must be off,
    because they can't be turned off in a transaction.
    """
    executor: Any = MigrationExecutor(connection, _after_each)
    graph = executor.loader.graph
    targets: Any = graph.leaf_nodes() if migrations is None else _last_of_apps(graph, migrations)
    plan = executor.migration_plan(targets)
    if not plan:
        return
    before = executor._create_project_state(with_applied_migrations=True)
    emit_pre_migrate_signal(0, False, connection.alias, apps=before.apps, plan=plan)
    executor.migrate(targets, plan=plan, state=before.clone())
    if migrations is None:
        emit_post_migrate_signal(0, False, connection.alias, apps=apps, plan=plan)


def _last_of_apps(graph: Any, migrations: Migrations) -> Migrations:
    """Return those of `migrations` that no other one of the same app depends on."""
    wanted = set(migrations)

    def is_last(key: tuple[str, str]) -> bool:
        return not any(child.key[0] == key[0] and child.key in wanted for child in graph.node_map[key].children)

    return list(filter(is_last, migrations))


def _after_each(action: str, *details: Any) -> None:
    if connection.vendor == "postgresql" and action == "apply_success":
        # PostgreSQL can't change a table with foreign keys that it has not checked yet.
        run(["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"])


def start_anew(migrations: Migrations) -> None:
    """Drop all tables of Laurel, in the current transaction, and create those of `migrations`, without rows."""
    former = MigrationRecorder(connection).applied_migrations()
    if former:
        # As before a migration that changes every table: it drops the triggers and their functions.
        executor = MigrationExecutor(connection)
        plan = [(migration, True) for key, migration in executor.loader.graph.nodes.items() if key in former]
        emit_pre_migrate_signal(0, False, connection.alias, apps=apps, plan=plan)
    version = public_version.TABLE
    present = set(connection.introspection.table_names())
    number = 0
    if version in present:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT SUM(number) FROM {version}")  # noqa: S608
            number = int(cursor.fetchone()[0] or 0)
    models = [
        *apps.get_models(include_auto_created=True),
        *apps_at(applied()).get_models(include_auto_created=True),
    ]
    ours = {str(model._meta.db_table) for model in models} | {version, "django_migrations"}
    virtual = sorted(present & {"search_entry_fts"})
    cascade = " CASCADE" if connection.vendor == "postgresql" else ""
    run(f"DROP TABLE {quoted(table)}{cascade}" for table in [*virtual, *sorted(present & ours)])
    migrate(migrations)
    # Pages that a process keeps belong to a smaller number, so that it notices the restore.
    run([f"UPDATE {version} SET number = number + {number + 1:d} WHERE slot = 0"])  # noqa: S608
