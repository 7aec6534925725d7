from contextlib import contextmanager
from importlib import import_module

import pytest
from django.db import connection, models, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration, RunSQL
from django.db.migrations.state import ProjectState

from record.initial_migration import InitialMigration

TABLES = {"maker_film", "maker_prize", "maker_film_prizes", "maker_label"}


def made(kind):
    """Return a migration of this class with each kind of operation, and with tables that refer to each other."""
    migration = kind("0001_initial", "maker")
    key = ("id", models.BigAutoField(primary_key=True))
    migration.operations = [
        CreateModel(
            "Film", [key, ("title", models.CharField(max_length=30)), ("year", models.IntegerField(null=True))]
        ),
        CreateModel(
            "Prize", [key, ("film", models.ForeignKey("maker.Film", models.CASCADE)), ("rank", models.IntegerField())]
        ),
        AddField("Film", "first_prize", models.ForeignKey("maker.Prize", models.SET_NULL, null=True, related_name="+")),
        AddField("Film", "prizes", models.ManyToManyField("maker.Prize", related_name="+")),
        AddConstraint("Film", models.UniqueConstraint(fields=["title", "first_prize"], name="film_once")),
        AddConstraint("Prize", models.CheckConstraint(condition=models.Q(rank__gte=1), name="prize_rank_from_one")),
        AddIndex("Film", models.Index(fields=["first_prize", "year"], name="film_by_prize")),
        CreateModel("Label", [key, ("films", models.IntegerField(db_index=True))], options={"ordering": ["films"]}),
    ]
    return migration


@contextmanager
def spare_database():
    """Give a database for more tables. Within the transaction of a test, SQLite can create none, but PostgreSQL can."""
    if connection.vendor == "sqlite":
        yield DatabaseWrapper({**connection.settings_dict, "NAME": ":memory:"})
        return
    with transaction.atomic():
        yield connection
        transaction.set_rollback(True)


def applied(kind):
    """Return the tables that the migration creates, and the models after it."""
    with spare_database() as database:
        with database.schema_editor() as editor:
            state = made(kind).apply(ProjectState(), editor)
        with database.cursor() as cursor:
            return {table: described(database.introspection, cursor, table) for table in TABLES}, state


def described(look, cursor, table):
    constraints = look.get_constraints(cursor, table)
    assert constraints
    return look.get_table_description(cursor, table), sorted(constraints.items())


@pytest.mark.django_db
def test_it_creates_what_django_creates_step_by_step():
    step_by_step, expected = applied(Migration)
    at_once, state = applied(InitialMigration)
    assert at_once == step_by_step
    assert state.models == expected.models


def test_any_other_operation_is_taken_in_its_turn():
    migration = made(InitialMigration)
    assert migration.only_creates()
    migration.operations = [*migration.operations, RunSQL("SELECT 1")]
    assert not migration.only_creates()
    migration.operations = [AddField("Elsewhere", "note", models.TextField())]
    assert not migration.only_creates()


@pytest.mark.parametrize("app", ["people", "contests"])
def test_large_apps_are_created_at_once(app):
    migration = import_module(f"{app}.migrations.0001_initial").Migration("0001_initial", app)
    assert isinstance(migration, InitialMigration)
    assert migration.only_creates()
