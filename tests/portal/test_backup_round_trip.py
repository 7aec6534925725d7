"""A backup restores everything, onto the same and onto the other database."""

import json
import sqlite3
import subprocess
import zipfile
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from people.models import Person
from portal.backup import schema
from record import public_version
from record.models import TableImport
from search.models import Entry
from tests import factories as make
from tests.database_copy import process
from tests.portal import backups

pytestmark = pytest.mark.django_db(transaction=True)


def run(database, *command):
    """Run a command of Laurel in another process, on the SQLite database in the file `database`."""
    done = subprocess.run(**process(database, "manage.py", *map(str, command)), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_is_the_same_after_backup_loss_and_restore(tmp_path, capsys):
    backups.fill()
    call_command("refresh_search", verbosity=0)
    rows, files, version = backups.state(), backups.stored(), public_version.current()
    entries = Entry.objects.count()
    made = backups.backup(tmp_path / "backups")
    assert made.stat().st_mode & 0o777 == 0o600
    backups.destroy()
    call_command("restore", str(made), "--without-renditions")
    assert backups.state() == rows
    assert backups.stored() == files
    assert len(files) == 2
    # Sessions end, the search finds everything, and other processes notice that their pages are outdated.
    assert Entry.objects.count() == entries > 0
    assert public_version.current() > version
    # A new row doesn't get the key, and thereby the history, of a deleted one.
    assert make.PersonFactory().history.count() == 1
    assert "Restored" in capsys.readouterr().out


def test_backup_moves_to_sqlite_and_back(tmp_path):
    backups.fill()
    rows, files = backups.state(), backups.stored()
    other = tmp_path / "other" / "laurel.sqlite3"
    other.parent.mkdir()
    assert "Restored" in run(other, "restore", backups.backup(tmp_path / "there"), "--without-renditions")
    run(other, "backup", "--to", tmp_path / "back")
    backups.destroy()
    make.PersonFactory.create_batch(3)
    (back,) = (tmp_path / "back").glob("laurel-2*.zip")
    with pytest.raises(CommandError, match="add --replace"):
        call_command("restore", str(back))
    call_command("restore", str(back), "--replace", "--without-renditions")
    assert backups.state() == rows
    assert backups.stored() == files
    # What was replaced is in a backup too.
    (before,) = (tmp_path / "back").glob("laurel-before-restore-*.zip")
    call_command("restore", str(before), "--replace", "--without-backup", "--without-renditions")
    assert Person.objects.count() == 3


def test_backup_of_an_older_version_is_restored_and_updated(tmp_path):
    backups.fill()
    rows = backups.state()
    older = [("mfa", "0002_authenticator_timestamps")]
    with connection.constraint_checks_disabled():
        MigrationExecutor(connection).migrate(older)
    try:
        assert schema.applied() != schema.newest()
        made = backups.backup(tmp_path)
    finally:
        with connection.constraint_checks_disabled():
            executor = MigrationExecutor(connection)
            executor.migrate(executor.loader.graph.leaf_nodes())
    backups.destroy()
    version = public_version.current()
    call_command("restore", str(made), "--replace", "--without-backup", "--without-renditions")
    assert schema.applied() == schema.newest()
    restored = backups.state()
    assert {name: found for name, found in rows.items() if restored[name] != found} == {}
    assert public_version.current() > version
    # The triggers are there again.
    version = public_version.current()
    make.PersonFactory()
    assert public_version.current() > version


def test_json_null_is_not_a_missing_value(tmp_path):
    """JSON's null and NULL look the same through Django's models."""
    make.TableImportFactory()
    cast = "'null'::jsonb" if connection.vendor == "postgresql" else "'null'"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE record_tableimport SET report = {cast}")
    made = backups.backup(tmp_path)
    backups.destroy()
    call_command("restore", str(made), "--without-renditions")
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM record_tableimport WHERE report IS NOT NULL")
        assert cursor.fetchone() == (1,)
    assert TableImport.objects.get().report is None


def test_value_that_the_other_database_refuses_leaves_the_target_as_it_was(tmp_path):
    """PostgreSQL has no text with NUL. On SQLite, a text that is too long is stored."""
    if connection.vendor == "sqlite":
        return  # SQLite stores every value that a backup can have.
    other = tmp_path / "other" / "laurel.sqlite3"
    other.parent.mkdir()
    run(other, "migrate")
    with closing(sqlite3.connect(other)) as database, database:
        database.execute("UPDATE contests_creditrole SET name = 'a' || char(0) || 'b' WHERE id = 1")
    run(other, "backup", "--to", tmp_path)
    (made,) = tmp_path.glob("laurel-2*.zip")
    make.PersonFactory()
    rows = backups.state()
    with pytest.raises(CommandError, match="A row of contests_creditrole can't be stored in this database"):
        call_command("restore", str(made), "--replace", "--without-backup")
    assert backups.state() == rows


def test_backup_can_be_inspected_with_standard_tools(tmp_path):
    make.PersonFactory(name="Ada", slug="ada")
    with zipfile.ZipFile(backups.backup(tmp_path)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        table = manifest["tables"]["people_person"]
        (row,) = map(json.loads, archive.read("rows/people_person.jsonl").splitlines())
    assert (table["rows"], manifest["laurel"], manifest["format"]) == (1, "0.1.0", "laurel-backup")
    assert dict(zip(table["columns"], row, strict=True))["name"] == "Ada"
