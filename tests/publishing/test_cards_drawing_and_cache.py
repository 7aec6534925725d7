"""Share cards: how they are drawn and cached."""

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from contests.models import Contest
from people.models import Person
from publishing import cards, palette
from publishing.artwork import monogram, poster
from publishing.cards import cache, drawing
from publishing.cards.contents import Card
from publishing.cards.posters import outlines, picture
from record.images import renditions
from tests import factories as make
from tests.difficult_names import NAMES
from tests.publishing.test_cards import PAGES, card_path, files_of, film, opened, path_of, tags

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


#: The number of SQL statements for each kind of card.
STATEMENTS = {"contest": 1, "work": 3, "event": 1, "person": 5, "quote": 1}


def test_what_is_drawn_has_a_version_of_its_own():
    card = Card("work", "Prize", "Lost", ("Ann",), "Contest", drawn=("lost", "Lost"))
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


def test_a_process_draws_two_cards_at_a_time_and_further_ones_are_asked_to_come_again(client):
    kept, new = film(), film()
    assert client.get(card_path(kept)).status_code == 200
    for _ in range(cache.AT_ONCE):
        assert cache._drawing.acquire(blocking=False)
    try:
        busy = client.get(card_path(new))
        assert (busy.status_code, busy["Retry-After"], busy["Cache-Control"]) == (503, "2", "no-store")
        assert "ETag" not in busy.headers
        assert client.get(card_path(kept)).status_code == 200
    finally:
        for _ in range(cache.AT_ONCE):
            cache._drawing.release()
    assert client.get(card_path(new)).status_code == 200


def test_half_a_card_is_shown_to_nobody(client):
    """A file is incomplete while another request writes it, or if the disk was full."""
    row = film()
    whole = client.get(card_path(row)).content
    name = f"{cache.FOLDER}/{{0:.2}}/{{0}}.png".format(cards.of_work(row).version)
    path = Path(default_storage.path(name))
    for broken in (whole[:1000], b""):
        path.write_bytes(broken)
        assert client.get(card_path(row)).content == whole
        assert path.read_bytes() == whole


def test_a_card_that_can_not_be_kept_is_shown_all_the_same(client, monkeypatch, caplog):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "overwrite", full)
    assert client.get(card_path(film())).status_code == 200
    assert "could not be kept" in caplog.text


@pytest.mark.parametrize("kind", PAGES)
def test_the_number_of_statements_is_small(client, nextgen, django_assert_num_queries, kind):
    with django_assert_num_queries(STATEMENTS[kind]):
        assert client.get(f"{files_of(PAGES[kind])}card.png").status_code == 200


@pytest.fixture(params=["contest", "work", "event", "person", "quote"])
def difficult(request):
    """Return cards of one kind, one for each difficult name."""
    drawn = ("key", "Words") if request.param in ("work", "person") else ()
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
    left = {"work": 420, "person": 504}.get(difficult[0].kind, 0)
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
    for kind, drawn in (("quote", ()), ("work", ("key", "Words")), ("contest", ())):
        content = drawing.draw(Card(kind, words, words, (words, words), words, words, drawn=drawn, credit=words))
        assert opened(content).size == (1200, 630)
        assert len(content) < 60_000
    quote = Card("quote", "", words, ("Ann", "Panel"))
    (said,) = [text.block for text in drawing.layout(quote, drawing.MARGIN) if text.block.size < 60 and text.block.cut]
    assert re.search(r"\w…$", said.lines[-1].text)


def test_the_same_card_is_the_same_picture():
    card = Card("work", "Prize", "受賞者", ("أليس",), "Contest", drawn=("key", "Words"))
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
