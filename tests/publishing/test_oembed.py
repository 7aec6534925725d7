"""oEmbed, requested with the library micawber as other websites do. Its XML is read with an XML parser."""

import re
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import translation
from micawber import Provider, ProviderHTTPException, ProviderRegistry

from contests.models import Contest, Quote, Submission
from record.synthetic import PREFIX
from tests import factories as make
from tests.public_pages import body
from tests.publishing.test_embeds import Tags

HERE = "http://testserver"
FILM = f"{HERE}/works/alzheimer/"
REQUIRED = {"version": str, "type": str, "html": str, "width": int, "height": int}


def ask(client, url, **more):
    return client.get("/oembed", {"url": url, **more})


def said(client, url, **more):
    response = ask(client, url, **more)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json"), response.content
    return response.json()


@pytest.mark.django_db
def test_a_film_is_told_in_full(client, nextgen):
    answer = said(client, FILM)
    frame = Tags(answer.pop("html"))
    assert answer.pop("thumbnail_url").startswith(f"{HERE}/contests/nextgen/submissions/alzheimer/card.png?v=")
    assert answer == {
        "version": "1.0",
        "type": "rich",
        "title": "Alzheimer",
        "author_name": "C·one",
        "author_url": f"{HERE}/people/c-one/",
        "provider_name": "Laurel",
        "provider_url": f"{HERE}/",
        "cache_age": 3600,
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
        "width": 600,
        "height": 336,
    }
    assert frame.of("iframe") == [
        {
            "src": f"{HERE}/embed/contests/nextgen/submissions/alzheimer/",
            "title": "Alzheimer",
            "width": "600",
            "height": "336",
            "loading": "lazy",
            "style": "max-width:100%;border:0",
        }
    ]
    assert frame.of("a") == [{"href": FILM}]


@pytest.mark.django_db
def test_winners_and_quotes_are_told_with_who_stands_behind_them(client, nextgen):
    winners = said(client, f"{HERE}/contests/nextgen/winners/")
    assert winners == said(client, f"{HERE}/contests/nextgen/")
    assert winners["title"] == "Winners of KlingAI NextGen Creative Contest"
    assert winners["author_name"] == Contest.objects.get(slug="nextgen").organiser.name
    assert "author_url" not in winners
    words = said(client, f"{HERE}/quotes/tim-yip-you-can-do-anything/")
    assert words["title"] == "Tim Yip: “I think you can do anything.”"
    assert (words["author_name"], words["author_url"]) == ("Tim Yip", f"{HERE}/people/tim-yip/")


@pytest.mark.django_db
def test_of_several_authors_all_are_named_and_none_has_the_address(client):
    film = make.SubmissionFactory(contest__revealed=True)
    for order, (name, role) in enumerate([("A", "creator"), ("B", "cast"), ("C", "director"), ("A", "director")]):
        person = make.PersonFactory(name=name) if name != "A" or role == "creator" else film.credits.first().person
        make.CreditFactory(submission=film, person=person, role=role, order=order + 1)
    answer = said(client, f"{HERE}{film.get_absolute_url()}")
    assert answer["author_name"] == "A, C"
    assert "author_url" not in answer


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limits", "size"),
    [
        ({}, (600, 336)),
        ({"maxwidth": 1000, "maxheight": 1000}, (600, 336)),
        ({"maxwidth": 320}, (320, 336)),
        ({"maxheight": 200}, (600, 200)),
        ({"maxwidth": 240, "maxheight": 180}, (240, 180)),
    ],
)
def test_a_piece_keeps_to_the_room_that_there_is(client, nextgen, limits, size):
    answer = said(client, FILM, **limits)
    (frame,) = Tags(answer["html"]).of("iframe")
    assert (answer["width"], answer["height"]) == size == (int(frame["width"]), int(frame["height"]))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["contests/nextgen/", "works/alzheimer/", "quotes/tim-yip-human-touch/"])
