"""The errors of the API, and the headers of its responses."""

import pytest
from django.test import Client
from django.urls import path as route

from contests.models import Recognition
from tests.api.test_api import ask

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "errors"),
    [
        ("contests?limit=0", [("limit", "Input should be greater than or equal to 1")]),
        ("contests?limit=101", [("limit", "Input should be less than or equal to 100")]),
        ("contests?limit=9" + "9" * 5000, None),
        ("contests?awrad=x", [("awrad", "There is no such parameter.")]),
        ("?x=1", [("x", "There is no such parameter.")]),
        ("contests/nextgen?limit=1", [("limit", "There is no such parameter.")]),
        ("people?role=king", None),
        ("people?country=%00", None),
        ("quotes?work=" + "x" * 10_000, None),
        ("people?expand=user", None),
        ("people?expand=", None),
        ("people?expand=credits,", None),
        ("people?expand=" + ",".join(["credits"] * 51), None),
        ("people/%00", None),
    ],
)
def test_a_question_that_makes_no_sense_is_told_what_is_wrong(client, nextgen, address, errors):
    told = ask(client, address, 422)
    assert (told["status"], told["title"]) == (422, "Unprocessable Entity")
    assert told["type"] == "http://testserver/api/#invalid-parameters"
    if errors is not None:
        assert [(fault["parameter"], fault["detail"]) for fault in told["errors"]] == errors
    assert all(fault["parameter"] and len(fault["detail"]) > 10 for fault in told["errors"])


def explode(request):
    raise RuntimeError("a secret of the inside")


class Broken:
    from portal.urls import handler400, handler403, handler404, handler500, urlpatterns

    urlpatterns = [route("api/v1/broken", explode), *urlpatterns]


@pytest.mark.parametrize(
    ("method", "address", "headers", "status", "kind"),
    [
        ("get", "nothing", {}, 404, "not-found"),
        ("get", "contests/", {}, 404, "not-found"),
        ("get", "contests/unheard-of", {}, 404, "not-found"),
        ("get", "contests?limit=x", {}, 422, "invalid-parameters"),
        ("post", "contests", {}, 405, "method-not-allowed"),
        ("delete", "nothing", {}, 405, "method-not-allowed"),
        ("get", "broken", {}, 500, "server-error"),
    ],
)
def test_every_error_is_a_problem_as_rfc_9457_has_it(settings, method, address, headers, status, kind):
    settings.ROOT_URLCONF = Broken
    response = getattr(Client(raise_request_exception=False), method)(f"/api/v1/{address}")
    told = response.json()
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert (told["status"], told["type"]) == (status, f"http://testserver/api/#{kind}")
    assert b"secret" not in response.content
    assert b"Traceback" not in response.content
    assert response["Access-Control-Allow-Origin"] == "*"
    if status == 405:
        assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_another_version_than_there_is_is_a_problem_and_the_page_on_the_api_is_none(client):
    for address in ("/api/v2/contests", "/api/contests", "/api/v10/"):
        response = client.get(address)
        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json"), address
        assert response["Access-Control-Allow-Origin"] == "*"
    assert client.get("/api/")["Content-Type"] == client.get("/apis/")["Content-Type"] == "text/html; charset=utf-8"


def test_a_host_that_is_not_ours_gets_a_problem_too(client):
    response = client.get("/api/v1/", headers={"host": "evil.example"})
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert response.json()["type"] == "about:blank"
    assert b"evil" not in response.content


def test_each_kind_of_problem_is_explained_where_its_type_leads(client):
    from api.problems import KINDS

    page = client.get("/api/").content.decode()
    assert [name for name, _words in KINDS.values() if f'id="{name}"' not in page] == []


@pytest.mark.parametrize("address", ["", "contests", "openapi.json", "people/c-one"])
def test_an_answer_that_has_not_changed_is_not_sent_again(client, nextgen, address):
    first = client.get(f"/api/v1/{address}")
    assert first["ETag"].startswith('W/"')
    again = client.get(f"/api/v1/{address}", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Access-Control-Allow-Origin"] == "*"
    assert client.get(f"/api/v1/{address}", headers={"if-none-match": '"other"'}).status_code == 200


def test_a_change_makes_another_etag(client, nextgen):
    before = client.get("/api/v1/recognitions")["ETag"]
    Recognition.objects.filter(key="nextgen-alzheimer-grand-prize").update(citation="Moving.")
    assert client.get("/api/v1/recognitions", headers={"if-none-match": before}).status_code == 200


def test_any_site_may_read_the_api_and_no_other_page_may_be_read_so(client, nextgen):
    asked = {"origin": "https://elsewhere.example"}
    assert client.get("/api/v1/people", headers=asked)["Access-Control-Allow-Origin"] == "*"
    preflight = client.options("/api/v1/people", headers={**asked, "access-control-request-method": "GET"})
    assert (preflight.status_code, preflight["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")
    for address in ("/", "/people/", "/api/", "/robots.txt", "/account/sign-in/"):
        assert "Access-Control-Allow-Origin" not in client.get(address, headers=asked).headers, address


def test_head_answers_with_the_headers_alone(client, nextgen):
    whole, head = client.get("/api/v1/people"), client.head("/api/v1/people")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", whole["ETag"])


def test_answers_are_not_kept_past_a_reveal_and_set_no_cookie(client, nextgen):
    assert client.get("/api/v1/recognitions")["Cache-Control"] == "no-cache"
    assert client.cookies == {}


def test_answers_do_not_depend_on_the_language_of_whoever_asks(client, nextgen):
    plain = client.get("/api/v1/people").content
    assert client.get("/api/v1/people", headers={"accept-language": "ja"}).content == plain
