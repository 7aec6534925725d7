"""Share cards: contents, looks, visibility, and the tags that link to them."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from contests import results
from contests.models import Contest
from people.models import Person
from publishing import cards, palette
from publishing.artwork import monogram, poster
from publishing.cards import cache, drawing
from publishing.cards.contents import Card
from publishing.cards.posters import outlines, picture
from record.images import renditions
from record.synthetic import PREFIX
from tests import factories as make
from tests.difficult_names import NAMES

pytestmark = pytest.mark.django_db
#: Pages of the NextGen contest with their own card.
PAGES = {
    "contest": "/contests/nextgen/",
    "film": "/contests/nextgen/submissions/alzheimer/",
    "event": "/contests/nextgen/events/awards-ceremony/",
    "person": "/people/c-one/",
    "quote": "/quotes/tim-yip-a-tool-not-a-god/",
}
#: The number of SQL statements for each kind of card.
STATEMENTS = {"contest": 1, "film": 3, "event": 1, "person": 3, "quote": 1}
OTHERS = ["/", "/contests/", "/winners/", "/contests/nextgen/winners/", "/people/", "/quotes/", "/statistics/", "/api/"]


class Tags(HTMLParser):
    """The `meta` elements of a page by property or name, and the URLs of its links."""

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
    return f"{row.get_absolute_url()}card.png"


# Tags


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
    assert path_of(image).partition("?")[0] == f"{address}card.png"
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
        ("film", "video.movie"),
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


# Visibility


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
    assert client.post(f"{address}card.png").status_code == 405
    head = client.head(f"{address}card.png")
    assert (head.status_code, head.content) == (200, b"")


def test_a_card_of_nothing_is_not_found(client, nextgen):
    for address in ("/people/nobody/card.png", "/quotes/none/card.png", "/contests/nextgen/submissions/no/card.png"):
        assert client.get(address).status_code == 404


# Contents


def test_a_winning_film_says_what_it_won_and_a_revoked_one_does_not():
    row = film(title="Lost")
    award = make.AwardFactory(contest=row.contest, name="Grand Prize")
    recognition = make.RecognitionFactory(award=award, submission=row)
    card = of_film(row)
    assert (card.mark, card.won) == ("Grand Prize", True)
    results.revoke(recognition, actor=make.UserFactory(editor=True), reason="Not the maker")
    card = of_film(row)
    assert (card.mark, card.won) == ("Submission", False)


def of_film(row):
    return cards.of_film(type(row).objects.public(timezone.now()).for_gallery(timezone.now()).get(pk=row.pk))


def test_a_finalist_is_no_winner():
    row = film()
    make.RecognitionFactory(
        award=make.AwardFactory(contest=row.contest, name="Prize"), submission=row, standing="finalist"
    )
    assert of_film(row).mark == "Prize, Finalist"


def test_a_synthetic_row_says_so(client):
    row = film(key=f"{PREFIX}film")
    assert of_film(row).mark.startswith("synthetic")
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
    """Check that a row's page and its image have the same version, and return the text alternative."""
    meta = tags(client, row.get_absolute_url()).meta
    response = client.get(path_of(meta["og:image"][0]))
    assert response["Cache-Control"].startswith("public"), "page and picture are of the same version"
    return meta["og:image:alt"][0]


# Versions and caches


def test_what_is_drawn_has_a_version_of_its_own():
    card = Card("film", "Prize", "Lost", ("Ann",), "Contest", drawn=("lost", "Lost"))
    changes = [
        {"kind": "person"}, {"mark": "Other"}, {"title": "Found"}, {"notes": ()}, {"foot": ""}, {"won": True},
        {"language": "pl"}, {"title_language": "ja"}, {"accent": "moss"}, {"picture": "a.png"}, {"drawn": ()},
        {"credit": "Ann"}, {"notes_language": "ja"},
    ]  # fmt: skip
    versions = {card.version, *(replace(card, **change).version for change in changes)}
    assert len(versions) == len(changes) + 1
    assert card.version == replace(card).version
    assert re.fullmatch(r"[0-9a-f]{16}", card.version)


def test_a_changed_title_makes_another_card(client):
    row = film(title="Before")
    before = tags(client, row.get_absolute_url()).meta["og:image"][0]
    drawn = client.get(path_of(before)).content
    row.title = "After"
    row.save()
    after = tags(client, row.get_absolute_url()).meta["og:image"][0]
    assert before != after
    assert client.get(path_of(after)).content != drawn


def test_only_the_address_of_this_version_is_kept_for_long(client):
    row = film()
    image = path_of(tags(client, row.get_absolute_url()).meta["og:image"][0])
    assert client.get(image)["Cache-Control"] == "public, max-age=86400"
    for address in (card_path(row), f"{card_path(row)}?v=0000000000000000", f"{card_path(row)}?v=%00{'x' * 10_000}"):
        response = client.get(address)
        assert (response.status_code, response["Cache-Control"]) == (200, "no-cache")


