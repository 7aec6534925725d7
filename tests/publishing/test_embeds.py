"""Embeds: which websites may show which pages in a frame, the texts of embeds, and the HTML to copy."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from contests.models import Contest, Quote, Recognition, Submission
from publishing import embeds
from record.synthetic import PREFIX
from tests import factories as make
from tests.api.test_api_reveal import without_rule
from tests.portal.test_security_headers import POLICY, policy_of
from tests.public_pages import body
from tests.reveal_rows import add_hidden, portal
from tests.url_patterns import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
__all__ = ["portal"]
CSS = Path(__file__).parents[2] / "static" / "css"
PIECES = [
    "/embed/contests/nextgen/winners/",
    "/embed/contests/nextgen/submissions/alzheimer/",
    "/embed/quotes/tim-yip-human-touch/",
]
PAGES = {
    "/contests/nextgen/": PIECES[0],
    "/works/alzheimer/": PIECES[1],
    "/quotes/tim-yip-human-touch/": PIECES[2],
}


class Tags(HTMLParser):
    """Collects the elements of a page in their order, as pairs of tag and attributes, and its `text`."""

    def __init__(self, html):
        super().__init__()
        self.found, self.text = [], ""
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def of(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


class Copied(HTMLParser):
    """Reads the HTML that a visitor copies from the text field of a page."""

    def __init__(self, html):
        super().__init__()
        self.inside, self.text = False, ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.inside = tag == "textarea"

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "textarea"

    def handle_data(self, data):
        self.text += data if self.inside else ""


def may_be_framed(response):
    """
    Return which websites may show the page in a frame according to the Content-Security-Policy (None for all), and the
    older header X-Frame-Options.
    """
    return policy_of(response).get("frame-ancestors"), response.get("X-Frame-Options")


@pytest.mark.parametrize("address", [*PIECES, "/embed/quotes/unheard-of/"])
def test_a_piece_may_be_framed_by_anyone_and_runs_nothing(client, nextgen, address):
    response = client.get(address)
    assert may_be_framed(response) == (None, None)
    closed = dict.fromkeys(("script-src", "connect-src", "form-action"), "'none'")
    assert policy_of(response) == {name: POLICY[name] for name in POLICY if name != "frame-ancestors"} | closed
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response.cookies == {}
    assert "Cookie" not in response.get("Vary", "")


def test_an_answer_that_nothing_has_changed_may_be_framed_too(client, nextgen):
    for address in PIECES:
        response = client.get(address, headers={"if-none-match": client.get(address)["ETag"]})
        assert (response.status_code, *may_be_framed(response)) == (304, None, None)


def test_nothing_but_the_pieces_may_be_framed(client, nextgen):
    slugs = ["alzheimer", "awards-ceremony", "tim-yip", "tim-yip-human-touch", "unheard-of"]
    pairs = [("nextgen", slug) for slug in slugs]
    crawled = addresses({"contest": ["nextgen", "unheard-of"], "slug": slugs}, pairs, otherwise=["1"])
    crawled += ["/embed/", "/embed/quotes/", f"/oembed?url=http://testserver{next(iter(PAGES))}"]
    answers = {address: may_be_framed(client.get(address)) for address in crawled}
    assert {address for address, by in answers.items() if by != ("'none'", "DENY")} == {
        *(f"/embed/contests/{contest}/winners/" for contest in ("nextgen", "unheard-of")),
        *(f"/embed/contests/nextgen/submissions/{slug}/" for slug in slugs),
        *(f"/embed/quotes/{slug}/" for slug in slugs),
    }
    assert len(answers) > 100


@pytest.mark.parametrize("address", PIECES)
def test_a_piece_opens_its_links_in_the_whole_window_and_names_the_page_that_it_is_from(client, nextgen, address):
    page = Tags(body(client, address))
    assert page.of("base") == [{"target": "_top"}]
    assert [link for link in page.of("a") if "target" in link] == []
    assert {"name": "robots", "content": "noindex"} in page.of("meta")
    (canonical,) = [link["href"] for link in page.of("link") if link["rel"] == "canonical"]
    assert canonical.startswith("http://testserver/")
    assert client.get(canonical.removeprefix("http://testserver")).status_code == 200
    assert page.of("script") == []
    assert len(page.of("h1")) == 1
    for link in page.of("a"):
        assert client.get(link["href"]).status_code == 200, link


@pytest.mark.parametrize("address", PIECES)
def test_a_piece_weighs_a_few_kilobytes(client, nextgen, address):
    page = client.get(address, headers={"accept-encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert len(page.content) < 4_000


def test_fonts_are_declared_in_one_sheet():
    assert [sheet.name for sheet in CSS.glob("*.css") if "@font-face" in sheet.read_text()] == ["fonts.css"]


def test_the_winners_are_told_by_precedence_three_at_most_and_none_that_was_revoked(client):
    contest = make.ContestFactory(slug="contest", revealed=True)
    award = make.AwardFactory(contest=contest, name="Grand Prize")
    make.RecognitionFactory(award=award, order=1, submission__title="Revoked film", revoked=True)
    for order in range(2, 7):
        make.RecognitionFactory(award=award, order=order, submission__title=f"Film no. {order}")
    text = Tags(body(client, "/embed/contests/contest/winners/")).text
    assert re.findall(r"Film no\. \d|Revoked film", text) == ["Film no. 2", "Film no. 3", "Film no. 4"]
    assert "All winners" in text


def test_a_person_who_won_is_told_by_name(client):
    won = make.RecognitionFactory(of_person=True, person__name="C·one", award__contest__revealed=True)
    text = Tags(body(client, f"/embed/contests/{won.award.contest.slug}/winners/")).text
    assert "C·one" in text
    assert won.award.name in text


def test_before_the_reveal_the_winners_are_still_to_come_whether_there_are_any_or_not(client):
    contest = make.ContestFactory(slug="contest", sealed=True)
    none = body(client, "/embed/contests/contest/winners/")
    make.RecognitionFactory(award__contest=contest, submission__title="Sealed film")
    assert body(client, "/embed/contests/contest/winners/") == none
    assert "The winners are not announced yet." in none


def test_what_is_hidden_answers_as_what_does_not_exist(client):
    hidden = make.ContestFactory(slug="contest", sealed=True)
    draft = make.ContestFactory(slug="draft")
    film = make.SubmissionFactory(contest=hidden, slug="film")
    quote = make.QuoteFactory(event__contest=hidden, slug="words", submission=film)
    unknown = client.get("/embed/quotes/unheard-of/")
    assert unknown.status_code == 404
    for address in (
        "/embed/contests/contest/submissions/film/",
        f"/embed/quotes/{quote.slug}/",
        f"/embed/contests/{draft.slug}/winners/",
    ):
        response = client.get(address)
        assert (response.status_code, response.content) == (404, unknown.content), address


HIDDEN = [
    (Contest, "/contests/draftword-contest/winners/"),
    (Recognition, "/contests/sealed-contest/winners/"),
    (Submission, "/contests/sealed-contest/submissions/film-sealedword/"),
    (Quote, "/quotes/words-sealedword/"),
]


@pytest.mark.parametrize(
    ("model", "address"),
    [
        *((model, f"/embed{page}") for model, page in HIDDEN),
        # For winners, oEmbed contains only the name of the contest.
        *((model, f"/oembed?url=http://testserver{page}") for model, page in HIDDEN if model is not Recognition),
    ],
)
def test_without_the_rule_a_piece_tells_what_is_hidden(client, portal, monkeypatch, model, address):
    without = client.get(address)
    add_hidden(portal)
    hidden = client.get(address)
    assert (hidden.status_code, hidden.content) == (without.status_code, without.content)
    without_rule(monkeypatch, model)
    assert client.get(address).content != hidden.content


def test_a_revoked_film_says_so(client):
    film = make.RecognitionFactory(award__contest__revealed=True, award__name="Grand Prize", revoked=True).submission
    text = Tags(body(client, embeds.piece_of(film).path)).text
    assert "Grand Prize: revoked on" in text


@pytest.mark.parametrize("name", ["winners", "film", "quote"])
def test_what_is_made_up_says_so(client, name):
    contest = make.ContestFactory(revealed=True, key=f"{PREFIX}contest")
    film = make.SubmissionFactory(contest=contest)
    noun = {"winners": contest, "film": film, "quote": make.QuoteFactory(event__contest=contest)}[name]
    piece = embeds.piece_of(noun)
    assert piece.title.endswith("(synthetic)")
    assert "Synthetic: made up for testing. None of it is real." in Tags(body(client, piece.path)).text


def test_a_made_up_film_among_real_ones_carries_the_mark(client):
    won = make.RecognitionFactory(award__contest__revealed=True, submission__key=f"{PREFIX}film")
    page = body(client, embeds.piece_of(won.award.contest).path)
    assert "Synthetic: made up" not in page
    assert page.count('class="synthetic-mark"') == 1


def test_a_former_address_leads_to_the_piece(client, nextgen):
    film = Submission.objects.get(slug="alzheimer")
    for noun in (film, film.contest):
        make.FormerSlugFactory(object=noun, slug="former")
    for former, now in (
        ("/embed/contests/former/winners/", PIECES[0]),
        ("/embed/contests/former/submissions/former/", PIECES[1]),
    ):
        response = client.get(former)
        assert (response.status_code, response["Location"]) == (301, now)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_offers_the_html_that_shows_its_piece(client, nextgen, page):
    snippet = Tags(Copied(body(client, page)).text)
    (frame,) = snippet.of("iframe")
    assert frame["src"] == f"http://testserver{PAGES[page]}"
    assert (frame["loading"], frame["width"]) == ("lazy", "600")
    assert 200 < int(frame["height"]) <= 560
    (link,) = snippet.of("a")
    whole = {"/contests/nextgen/": "/contests/nextgen/winners/"}.get(page, page)
    assert link["href"] == f"http://testserver{whole}"
    # Programs that show no frames get the context of a quote as text.
    context = " (A warning against too much spectacle when films are made with AI.)" if "quotes" in page else ""
    assert snippet.text == f"{frame['title']}{context} · Laurel"


@pytest.mark.parametrize("page", ["/people/tim-yip/", "/contests/nextgen/events/awards-ceremony/"])
def test_a_page_without_a_piece_offers_none(client, nextgen, page):
    assert Copied(body(client, page)).text == ""


def test_a_title_with_markup_stays_text_on_the_site_that_shows_it(client):
    title = """<script>alert("1")</script> & 'x' أليس"""
    film = make.SubmissionFactory(contest__revealed=True, title=title, slug="film")
    snippet = Tags(Copied(body(client, film.get_absolute_url())).text)
    assert [tag for tag, _attributes in snippet.found] == ["iframe", "p", "a"]
    assert snippet.of("iframe")[0]["title"] == title
    assert snippet.text == f"{title} · Laurel"
    assert "<script" not in body(client, embeds.piece_of(film).path)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Short words.", "Short words."),
        ("a" * 60, "a" * 60),
        ("wordless" * 9, ("wordless" * 9)[:59] + "…"),
        (
            "I worry about when we are still only working on the exciting moments",
            "I worry about when we are still only working on the…",
        ),
    ],
)
def test_a_long_quote_is_named_by_its_first_whole_words(text, shown):
    quote = make.QuoteFactory.build(text=text, slug="q", speaker__name="A")
    assert embeds.piece_of(quote).title == f"A: “{shown}”"
