"""The examples in docs/api.md and on /api/ work as described."""

import io
import json
import re
from contextlib import redirect_stdout
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.django_db
DOCS = (Path(__file__).resolve().parent.parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
HOST = "127.0.0.1:8000"


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)


@pytest.fixture
def printed(client, nextgen, monkeypatch):
    """Return a function that runs a program, answers its requests with the portal, and returns its output."""

    def urlopen(address):
        assert urlsplit(address).netloc == HOST
        return io.BytesIO(client.get(address, headers={"host": HOST}).content)

    def run(program):
        monkeypatch.setattr("urllib.request.urlopen", urlopen)
        with redirect_stdout(io.StringIO()) as output:
            exec(compile(program, "docs/api.md", "exec"), {})
        return output.getvalue()

    return run


def test_the_client_has_three_lines_and_prints_all_winners(printed):
    (program,), (output,) = blocks("python"), blocks("text")
    assert len(program.strip().splitlines()) == 3
    assert printed(program) == output
    # The output does not depend on the page size.
    assert printed(program.replace("limit=100", "limit=1")) == output


def test_the_page_shows_the_same_client(client, nextgen):
    page = client.get("/api/", headers={"host": HOST}).content.decode()
    assert (
        unescape(re.search(r"<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)[1]).strip() == blocks("python")[0].strip()
    )


def holds(answer, example):
    """Return whether `answer` contains everything in `example`. The text "..." in `example` matches any text."""
    if example == "...":
        return isinstance(answer, str)
    if isinstance(example, dict):
        return isinstance(answer, dict) and all(
            name in answer and holds(answer[name], example[name]) for name in example
        )
    if isinstance(example, list):
        return len(answer) == len(example) and all(map(holds, answer, example))
    return answer == example


def test_each_example_is_answered_as_shown(client, nextgen):
    asked = [line.removeprefix("GET ").strip() for line in blocks("http")]
    shown = [json.loads(block) for block in blocks("json")]
    assert len(asked) == len(shown) == 2
    for address, example in zip(asked, shown, strict=True):
        answer = client.get(address, headers={"host": HOST}).json()
        assert holds(answer, example), address


def test_each_address_in_the_table_is_answered_with_something(client, nextgen):
    addresses = re.findall(r"`GET (\S+)`", DOCS)
    assert len(addresses) == 4
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert response.json().get("items", True) != [], address


def test_the_page_tells_of_every_resource_and_parameter(client):
    page = client.get("/api/").content.decode()
    description = client.get("/api/v1/openapi.json").json()
    told = set(re.findall(r"<code>([^<]+)</code>", page))
    parameters = {
        parameter["name"] for path in description["paths"].values() for parameter in path["get"].get("parameters", [])
    }
    assert parameters - told == set()
    assert {path for path in description["paths"] if path != "/api/v1/"} - told == set()
