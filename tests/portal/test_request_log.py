"""Each request has an identifier and a line in the log, with no personal data and no secrets."""

import io
import json
import logging
import time

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils.module_loading import import_string
from django_tasks import task

from accounts.models import User
from portal import page_cache
from portal.log_redaction import scrubbed
from portal.log_settings import Line, TextLine, logging_of
from record.request_id import request_id, task_id
from tests import factories as make

EMAIL, PASSWORD, NUMBER = "ana.lima@example.org", "pa55/w@rd:x", "abcDEF12-345_6"


@pytest.fixture
def lines():
    """Return a function that returns what the log has in JSON, one dict for each line."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Line(json_ensure_ascii=False))
    root, requests = logging.getLogger(), logging.getLogger("laurel.requests")
    before = requests.level
    requests.setLevel(logging.INFO)
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    requests.setLevel(before)


@pytest.fixture
def broken_home(monkeypatch, client):
    """Make the home page fail with what a database may say."""

    def fail(*arguments):
        raise IntegrityError(f'duplicate key\nDETAIL:  Key (email)=({EMAIL}) already exists.\nLINE 1: ... = "{EMAIL}"')

    monkeypatch.setattr("portal.views.home.render", fail)
    client.raise_request_exception = False
    return client


@pytest.mark.django_db
def test_a_request_has_one_line_without_personal_data(lines, client):
    user = make.UserFactory(email=EMAIL, name="Ana Lima", editor=True)
    client.force_login(user)
    client.get(f"/admin/people/person/?q={EMAIL}", headers={"user-agent": "An agent"}, REMOTE_ADDR="198.51.100.7")
    (line,) = lines()
    assert line.pop("duration_ms") > 0
    assert len(line.pop("request_id")) == 16
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "laurel.requests",
        "message": "request",
        "method": "GET",
        "path": "/admin/people/person/",
        "status": 200,
        "signed_in": True,
    }


@pytest.fixture
def written():
    """Return a function that returns what a handler with the filters of the settings writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextLine("{levelname} {name}: {message}", style="{"))
    for name in settings.LOGGING["handlers"]["stderr"]["filters"]:
        handler.addFilter(_made(settings.LOGGING["filters"][name]["()"]))
    logging.getLogger().addHandler(handler)
    yield stream.getvalue
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
def test_a_request_that_is_refused_is_no_error(written, client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    (line,) = written().splitlines()
    assert line.startswith("WARNING django.security.DisallowedHost: Invalid HTTP_HOST header: 'evil.example'.")


@pytest.mark.django_db
def test_a_path_has_no_secret_no_address_and_no_end(lines, client):
    client.get("/account/invitation/S3cret-token/")
    client.get(f"/people/{EMAIL}/")
    client.get(f"/{'x' * 5000}")
    client.generic("BREW\n", "/nothing/")
    found = lines()
    text = json.dumps(found)
    assert "S3cret" not in text
    assert EMAIL not in text
    assert max(len(line["path"]) for line in found if "path" in line) == 200
    assert [line["method"] for line in found if "method" in line][-1] == "other"


@pytest.mark.django_db
def test_a_failed_request_has_one_identifier_in_all_lines_and_on_the_page(lines, broken_home):
    response = broken_home.get("/?q=a-search")
    number = response["X-Request-ID"]
    assert f"Error number {number}" in response.content.decode()
    error, request = lines()
    assert (error["level"], error["request_id"], request["request_id"]) == ("ERROR", number, number)
    assert (request["status"], request["signed_in"]) == (500, False)
    assert "Traceback" in error["exc_info"]
    assert "Key (email)=… already exists" in error["exc_info"]
    for hidden in (EMAIL, "a-search", "WSGIRequest"):
        assert hidden not in json.dumps([error, request])
    assert request_id.get() == ""


@pytest.mark.django_db
def test_visitors_read_the_number_in_their_language(broken_home):
    text = broken_home.get("/ja/").content.decode()
    assert '<html lang="ja"' in text
    assert 'class="error-number"' in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("proxies", "given", "is_taken"),
    [
        (1, NUMBER, True),
        (0, NUMBER, False),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, 'a"><script>alert()', False),
        (1, "abcdefgh\nijkl", False),
        (1, EMAIL, False),
    ],
)
def test_only_our_own_proxy_gives_an_identifier_of_a_safe_form(client, settings, proxies, given, is_taken):
    settings.TRUSTED_PROXIES = proxies
    assert (client.get("/healthz", headers={"x-request-id": given})["X-Request-ID"] == given) is is_taken


@pytest.mark.django_db
def test_a_page_that_others_get_too_has_no_identifier(client):
    response = client.get("/", **{page_cache.MARK: []})
    assert "X-Request-ID" not in response
    assert "X-Request-ID" in client.get("/")


@task
def complain():
    logging.getLogger("laurel.test").warning("In a task")


@pytest.mark.django_db
def test_lines_of_a_task_have_its_identifier(lines):
    result = complain.enqueue()
    logging.getLogger("laurel.test").warning("After the task")
    of_task = {line["message"]: line.get("task_id") for line in lines()}
    assert of_task["In a task"] == str(result.id)
    assert of_task["After the task"] is None
    assert task_id.get() == ""


