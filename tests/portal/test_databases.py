"""The database backends: limits on waiting, and the settings from the environment."""

import socket
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from portal.cache_settings import configuration as cache_configuration
from portal.databases import configuration, time_limits
from portal.databases.circuit import Circuit
from portal.databases.postgresql import base as postgresql
from portal.databases.postgresql.watched import WatchedConnection
from portal.databases.sqlite import base as sqlite
from portal.databases.sqlite import write_queue
from portal.environment import Environment


class Given(Environment):
    def __init__(self, **variables):
        super().__init__()
        self.ENVIRON = variables


def databases(**variables):
    return configuration.databases(Given(**variables), Path("/nowhere/laurel.sqlite3"))


URL = "postgres://laurel:secret@127.0.0.1:5/laurel"


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DATABASE_URL": "postgrs://laurel:secret@db/x"}, "DATABASE_URL has to be like"),
        ({"DATABASE_URL": "mysql://laurel:secret@db/x"}, "DATABASE_URL has to be like"),
        ({"DATABASE_URL": "secret"}, "DATABASE_URL has to be like"),
        ({"DATABASE_CONN_MAX_AGE": "soon"}, "DATABASE_CONN_MAX_AGE is 'soon'; it has to be a whole number"),
        ({"DATABASE_URL": URL, "DATABASE_CONNECT_TIMEOUT": "1"}, "it has to be a whole number from 2 to 86400"),
        ({"DATABASE_POOL": "4"}, "DATABASE_POOL is for PostgreSQL"),
        ({"DATABASE_REPLICA_URL": URL}, "DATABASE_REPLICA_URL has to be a database of the same kind"),
    ],
)
def test_wrong_settings_are_refused_with_one_sentence_and_without_the_password(variables, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence) as refused:
        databases(**variables)
    assert "secret" not in str(refused.value)


def test_a_wrong_cache_number_switch_or_mail_server_is_refused():
    for read in (
        lambda: cache_configuration(Given(CACHE_URL="rediss-typo://:secret@x/0")),
        lambda: Given(PAGE_CACHE="much").int("PAGE_CACHE", default=64),
        lambda: Given(DEBUG="maybe").bool("DEBUG", default=False),
        lambda: Given(EMAIL_URL="smpt://x:secret@y").email_url("EMAIL_URL"),
    ):
        with pytest.raises(ImproperlyConfigured) as refused:
            read()
        assert "secret" not in str(refused.value)
    assert Given(PAGE_CACHE="").int("PAGE_CACHE", default=64) == 64
    assert Given(DEBUG="yes").bool("DEBUG", default=False) is True


@pytest.mark.parametrize(
    "host",
    [
        "https://laurel.example",
        "laurel.example:443",
        "laurel.example/",
        "a b",
        "a.example;b.example",
        "*.example",
        "ä.example",
    ],
)
def test_what_is_no_host_name_is_refused(host):
    with pytest.raises(ImproperlyConfigured, match="ALLOWED_HOSTS contains"):
        Given(ALLOWED_HOSTS=f"laurel.example,{host}").hosts("ALLOWED_HOSTS")


def test_spaces_around_values_do_not_count():
    given = Given(ALLOWED_HOSTS=" laurel.example, .b.example ,[::1],*,", TASKS=" ", PAGE_CACHE=" 7 ")
    assert given.hosts("ALLOWED_HOSTS") == ["laurel.example", ".b.example", "[::1]", "*"]
    assert given.str("TASKS", default="none") == "none"
    assert given.int("PAGE_CACHE", default=64) == 7
    assert databases(DATABASE_URL=f" {URL} ")["default"]["NAME"] == "laurel"


def test_a_key_that_begins_with_a_dollar_sign_is_no_name_of_a_variable():
    assert Given(SECRET_KEY="$ecret").str("SECRET_KEY", default="") == "$ecret"  # noqa: S106


def test_numbers_that_no_server_accepts_are_refused():
    for value in ("86401", "9" * 20, "9" * 5000, "-1", "1.5", "1e3", "٣"):
        with pytest.raises(ImproperlyConfigured, match="has to be a whole number from 1 to 86400"):
            configuration.request_limits(Given(DATABASE_LOCK_TIMEOUT=value))


def test_other_origins_have_a_scheme_and_no_path():
    given = Given(ORIGINS="https://other.example, https://*.b.example:8443")
    assert given.origins("ORIGINS") == ["https://other.example", "https://*.b.example:8443"]
    for wrong in ("other.example", "https://other.example/", "*"):
        with pytest.raises(ImproperlyConfigured, match="ORIGINS contains"):
            Given(ORIGINS=wrong).origins("ORIGINS")


