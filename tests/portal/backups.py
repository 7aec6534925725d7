"""What tests of backups share: rows of every model with their media, and their state."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from accounts.models import Invitation
from contests.models import Credit, Recognition, Submission
from people.models import Person
from portal.backup.tables import tables
from record.history import is_tracked
from record.models import TableImport
from tests import factories as make
from tests.record.test_admin import hang_on, is_factory


def fill():
    """Create rows of every model, each with a history. Some rows and relations are deleted again."""
    for factory in {value for value in vars(make).values() if is_factory(value)}:
        row = factory()
        if is_tracked(type(row)):
            hang_on(row, 1)
            row._change_reason = "Once more"
            row.save()
    source = make.SourceFactory()
    person = make.PersonFactory(sources=[source], name="名前 \u2028 “é” \\ \t" + "long " * 30)
    person.sources.add(make.SourceFactory())
    person.sources.remove(source)
    gone = make.PersonFactory()
    credit = make.CreditFactory(person=gone)
    Credit.objects.get(pk=credit.pk).delete()
    gone.delete()
    Recognition.objects.first().presenters.add(person)
    film = Submission.objects.first()
    film.categories.add(make.CategoryFactory(contest=film.contest))
    group = Group.objects.create(name="Guests")
    group.permissions.set(Permission.objects.order_by("-pk")[:3])
    make.UserFactory().groups.add(group)
    Invitation.objects.first().roles.add(group)
    TableImport.objects.update(
        content=bytes(range(256)) * 50,
        report={"null": None, "b": [1, 2.5, "\U0001f3ac"], "a": {"\n": True}},
        created_at=datetime(1899, 12, 31, 23, 59, 59, 1, UTC),
    )
    picture(film)


def picture(film, content=b"not really a picture"):
    """Give a film a poster and its original, as files that a storage keeps."""
    name = default_storage.save(f"posters/{hashlib.sha256(content).hexdigest()[:32]}.jpg", ContentFile(content))
    original = default_storage.save(f"originals/{name}", ContentFile(content * 2))
    Submission.objects.filter(pk=film.pk).update(poster=name, poster_original=original, poster_alt=content.decode())
    return name


def state():
    """Return all rows of the tables in a backup, as the database has them, and the next keys."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables(apps):
            columns = ", ".join(map(connection.ops.quote_name, table.columns))
            cursor.execute(f"SELECT {columns} FROM {table.name} ORDER BY 1")
            rows = [tuple(map(_plain, row)) for row in cursor.fetchall()]
            found[table.name] = (rows, table.last_key if table.has_sequence else None)
    return found


def _plain(value):
    if isinstance(value, str) and value.startswith(("{", "[")):
        return json.loads(value)  # JSON has no order of names, and PostgreSQL doesn't keep it.
    return bytes(value) if isinstance(value, memoryview) else value


def stored():
    """Return the content of all files in the storage, except those that are derived from others."""
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def destroy():
    """Delete all rows and files."""
    call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
    for name in stored():
        default_storage.delete(name)
    assert not Person.objects.exists()


def backup(folder, *options):
    """Make a backup in `folder` and return its path."""
    call_command("backup", "--to", str(folder), *options)
    return sorted(folder.glob("laurel-2*.zip"))[-1]
