"""Share cards: contents, looks, visibility, and the tags that link to them."""

from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO

import pytest
import time_machine
from django.core.files.storage import default_storage
from PIL import Image

from contests import results
from publishing import cards
from publishing.cards import cache
from record.synthetic import PREFIX
from record.viewpoint import Viewpoint
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


#: Pages of the NextGen contest that have their own card.
PAGES = {
    "contest": "/contests/nextgen/",
    "work": "/works/alzheimer/",
    "event": "/contests/nextgen/events/awards-ceremony/",
    "person": "/people/c-one/",
    "quote": "/quotes/tim-yip-a-tool-not-a-god/",
}


OTHERS = ["/", "/contests/", "/winners/", "/contests/nextgen/winners/", "/people/", "/quotes/", "/statistics/", "/api/"]


class Tags(HTMLParser):
    """Collects the `meta` elements of a page by property or name, and the URLs of its links."""

    def __init__(self, html):
        super().__init__()
        self.meta, self.links, self.title, self._inside = {}, [], "", False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self._inside = tag == "title" and not self.title
        if tag == "meta" and ("property" in told or "name" in told):
            self.meta.setdefault(told.get("property") or told["name"], []).append(told["content"])
        if tag == "a" and told.get("href"):
            self.links.append(told)

    def handle_data(self, data):
        if self._inside:
            self.title += data


def tags(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return Tags(response.content.decode())


def path_of(address):
    assert address.startswith("http://testserver/")
    return address.removeprefix("http://testserver")


def opened(content):
    image = Image.open(BytesIO(content))
    image.load()
    return image


def film(**fields):
    contest = make.ContestFactory(revealed=True)
    return make.SubmissionFactory(contest=contest, **fields)


def card_path(row):
    return f"{getattr(row, 'entry_path', None) or row.get_absolute_url()}card.png"


def files_of(address):
    """Return the path below which the card of a page and its other files are."""
    return address.replace("/works/", "/contests/nextgen/submissions/")


@pytest.mark.parametrize(("kind", "address"), PAGES.items())
def test_a_page_names_its_card_with_size_and_words(client, nextgen, kind, address):
    meta = tags(client, address).meta
    assert meta["og:image:width"] == ["1200"]
    assert meta["og:image:height"] == ["630"]
    assert meta["og:image:type"] == ["image/png"]
    assert meta["twitter:card"] == ["summary_large_image"]
    assert meta["og:image:alt"] == meta["twitter:image:alt"]
    assert meta["og:url"] == [f"http://testserver{address}"]
    assert meta["og:site_name"] == ["Laurel"]
    assert meta["og:locale"] == ["en_US"]
    (image,) = meta["og:image"]
    assert path_of(image).partition("?")[0] == f"{files_of(address)}card.png"
    response = client.get(path_of(image))
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    shown = opened(response.content)
    assert (shown.size, shown.format) == ((1200, 630), "PNG")


@pytest.mark.parametrize("address", [*PAGES.values(), *OTHERS])
def test_title_and_description_are_the_pages_own(client, nextgen, address):
    found = tags(client, address)
    (title,) = found.meta["og:title"]
    assert " ".join(found.title.split()) == f"{title} · Laurel"
    assert found.meta.get("og:description", [""]) == found.meta["description"]
    assert {len(values) for name, values in found.meta.items() if name.startswith(("og:", "twitter:"))} == {1}


@pytest.mark.parametrize("address", OTHERS)
def test_other_pages_have_the_card_of_the_site(client, nextgen, address):
    (image,) = tags(client, address).meta["og:image"]
    response = client.get(path_of(image))
    assert response.status_code == 200
    assert opened(response.content).size == (1200, 630)
    assert path_of(image).partition("?")[0] == "/card.png"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("contest", "website"),
        ("work", "video.movie"),
        ("event", "article"),
        ("person", "profile"),
        ("quote", "article"),
    ],
)
def test_the_type_is_one_of_open_graph(client, nextgen, kind, said):
    assert tags(client, PAGES[kind]).meta["og:type"] == [said]


def test_the_address_is_the_canonical_one(client, nextgen):
    for asked, told in (("/winners/?page=last", "/winners/"), ("/statistics/?contest=nextgen", None)):
        assert tags(client, asked).meta["og:url"] == [f"http://testserver{told or asked}"]


def test_an_error_has_nothing_to_share(client):
    response = client.get("/nothing-here/")
    assert response.status_code == 404
    assert [name for name in Tags(response.content.decode()).meta if name.startswith("og:")] == []


def test_a_hostile_title_stays_text_in_the_tags(client):
    title = """"><script>alert(1)</script> & “quoted” 'too'"""
    row = film(title=title)
    meta = tags(client, row.get_absolute_url()).meta
    assert meta["og:title"] == [title]
    assert title in meta["og:image:alt"][0]


@pytest.mark.parametrize(("kind", "address"), PAGES.items())
def test_a_page_leads_to_its_card_to_save_it(client, nextgen, kind, address):
    found = tags(client, address)
    (link,) = [link for link in found.links if "card.png" in link["href"]]
    assert link["href"] == path_of(found.meta["og:image"][0])
    assert link["download"].startswith(f"laurel-{kind}-")
    assert link["download"].endswith(".png")