@pytest.mark.parametrize(
    ("variables", "read"),
    [
        ({"DATABASE_URL": URL}, lambda given: configuration.databases(given, Path("/nowhere"))),
        ({"CACHE_URL": "redis://127.0.0.1/0"}, cache_configuration),
    ],
)
def test_a_missing_package_is_named_with_the_command_that_installs_it(monkeypatch, variables, read):
    for module in ("portal.databases.configuration", "portal.cache_settings"):
        monkeypatch.setattr(f"{module}.find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"is missing\. Run: .*requirements/production\.txt"):
        read(Given(**variables))


def test_only_requests_have_limits_and_a_pool_is_shared():
    found = databases(DATABASE_URL=URL, DATABASE_POOL="7", DATABASE_REPLICA_URL=URL)
    options = found["default"]["OPTIONS"]
    assert "statement_timeout" not in options["options"]
    assert (options["connect_timeout"], options["pool"]["max_size"]) == (3, 7)
    assert found["default"]["CONN_MAX_AGE"] == found["replica"]["CONN_MAX_AGE"] == 0
    before = vars(time_limits.WebLimits).copy()
    try:
        configuration.limit_requests(found, **configuration.request_limits(Given()))
        assert "-c jit=off -c statement_timeout=30s -c lock_timeout=5s" in options["options"]
        assert time_limits.WebLimits.statement == 35
    finally:
        time_limits.WebLimits.statement, time_limits.WebLimits.is_serving = before["statement"], before["is_serving"]


def test_while_a_server_is_away_one_thread_tries_and_the_others_do_not_wait():
    circuit = Circuit("Test", pause=0.1)
    assert circuit.may_try()
    circuit.failed()
    assert not circuit.may_try()
    time.sleep(0.11)
    assert circuit.may_try()
    assert not circuit.may_try(), "another thread is trying"
    circuit.succeeded()
    assert circuit.may_try()
    assert not circuit.is_away


@pytest.fixture
def silent():
    """The port of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.django_db
@pytest.mark.parametrize(("is_serving", "least", "most"), [(True, 0, 0.2), (False, 1.5, 3.5)])
def test_a_frozen_server_is_noticed_and_then_requests_are_refused_at_once(silent, monkeypatch, is_serving, least, most):
    """A command or a worker has nobody who waits, so it tries each time."""
    monkeypatch.setattr(time_limits.WebLimits, "is_serving", is_serving)
    postgresql.circuit_of.cache_clear()
    settings = databases(DATABASE_URL=f"postgres://laurel@127.0.0.1:{silent}/laurel", DATABASE_CONNECT_TIMEOUT="2")
    defaults = {"TIME_ZONE": None, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "CONN_HEALTH_CHECKS": False}
    connection = postgresql.DatabaseWrapper(settings["default"] | defaults, "frozen")
    for shortest, longest in ((0, 3.5), (least, most)):
        began = time.monotonic()
        with pytest.raises(OperationalError):
            connection.ensure_connection()
        assert shortest <= time.monotonic() - began < longest


def test_a_connection_that_waits_too_long_closes_itself():
    class Server:
        socket, finished, status = 0, False, psycopg.pq.ConnStatus.BAD

        def finish(self):
            self.finished = True

    def never():
        while True:
            yield 1  # Wait until the socket can be read.

    connection = WatchedConnection.__new__(WatchedConnection)
    pair = socket.socketpair()
    connection.pgconn = server = Server()
    server.socket = pair[0].fileno()
    with time_limits.at_most(0.2), pytest.raises(psycopg.OperationalError, match="did not answer in time"):
        connection.wait(never())
    assert server.finished
    for end in pair:
        end.close()


@pytest.fixture
def to_file(tmp_path):
    """Return a function that makes connections to a SQLite file, `to_file.path`, with the table `t`."""
    path = tmp_path / "file.sqlite3"
    with sqlite3.connect(path) as first:
        first.execute("PRAGMA journal_mode=WAL")
        first.execute("CREATE TABLE t (a)")
    first.close()
    settings = configuration.databases(Given(DATABASE_URL=f"sqlite:///{path}"), path)["default"]
    defaults = {"TIME_ZONE": None, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "CONN_HEALTH_CHECKS": False}
    made = []

    def connection(**options):
        own = settings | defaults | {"OPTIONS": settings["OPTIONS"] | options}
        made.append(sqlite.DatabaseWrapper(own, "file"))
        made[-1].ensure_connection()
        made[-1].inc_thread_sharing()
        return made[-1]

    connection.path = path
    yield connection
    for each in made:
        each.close()


@pytest.fixture
def held(to_file, monkeypatch):
    """Return a function that makes connections to a SQLite file that somebody is writing."""
    monkeypatch.setattr(sqlite.DatabaseWrapper, "web_timeout", 1.0)
    writer = sqlite3.connect(to_file.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(write_queue, "PATIENCE", 0.1)
    yield to_file
    writer.close()


@pytest.mark.django_db
def test_few_threads_wait_for_the_write_lock_and_readers_never(held):
    waited = []

    def write(connection):
        began = time.monotonic()
        with pytest.raises(OperationalError, match="locked"):
            connection._start_transaction_under_autocommit()
        waited.append(time.monotonic() - began)

    threads = [threading.Thread(target=write, args=[held()]) for _number in range(4)]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    with held().cursor() as cursor:
        assert cursor.execute("SELECT COUNT(*) FROM t").fetchone() == (0,)
    assert time.monotonic() - began < 0.5
    for thread in threads:
        thread.join(10)
    assert sum(seconds >= 0.9 for seconds in waited) == write_queue.FEW
    assert sum(seconds < 0.8 for seconds in waited) == 4 - write_queue.FEW
    assert not sqlite.DatabaseWrapper.queue._waiting


@pytest.mark.django_db
def test_a_transaction_that_only_reads_does_not_wait_with_the_writers(held, monkeypatch):
    monkeypatch.setattr(write_queue, "PATIENCE", 5.0)
    moved_at = sqlite.DatabaseWrapper.queue._moved_at

    def write(connection):
        with pytest.raises(OperationalError, match="locked"):
            connection._start_transaction_under_autocommit()

    thread = threading.Thread(target=write, args=[held()])
    thread.start()
    began = time.monotonic()
    with held().cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        assert cursor.execute("SELECT COUNT(*) FROM t").fetchone() == (0,)
        cursor.execute("ROLLBACK")
    assert time.monotonic() - began < 0.5
    thread.join(10)
    assert sqlite.DatabaseWrapper.queue._moved_at == moved_at


@pytest.mark.django_db
def test_writers_get_the_lock_in_the_order_in_which_they_came(to_file, monkeypatch):
    monkeypatch.setattr(sqlite.DatabaseWrapper, "web_timeout", 5.0)
    order = []

    def write(number, connection):
        connection._start_transaction_under_autocommit()
        order.append(number)
        time.sleep(0.03)
        connection._commit()

    holder = to_file()
    holder._start_transaction_under_autocommit()
    threads = [threading.Thread(target=write, args=[number, to_file()]) for number in range(8)]
    for thread in threads:
        thread.start()
        time.sleep(0.02)
    holder._commit()
    for thread in threads:
        thread.join(10)
    assert order == list(range(8))


@pytest.mark.django_db
def test_a_single_statement_waits_in_the_queue_too(to_file, monkeypatch):
    monkeypatch.setattr(sqlite.DatabaseWrapper, "web_timeout", 5.0)
    done = []

    def write_again_and_again(connection):
        while not done:
            connection._start_transaction_under_autocommit()
            time.sleep(0.02)
            connection._commit()

    threads = [threading.Thread(target=write_again_and_again, args=[to_file()]) for _number in range(3)]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    with to_file().cursor() as cursor:
        for number in range(10):
            cursor.execute("INSERT INTO t VALUES (%s)", [number])
    done.append(True)
    for thread in threads:
        thread.join(10)
    # Each waits for the three others once.
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("code", "may_wait"),
    [
        (sqlite3.SQLITE_BUSY, True),
        (sqlite3.SQLITE_BUSY_RECOVERY, True),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, False),
        (sqlite3.SQLITE_LOCKED, False),
        (None, False),
    ],
)
def test_only_who_can_succeed_later_waits(code, may_wait):
    error = sqlite3.OperationalError("locked")
    if code is not None:
        error.sqlite_errorcode = code
    assert write_queue.is_busy(error) == may_wait


@pytest.mark.django_db
def test_a_queue_that_moves_is_no_reason_to_refuse_anybody(to_file, monkeypatch):
    monkeypatch.setattr(sqlite.DatabaseWrapper, "web_timeout", 5.0)
    monkeypatch.setattr(write_queue, "PATIENCE", 0.2)
    done = []

    def write(connection):
        connection._start_transaction_under_autocommit()
        time.sleep(0.1)
        connection._commit()
        done.append(connection)

    # The last of them waits for three times its patience, and more than `FEW` wait so long.
    threads = [threading.Thread(target=write, args=[to_file()]) for _number in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(done) == 7


@pytest.mark.django_db
def test_a_search_goes_on_while_tables_are_changed(to_file):
    migrating = sqlite3.connect(to_file.path, isolation_level=None, check_same_thread=False)
    migrating.execute("CREATE VIRTUAL TABLE found USING fts5(text, content='')")
    migrating.execute("INSERT INTO found(rowid, text) VALUES (7, 'light')")
    end = time.monotonic() + 1.5

    def search(connection):
        answers = set()
        with connection.cursor() as cursor:
            while time.monotonic() < end:
                answers.add(cursor.execute("SELECT rowid FROM found WHERE found MATCH %s", ["light"]).fetchone())
        return answers

    with ThreadPoolExecutor() as threads:
        searches = [threads.submit(search, to_file()) for _number in range(3)]
        number = 0
        while time.monotonic() < end:
            number += 1
            migrating.execute(f"CREATE TABLE new{number} (a)")
            time.sleep(0.001)
        assert [each.result() for each in searches] == [{(7,)}] * 3
    migrating.close()
    assert number > 20