def test_a_visitor_who_has_the_card_gets_none(client):
    row = film()
    first = client.get(card_path(row))
    again = client.get(card_path(row), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    row.title = "Another"
    row.save()
    assert client.get(card_path(row), headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_card_is_drawn_once(client, monkeypatch):
    row, calls = film(), []
    drawn = b"picture" + cache.END
    monkeypatch.setattr(cache, "draw", lambda card: calls.append(card) or drawn)
    assert [client.get(card_path(row)).content for _ in range(3)] == [drawn] * 3
    assert len(calls) == 1


def test_half_a_card_is_shown_to_nobody(client):
    """A file is incomplete while another request writes it, or if the disk was full."""
    row = film()
    whole = client.get(card_path(row)).content
    name = f"{cache.FOLDER}/{{0:.2}}/{{0}}.png".format(cards.of_film(row).version)
    path = Path(default_storage.path(name))
    for broken in (whole[:1000], b""):
        path.write_bytes(broken)
        assert client.get(card_path(row)).content == whole
        assert path.read_bytes() == whole


def test_a_card_that_can_not_be_kept_is_shown_all_the_same(client, monkeypatch, caplog):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    assert client.get(card_path(film())).status_code == 200
    assert "could not be kept" in caplog.text


@pytest.mark.parametrize("kind", PAGES)
def test_the_number_of_statements_is_small(client, nextgen, django_assert_num_queries, kind):
    with django_assert_num_queries(STATEMENTS[kind]):
        assert client.get(f"{PAGES[kind]}card.png").status_code == 200


# Looks


@pytest.fixture(params=["contest", "film", "event", "person", "quote"])
def difficult(request):
    """Return cards of one kind for each difficult name."""
    drawn = ("key", "Words") if request.param in ("film", "person") else ()
    return [
        Card(
            request.param,
            NAMES[-1],
            text,
            (NAMES[-place], NAMES[place - 1]),
            NAMES[-place],
            context=text if request.param == "quote" else "",
            drawn=drawn,
            credit=text,
        )
        for place, text in enumerate(NAMES, 1)
    ]


def test_no_text_leaves_the_margins_or_touches_other_text(difficult):
    left = {"film": 420, "person": 504}.get(difficult[0].kind, 0)
    left += drawing.GUTTER if left else drawing.MARGIN
    for card in difficult:
        boxes = []
        for text in drawing.layout(card, left):
            boxes += text.block.boxes(text.x, text.y, text.align)
        for number, (x0, y0, x1, y1) in enumerate(boxes):
            assert left - 24 <= x0 < x1 <= drawing.WIDTH - drawing.MARGIN + 24, card
            assert 40 <= y0 < y1 <= drawing.HEIGHT - 12, card
            for other in boxes[number + 1 :]:
                apart = other[0] >= x1 or other[2] <= x0 or other[1] >= y1 or other[3] <= y0
                assert apart, (card, (x0, y0, x1, y1), other)


def test_a_card_with_the_longest_texts_is_drawn_and_small():
    words = ("A long speech about films and about memory. " * 60)[:2000]
    for kind, drawn in (("quote", ()), ("film", ("key", "Words")), ("contest", ())):
        content = drawing.draw(Card(kind, words, words, (words, words), words, words, drawn=drawn, credit=words))
        assert opened(content).size == (1200, 630)
        assert len(content) < 60_000
    quote = Card("quote", "", words, ("Ann", "Panel"))
    (said,) = [text.block for text in drawing.layout(quote, drawing.MARGIN) if text.block.size < 60 and text.block.cut]
    assert re.search(r"\w…$", said.lines[-1].text)


def test_the_same_card_is_the_same_picture():
    card = Card("film", "Prize", "受賞者", ("أليس",), "Contest", drawn=("key", "Words"))
    assert drawing.draw(card) == drawing.draw(replace(card))


def test_the_accents_are_those_of_the_style_sheet():
    tokens = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    found = dict(re.findall(r'\[data-accent="(\w+)"\] \{\s*--accent-day: (#\w{6});', tokens))
    assert found == palette.ACCENTS
    assert set(Contest.Accent.values) == set(palette.ACCENTS)


def test_an_uploaded_poster_is_on_the_card_whole(client):
    row = film()
    content = BytesIO()
    Image.new("RGB", (600, 900), "#0000ff").save(content, "PNG")
    row.poster.save("poster.png", ContentFile(content.getvalue(), "poster.png"))
    shown = opened(client.get(card_path(row)).content).convert("RGB")
    assert {shown.getpixel(place) for place in ((2, 2), (417, 2), (2, 627), (417, 627))} == {(0, 0, 255)}
    assert shown.getpixel((440, 300)) == (250, 247, 240)
    renditions.make(row.poster.storage, row.poster.name)
    row.poster.storage.delete(row.poster.name)
    assert client.get(card_path(row)).status_code == 200


def test_a_wide_picture_is_not_cut_and_a_lost_one_is_drawn(client):
    person = make.PersonFactory()
    make.CreditFactory(submission=film(), person=person)
    content = BytesIO()
    Image.new("RGB", (1600, 900), "#0000ff").save(content, "PNG")
    person.portrait.save("wide.png", ContentFile(content.getvalue(), "wide.png"))
    shown = opened(client.get(card_path(person)).content).convert("RGB")
    assert [shown.getpixel((x, 315)) for x in (2, 417)] == [(0, 0, 255)] * 2
    assert shown.getpixel((210, 20)) != (0, 0, 255)
    Person.objects.filter(pk=person.pk).update(portrait="portraits/lost.png")
    shown = opened(client.get(card_path(person)).content).convert("RGB")
    assert (0, 0, 255) not in {shown.getpixel((x, y)) for x in range(0, 500, 20) for y in range(0, 630, 20)}


@pytest.mark.parametrize("number", range(0, 40, 3))
def test_drawn_posters_and_monograms_are_drawn_in_their_own_colours(number):
    for art in (poster(f"key {number}", NAMES[number]), monogram(f"key {number}", NAMES[number])):
        image = picture(art, 300)
        assert image.size == (art.width * 300 // art.height, 300)
        most = max(image.getcolors(1 << 20))[1]
        assert "#{:02x}{:02x}{:02x}".format(*most) in art.palette.all


def test_path_data_becomes_polygons():
    assert outlines("M0 0h10v10h-10z") == [[(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]]
    (disc,) = outlines("M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z")
    assert {round((x * x + y * y) ** 0.5, 1) for x, y in disc} == {5.0}
    assert len(outlines("M0 0h1v1zM5 5h1v1z")) == 2


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