def test_a_hidden_row_has_no_card_and_a_public_one_has(client):
    sealed, public = make.ContestFactory(sealed=True), make.ContestFactory(revealed=True)
    for contest, status in ((sealed, 404), (public, 200)):
        submission = make.SubmissionFactory(contest=contest)
        credit = make.CreditFactory(submission=submission)
        quote = make.QuoteFactory(event=make.EventFactory(contest=contest), submission=submission)
        for row in (submission, credit.person, quote):
            assert client.get(card_path(row)).status_code == status, row
        assert client.get(card_path(quote.event)).status_code == 200
        assert client.get(card_path(contest)).status_code == 200
    assert client.get(card_path(make.ContestFactory())).status_code == 404
    assert client.get(card_path(make.EventFactory())).status_code == 404


def test_a_kept_card_is_not_served_once_its_row_is_hidden(client):
    row = film()
    assert client.get(card_path(row)).status_code == 200
    row.status = row.Status.WITHDRAWN
    row.save()
    response = client.get(card_path(row))
    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_kept_cards_are_not_served_as_media(client):
    row = film()
    client.get(card_path(row))
    (folder,), _files = default_storage.listdir(cache.FOLDER)
    _folders, (file,) = default_storage.listdir(f"{cache.FOLDER}/{folder}")
    for user in (None, make.UserFactory(editor=True)):
        if user:
            client.force_login(user)
        assert client.get(f"/media/{cache.FOLDER}/{folder}/{file}").status_code == 404


def test_a_former_slug_leads_to_the_card_of_today(client):
    row, person = film(), make.PersonFactory()
    make.CreditFactory(submission=row, person=person)
    event = make.EventFactory(contest=row.contest)
    quote = make.QuoteFactory(event=event)
    for noun in (row, person, event, quote, row.contest):
        address = card_path(noun).replace(f"/{noun.slug}/card", "/before/card")
        make.FormerSlugFactory(object=noun, slug="before")
        response = client.get(f"{address}?v=x")
        assert (response.status_code, response["Location"]) == (301, f"{card_path(noun)}?v=x")


@pytest.mark.parametrize("address", [*PAGES.values(), "/"])
def test_a_card_is_only_read(client, nextgen, address):
    card = f"{files_of(address)}card.png"
    assert client.post(card).status_code == 405
    head = client.head(card)
    assert (head.status_code, head.content) == (200, b"")


def test_a_card_of_nothing_is_not_found(client, nextgen):
    for address in ("/people/nobody/card.png", "/quotes/none/card.png", "/contests/nextgen/submissions/no/card.png"):
        assert client.get(address).status_code == 404


def test_a_card_before_and_after_the_reveal_differs_only_by_being_there(client):
    contest = make.ContestFactory(approved_future=True)
    row = make.SubmissionFactory(contest=contest)
    make.RecognitionFactory(award__contest=contest, submission=row)
    with time_machine.travel(contest.reveal_at - timedelta(seconds=1), tick=False):
        before = client.get(card_path(contest))
        assert client.get(card_path(row)).status_code == 404
    with time_machine.travel(contest.reveal_at, tick=False):
        assert client.get(card_path(row)).status_code == 200
        assert client.get(card_path(contest)).content == before.content


def test_a_winning_film_says_what_it_won_and_a_revoked_one_does_not():
    row = film(title="Lost")
    award = make.AwardFactory(contest=row.contest, name="Grand Prize")
    recognition = make.RecognitionFactory(award=award, submission=row)
    card = of_work(row)
    assert (card.mark, card.won) == ("Grand Prize", True)
    results.revoke(recognition, actor=make.UserFactory(editor=True), reason="Not the maker")
    card = of_work(row)
    assert (card.mark, card.won) == ("Submission", False)


def of_work(row):
    return cards.of_work(type(row).objects.public(Viewpoint.now()).for_gallery(Viewpoint.now()).get(pk=row.pk))


def test_a_finalist_is_no_winner():
    row = film()
    make.RecognitionFactory(
        award=make.AwardFactory(contest=row.contest, name="Prize"), submission=row, standing="finalist"
    )
    assert of_work(row).mark == "Prize, Finalist"


def test_a_synthetic_row_says_so(client):
    row = film(key=f"{PREFIX}film")
    assert of_work(row).mark.startswith("synthetic")
    contest = make.ContestFactory(revealed=True, key=f"{PREFIX}contest")
    assert cards.of_contest(contest).mark.startswith("synthetic")


def test_a_person_shows_what_was_won_with_which_film_and_before_that_their_role(client):
    row, person = film(title="Lost"), make.PersonFactory(name="Ann", headline="Director")
    make.AppearanceFactory(event=make.EventFactory(contest=row.contest, title="Panel"), person=person, role="panellist")
    assert alternative(client, person) == f"Panellist · Panel. Ann. Director. {row.contest}"
    make.CreditFactory(submission=row, person=person)
    won = make.RecognitionFactory(award=make.AwardFactory(contest=row.contest, name="Prize"), submission=row)
    assert alternative(client, person) == f"Prize · Lost. Ann. Director. {row.contest}"
    results.revoke(won, actor=make.UserFactory(editor=True), reason="Not the maker")
    assert alternative(client, person) == f"Panellist · Panel. Ann. Director. {row.contest}"


def alternative(client, row):
    """Check that the page of a row and its image have the same version. Return the text alternative."""
    meta = tags(client, row.get_absolute_url()).meta
    response = client.get(path_of(meta["og:image"][0]))
    assert response["Cache-Control"].startswith("public"), "page and picture are of the same version"
    return meta["og:image:alt"][0]