def test_the_share_card_of_the_page_is_the_thumbnail_where_there_is_room_for_it(client, nextgen, path):
    (card,) = [tag["content"] for tag in Tags(body(client, f"/{path}")).of("meta") if tag.get("property") == "og:image"]
    thumbnail = {"thumbnail_url": card, "thumbnail_width": 1200, "thumbnail_height": 630}
    assert client.get(card.removeprefix(HERE))["Content-Type"] == "image/png"
    for limits, shown in (
        ({}, thumbnail),
        ({"maxwidth": 1200, "maxheight": 630}, thumbnail),
        ({"maxwidth": 1199}, {}),
        ({"maxheight": 629}, {}),
    ):
        answer = said(client, f"{HERE}/{path}", **limits)
        assert {name: value for name, value in answer.items() if name.startswith("thumbnail")} == shown


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["contests/nextgen/", "works/alzheimer/", "quotes/tim-yip-human-touch/"])
def test_the_xml_form_says_the_same(client, nextgen, path):
    response = ask(client, f"{HERE}/{path}", format="xml")
    assert (response.status_code, response["Content-Type"]) == (200, "text/xml; charset=utf-8")
    root = ElementTree.fromstring(response.content)
    assert root.tag == "oembed"
    told = said(client, f"{HERE}/{path}")
    assert {child.tag: child.text for child in root} == {name: str(value) for name, value in told.items()}


@pytest.mark.django_db
def test_the_xml_form_leaves_out_what_is_no_character_of_xml(client):
    film = make.SubmissionFactory(contest__revealed=True, title="A\x08B\ufffeC <&> أليس", slug="film")
    root = ElementTree.fromstring(ask(client, f"{HERE}{film.get_absolute_url()}", format="xml").content)
    assert root.findtext("title") == "ABC <&> أليس"


@pytest.mark.django_db
def test_any_site_may_ask_and_is_told_why_not(client, nextgen):
    for response in (
        ask(client, FILM),
        ask(client, f"{HERE}/nothing/"),
        client.get("/oembed"),
        ask(client, FILM, format="x"),
    ):
        assert response["Access-Control-Allow-Origin"] == "*"
    assert client.get("/oembed").content.decode() == "url: This field is required.\n"
    assert ask(client, FILM, maxwidth="wide").content.decode() == "maxwidth: Enter a whole number.\n"
    assert client.post("/oembed", {"url": FILM}).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    ["", "alzheimer", "/contests/nextgen/", "//testserver/", "ftp://testserver/", "javascript:alert(1)",
     "http://", "http://[", "http://testserver:port/", "http://testserver:99999/",
     "http://testserver/\0", f"{HERE}/{'a' * 9_999}"],
)  # fmt: skip
def test_what_is_no_address_is_refused(client, nextgen, url):
    assert ask(client, url).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("limit", ["0", "-1", "1.5", "9" * 5000, "ten", "1e3", "\0"])
def test_what_is_no_room_is_refused(client, nextgen, limit):
    assert ask(client, FILM, maxwidth=limit).status_code == ask(client, FILM, maxheight=limit).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["yaml", "JSON", "x" * 20])
def test_another_format_is_not_implemented(client, nextgen, form):
    assert ask(client, FILM, format=form).status_code == 501


@pytest.mark.django_db
def test_an_address_without_a_piece_is_unknown_and_so_is_a_hidden_one_and_another_site_s(client, nextgen):
    hidden = make.ContestFactory(slug="sealed", sealed=True)
    draft = make.ContestFactory(slug="draft")
    film = make.SubmissionFactory(contest=hidden, slug="film")
    words = make.QuoteFactory(event__contest=hidden, submission=film)
    paths = [
        "/nothing/",
        "/",
        "/people/tim-yip/",
        "/admin/",
        "/contests/",
        "/oembed",
        "/quotes/unheard-of/",
        "",
        "/\ufffd/",
    ]
    paths += [noun.get_absolute_url() for noun in (film, words, draft)]
    addresses = [f"{HERE}{path}" for path in paths]
    addresses += [
        FILM.replace("testserver", host) for host in ("example.org", "testserver:8000", "testserver.example.org")
    ]
    addresses += [
        FILM.replace("http://", "http://testserver@example.org/"),
        FILM.replace("http:", "https:").replace("r/w", "r:80/w"),
    ]
    answers = {address: (ask(client, address).status_code, ask(client, address).content) for address in addresses}
    unknown = (404, b"There is nothing to embed at this URL.\n")
    assert [address for address in addresses if answers[address] != unknown] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [f"{FILM}?from=feed#top", FILM.replace("http:", "https:"), FILM.replace("testserver", "TESTSERVER"),
     FILM.replace("testserver", "testserver:80"), f"{HERE}/contests/former/submissions/former/",
     f"{HERE}/contests/nextgen/submissions/{quote('alzheimer')}/",
     FILM.rstrip("/"), f"{FILM.rstrip('/')}?from=feed", f"{FILM.rstrip('/')}#top",
     FILM.replace("testserver/", "testserver/en/"), FILM.replace("testserver/", "testserver/en-GB/"),
     FILM.replace("http://testserver", "HTTPS://TestServer").rstrip("/")],
)  # fmt: skip
def test_an_address_is_known_in_each_of_its_forms(client, nextgen, url):
    film = Submission.objects.get(slug="alzheimer")
    for noun in (film, film.contest):
        make.FormerSlugFactory(object=noun, slug="former")
    assert said(client, url) == said(client, FILM)


