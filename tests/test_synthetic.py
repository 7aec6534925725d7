"""Synthetic rows are marked wherever they appear, and real ones are not."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from io import StringIO
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from contests.demo.removal import records
from contests.models import Contest, CreditRole, Event, Quote, Recognition, Series, Submission
from people.models import Organisation, Person
from record.models import Source
from record.synthetic import PREFIX
from record.viewpoint import Viewpoint
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
#: The notice of each page names the subject of the page: "This person is synthetic: made up …".
NOTICE = re.compile(r"^This (\w+) is synthetic: made .* real\.$")
#: The text of the notice on an embed.
OF_PIECE = "Synthetic: made up for testing. None of it is real."
# Pages that repeat parts of other pages.
NOT_INDEXED = ("/embed/", "/verify/")
FILE = re.compile(r"\.(atom|bib|ics|json|pdf|png|svg|txt|zip)$")
# HTML elements that contain one row of a list and its mark.
ITEMS = {"li", "article", "figure", "option", "header", "section"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Item:
    def __init__(self, tag, parent):
        self.tag, self.parent, self.text, self.is_marked = tag, parent, "", False

    def closest(self):
        node = self
        while node.parent and node.tag not in ITEMS:
            node = node.parent
        return node


class Page(HTMLParser):
    """
    Reads a page as a tree. `texts` are its texts without drawings, each with its element. It also has `title` and
    `robots`.
    """

    def __init__(self, html):
        super().__init__()
        self.texts, self.title, self.robots, self.links = [], "", "", []
        self.node = Item("", None)
        self.feed(html)
        self.has_notice = any(NOTICE.match(text.strip()) or OF_PIECE in text for _node, text in self.texts)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "meta" and values.get("name") == "robots":
            self.robots = values["content"]
        if tag in VOID:
            return
        self.node = Item(tag, self.node)
        if values.get("class") == "synthetic-mark":
            node = self.node
            while node:
                node.is_marked = True
                node = node.parent

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        while self.node.parent:
            closed, self.node = self.node, self.node.parent
            if closed.tag == tag:
                break

    def handle_data(self, data):
        inside, node = set(), self.node
        while node:
            inside.add(node.tag)
            node = node.parent
        if "title" in inside and "svg" not in inside:
            self.title += data
        elif "svg" not in inside and data.strip():
            self.texts.append((self.node, " ".join(data.split())))

    def unmarked(self, names):
        """Return the texts that contain a synthetic name without a mark in the same row."""
        return [
            text
            for node, text in self.texts
            if names.search(text) and not node.closest().is_marked and "(synthetic)" not in text
        ]


def names_of(rows_of):
    """Return a pattern that matches the names, as shown on pages, of the rows that `rows_of` returns for each model."""
    fields = {
        Contest: ["title"],
        Event: ["title"],
        Organisation: ["name"],
        Person: ["name", "native_name"],
        Quote: ["text"],
        Series: ["name"],
        Source: ["title"],
        Submission: ["title", "original_title"],
    }
    found = {
        " ".join(name.split())
        for model, columns in fields.items()
        for values in rows_of(model).values_list(*columns)
        for name in values
        if name
    }
    return re.compile("|".join(re.escape(name) for name in sorted(found, key=len, reverse=True)))


def made_up(model):
    return model.objects.filter(key__startswith=PREFIX)


def crawl(client, first="/"):
    """Return the pages that can be reached from `first` by links. Lists are requested with at most one filter."""
    pages, waiting = {}, [first]
    while waiting:
        address = waiting.pop()
        if address in pages:
            continue
        response = client.get(address)
        assert response.status_code == 200, address
        if not response["Content-Type"].startswith("text/html"):
            continue
        pages[address] = Page(response.content.decode())
        for link in pages[address].links:
            target = urldefrag(urljoin(f"http://testserver{address}", link)).url
            if "?" in address and "?" in link or FILE.search(urlsplit(target).path):
                continue
            if urlsplit(target).netloc == "testserver":
                waiting.append(target.removeprefix("http://testserver"))
    return pages


def demo(*options, **kwargs):
    call_command("create_demo_contest", *options, stdout=StringIO(), **kwargs)
    return Contest.objects.get(key=f"{PREFIX}{kwargs.get('slug') or 'demo-' + kwargs.get('stage', 'revealed')}:contest")


@pytest.fixture
def both(nextgen):
    """Create a portal with a real contest and two synthetic ones."""
    demo(submissions=14, countries=6, quotes=16)
    demo(stage="open", submissions=3)


def test_every_page_tells_what_is_synthetic_from_what_is_real(client, both):
    """All checks use the same crawl, because it is slow."""
    pages = crawl(client)
    assert_wherever_something_synthetic_is_named_the_mark_is_there_too(pages)
    assert_every_page_of_something_synthetic_says_so_first_and_in_its_title(pages)
    assert_no_real_page_has_the_notice_and_no_real_row_the_mark(client, pages)


def assert_wherever_something_synthetic_is_named_the_mark_is_there_too(pages):
    names = names_of(made_up)
    assert {address: page.unmarked(names) for address, page in pages.items() if not page.has_notice} == {
        address: [] for address, page in pages.items() if not page.has_notice
    }
    titles = [page.title for page in pages.values() if not page.has_notice and names.search(page.title)]
    assert [title for title in titles if "(synthetic)" not in title] == []
    mixed = {address.partition("?")[0] for address, page in pages.items() if not page.has_notice}
    assert {"/contests/", "/winners/", "/people/", "/quotes/", "/sources/"} <= mixed


def assert_every_page_of_something_synthetic_says_so_first_and_in_its_title(pages):
    own = [
        row.get_absolute_url()
        for model in (Contest, Event, Person, Quote, Source, Submission)
        for row in made_up(model)
    ]
    own += [reverse(name, args=["demo-revealed"]) for name in ("contest_winners", "submissions")]
    shown = [pages[address] for address in own if address in pages]
    assert len(shown) > 60
    for page in shown:
        assert page.has_notice
        assert page.title.endswith(" (synthetic) · Laurel")
        assert page.robots == "noindex"


def assert_no_real_page_has_the_notice_and_no_real_row_the_mark(client, pages):
    names = names_of(made_up)
    for address, page in pages.items():
        if not page.has_notice and "?" not in address:
            assert "(synthetic)" not in page.title, address
        if not page.has_notice:
            assert page.robots == ("noindex" if address.startswith(NOT_INDEXED) and address != "/verify/" else ""), (
                address
            )
        for node, _text in page.texts:
            item = node.closest()
            if item.tag == "li" and item.is_marked:
                texts = " ".join(text for other, text in page.texts if other.closest() is item)
                assert names.search(texts), (address, texts)
    for address in (
        "/",
        "/contests/nextgen/",
        "/contests/nextgen/winners/",
        "/people/c-one/",
        "/quotes/tim-yip-a-tool-not-a-god/",
    ):
        page = Page(client.get(address).content.decode())
        assert not page.has_notice
        assert not page.node.is_marked


def test_without_synthetic_rows_the_mark_is_on_no_page(client, nextgen):
    for address, page in crawl(client).items():
        if address == "/api/":  # This page explains the mark of synthetic rows to programmers.
            continue
        assert "synthetic" not in page.title, address
        assert [text for _node, text in page.texts if "synthetic" in text.lower()] == [], address


def test_something_synthetic_that_an_editor_tied_to_something_real_is_marked_there(client):
    demo(submissions=3)
    person, names = Person.objects.first(), names_of(made_up)
    contest, source = make.ContestFactory(revealed=True), make.SourceFactory()
    film = make.SubmissionFactory(contest=contest, sources=[source])
    make.CreditFactory(submission=film, person=person, source=source)
    event = make.EventFactory(contest=contest)
    make.AppearanceFactory(event=event, person=person, source=source)
    make.RecognitionFactory(award__contest=contest, submission=None, person=person, source=source)
    Contest.objects.get(slug="demo-revealed").sources.add(source)
    for row in (contest, film, event, source):
        page = Page(client.get(row.get_absolute_url()).content.decode())
        assert not page.has_notice
        assert [text for _node, text in page.texts if names.search(text)] != [], row
        assert page.unmarked(names) == [], row


def test_options_of_a_filter_are_marked(client, both):
    for address, option in [
        ("/winners/", "Specimen Contest in Full Light (synthetic)"),
        ("/winners/", "Made-up Audience Award, Specimen Contest in Full Light (synthetic)"),
        ("/quotes/", "Made-up Awards Ceremony (synthetic)"),
        ("/winners/?contest=demo-revealed", "Specimen Contest in Full Light (synthetic)"),
    ]:
        page = Page(client.get(address).content.decode())
        assert option in [text for _node, text in page.texts], address
    assert "KlingAI NextGen Creative Contest" in [text for _node, text in page.texts]


def test_search_engines_are_told_of_nothing_synthetic(client, both):
    index = client.get("/sitemap.xml").content.decode()
    listed = "".join(client.get(url).content.decode() for url in re.findall("<loc>http://testserver(.*?)</loc>", index))
    addresses = [urlsplit(url).path for url in re.findall("<loc>(.*?)</loc>", listed)]
    assert "/contests/nextgen/winners/" in addresses
    assert [address for address in addresses if "demo" in address] == []
    assert len(addresses) == len(re.findall("<loc>", listed)) > 30


def test_home_opens_with_a_real_contest_however_old(client):
    demo()
    old = make.ContestFactory(title="Real and old", published_at=timezone.now() - timedelta(days=5_000))
    assert Contest.objects.public(Viewpoint.now()).results_first(Viewpoint.now()).first() == old
    page = Page(client.get("/").content.decode())
    assert page.title.startswith("Real and old:")
    assert not page.has_notice


def test_home_with_nothing_but_a_synthetic_contest_says_that_it_is(client):
    demo()
    page = Page(client.get("/").content.decode())
    assert page.has_notice
    assert page.title.endswith("(synthetic) · Laurel")


def test_the_mark_stays_whatever_an_editor_changes(client):
    demo(submissions=5)
    for model in {*records()} - {CreditRole}:  # The roles are those of every portal.
        for row in model.objects.all():
            assert row.is_synthetic
            assert not type(row)._meta.get_field("key").editable
    Contest.objects.update(slug="renamed", title="As an editor has it")
    assert Page(client.get("/contests/renamed/").content.decode()).has_notice


def test_the_admin_says_it_at_the_head_of_a_record(client):
    demo(submissions=5)
    client.force_login(make.UserFactory(editor=True))
    made_up_film, real = Submission.objects.first(), make.SubmissionFactory()
    heads = [
        client.get(reverse("admin:contests_submission_change", args=[film.pk])).context["subtitle"]
        for film in (made_up_film, real)
    ]
    assert heads == ["Submission, synthetic", "Submission"]


def test_a_mark_in_a_list_takes_no_statement_of_its_own(client, django_assert_num_queries):
    demo(submissions=40)
    assert Recognition.objects.exists()
    with django_assert_num_queries(4):  # All filters have one statement together, and so have the letters.
        client.get("/people/")


def test_the_notice_names_what_the_page_is_about(client):
    demo()
    contest = Contest.objects.public(Viewpoint.now()).first()
    for row, noun in (
        (contest, "contest"),
        (Person.objects.public(Viewpoint.now()).first(), "person"),
        (Organisation.objects.public(Viewpoint.now()).first(), "organisation"),
        (Submission.objects.public(Viewpoint.now()).first().work, "work"),
        (Event.objects.public(Viewpoint.now()).first(), "event"),
        (Quote.objects.public(Viewpoint.now()).first(), "quote"),
        (Source.objects.public(Viewpoint.now()).first(), "source"),
        (Series.objects.public(Viewpoint.now()).first(), "series"),
    ):
        text = client.get(row.get_absolute_url()).content.decode()
        assert re.findall(r'<p class="synthetic" role="note">This (\w+) is', text) == [noun], noun
