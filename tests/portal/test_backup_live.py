"""A backup is made while others write, and a restore may be killed: the state is always one that existed."""

import hashlib
import os
import signal
import subprocess
import sys

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from contests.models import Submission
from people.models import Person
from tests import factories as make
from tests.database_copy import ROOT, copied, process
from tests.portal import backups

#: Keeps two people in step, and a poster in step with its alternative text, each in one transaction. Replaced files
#: stay for a while, as they do when an editor replaces an image.
WRITING = """
import hashlib, itertools, sys, time
import django
django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from contests.models import Submission
from people.models import Person

for number in itertools.count(1):
    content = f"picture {number}".encode() * 200
    name = default_storage.save(f"posters/{hashlib.sha256(content).hexdigest()[:32]}.jpg", ContentFile(content))
    with transaction.atomic():
        Person.objects.filter(slug="left").update(headline=f"step {number}")
        Submission.objects.update(poster=name, poster_alt=hashlib.sha256(content).hexdigest())
        Person.objects.create(name=f"Person {number}", slug=f"person-{number}")
        Person.objects.filter(slug="right").update(headline=f"step {number}")
    print(number, flush=True)
"""


def on_this_database(tmp_path, *code):
    """Return the arguments of `Popen` for a process on the test's database or, on SQLite, on a copy of it."""
    if connection.vendor == "sqlite":
        file = tmp_path / "laurel.sqlite3"
        return process(file if file.exists() else copied(tmp_path), *code)
    own = connection.settings_dict
    url = f"postgres://{own['USER']}:{own['PASSWORD']}@{own['HOST'].replace('/', '%2F')}:{own['PORT']}/{own['NAME']}"
    if own["HOST"].startswith("/"):
        url = f"postgres://{own['USER']}@/{own['HOST']}/{own['NAME']}"
    environ = os.environ | {"DATABASE_URL": url, "MEDIA_ROOT": str(tmp_path / "media"), "TASKS": ""}
    environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    return {"args": [sys.executable, *code], "env": environ, "cwd": ROOT, "text": True}


@pytest.mark.django_db(transaction=True)
def test_backup_during_writes_is_a_state_that_existed(tmp_path):
    make.PersonFactory(slug="left")
    make.PersonFactory(slug="right")
    make.SubmissionFactory()
    writing = subprocess.Popen(**on_this_database(tmp_path, "-c", WRITING), stdout=subprocess.PIPE)
    made = []
    try:
        for _ in range(2):
            began = int(writing.stdout.readline())
            arguments = on_this_database(tmp_path, "manage.py", "backup", "--to", str(tmp_path / "backups"))
            done = subprocess.run(**arguments, capture_output=True, check=False)
            assert done.returncode == 0, done.stderr
            made.append((began, sorted((tmp_path / "backups").glob("laurel-2*.zip"))[-1]))
    finally:
        writing.kill()
        writing.communicate()
    for began, file in made:
        call_command("restore", str(file), "--replace", "--without-backup", "--without-renditions", verbosity=0)
        (left,) = Person.objects.filter(slug="left").values_list("headline", flat=True)
        (right,) = Person.objects.filter(slug="right").values_list("headline", flat=True)
        assert left == right
        # Every confirmed write is in the backup, and those after it are not.
        number = int(left.removeprefix("step "))
        assert number >= began
        assert Person.objects.filter(slug__startswith="person-").count() == number
        film = Submission.objects.get()
        with default_storage.open(film.poster.name) as poster:
            assert hashlib.sha256(poster.read()).hexdigest() == film.poster_alt


@pytest.mark.django_db
@pytest.mark.one_database
def test_restore_that_is_killed_changes_nothing_and_can_be_run_again(tmp_path):
    # PostgreSQL undoes the transaction of a process that is gone in the same way.
    backups.picture(make.SubmissionFactory())
    made = backups.backup(tmp_path)
    make.PersonFactory.create_batch(4)
    database = copied(tmp_path)
    command = ["manage.py", "restore", str(made), "--replace", "--without-backup"]
    killed = subprocess.Popen(**process(database, *command), stdout=subprocess.PIPE)
    try:
        line = next((line for line in killed.stdout if " rows" in line), "")
        assert line.endswith("rows\n")
    finally:
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
    count = ["-c", "import django; django.setup(); from people.models import Person; print(Person.objects.count())"]
    assert (
        subprocess.run(**process(database, *count), capture_output=True, check=True).stdout
        == f"{Person.objects.count()}\n"
    )
    again = subprocess.run(**process(database, *command), capture_output=True, check=True)
    assert "Restored" in again.stdout
    left = Person.objects.count() - 4
    assert subprocess.run(**process(database, *count), capture_output=True, check=True).stdout == f"{left}\n"
