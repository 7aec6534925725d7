"""A process that is killed in the middle of an import leaves nothing half-written."""

import signal
import sqlite3
import subprocess
from contextlib import closing

import pytest

from contests.models import Contest
from people.models import Person
from tests import factories as make
from tests.contests.exchange import archives
from tests.database_copy import copied, process

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
#: Runs a command. It stops for ever when it has written to the history of people, which an import does late.
STOPPING = """
import sys, time
import django
django.setup()
from django.core.management import call_command
from django.db import connection

def stopping(execute, sql, params, many, context):
    found = execute(sql, params, many, context)
    if sql.startswith('INSERT INTO "people_historicalperson"'):
        people = connection.connection.execute("SELECT COUNT(*) FROM people_person").fetchone()[0]
        print("people:", people, flush=True)
        time.sleep(60)
    return found

with connection.execute_wrapper(stopping):
    call_command(*sys.argv[1:], **({"yes": True} if sys.argv[1] == "import_archive" else {}))
"""


def rows(file):
    """Return the number of rows in each table. Fail if the database is damaged or locked."""
    with closing(sqlite3.connect(file, timeout=0)) as database:
        database.execute("BEGIN IMMEDIATE")
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        # The index of the search is a virtual table, which can't be counted.
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        tables = [name for (name,) in database.execute(asked)]
        return {name: database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in tables}


def killed(file, *command):
    """Run a command until it has written, kill it, and return how many people it had written by then."""
    started = subprocess.Popen(**process(file, "-c", STOPPING, *map(str, command)), stdout=subprocess.PIPE)
    try:
        line = next((line for line in started.stdout if line.startswith("people:")), "")
        assert line, "The command has ended without writing."
        # The transaction is open.
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            rows(file)
    finally:
        started.send_signal(signal.SIGKILL)
        started.communicate()
    assert started.returncode == -signal.SIGKILL
    return int(line.split()[1])


def test_killed_import_of_a_table_leaves_no_row(tmp_path):
    file = copied(tmp_path)
    before = rows(file)
    table = tmp_path / "people.csv"
    table.write_text("Name\n" + "".join(f"Person {number}\n" for number in range(200)))
    assert killed(file, "import_table", "people", table) > before["people_person"]
    # Only the import itself is there. It was noted before, and an editor can delete it.
    assert rows(file) == before | {"record_tableimport": 1, "sqlite_sequence": rows(file)["sqlite_sequence"]}


def test_killed_import_of_an_archive_leaves_no_row(tmp_path):
    contest = make.ContestFactory(slug="gala", revealed=True)
    for number in range(3):
        film = make.RecognitionFactory(award__contest=contest, submission__title=f"Film {number}").submission
        make.CreditFactory(submission=film)
    archive = tmp_path / "gala.zip"
    archive.write_bytes(archives.exported(contest))
    written = Person.objects.count()
    archives.empty()
    assert not Contest.objects.exists()
    file = copied(tmp_path)
    before = rows(file)
    assert killed(file, "import_archive", archive) == written > 0
    assert rows(file) == before
