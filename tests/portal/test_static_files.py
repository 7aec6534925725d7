"""Static files in production: served by WhiteNoise in front of Django, and kept in memory by the page cache."""

import brotli
import pytest

from portal.freshness import Freshness
from portal.page_cache import PageCache
from portal.static_files import StaticFiles
from tests.portal.test_page_cache_layer import asked

TEXT = b"body { color: black }" * 50


def django(environ, start_response):
    start_response("404 Not Found", [("Content-Type", "text/html")])
    return [b"by Django"]


@pytest.fixture
def layer(settings, tmp_path):
    settings.STATIC_ROOT = str(tmp_path)
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    (tmp_path / "a.css").write_bytes(TEXT)
    (tmp_path / "a.css.br").write_bytes(brotli.compress(TEXT))
    return PageCache(StaticFiles(django), 2**20, Freshness(lambda: 1, lambda now: now))


def test_a_file_is_read_once_and_sent_in_the_coding_that_the_client_accepts(layer, tmp_path):
    for _time in range(2):
        status, headers, body = asked(layer, "/static/a.css", HTTP_ACCEPT_ENCODING="gzip, br")
        assert (status, headers["Content-Encoding"], brotli.decompress(body)) == ("200 OK", "br", TEXT)
        status, headers, body = asked(layer, "/static/a.css", QUERY_STRING="x=1")
        assert (status, headers.get("Content-Encoding"), body) == ("200 OK", None, TEXT)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert int(headers["Content-Length"]) == len(body)
        for file in tmp_path.iterdir():
            file.unlink()  # The second time, the file comes from memory.


def test_conditional_requests_parts_and_head_are_answered(layer):
    _status, headers, _body = asked(layer, "/static/a.css")
    assert asked(layer, "/static/a.css", HTTP_IF_NONE_MATCH=headers["ETag"])[0] == "304 Not Modified"
    since = {"HTTP_IF_MODIFIED_SINCE": headers["Last-Modified"]}
    assert asked(layer, "/static/a.css", **since)[0] == "304 Not Modified"
    status, headers, body = asked(layer, "/static/a.css", HTTP_RANGE="bytes=0-3")
    assert (status, body) == ("206 Partial Content", TEXT[:4])
    assert asked(layer, "/static/a.css", REQUEST_METHOD="HEAD")[::2] == ("200 OK", b"")


def test_any_other_path_is_djangos(layer):
    for path in ("/static/b.css", "/static/../a.css", "/static/"):
        assert asked(layer, path)[::2] == ("404 Not Found", b"by Django")
    assert layer.files == {}


def test_without_https_django_redirects(layer, settings):
    settings.SECURE_SSL_REDIRECT = True
    secure = {"wsgi.url_scheme": "https"}
    assert asked(layer, "/static/a.css", **secure)[0] == asked(layer, "/static/a.css", **secure)[0] == "200 OK"
    assert asked(layer, "/static/a.css")[2] == b"by Django"


def test_a_file_that_the_next_version_has_added_is_served_too(layer, tmp_path):
    assert asked(layer, "/static/new.css")[0] == "404 Not Found"
    (tmp_path / "new.css").write_bytes(TEXT)
    (tmp_path.parent / "secret.css").write_bytes(TEXT)
    assert asked(layer, "/static/new.css")[::2] == ("200 OK", TEXT)
    for path in ("/static/../secret.css", "/static//" + str(tmp_path.parent / "secret.css"), "/static/\0", "/static/"):
        assert asked(layer, path)[0] == "404 Not Found"