@pytest.mark.django_db
def test_the_database_s_own_errors_tell_no_values(lines):
    make.UserFactory(email=EMAIL)
    try:
        with transaction.atomic():
            User.objects.create(email=EMAIL)
    except IntegrityError:
        logging.getLogger("laurel.test").exception("Failed")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM accounts_user WHERE name = 'Ana Lima, secretly'")
    except Exception:  # noqa: BLE001
        logging.getLogger("laurel.test").exception("Failed")
    assert len(lines()) == 2
    for line in lines():
        assert EMAIL not in json.dumps(line)
    if connection.vendor == "postgresql":
        assert "Key (email)=… already exists" in json.dumps(lines(), ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"Sent to {EMAIL}.", EMAIL),
        ("to=josé.müller@exämple.org", "müller"),
        ("next=/a/?email=ana.lima%40example.org", "ana.lima"),
        ("Ana <ANA@LOCALHOST>", "ANA@"),
        (f"cannot connect to postgres://laurel:{PASSWORD}@db.example.org:5432/laurel", "pa55"),
        (f"redis://:{PASSWORD}@cache/0 refused", "rd:x"),
        ("{'login': 'x', 'password': 'two words'}", "words"),
        ('{"password1":"two words","password2": "two words"}', "words"),
        ("password=hunter2&login=x", "hunter2"),
        ("'new_password': ['hunter2'], 'x': 1", "hunter2"),
        ("PGPASSWORD=hunter2 pg_dump", "hunter2"),
        ("Authorization: Bearer abc.def.ghi", "abc.def"),
        ("{'HTTP_AUTHORIZATION': 'Basic dXNlcjpwYXNz'}", "dXNlcjpw"),
        ("Cookie: a=b; sessionid=3kv9x; language=en", "3kv9x"),
        ("sessionid=3kv9x", "3kv9x"),
        ("a=b; __Host-session=3kv9x", "3kv9x"),
        ("csrfmiddlewaretoken=3kv9x&name=a", "3kv9x"),
        ("SECRET_KEY = 'abc def'", "def"),
        ("AWS_SECRET_ACCESS_KEY=3kv9x", "3kv9x"),
        ("api_key: 3kv9x", "3kv9x"),
        ("DETAIL:  Key (lower(email::text))=(a b) already exists.", "a b"),
        ("DETAIL:  Key (name, slug)=(Ana (Lima), x) already exists.\nnext", "Lima"),
        ("DETAIL:  Failing row contains (1, Ana\nLima, null).\nnext", "Lima"),
        ("LINE 1: ...WHERE name = 'Ana Lima'\n                 ^", "Lima"),
        ("CONTEXT:  unnamed portal with parameters: $1 = 'Ana'", "Ana"),
    ],
)
def test_secrets_and_addresses_never_reach_the_log(text, hidden):
    for formatter in (TextLine("{message}", style="{"), Line()):
        for record in (_record(text), _record("Failed", text)):
            assert hidden not in formatter.format(record)
    assert "next" in scrubbed(text) or "next" not in text


def _made(factory):
    return (import_string(factory) if isinstance(factory, str) else factory)()


def _record(message, error=None):
    info = (ValueError, ValueError(error), None) if error else None
    return logging.LogRecord("a", logging.ERROR, "", 1, message, (), info)


@pytest.mark.parametrize(
    "text",
    [
        "/people/ana-lima/ took 5 ms",
        "The secret of a second factor was encrypted with another SECRET_KEY.",
        "The e-mail with a link to reset the password could not be sent.",
        'File "portal/views/home.py", line 3, in home\n    @cached_property',
        "UNIQUE constraint failed: accounts_user.email",
        "https://laurel.example.org/contests/?year=2026",
    ],
)
def test_other_text_stays(text):
    assert scrubbed(text) == text


def test_a_line_can_not_begin_another_one():
    text = Line().format(_record('a\n{"level": "ERROR"}\r'))
    assert "\n" not in text
    assert "\r" not in text


def test_a_long_line_of_an_attacker_takes_little_time():
    pieces = (
        "a@",
        "x://",
        "password",
        "Key (a)=(",
        "Failing row contains (",
        "authorization",
        "token='",
        "%40",
        "csrf=[",
    )
    started = time.process_time()
    for piece in pieces:
        for end in ("", "@", ")"):
            scrubbed(piece * 20_000 + end)
            scrubbed(f"{piece}\n" * 20_000 + end)
    assert time.process_time() - started < 10


def test_the_middle_of_a_long_traceback_is_left_out():
    text = scrubbed("first\n" + "middle\n" * 20_000 + f"last {EMAIL}")
    assert (len(text) < 41_000, text[:6], text[-9:]) == (True, "first\n", "\nlast …@…")


def test_the_format_follows_the_settings():
    for log_format in ("json", "text"):
        found = logging_of("WARNING", log_format)
        assert found["handlers"]["stderr"]["formatter"] == log_format
    assert logging_of("WARNING", "json")["loggers"]["laurel.requests"]["level"] == "INFO"
    assert "laurel.requests" not in logging_of("WARNING", "text")["loggers"]


def test_text_lines_have_the_identifier_too():
    token = request_id.set(NUMBER)
    try:
        assert TextLine("{message}", style="{").format(_record("Hello")) == f"Hello [request_id={NUMBER}]"
    finally:
        request_id.reset(token)
    assert TextLine("{message}", style="{").format(_record("Hello")) == "Hello"


@pytest.mark.django_db
def test_a_sign_in_leaves_no_address_and_no_password(lines):
    make.UserFactory(email=EMAIL)
    Client().post("/account/sign-in/", {"login": EMAIL, "password": PASSWORD})
    assert [line["path"] for line in lines()] == ["/account/sign-in/"]
    assert EMAIL not in json.dumps(lines())
