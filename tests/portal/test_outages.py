"""What visitors, editors and programs get while the database or the disk is away, and what the log says."""

import errno
import logging
import sqlite3

import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, IntegrityError, OperationalError, ProgrammingError, connections, transaction
from django.test import Client

from portal.databases import commits
from portal.outages.kinds import Outage, outage_of
from portal.outages.log_filter import OutageFilter
from record.media import StorageAwayError
from search.models import Change
from tests import factories as make

pytestmark = pytest.mark.django_db


def django_error(cause, kind=OperationalError):
    error = kind(*cause.args)
    error.__cause__ = cause
    return error


def sqlite_error(code):
    error = sqlite3.OperationalError("of SQLite")
    error.sqlite_errorcode = code
    return error


GONE = psycopg.OperationalError("connection refused")


@pytest.fixture
def away(monkeypatch):
    """Return a function that makes every SQL statement fail from then on."""

    def go_away(cause=GONE):
        def fail(self, *arguments, **options):
            raise django_error(cause)

        monkeypatch.setattr(type(connections[DEFAULT_DB_ALIAS]), "cursor", fail)

    return go_away


@pytest.fixture
def browser():
    return Client(raise_request_exception=False, headers={"Accept": "text/html,*/*"})


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (django_error(GONE), Outage.DATABASE),
        (django_error(psycopg.errors.AdminShutdown("x")), Outage.DATABASE),
        (django_error(psycopg.errors.TooManyConnections("x")), Outage.DATABASE),
        (django_error(psycopg.errors.LockNotAvailable("x")), Outage.BUSY),
        (django_error(psycopg.errors.QueryCanceled("x")), Outage.BUSY),
        (django_error(psycopg.errors.DiskFull("x")), Outage.STORAGE),
        (django_error(sqlite_error(sqlite3.SQLITE_BUSY)), Outage.BUSY),
        (django_error(sqlite_error(sqlite3.SQLITE_SCHEMA)), Outage.BUSY),
        (django_error(sqlite_error(sqlite3.SQLITE_FULL)), Outage.STORAGE),
        (django_error(sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED)), Outage.STORAGE),
        (django_error(sqlite_error(sqlite3.SQLITE_IOERR_WRITE)), Outage.STORAGE),
        (OSError(errno.ENOSPC, "full"), Outage.STORAGE),
        (StorageAwayError("The storage does not respond."), Outage.STORAGE),
        (django_error(psycopg.errors.UndefinedTable("x"), ProgrammingError), None),
        (django_error(psycopg.errors.UniqueViolation("x"), IntegrityError), None),
        (django_error(sqlite_error(sqlite3.SQLITE_ERROR)), None),
        (FileNotFoundError(errno.ENOENT, "missing"), None),
        (ValueError("x"), None),
    ],
)
def test_only_errors_of_an_absent_server_or_disk_are_outages(error, outage):
    assert outage_of(error) is outage


def test_visitors_get_a_page_in_their_language_and_programs_get_their_format(away, browser):
    away()
    page = browser.get("/ja/people/")
    assert (page.status_code, page["Retry-After"], page["Cache-Control"]) == (503, "10", "no-store")
    assert '<html lang="ja"' in page.text
    problem = browser.get("/api/v1/people")
    assert (problem.status_code, problem["Content-Type"]) == (503, "application/problem+json")
    assert (problem["Retry-After"], problem.json()["type"]) == ("10", "http://testserver/api/#unavailable")
    feed = Client(raise_request_exception=False).get("/winners/feed.atom")
    assert (feed.status_code, feed["Content-Type"]) == (503, "text/plain; charset=utf-8")


def test_the_page_needs_no_session(away, browser):
    browser.force_login(make.UserFactory(editor=True))
    away()
    for path in ("/admin/", "/people/", "/account/sign-in/"):
        response = browser.get(path)
        assert (response.status_code, response["Retry-After"]) == (503, "10"), path
        assert "<h1>" in response.text


def test_a_programming_error_is_still_a_500(away, browser):
    away(psycopg.errors.UndefinedTable("x"))
    response = browser.get("/people/")
    assert (response.status_code, "Retry-After" in response) == (500, False)


@pytest.mark.parametrize("cause", [GONE, sqlite_error(sqlite3.SQLITE_BUSY), sqlite_error(sqlite3.SQLITE_FULL)])
def test_an_editor_gets_the_form_back_with_everything_typed(away, browser, cause):
    browser.force_login(make.UserFactory(editor=True))
    away(cause)
    response = browser.post("/admin/people/person/add/?a=b", {"name": 'Ada "A" <b>', "biography": "one\ntwo"})
    assert response.status_code == 503
    assert "Nothing was saved" in response.text
    # As multipart: in other forms, a Japanese character takes nine bytes, so a long text could not be sent again.
    form = (
        '<form id="save_again_form" method="post" action="/admin/people/person/add/?a=b" enctype="multipart/form-data">'
    )
    assert form in response.text
    assert '<input type="hidden" name="name" value="Ada &quot;A&quot; &lt;b&gt;">' in response.text
    assert '<input type="hidden" name="biography" value="one\ntwo">' in response.text


