"""What a stranger may send: little. Editors may send pictures."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal import bodies
from tests import factories as make

pytestmark = pytest.mark.django_db
LARGE = "x" * (bodies.MOST + 1)
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
    assert "too large" in response.content.decode()


def test_files_of_strangers_are_stored_nowhere(client, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    content = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    for address in ("/language/", "/admin/people/person/add/", "/account/sign-in/", "/admin/login/"):
        assert client.post(address, {"portrait": SimpleUploadedFile("a.png", content)}).status_code == 413
    # Somebody with an account that may not use the admin is a stranger there.
    client.force_login(make.UserFactory())
    file = SimpleUploadedFile("a.png", content)
    assert client.post("/admin/people/person/add/", {"portrait": file}).status_code == 413
    assert list(tmp_path.iterdir()) == []


def test_the_api_reads_nothing_that_is_sent(client):
    assert client.post("/api/v1/people", LARGE, content_type=FORM).status_code == 405


def test_an_editor_may_send_more(client):
    client.force_login(make.UserFactory(editor=True))
    file = SimpleUploadedFile("a.png", b"x" * (bodies.MOST + 1))
    assert client.post("/admin/people/person/add/", {"portrait": file}).status_code == 200


def test_the_text_of_a_signed_out_editor_is_given_back(db):
    response = Client().post("/admin/people/person/add/", {"biography": "word " * 20_000})
    assert (response.status_code, "word word" in response.content.decode()) == (403, True)


def test_a_body_that_does_not_come_is_given_up(client, monkeypatch):
    class Never:
        def __init__(self, released):
            self.released = released

        def read(self, *args):
            self.released.wait(30)
            return b""

        readline = read

    released = threading.Event()
    monkeypatch.setattr(bodies, "LONGEST", 0.1)
    values = {"wsgi.input": Never(released), "CONTENT_LENGTH": "10", "CONTENT_TYPE": FORM, "REQUEST_METHOD": "POST"}
    response = client.generic("POST", "/language/", b"", **values)
    released.set()
    assert response.status_code == 408


def test_while_others_keep_the_server_waiting_a_form_is_asked_to_come_back(client, monkeypatch):
    monkeypatch.setattr(bodies, "WAITING", type("Taken", (), {"acquire": lambda *args, **kwargs: False})())
    response = client.post("/language/", {"language": "ja"})
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert client.get("/people/").status_code == 200
