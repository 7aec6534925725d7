import re
from datetime import datetime, timedelta
from io import BytesIO
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from contests.models import Contest
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_robots_may_read_all_but_the_admin_accounts_and_press_kits_and_find_the_sitemap(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /account/",
        "Disallow: /*/press-kit.zip$",
        "",
        "Sitemap: http://testserver/sitemap.xml",
    ]


def test_a_crawler_finds_every_public_page_of_the_contest_from_robots_txt_on(client, nextgen):
    robots = RobotFileParser()
    robots.parse(client.get("/robots.txt").content.decode().splitlines())
    (index,) = robots.site_maps()
    sections = listed(client, index, "sitemap")
    pages = [page for section in sections for page in listed(client, section, "url").items()]
    assert len({re.search(r"sitemap-(\w+)", section)[1] for section in sections}) == 9
    assert len(pages) == len(dict(pages)) > 30
    assert {"/", "/contests/nextgen/", "/people/c-one/", "/statistics/"} <= {
        urlsplit(page).path for page, _day in pages
    }
    changed = datetime.fromisoformat(dict(pages)["http://testserver/contests/nextgen/"])
    assert changed == Contest.objects.get().reveal_at
    for page, _changed in pages:
        assert robots.can_fetch("Crawler", page)
        assert client.get(page.removeprefix("http://testserver")).status_code == 200, page


def listed(client, address, kind):
    """Return the URLs in a sitemap or in the index of sitemaps, each with its `lastmod` as text."""
    tree = ElementTree.fromstring(client.get(address.removeprefix("http://testserver")).content)  # noqa: S314 (ours)
    said = [{field.tag.partition("}")[2]: field.text for field in entry} for entry in tree]
    assert {entry.tag for entry in tree} <= {f"{{http://www.sitemaps.org/schemas/sitemap/0.9}}{kind}"}
    return {entry["loc"]: entry.get("lastmod") for entry in said}


