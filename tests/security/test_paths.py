"""No path leads out of the media folder or the static folder."""

from urllib.parse import unquote

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from portal.freshness import Freshness
from portal.page_cache import PageCache
from portal.static_files import StaticFiles
from tests import factories as make
from tests.portal.test_page_cache_layer import asked

pytestmark = pytest.mark.django_db
# As they arrive in the URL. Servers decode a path once.
OUT = [
    *(
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "%2e%2e%2fsecret.txt",
        "..%5csecret.txt",
        "..\\secret.txt",
    ),
    *(
        "%252e%252e%252fsecret.txt",
        "..%c0%afsecret.txt",
        "....//secret.txt",
        "..;/secret.txt",
        "./../secret.txt",
        "%00../secret.txt",
    ),
    *(
        "posters/../../secret.txt",
        "posters/..%2f..%2fsecret.txt",
        "posters/%2e%2e/%2e%2e/secret.txt",
        "posters\\..\\..\\secret.txt",
    ),
    *(
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "posters//etc/passwd",
        "posters/%2fetc/passwd",
        "C:%5csecret.txt",
        "file:///etc/passwd",
    ),
    *(
        "posters/.",
        "posters/..",
        "posters/",
        "posters",
        "",
        "%00",
        "posters/%00",
        "posters/a.png%00.txt",
        "posters/\u2025/secret.txt",
    ),
]


@pytest.mark.parametrize("editor", [False, True])
def test_no_path_leaves_the_media_folder(settings, tmp_path, editor):
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "posters").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret of the server")
    (tmp_path / "media" / "secret.txt").write_text("secret of the server")
    work = make.SubmissionFactory()
    work.poster.storage.save("originals/secret.txt", ContentFile(b"secret of the server"))
    client = Client()
    if editor:
        client.force_login(make.UserFactory(editor=True))
    for path in [
        *OUT,
        "secret.txt",
        "originals/secret.txt",
        "posters/../originals/secret.txt",
        "posters/..%2foriginals%2fsecret.txt",
    ]:
        response = client.get(f"/media/{path}")
        assert response.status_code == 404, path
        assert b"secret of" not in response.content


@pytest.mark.parametrize("path", OUT)
def test_no_path_leaves_the_static_folder(settings, tmp_path, path):
    settings.STATIC_ROOT = str(tmp_path / "static")
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.css").write_text("x")
    (tmp_path / "secret.txt").write_text("secret of the server")

    def django(environ, start_response):
        start_response("404 Not Found", [])
        return [b"by Django"]

    layer = PageCache(StaticFiles(django), 2**20, Freshness(lambda: 1, lambda now: now))
    decoded = unquote(path, errors="surrogateescape").encode(errors="surrogateescape").decode("latin-1")
    assert asked(layer, f"/static/{decoded}")[2] == b"by Django"
    assert layer.files == {}


@pytest.mark.parametrize("path", ["", "css/", "posters/", "img"])
def test_no_folder_is_listed(client, path):
    for root in ("/static/", "/media/"):
        assert client.get(f"{root}{path}").status_code == 404
