"""Logs contain no secret links."""

import io
import logging
import sys

import pytest

from contests import preview
from portal import log_redaction
from tests import factories as make

pytestmark = pytest.mark.django_db
TOKEN = "S3cret-token_value.with:parts"
PATHS = [
    f"/preview/{TOKEN}/contests/c/",
    f"/preview/{TOKEN}",
    f"/account/invitation/{TOKEN}/nothing/",
    f"/account/invitation/{TOKEN}/",
    f"/account/password/reset/1-{TOKEN}/nothing/",
    f"/account/email/confirm/{TOKEN}/",
    f"/ja/preview/{TOKEN}/",
    f"/en/account/invitation/{TOKEN}/",
    f"/PREVIEW/{TOKEN}/",
    f"/.//preview//{TOKEN}/",
    f"/account//invitation/{TOKEN}/",
    f"/account/./password//reset/1-{TOKEN}/",
]


@pytest.fixture
def said():
    """Return what the log handler of the portal would write, and what another handler would write."""
    stream = io.StringIO()
    ours, other = logging.StreamHandler(stream), logging.StreamHandler(stream)
    ours.setFormatter(log_redaction.Formatter("{levelname} {message}", style="{"))
    root = logging.getLogger()
    for handler in (ours, other):
        root.addHandler(handler)
    yield stream
    for handler in (ours, other):
        root.removeHandler(handler)


@pytest.mark.parametrize("path", PATHS)
def test_an_address_that_leads_nowhere_is_noted_without_its_token(client, said, path):
    for method in (client.get, client.post):
        method(path, headers={"referer": f"http://testserver{path}"})
    assert "S3cret" not in said.getvalue()


def test_a_valid_preview_that_breaks_is_noted_without_its_token(client, said, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    contest = make.ContestFactory(approved_future=True)
    address = preview.url_of(make.PreviewLinkFactory(contest=contest))
    client.raise_request_exception = False
    assert client.get(f"{address}nothing/").status_code == 404
    monkeypatch.setattr("portal.preview.replace", broken)
    assert client.get(address).status_code == 500
    text = said.getvalue()
    assert "/preview/…/" in text
    assert address.split("/")[2] not in text


def test_a_message_of_any_logger_is_without_tokens(said):
    log = logging.getLogger("anything")
    log.warning(
        "Asked for %s by %s", f"http://host/preview/{TOKEN}/?a=b", f'"GET /account/invitation/{TOKEN}/ HTTP/1.1"'
    )
    log.warning("next=%s", f"%2Fpreview%2F{TOKEN}")
    log.warning("/account/password/reset/sent/ and /account/password/reset/ are no secret: %d %%", 5)
    assert "S3cret" not in said.getvalue()
    assert "http://host/preview/…/?a=b" in said.getvalue()
    assert "/account/password/reset/sent/ and /account/password/reset/ are no secret: 5 %" in said.getvalue()


def test_a_traceback_is_without_tokens(said):
    try:
        raise ValueError(f"/preview/{TOKEN}/")
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, "", 1, "Broke", (), sys.exc_info())
    assert "S3cret" not in log_redaction.Formatter().format(record)


def test_pages_of_an_account_tell_no_page_where_one_came_from(client):
    assert client.get(f"/account/invitation/{TOKEN}/")["Referrer-Policy"] == "strict-origin"