@pytest.mark.django_db
def test_an_address_in_another_script_is_known(client):
    film = make.SubmissionFactory(contest__revealed=True, title="أليس", slug="أليس")
    readable = f"{HERE}/contests/{film.contest.slug}/submissions/أليس/"
    assert said(client, readable) == said(client, f"{HERE}{film.get_absolute_url()}")


@pytest.mark.django_db
@pytest.mark.parametrize("code", [code for code, _name in django_settings.LANGUAGES])
def test_an_address_in_another_language_leads_to_the_piece_in_that_language(client, nextgen, code):
    with translation.override(code):
        page, piece = (reverse(name, args=["tim-yip-human-touch"]) for name in ("quote", "embed_quote"))
    (frame,) = Tags(said(client, f"{HERE}{page}")["html"]).of("iframe")
    assert frame["src"] == f"{HERE}{piece}"
    assert client.get(piece).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["ja", "JA", "ja-JP", "ja_JP"])
def test_every_spelling_of_a_language_is_known(client, nextgen, prefix):
    asked = FILM.replace("testserver/", f"testserver/{prefix}/").rstrip("/")
    assert said(client, asked) == said(client, FILM.replace("testserver/", "testserver/ja/"))


@pytest.mark.django_db
def test_what_is_made_up_says_so(client):
    contest = make.ContestFactory(revealed=True, key=f"{PREFIX}contest", title="Specimen")
    assert said(client, f"{HERE}{contest.get_absolute_url()}")["title"] == "Winners of Specimen (synthetic)"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "contests/nextgen/",
        "contests/nextgen/winners/",
        "works/alzheimer/",
        "quotes/tim-yip-human-touch/",
    ],
)
def test_a_page_leads_programs_to_its_piece(client, nextgen, path):
    links = Tags(body(client, f"/{path}")).of("link")
    (link,) = [link for link in links if link.get("type") == "application/json+oembed"]
    assert link["rel"] == "alternate"
    found = client.get(link["href"].removeprefix(HERE))
    assert found.json() == said(client, f"{HERE}/{path}")
    assert found.json()["title"] == link["title"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["", "people/tim-yip/", "quotes/", "contests/nextgen/events/awards-ceremony/"])
def test_a_page_without_a_piece_leads_nowhere(client, nextgen, path):
    assert "oembed" not in body(client, f"/{path}")


def test_a_site_that_uses_a_library_shows_every_piece(live_server, nextgen):
    nouns = [Contest.objects.get(slug="nextgen"), *Submission.objects.all(), *Quote.objects.all()]
    registry = ProviderRegistry()
    registry.register(f"{re.escape(live_server.url)}/(contests|works|quotes)/.*", Provider(f"{live_server.url}/oembed"))
    for noun in nouns:
        url = f"{live_server.url}{noun.get_absolute_url()}"
        answer = registry.request(url, maxwidth=480)
        assert {name: type(answer[name]) for name in REQUIRED} == REQUIRED
        assert (answer["type"], answer["width"], answer["url"]) == ("rich", 480, url)
        assert registry.parse_html(f"<p>{url}</p>", maxwidth=480).count("<iframe") == 1
    with pytest.raises(ProviderHTTPException) as refused:
        registry.request(f"{live_server.url}/quotes/unheard-of/")
    assert refused.value.status == 404
    refused.value.__cause__.close()


def test_every_parameter_is_encoded_in_the_discovery_link(db, client):
    film = make.SubmissionFactory(contest__revealed=True, slug="a-b", title='"Quoted" & more')
    (link,) = [
        link for link in Tags(body(client, film.get_absolute_url())).of("link") if "oembed" in link.get("type", "")
    ]
    assert link["title"] == '"Quoted" & more'
    assert link["href"] == f"{HERE}/oembed?{urlencode({'url': HERE + film.get_absolute_url(), 'format': 'json'})}"