def test_the_manifest_names_pictures_that_exist_in_the_sizes_that_it_says(client):
    from django.contrib.staticfiles import finders

    response = client.get("/manifest.webmanifest")
    manifest = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert client.get(manifest["start_url"]).status_code == 200
    assert {(icon["sizes"], icon.get("purpose")) for icon in manifest["icons"]} == {
        ("any", None),
        *((size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")),
    }
    for icon in manifest["icons"]:
        path = finders.find(icon["src"].removeprefix("/static/"))
        if icon["type"] == "image/png":
            with Image.open(path) as picture:
                assert (f"{picture.width}x{picture.height}", picture.format) == (icon["sizes"], "PNG")


def test_who_reads_no_page_finds_the_icon_at_its_old_place(client):
    from django.contrib.staticfiles import finders

    response = client.get("/favicon.ico")
    assert (response.status_code, response["Location"]) == (302, "/static/img/icon-192.png")
    assert finders.find("img/icon-192.png")


def test_a_mask_cuts_nothing_of_the_icon():
    """Android may show only the middle 80 % of the icon, as a circle."""
    from django.contrib.staticfiles import finders

    with Image.open(finders.find("img/icon-512.png")) as picture:
        drawn = picture.convert("RGB")
    paper, middle, radius = (0xFA, 0xF7, 0xF0), drawn.width / 2, drawn.width * 0.4
    outside = {
        drawn.getpixel((x, y))
        for x in range(0, drawn.width, 4)
        for y in range(0, drawn.height, 4)
        if (x - middle) ** 2 + (y - middle) ** 2 > radius**2
    }
    assert outside == {paper}


def test_every_page_and_the_desk_of_the_editors_name_their_icons(client, nextgen):
    from tests.test_crawl import Page

    page = Page(client.get("/").content.decode())
    assert page.manifest == "/manifest.webmanifest"
    icons = {"/static/img/favicon.svg", "/static/img/apple-touch-icon.png"}
    assert icons <= set(page.assets)
    assert icons <= set(Page(client.get("/account/sign-in/").content.decode()).assets)


def test_the_sitemap_says_since_when_a_page_is_as_it_is_and_never_tells_of_an_approval(client):
    reveal = timezone.now().replace(microsecond=0) - timedelta(days=2)
    contest = make.ContestFactory(published=True, published_at=reveal - timedelta(days=9))
    film = make.SubmissionFactory(contest=contest)
    sealed = make.ContestFactory(approved_future=True)
    assert entries(client, "contests") == {
        row.get_absolute_url(): (row.published_at.replace(microsecond=0), None) for row in (contest, sealed)
    }
    contest.approved_at, contest.reveal_at = reveal - timedelta(days=1), reveal
    contest.save()
    assert entries(client, "contests")[contest.get_absolute_url()] == (reveal, None)
    film.history.update(history_date=reveal - timedelta(days=3))
    assert entries(client, "works") == {film.get_absolute_url(): (reveal, None)}
    film.history.update(history_date=reveal + timedelta(days=1))
    assert entries(client, "works") == {film.get_absolute_url(): (reveal + timedelta(days=1), None)}


def test_the_sitemap_names_the_uploaded_poster_of_a_film_that_is_public_and_no_other(client):
    for state in ("revealed", "sealed"):
        film = make.SubmissionFactory(contest=make.ContestFactory(**{state: True}), title=state)
        content = BytesIO()
        Image.new("RGB", (20, 30)).save(content, "PNG")
        film.poster.save(f"{state}.png", ContentFile(content.getvalue()))
    make.SubmissionFactory(contest__revealed=True)
    images = [image for _since, image in entries(client, "works").values()]
    (poster,) = [image for image in images if image]
    assert len(images) == 2
    assert client.get(poster.removeprefix("http://testserver")).status_code == 200


def sections(client):
    """Return the sections of the index that have a `lastmod`, with its value."""
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 (our own answer)
    found = {}
    for section in tree.findall("s:sitemap", names):
        place, moment = (section.findtext(path, None, names) for path in ("s:loc", "s:lastmod"))
        found[re.search(r"sitemap-(\w+)", place)[1]] = moment
    return {name: datetime.fromisoformat(moment) for name, moment in found.items() if moment}


def test_the_index_says_when_something_last_changed_in_a_section_as_the_section_does(client):
    reveal = timezone.now().replace(microsecond=0) - timedelta(days=9)
    contest = make.ContestFactory(revealed=True, published_at=reveal, approved_at=reveal, reveal_at=reveal)
    quote = make.QuoteFactory(event__contest=contest)
    films = make.SubmissionFactory.create_batch(3, contest=contest)
    for days, film in enumerate(films, 1):
        film.history.update(history_date=reveal + timedelta(days=days))
    quote.history.update(history_date=reveal - timedelta(days=1))
    told = sections(client)
    assert told == {
        "contests": reveal,
        "works": reveal + timedelta(days=3),
        "quotes": reveal,
    }
    for name, moment in told.items():
        assert max(since for since, _image in entries(client, name).values()) == moment
    announced = make.ContestFactory(sealed=True, published_at=reveal + timedelta(days=5))
    assert sections(client) == told | {"contests": announced.published_at}


def test_the_index_tells_of_no_change_to_what_is_hidden(client):
    reveal = timezone.now().replace(microsecond=0) - timedelta(days=9)
    contest = make.ContestFactory(revealed=True, published_at=reveal, approved_at=reveal, reveal_at=reveal)
    make.QuoteFactory(event__contest=contest).history.update(history_date=reveal)
    make.SubmissionFactory(contest=contest).history.update(history_date=reveal)
    before = sections(client)
    assert before == dict.fromkeys(("contests", "works", "quotes"), reveal)
    sealed = make.ContestFactory(published_at=reveal, approved_future=True)
    make.QuoteFactory(event__contest=sealed)
    make.SubmissionFactory(contest=sealed)
    make.SubmissionFactory(contest=contest, status="ineligible")
    make.SubmissionFactory(contest=contest).delete()
    make.SubmissionFactory(contest=contest, key="synthetic-film")
    assert sections(client) == before


def entries(client, section):
    """Return the URLs of a section of the sitemap from all its pages, each with its `lastmod` and image."""
    names = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "i": "http://www.google.com/schemas/sitemap-image/1.1",
    }
    pages = [page for page in listed(client, "/sitemap.xml", "sitemap") if f"/sitemap-{section}.xml" in page]
    read = [client.get(page.removeprefix("http://testserver")).content for page in pages]
    found = {}
    for url in [url for page in read for url in ElementTree.fromstring(page).findall("s:url", names)]:  # noqa: S314
        since, image = (url.findtext(path, None, names) for path in ("s:lastmod", "i:image/i:loc"))
        path = url.findtext("s:loc", None, names).removeprefix("http://testserver")
        found[path] = (datetime.fromisoformat(since).replace(microsecond=0) if since else None, image)
    return found


def test_the_index_names_only_maps_that_have_something_in_them(client):
    from xml.etree import ElementTree

    def maps():
        return {re.search(r"sitemap-(\w+)", url)[1] for url in listed(client, "/sitemap.xml", "sitemap")}

    assert maps() == {"pages"}
    contest = make.ContestFactory(sealed=True)
    make.RecognitionFactory(award__contest=contest, submission__contest=contest)
    make.QuoteFactory(event__contest=contest)
    assert maps() & {"results", "works", "people", "quotes"} == set()
    make.RecognitionFactory(award__contest__revealed=True)
    for url in listed(client, "/sitemap.xml", "sitemap"):
        tree = ElementTree.fromstring(client.get(url.removeprefix("http://testserver")).content)  # noqa: S314 (ours)
        assert len(tree) > 0, url


def test_the_pages_of_a_map_tell_nothing_of_the_numbers_of_rows(client):
    contest = make.ContestFactory(revealed=True)
    for number in (3, 4, 90_001, 400_003):
        make.EventFactory(id=number, contest=contest)
    pages = [url for url in listed(client, "/sitemap.xml", "sitemap") if "sitemap-events" in url]
    assert pages == [f"http://testserver/sitemap-events.xml{page}" for page in ("", "?p=2", "?p=3")]
    found = [listed(client, page.removeprefix("http://testserver"), "url") for page in pages]
    assert [len(urls) for urls in found] == [2, 1, 1]
    assert client.get("/sitemap-events.xml?p=4").status_code == 404
    assert client.get("/sitemap-people.xml").status_code == 200
