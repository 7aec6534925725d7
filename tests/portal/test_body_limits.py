"""Anonymous users may send only small requests. Editors may send images."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, RequestFactory

from portal import body_limits
from tests import factories as make

pytestmark = pytest.mark.django_db
LARGE = "x" * (body_limits.MOST + 1)
FORM = "application/x-www-form-urlencoded"
ADDRESSES = [
    *("/", "/language/", "/people/", "/nothing/", "/account/sign-in/", "/account/password/reset/", "/oembed"),
    *("/account/invitation/token/", "/search/", "/healthz"),
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_more_than_a_form_is_refused_before_it_is_read(client, address, method, monkeypatch):
    monkeypatch.setattr("django.http.HttpRequest._load_post_and_files", lambda request: pytest.fail("It was read."))
    response = getattr(client, method)(address, LARGE, content_type=FORM)
    assert response.status_code == 413
    assert "You sent too much data" in response.content.decode()


def test_files_of_strangers_are_stored_nowhere(client, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    content = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    for address in ("/language/", "/admin/people/person/add/", "/account/sign-in/", "/admin/login/"):
        assert client.post(address, {"portrait": SimpleUploadedFile("a.png", content)}).status_code == 413
    # In the admin, a user without admin access is treated like an anonymous user.
    client.force_login(make.UserFactory())
    file = SimpleUploadedFile("a.png", content)
    assert client.post("/admin/people/person/add/", {"portrait": file}).status_code == 413
    assert list(tmp_path.iterdir()) == []


def test_editor_who_was_signed_out_before_an_upload_is_told_how_to_save_it(client, settings):
    file = SimpleUploadedFile("a.png", b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
    response = client.post("/admin/people/person/add/", {"portrait": file})
    assert response.status_code == 413
    assert "Go back and copy what you typed. Then sign in" in response.content.decode()


def test_the_api_reads_nothing_that_is_sent(client):
    assert client.post("/api/v1/people", LARGE, content_type=FORM).status_code == 405


def test_an_editor_may_send_more(client):
    client.force_login(make.UserFactory(editor=True))
    file = SimpleUploadedFile("a.png", b"x" * (body_limits.MOST + 1))
    assert client.post("/admin/people/person/add/", {"portrait": file}).status_code == 200


def test_the_text_of_a_signed_out_editor_is_given_back(db):
    response = Client().post("/admin/people/person/add/", {"biography": "word " * 20_000})
    assert (response.status_code, "word word" in response.content.decode()) == (403, True)


class Never:
    """A request body that does not arrive until the test releases it."""

    def __init__(self):
        self.asked, self.let_go = threading.Event(), threading.Event()

    def read(self, *args):
        self.asked.set()
        self.let_go.wait(30)
        return b""

    readline = read


def waiting_for(bodies_to_come, addresses):
    """Start a thread for each of `addresses` that waits for one of `bodies_to_come`."""
    threads = []
    for body, address in zip(bodies_to_come, addresses, strict=True):
        request = RequestFactory().generic("POST", "/language/", REMOTE_ADDR=address, CONTENT_TYPE=FORM)
        request.environ |= {"wsgi.input": body, "CONTENT_LENGTH": "10"}
        request = WSGIRequest(request.environ)
        threads.append(threading.Thread(target=body_limits._read, args=[request]))
        threads[-1].start()
        assert body.asked.wait(10)
    return threads


@pytest.mark.parametrize(("addresses", "refused"), [(["192.0.2.1"], ["192.0.2.1"]), (["192.0.2.1", "192.0.2.2"], None)])
def test_while_others_keep_the_server_waiting_a_form_is_asked_to_come_back(client, addresses, refused):
    slow = [Never() for _ in addresses]
    threads = waiting_for(slow, addresses)
    try:
        for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):
            response = client.post("/language/", {"language": "ja"}, REMOTE_ADDR=address)
            expected = 503 if refused is None or address in refused else 302
            assert (address, response.status_code) == (address, expected)
            assert Client().get("/people/", REMOTE_ADDR=address).status_code == 200
    finally:
        for body in slow:
            body.let_go.set()
        for thread in threads:
            thread.join(10)
    assert client.post("/language/", {"language": "ja"}, REMOTE_ADDR="192.0.2.1").status_code == 302


def test_body_of_unknown_size_is_refused_and_not_read_as_empty(client):
    client.force_login(make.UserFactory(editor=True))
    for address in ("/admin/people/person/add/", "/language/", "/api/v1/people"):
        response = client.generic("POST", address, HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")
        assert response.status_code == (405 if "api" in address else 411)
    assert client.get("/people/", HTTP_TRANSFER_ENCODING="chunked").status_code == 200


def test_an_editor_may_not_send_more_than_the_largest_import(client, monkeypatch):
    client.force_login(make.UserFactory(editor=True))
    monkeypatch.setattr("django.http.HttpRequest._load_post_and_files", lambda request: pytest.fail("It was read."))
    size = str(body_limits.MOST_OF_EDITORS + 1)
    response = client.post("/admin/people/person/add/", "x", content_type=FORM, CONTENT_LENGTH=size)
    assert (response.status_code, response.headers["Cache-Control"]) == (413, "no-store")
