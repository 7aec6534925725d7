"""Uploaded images for visitors and programs: cropped around their focal point, with credit and licence."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from publishing import cards
from publishing.cards.drawing import draw
from record.images import Licence
from tests import factories as make
from tests.kept_client import KeptClient
from tests.record.test_image_sanitizing import encoded, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def film():
    contest = make.ContestFactory(revealed=True, slug="prize", hero_credit="Photo: Cy", hero_licence="cc0-1.0")
    contest.hero.save("hall.png", upload(encoded("PNG")))
    film = make.SubmissionFactory(
        contest=contest,
        slug="film",
        work__slug="film",
        poster_credit="Photo: Ann",
        poster_licence="cc-by-sa-4.0",
        poster_focus_x=84,
    )
    film.poster.save("poster.png", upload(encoded("PNG")))
    person = make.PersonFactory(slug="ann", portrait_credit="Photo: Bo", portrait_licence="permission")
    person.portrait.save("face.png", upload(encoded("PNG")))
    make.CreditFactory(submission=film, person=person)
    return film


def captions(client, address):
    page = client.get(address).content.decode()
    return [re.sub(r"\s+", " ", caption) for caption in re.findall(r"<figcaption>(.*?)</figcaption>", page, re.DOTALL)]


def linked(kind, name):
    return f'<a href="https://creativecommons.org/{kind}/" rel="license noopener">{name}</a>'


FILM = "/works/film/"


@pytest.mark.parametrize(
    ("x", "y", "told"),
    [
        (50, 50, ""),
        (84, 50, ' data-focus-x="80"'),
        (50, 0, ' data-focus-y="0"'),
        (96, 14, ' data-focus-x="100" data-focus-y="10"'),
        (54, 46, ""),
    ],
)
def test_page_says_around_what_a_picture_is_cropped(client, film, x, y, told):
    film.poster_focus_x, film.poster_focus_y = x, y
    film.save()
    for address in (FILM, "/contests/prize/submissions/", "/embed/contests/prize/submissions/film/"):
        (image,) = re.findall(r'<img src="/media/posters/[^>]*>', client.get(address).content.decode())
        assert f' height="40"{told} alt=' in image


def test_style_sheet_knows_each_point_that_a_page_may_name():
    css = (Path(settings.BASE_DIR) / "static/css/focus.css").read_text()
    found = re.findall(r'\[data-focus-([xy])="(\d+)"\] \{\s*--focus-([xy]): (\d+)%;\s*\}', css)
    assert found == [(side, str(n), side, str(n)) for side in "xy" for n in range(0, 101, 10) if n != 50]


@pytest.mark.parametrize(("focus", "shown"), [((0, 50), "left"), ((100, 50), "right")])
def test_card_shows_what_lies_at_the_focal_point(film, focus, shown):
    image = Image.new("RGB", (1600, 900), "red")
    image.paste("blue", (800, 0, 1600, 900))
    film.poster.save("wide.png", upload(encoded("PNG", image)))
    card = replace(cards.of_work(film), focus=focus)
    drawn = Image.open(io.BytesIO(draw(card))).convert("RGB")
    colour = (255, 0, 0) if shown == "left" else (0, 0, 255)
    assert [drawn.getpixel(place) for place in ((3, 3), (416, 3), (3, 626), (416, 626))] == [colour] * 4


def test_card_of_another_focal_point_is_another_card(film):
    card = cards.of_work(film)
    assert card.focus == (84, 50)
    assert card.version != replace(card, focus=(50, 50)).version


def test_each_page_names_credit_and_licence_of_its_picture(client, film):
    assert captions(client, FILM)[0] == f"Photo: Ann · {linked('licenses/by-sa/4.0', 'CC BY-SA 4.0')}"
    assert captions(client, "/contests/prize/")[0] == f"Photo: Cy · {linked('publicdomain/zero/1.0', 'CC0 1.0')}"
    assert captions(client, "/people/ann/")[0] == "Photo: Bo · All rights reserved, used with permission"


def test_picture_without_either_has_no_line_for_them(client, film):
    film.poster_credit = film.poster_licence = ""
    film.save()
    assert captions(client, FILM) == []
    film.poster_licence = "public-domain"
    film.save()
    assert captions(client, FILM)[0] == linked("publicdomain/mark/1.0", "Public domain")


def test_list_leaves_the_licence_to_the_page(client, film):
    assert "CC BY-SA" not in client.get("/contests/prize/submissions/").content.decode()


def test_each_licence_has_its_address_but_the_one_that_is_none():
    assert {licence.value: licence.url.removeprefix("https://creativecommons.org/") for licence in Licence} == {
        "permission": "",
        "cc-by-4.0": "licenses/by/4.0/",
        "cc-by-sa-4.0": "licenses/by-sa/4.0/",
        "cc-by-nd-4.0": "licenses/by-nd/4.0/",
        "cc-by-nc-4.0": "licenses/by-nc/4.0/",
        "cc-by-nc-sa-4.0": "licenses/by-nc-sa/4.0/",
        "cc-by-nc-nd-4.0": "licenses/by-nc-nd/4.0/",
        "cc0-1.0": "publicdomain/zero/1.0/",
        "public-domain": "publicdomain/mark/1.0/",
    }


def test_programs_are_told_the_licence(client, film):
    poster = client.get(f"/api/v1/submissions/{film.key}").json()["poster"]
    assert (poster["credit"], poster["licence"]) == (
        "Photo: Ann",
        {"name": "CC BY-SA 4.0", "url": "https://creativecommons.org/licenses/by-sa/4.0/"},
    )
    hero = client.get(f"/api/v1/contests/{film.contest.key}").json()["hero"]
    assert hero["licence"]["name"] == "CC0 1.0"
    portrait = client.get(f"/api/v1/people/{film.credits.get().person.key}").json()["portrait"]
    assert portrait["licence"] == {"name": "All rights reserved, used with permission", "url": None}
    page = client.get(FILM).content.decode()
    (told,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    (movie,) = [thing for thing in json.loads(told)["@graph"] if thing["@type"] == "Movie"]
    assert movie["image"]["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"


def test_unknown_licence_is_told_as_unknown(client, film):
    film.poster_licence = ""
    film.save()
    assert client.get(f"/api/v1/submissions/{film.key}").json()["poster"]["licence"] is None


def test_press_kit_names_the_licence_beside_the_credit(client, film):
    answer = client.get("/contests/prize/submissions/film/press-kit.zip")
    kit = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    told = kit.read(next(name for name in kit.namelist() if name.endswith("CREDITS.txt"))).decode()
    assert (
        "images/film.png\n    Credit: Photo: Ann\n"
        "    Licence: CC BY-SA 4.0 https://creativecommons.org/licenses/by-sa/4.0/\n"
    ) in told
    assert "    Licence: All rights reserved, used with permission\n" in told


def test_a_public_image_is_kept_until_it_is_hidden_or_replaced(film):
    client, image = KeptClient(), f"/media/{film.poster.name}"
    first = client.get(image)
    again = client.get(image)
    assert (first.status_code, again.is_hit, again.content) == (200, True, first.content)
    assert "s-maxage=2" in again["Cache-Control"]
    film.status = "withdrawn"
    film.save()
    assert client.get(image).status_code == 404
    # Editors still see it, but their response is not kept.
    client.force_login(make.UserFactory(editor=True))
    seen = client.get(image)
    assert (seen.status_code, seen.kept, seen["Cache-Control"]) == (200, False, "private, max-age=600")
    assert KeptClient().get(image).status_code == 404