def test_a_password_and_an_enormous_form_are_not_repeated(away, browser):
    browser.force_login(make.UserFactory(editor=True))
    away()
    for path, data in (
        ("/admin/people/person/add/", {"name": "x" * 1_100_000}),
        ("/admin/", {"password1": "secret-1"}),
        ("/account/sign-in/", {"login": "a@example.org", "password": "secret-1"}),
    ):
        response = browser.post(path, data)
        assert response.status_code == 503
        assert "secret-1" not in response.text
        assert 'type="hidden" name="name"' not in response.text
        assert len(response.content) < 50_000


def test_after_a_commit_the_page_does_not_say_that_nothing_was_saved(browser, monkeypatch):
    browser.force_login(make.UserFactory(editor=True))

    def save_and_fail(*arguments, **options):
        commits.so_far().done += 1
        raise django_error(GONE)

    monkeypatch.setattr("portal.admin_site.tried_again", save_and_fail)
    response = browser.post("/admin/people/person/add/", {"name": "Ada"})
    assert response.status_code == 503
    assert "Maybe not everything was saved" in response.text
    assert 'value="Ada"' not in response.text


class Backend:
    """A database backend whose commits fail with `error`."""

    autocommit = True

    def __init__(self, error):
        self.error, self.execute_wrappers = error, []

    def _commit(self):
        raise self.error


class Counted(commits.CountedCommits, Backend):
    pass


@pytest.mark.parametrize(
    ("cause", "is_uncertain"),
    [(GONE, True), (psycopg.errors.SerializationFailure("x"), False)],
)
def test_a_connection_that_breaks_during_a_commit_leaves_it_uncertain(cause, is_uncertain):
    with commits.counted() as counted, pytest.raises(OperationalError):
        Counted(django_error(cause))._commit()
    assert (counted.done, counted.is_uncertain) == (0, is_uncertain)


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_writes_outside_a_transaction_is_a_commit():
    row = {"kind": 1, "object_id": 1, "reason": 1}
    with commits.counted() as counted:
        change = Change.objects.create(**row)
        assert counted.done == 1
        Change.objects.filter(pk=change.pk + 1).update(reason=2)
        assert list(Change.objects.all()) == [change]
        with pytest.raises(IntegrityError):
            Change(pk=change.pk, **row).save(force_insert=True)
        assert (counted.done, counted.is_uncertain) == (1, False)
        with transaction.atomic():
            Change.objects.create(**row)
            change.delete()
            assert counted.done == 1
        assert counted.done == 2
        Change.objects.update(reason=2)
        assert counted.done == 3


@pytest.mark.parametrize(("cause", "is_uncertain"), [(GONE, True), (psycopg.errors.LockNotAvailable("x"), False)])
def test_a_connection_that_breaks_during_such_a_statement_leaves_it_uncertain(cause, is_uncertain):
    def fail(*_given):
        raise django_error(cause)

    [wrapper] = Counted(django_error(cause)).execute_wrappers
    with commits.counted() as counted:
        with pytest.raises(OperationalError):
            wrapper(fail, "SELECT 1", (), False, {})
        assert not counted.is_uncertain
        with pytest.raises(OperationalError):
            wrapper(fail, "INSERT INTO t VALUES (1)", (), False, {})
    assert (counted.done, counted.is_uncertain) == (0, is_uncertain)


def test_the_log_has_one_line_a_minute_for_each_kind(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("portal.outages.log_filter.time.monotonic", lambda: clock[0])
    outages, lines = OutageFilter(), []

    def log(error, message="Service Unavailable: %s", name="django.request"):
        info = (type(error), error, None)
        record = logging.LogRecord(name, logging.ERROR, "file", 1, message, ("/people/",), info)
        if outages.filter(record):
            lines.append((record.getMessage(), record.exc_info))

    for _number in range(413):
        log(django_error(GONE))
    log(ValueError("a bug"))
    log(django_error(sqlite_error(sqlite3.SQLITE_BUSY)))
    assert [line for line, _info in lines] == [
        "Outage, database: Service Unavailable: /people/ (connection refused)",
        "Service Unavailable: /people/",
        "Outage, busy: Service Unavailable: /people/ (of SQLite)",
    ]
    assert lines[1][1] is not None, "a programming error keeps its traceback"
    assert lines[0][1] is None
    clock[0] += 61
    log(django_error(GONE))
    assert "; 412 more like this since the last line" in lines[-1][0]
