"""
File permissions: only the user account that runs the portal may read the database, the uploads and the secret key.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

DIRECTORY, FILE = 0o700, 0o600


def restrict_database(sender: Any, connection: Any, **kwargs: Any) -> None:
    """
    When a SQLite database is opened, let only the portal's user account read its file. SQLite gives its log files the
    same permissions.
    """
    if connection.vendor == "sqlite":
        _restrict(Path(str(connection.settings_dict["NAME"])))


def restrict_files() -> None:
    """Let only the portal's user account read the database, the file .env, var/ and the uploads."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "portal.databases.sqlite":
        for ending in ("", "-wal", "-shm", "-journal"):
            _restrict(Path(f"{database['NAME']}{ending}"))
    _restrict(settings.BASE_DIR / ".env")
    for root in (settings.VAR_DIR, Path(settings.MEDIA_ROOT)):
        for path in _below(root):
            _restrict(path)


def _below(root: Path) -> Iterator[Path]:
    static = Path(settings.STATIC_ROOT)
    yield root
    for folder, folders, files in os.walk(root):
        # Skip static files, which are public.
        folders[:] = [name for name in folders if Path(folder, name) != static]
        yield from (Path(folder, name) for name in [*folders, *files])


def _restrict(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and mode & 0o077:
            path.chmod(DIRECTORY if stat.S_ISDIR(mode) else FILE)
    except OSError:  # The file is missing, or belongs to another user account.
        return
