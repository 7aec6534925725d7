"""The URLs for monitoring tools and load balancers."""

import sqlite3
import threading
from contextlib import closing

import pytest
from django.db import connections

from portal import readiness
from portal.databases.sqlite.base import DatabaseWrapper


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setitem(readiness._last, "at", float("-inf"))
    monkeypatch.setattr(readiness, "_running", {})


def checks(monkeypatch, **results):
    given = {"database": "ok", "migrations": "ok", "storage": "ok", "cache": "ok", **results}
    made = {name: result if callable(result) else lambda result=result: result for name, result in given.items()}
    monkeypatch.setattr(readiness, "checks", lambda: made)


def test_healthz_needs_no_database_and_no_valid_host(client):
    response = client.get("/healthz", headers={"Host": "10.0.0.7"})
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]
    assert client.post("/healthz").status_code == 405


def test_readyz_names_each_check(client, monkeypatch):
    checks(monkeypatch)
    response = client.get("/readyz", headers={"Host": "10.0.0.7"})
    told = {"database": "ok", "migrations": "ok", "storage": "ok", "cache": "ok"}
    assert (response.status_code, response.json()) == (200, {"status": "ok", "checks": told})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("name", "status", "told"),
    [("database", 503, "unavailable"), ("storage", 503, "unavailable"), ("cache", 200, "degraded")],
)
def test_readyz_tells_what_is_away_and_no_secret(client, monkeypatch, name, status, told):
    def fail():
        raise RuntimeError("connection to db.internal, password secret")

    checks(monkeypatch, **{name: fail})
    response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (status, told)
    assert response.json()["checks"][name] == "can't be reached"
    assert "secret" not in response.text


def test_a_check_that_hangs_does_not_hold_up_the_answer(client, monkeypatch):
    may_end = threading.Event()
    monkeypatch.setattr(readiness, "SECONDS", 0.2)
    checks(monkeypatch, database=lambda: may_end.wait(10) and "ok")
    response = client.get("/readyz")
    may_end.set()
    assert (response.status_code, response.json()["checks"]["database"]) == (503, "no answer")
    assert response.json()["checks"]["storage"] == "ok"


def test_the_folder_of_uploads_can_be_full_read_only_or_missing(tmp_path, monkeypatch):
    assert readiness._folder(tmp_path / "not" / "yet") == "ok"
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(readiness, "FREE", 2**60)
    assert readiness._folder(tmp_path) == "nearly full"

    def refused(*arguments, **options):
        raise OSError(30, "read-only")

    monkeypatch.setattr(readiness.tempfile, "NamedTemporaryFile", refused)
    assert readiness._folder(tmp_path) == "not writable"


def test_a_sqlite_file_is_ready_while_somebody_writes_and_not_if_it_is_missing(tmp_path):
    path = tmp_path / "a b.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("CREATE TABLE t (a)")
        assert readiness._sqlite_file(path) == "ok"
        writer.execute("BEGIN IMMEDIATE")
        assert readiness._sqlite_file(path) == "ok"
    with pytest.raises(sqlite3.OperationalError):
        readiness._sqlite_file(tmp_path / "missing.sqlite3")


def test_a_folder_that_is_called_memory_is_checked_too(tmp_path, monkeypatch):
    database = DatabaseWrapper({"NAME": str(tmp_path / "memory" / "missing.sqlite3")})
    monkeypatch.setattr(readiness, "connections", {"default": database})
    with pytest.raises(sqlite3.OperationalError):
        readiness._database()


@pytest.mark.django_db
def test_the_database_is_writable_and_all_migrations_are_applied():
    assert readiness._database() == "ok"
    assert readiness._migrations() == "ok"
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'contests'")
    assert readiness._migrations() != "ok"
