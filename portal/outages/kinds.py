"""Kinds of outages, by the errors that they cause."""

import errno
import sqlite3
from enum import Enum
from typing import Any

from django.db import Error

from record.media import is_unusable


class Outage(Enum):
    #: The database can't be reached, or the connection broke.
    DATABASE = "database"
    #: Another transaction holds the lock for too long, the statement took too long, or a migration changes the tables.
    BUSY = "busy"
    #: The database or the storage can't write: the disk is full, read-only or broken.
    STORAGE = "storage"


#: Codes of PostgreSQL (appendix A of its manual). A class of codes has two characters.
_CODES = {
    **dict.fromkeys(("08", "57P01", "57P02", "57P03", "57P05", "53300", "25P03", "58"), Outage.DATABASE),
    **dict.fromkeys(("55P03", "57014", "40001", "40P01"), Outage.BUSY),
    **dict.fromkeys(("53100", "25006"), Outage.STORAGE),
}
#: Codes of SQLite, without the extended part.
_SQLITE = {
    **dict.fromkeys((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_SCHEMA), Outage.BUSY),
    **dict.fromkeys((sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR), Outage.STORAGE),
    sqlite3.SQLITE_CANTOPEN: Outage.DATABASE,
}
try:
    import psycopg
except ImportError:  # It is installed only where PostgreSQL is used.
    psycopg = None  # type: ignore[assignment]
_DISK = {errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO}


def outage_of(error: BaseException | None) -> Outage | None:
    """Return the outage that has caused `error`, or None if the error has another cause."""
    if isinstance(error, Error):
        # A Django error comes from an error of the driver. After the first error in a transaction, Django refuses
        # further statements with an error of its own.
        return outage_of(error.__cause__) or (outage_of(error.__context__) if error.__cause__ is None else None)
    if psycopg is not None and isinstance(error, psycopg.Error):
        return _of_postgresql(error)
    if isinstance(error, sqlite3.Error):
        # sqlite3 sets the code only on errors that come from SQLite itself.
        return _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if isinstance(error, OSError) and (error.errno in _DISK or is_unusable(error)):
        return Outage.STORAGE
    return None


def _of_postgresql(error: Any) -> Outage | None:
    code = error.sqlstate
    if code is None:
        # Without a code, the error comes from this side of the connection.
        return Outage.DATABASE if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) else None
    return _CODES.get(code) or _CODES.get(code[:2])
