"""Makes Django's setting DATABASES from environment variables."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from portal.databases.time_limits import WebLimits

ENGINES = {
    "django.db.backends.sqlite3": "portal.databases.sqlite",
    "django.db.backends.postgresql": "portal.databases.postgresql",
}
#: For SQLite. With WAL, readers never wait for a writer. With mmap_size, SQLite reads 256 MB of its file without
#: copying: counts take up to a quarter less time.
ON_CONNECT = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA mmap_size=268435456;"
#: For PostgreSQL: the operating system notices within about 15 seconds that the server's machine is gone.
TCP = {"keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 15_000}
#: How long a request may leave a transaction without a statement, for example while it makes renditions, in seconds.
IDLE_IN_TRANSACTION = 60
#: The longest limit that can be set, in seconds. PostgreSQL and SQLite count in milliseconds, and refuse large numbers.
DAY = 24 * 3600
#: The name of the database that visitors read, if there is a read replica.
REPLICA = "replica"


def databases(env: Any, embedded: Path) -> dict[str, dict[str, Any]]:
    """
    Return the databases that the environment describes. Without any variable this is a SQLite database in the file
    `embedded`. Raise ImproperlyConfigured, with one sentence, if a variable is wrong.
    """
    main = _of_url(env, "DATABASE_URL") or {"ENGINE": "django.db.backends.sqlite3", "NAME": embedded}
    max_age = env.int("DATABASE_CONN_MAX_AGE", 60)
    found = {"default": main}
    if replica := _of_url(env, "DATABASE_REPLICA_URL"):
        if replica["ENGINE"] != main["ENGINE"]:
            raise ImproperlyConfigured("DATABASE_REPLICA_URL has to be a database of the same kind as DATABASE_URL.")
        found[REPLICA] = replica | {"TEST": {"MIRROR": "default"}}
    pool = env.int("DATABASE_POOL", 0, most=10_000)
    connect = env.int("DATABASE_CONNECT_TIMEOUT", 3, least=2, most=DAY)
    for database in found.values():
        # Also on SQLite: the last connection to close copies the write-ahead log into the database file, so opening
        # and closing a connection for each request takes longer than most queries.
        database["CONN_MAX_AGE"] = max_age
        if database["ENGINE"] == "django.db.backends.sqlite3":
            # With IMMEDIATE, a transaction takes the write lock at its start, so that it can't fail in the middle
            # because another transaction has written.
            database["OPTIONS"] = {"init_command": ON_CONNECT, "transaction_mode": "IMMEDIATE", "timeout": 20}
        else:
            _set_up_postgresql(database, connect, pool)
        database["ENGINE"] = ENGINES[database["ENGINE"]]
    if pool and main["ENGINE"] == ENGINES["django.db.backends.sqlite3"]:
        raise ImproperlyConfigured("DATABASE_POOL is for PostgreSQL: SQLite needs no pool.")
    return found


def request_limits(env: Any) -> dict[str, int]:
    """Return the arguments of `limit_requests`."""
    return {
        "statement": env.int("DATABASE_STATEMENT_TIMEOUT", 30, most=DAY),
        "lock": env.int("DATABASE_LOCK_TIMEOUT", 5, least=1, most=DAY),
    }


def _set_up_postgresql(database: dict[str, Any], connect: int, pool: int) -> None:
    if not find_spec("psycopg"):
        raise ImproperlyConfigured(
            "DATABASE_URL names PostgreSQL, but the package psycopg is missing. "
            "Run: .venv/bin/pip install --require-hashes -r requirements/production.txt"
        )
    # Turn off PostgreSQL's just-in-time compilation, which takes longer than the queries themselves: 73 of 83 ms when
    # counting all people.
    database["OPTIONS"] = {"options": "-c jit=off", "connect_timeout": connect, **TCP, **database.get("OPTIONS", {})}
    database["CONN_HEALTH_CHECKS"] = True
    if pool:
        from portal.databases.postgresql.watched import WatchedConnection

        database["CONN_MAX_AGE"] = 0
        database["OPTIONS"]["pool"] = {
            **{"min_size": 1, "max_size": pool, "timeout": connect, "reconnect_timeout": 10},
            "connection_class": WatchedConnection,
        }


def limit_requests(databases: dict[str, dict[str, Any]], statement: int, lock: int) -> None:
    """
    Let requests wait at most `statement` seconds for a statement and `lock` seconds for a lock. Call this in a process
    that serves requests, before its first connection. The statements of commands and workers may take hours.
    """
    WebLimits.is_serving = True
    for database in databases.values():
        options = database["OPTIONS"]
        if database["ENGINE"] == ENGINES["django.db.backends.sqlite3"]:
            from portal.databases.sqlite.base import DatabaseWrapper

            DatabaseWrapper.web_timeout, options["timeout"] = lock, min(1, lock)
            continue
        limits = {
            **{"statement_timeout": statement, "lock_timeout": lock},
            "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION,
        }
        given = options.get("options", "")
        own = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items() if name not in given)
        options["options"] = f"{given} {own}".strip()
        # The server ends a statement that takes too long. If it does not, it no longer answers.
        WebLimits.statement = statement + 5 if statement else None


def _of_url(env: Any, name: str) -> dict[str, Any] | None:
    if not env.str(name, default=""):
        return None
    try:
        found: dict[str, Any] = env.db_url(name)
    except Exception:  # noqa: BLE001 (django-environ raises many kinds; the URL has a password, so don't repeat it)
        found = {}
    if found.get("ENGINE") not in ENGINES or not found.get("NAME"):
        raise ImproperlyConfigured(f"{name} has to be like postgres://user:password@host:5432/name or sqlite:///file.")
    return found
