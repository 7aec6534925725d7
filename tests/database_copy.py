"""A copy of the test's database on SQLite, for other processes."""

import os
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).parent.parent


def copied(folder):
    """Copy the database as the test sees it to `folder`, and return the path of the file."""
    file = folder / "laurel.sqlite3"
    connection.ensure_connection()
    # A backup would wait for the end of the transaction.
    file.write_bytes(connection.connection.serialize())
    return file


def process(file, *code):
    """Return the arguments of `subprocess.Popen` for a process of Python that works on the database `file`."""
    own = {"DATABASE_URL": f"sqlite:///{file}", "MEDIA_ROOT": str(file.parent / "media"), "TASKS": ""}
    environ = os.environ | own | {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    return {"args": [sys.executable, *code], "env": environ, "cwd": ROOT, "text": True}
