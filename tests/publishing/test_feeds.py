"""Feeds: Atom, read with feedparser; JSON Feed, checked against its specification."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from types import SimpleNamespace

import feedparser
import pytest
import time_machine
from django.utils import timezone

from contests import results
from contests.models import Quote, Recognition
from record.synthetic import PREFIX
from tests import factories as make

pytestmark = pytest.mark.django_db
ADDRESSES = ["/winners/feed", "/quotes/feed", "/contests/nextgen/feed"]


def atom(client, address):
    response = client.get(f"{address}.atom")
    assert (response.status_code, response["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    feed = feedparser.parse(response.content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


def as_json(client, address):
    response = client.get(f"{address}.json")
    assert (response.status_code, response["Content-Type"]) == (200, "application/feed+json")
    feed = json.loads(response.content, object_hook=lambda members: SimpleNamespace(**members))
    assert feed.title  # A feed needs a title, `version` and `items`. Each item needs `id` and content.
    assert all(isinstance(item.id, str) and item.content_html for item in feed.items)
    assert feed.version == "https://jsonfeed.org/version/1.1"
    return feed


def words(html):
    return unescape(re.sub(r"<[^>]+>", "", html))


def titles(client, address):
    return [entry.title for entry in atom(client, address).entries]


@pytest.mark.parametrize("address", ADDRESSES)
def test_both_forms_say_the_same(client, nextgen, address):
    one, other = atom(client, address), as_json(client, address)
    assert one.feed.title == other.title
    assert one.feed.link == other.home_page_url
    assert (one.feed.language, other.language) == ("en", "en")
    assert [(entry.id, entry.link, entry.title) for entry in one.entries] == [
        (item.id, item.url, item.title) for item in other.items
    ]
    assert [entry.published for entry in one.entries] == [item.date_published for item in other.items]
    assert [entry.updated for entry in one.entries] == [item.date_modified for item in other.items]
    for entry, item in zip(one.entries, other.items, strict=True):
        # feedparser rewrites HTML with other quotation marks.
        assert words(entry.summary) == words(item.content_html) != ""
    assert len({entry.id for entry in one.entries}) == len(one.entries) > 0


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_entry_leads_to_its_page(client, nextgen, address):
    feed = atom(client, address)
    for link in (feed.feed.link, *(entry.link for entry in feed.entries)):
        assert link.startswith("http://testserver/")
        assert client.get(link.removeprefix("http://testserver")).status_code == 200
    (own,) = [link.href for link in feed.feed.links if link.rel == "self"]
    assert own == f"http://testserver{address}.atom"


def test_the_winners_are_told_with_film_creator_and_source(client, nextgen):
    entry = atom(client, "/winners/feed").entries[0]
    assert (entry.title, entry.link) == (
        "Grand Prize: Alzheimer",
        "http://testserver/works/alzheimer/",
    )
    for words in ("C·one, Creator", "KlingAI NextGen Creative Contest", "Source: News report on the KlingAI"):
        assert words in entry.summary
    assert len(titles(client, "/winners/feed")) == Recognition.objects.count()


def test_a_quote_is_told_in_full_in_its_own_language_and_by_its_speaker(client):
    contest = make.ContestFactory(revealed=True)
    text = "映画は" * 60
    make.QuoteFactory(event__contest=contest, text=text, language="ja", speaker__name="受賞者", slug="q")
    (entry,) = atom(client, "/quotes/feed").entries
    assert text in entry.summary
    assert (entry.author, entry.title_detail.language) == ("受賞者", "ja")
    assert len(entry.title) < 100
    (item,) = as_json(client, "/quotes/feed").items
    assert [author.name for author in item.authors] == ["受賞者"]
    assert item.language == "ja"
    assert text in item.content_html


def test_the_feed_of_a_contest_holds_its_winners_then_its_quotes_and_no_others(client):
    contest, other = make.ContestFactory.create_batch(2, revealed=True)
    film = make.RecognitionFactory(award__contest=contest, award__name="Prize", submission__title="Film")
    make.QuoteFactory(event__contest=contest, text="Words", speaker__name="Ann")
    make.RecognitionFactory(award__contest=other)
    make.QuoteFactory(event__contest=other)
    Recognition.history.all().delete()
    Quote.history.all().delete()
    feed = atom(client, f"/contests/{contest.slug}/feed")
    assert [entry.title for entry in feed.entries] == ["Prize: Film", "Ann: “Words”"]
    assert feed.feed.title == str(contest)
    assert film.standing == "winner"


def test_an_entry_is_as_old_as_the_reveal_or_as_its_row_where_that_was_made_later(client):
    reveal = timezone.now().replace(microsecond=0) - timedelta(days=1)
    contest = make.ContestFactory(revealed=True, reveal_at=reveal)
    for title, moment in (("Before", reveal - timedelta(days=1)), ("After", reveal + timedelta(hours=2))):
        with time_machine.travel(moment, tick=False):
            make.RecognitionFactory(award__contest=contest, award__name=title, submission__title=f"Film {title}")
    entries = atom(client, "/winners/feed").entries
    moments = [(entry.title, datetime(*entry.updated_parsed[:6], tzinfo=UTC)) for entry in entries]
    assert moments == [("After: Film After", reveal + timedelta(hours=2)), ("Before: Film Before", reveal)]
    assert [entry.updated for entry in entries] == [entry.published for entry in entries]


def test_the_newest_come_first_and_fifty_at_most(client):
    old, new = make.ContestFactory.create_batch(2, revealed=True)
    old.approved_at -= timedelta(days=900)
    old.reveal_at -= timedelta(days=900)
    old.save()
    for contest, number in ((new, 3), (old, 60)):
        award = make.AwardFactory(contest=contest, name=f"Of {contest.slug}")
        make.RecognitionFactory.create_batch(number, award=award)
    Recognition.history.all().delete()
    for address in ("/winners/feed", f"/contests/{old.slug}/feed"):
        assert len(titles(client, address)) == 50
    assert [title.partition(":")[0] for title in titles(client, "/winners/feed")[:4]] == [
        *[f"Of {new.slug}"] * 3,
        f"Of {old.slug}",
    ]


def test_an_entry_keeps_its_id_when_everything_that_may_change_has(client, nextgen):
    def ids():
        return {entry.id for entry in atom(client, "/contests/nextgen/feed").entries}

    before = ids()
    assert all(name.startswith("urn:uuid:") for name in before)
    for recognition in Recognition.objects.all():
        film = recognition.submission
        film.title, film.slug = f"{film.title}, renamed", f"{film.slug}-renamed"
        film.save()
    assert ids() == before
    assert {
        entry["id"] for entry in client.get("/winners/feed.json", headers={"host": "localhost"}).json()["items"]
    } <= before


def test_a_revoked_recognition_leaves_the_feed_and_comes_back_when_restored(client, nextgen):
    editor = make.UserFactory(editor=True)
    recognition = Recognition.objects.get(submissions__slug="alzheimer")
    before = titles(client, "/winners/feed")
    results.revoke(recognition, reason="It was not theirs.", actor=editor)
    for address in ("/winners/feed", "/contests/nextgen/feed"):
        assert "Grand Prize: Alzheimer" not in titles(client, address)
    results.restore(recognition, actor=editor, reason="It was right.")
    assert titles(client, "/winners/feed") == before


def test_a_sealed_winner_is_absent_from_the_feeds_until_the_reveal(client):
    contest = make.ContestFactory(approved_future=True)
    make.RecognitionFactory(award__contest=contest, award__name="Prize", submission__title="Secret")
    make.QuoteFactory(event__contest=contest, text="Secret words", speaker__name="Ann")
    addresses = ["/winners/feed", "/quotes/feed", f"/contests/{contest.slug}/feed"]
    with time_machine.travel(contest.reveal_at - timedelta(seconds=1), tick=False):
        assert [titles(client, address) for address in addresses] == [[], [], []]
    with time_machine.travel(contest.reveal_at, tick=False):
        assert [titles(client, address) for address in addresses] == [
            ["Prize: Secret"],
            ["Ann: “Secret words”"],
            ["Prize: Secret", "Ann: “Secret words”"],
        ]


def test_synthetic_rows_are_in_the_feed_of_their_own_contest_alone_and_marked(client, nextgen):
    contest = make.ContestFactory(key=f"{PREFIX}c", title="Made up", slug="made-up", revealed=True)
    make.RecognitionFactory(key=f"{PREFIX}r", award__contest=contest, award__name="P", submission__title="F")
    make.QuoteFactory(key=f"{PREFIX}q", event__contest=contest, text="W", speaker__name="A")
    # A row that an editor adds to a synthetic contest is not real either.
    make.QuoteFactory(event__contest=contest, text="Also", speaker__name="B")
    assert len(titles(client, "/winners/feed")) == 3
    assert len(titles(client, "/quotes/feed")) == 14
    feed = atom(client, "/contests/made-up/feed")
    assert feed.feed.title == "Made up (synthetic)"
    assert {entry.title for entry in feed.entries} == {
        "P: F (synthetic)",
        "A: “W” (synthetic)",
        "B: “Also” (synthetic)",
    }


def test_a_reader_that_has_the_feed_is_told_that_nothing_changed(client, nextgen):
    for address in (f"{address}.{extension}" for address in ADDRESSES for extension in ("atom", "json")):
        first = client.get(address)
        again = client.get(address, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b""), address
    editor = make.UserFactory(editor=True)
    tag = client.get("/winners/feed.atom")["ETag"]
    results.revoke(Recognition.objects.get(submissions__slug="alzheimer"), reason="Not theirs.", actor=editor)
    assert client.get("/winners/feed.atom", headers={"if-none-match": tag}).status_code == 200


def test_an_empty_feed_stays_the_same_and_can_be_subscribed_to(client):
    contest = make.ContestFactory(sealed=True)
    for address in ("/winners/feed", "/quotes/feed", f"/contests/{contest.slug}/feed"):
        feed = atom(client, address)
        assert feed.entries == as_json(client, address).items == []
        first = client.get(f"{address}.atom").content
        with time_machine.travel(timezone.now() + timedelta(days=3)):
            assert client.get(f"{address}.atom").content == first


def test_hostile_words_are_told_as_words(client):
    title = "<script>alert(1)</script> & \x0b\x01\ufffe]]> “é” أليس 🏆"
    make.RecognitionFactory(
        award__contest=make.ContestFactory(revealed=True, title=title, slug="x"),
        award__name="P",
        submission__title=title,
        submission__logline=title,
    )
    shown = "<script>alert(1)</script> & ]]> “é” أليس 🏆"
    feed = feedparser.parse(client.get("/winners/feed.atom").content, sanitize_html=False)
    assert not feed.bozo
    assert feed.entries[0].title == f"P: {shown}"
    (item,) = as_json(client, "/winners/feed").items
    assert item.title == f"P: {shown}"
    for content in (feed.entries[0].summary, item.content_html):
        assert "<script>" not in content
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; ]]&gt; “é” أليس 🏆" in content


def test_the_feed_of_a_contest_that_was_renamed_moves_with_it(client):
    contest = make.ContestFactory(revealed=True, slug="new")
    make.FormerSlugFactory(object=contest, slug="old")
    for extension in ("atom", "json"):
        response = client.get(f"/contests/old/feed.{extension}")
        assert (response.status_code, response["Location"]) == (301, f"/contests/new/feed.{extension}")
        assert client.get(f"/contests/nowhere/feed.{extension}").status_code == 404
        assert client.post(f"/winners/feed.{extension}").status_code == 405


def test_the_pages_lead_to_their_feeds(client, nextgen):
    from tests.test_crawl import Page

    for page, feed in (
        ("/winners/", "/winners/feed"),
        ("/quotes/", "/quotes/feed"),
        ("/contests/nextgen/", "/contests/nextgen/feed"),
        ("/contests/nextgen/winners/", "/contests/nextgen/feed"),
    ):
        found = Page(client.get(page).content.decode()).alternates
        found.pop("application/json+oembed", None)
        assert found == {"application/atom+xml": f"{feed}.atom", "application/feed+json": f"{feed}.json"}


def test_a_later_change_moves_no_winner_in_the_feed(client, nextgen):
    """Fixtures have no history, so the first entry of the history is this change."""

    def days():
        return [entry["date_published"] for entry in client.get("/winners/feed.json").json()["items"]]

    since = days()
    assert len(since) == 3
    Recognition.objects.first().save()
    assert days() == since


def test_a_title_ends_with_a_whole_word(client):
    words = "It is a thing of the future, and whoever says otherwise has not seen the interactive film."
    make.QuoteFactory(event__contest__revealed=True, text=words, speaker__name="Ann")
    assert titles(client, "/quotes/feed") == [
        "Ann: “It is a thing of the future, and whoever says otherwise has not seen the…”"
    ]


@pytest.mark.parametrize("character", ["\x0b", "\ufffe"])
def test_a_control_character_in_the_title_of_a_contest_is_not_in_its_feed(client, character):
    # Forms refuse it, but other programs may have written it.
    contest = make.ContestFactory(title=f"Gala{character}one", slug="gala", revealed=True)
    make.RecognitionFactory(award__contest=contest)
    assert atom(client, "/contests/gala/feed").feed.title == "Galaone"
    assert as_json(client, "/contests/gala/feed").title == "Galaone"
