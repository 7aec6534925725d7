"""The portal compresses its responses."""

import gzip

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(client):
    return lambda address: client.get(address, headers={"Accept-Encoding": "gzip, br"})


@pytest.mark.parametrize("address", ["/", "/sitemap.xml", "/nothing-here/", "/account/sign-in/"])
def test_pages_feeds_and_errors_are_compressed(asking, client, address):
    make.ContestFactory(revealed=True)
    response = asking(address)
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert len(response.content) < len(gzip.decompress(response.content))
    assert "Content-Encoding" not in client.get(address).headers


def test_a_drawing_is_compressed_and_known_again(asking, nextgen, client):
    response = asking("/laurels/YKQ8N-CFK23/on-light.svg")
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.content) < len(gzip.decompress(response.content)) / 2
    asked = {"Accept-Encoding": "gzip", "If-None-Match": response.headers["ETag"]}
    assert client.get("/laurels/YKQ8N-CFK23/on-light.svg", headers=asked).status_code == 304


def test_image_is_sent_as_it_is_stored(asking):
    film = make.SubmissionFactory(contest=make.ContestFactory(revealed=True))
    content = Image.linear_gradient("L").tobytes() * 2
    film.poster.save("poster.png", ContentFile(content, name="poster.png"))
    response = asking(f"/media/{film.poster.name}")
    assert "Content-Encoding" not in response.headers
    assert response.content == content
