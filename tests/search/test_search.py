"""The search: its results, its messages, and its index after any change of the record."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests.models import Quote, Submission
from record.viewpoint import Viewpoint
from search import engine, index
from search.models import Entry, Kind, Spelling
from tests import factories as make

pytestmark = pytest.mark.django_db


def found(question, at=None, **options):
    """
    Return the titles that the search finds, by kind. The kind with the best result comes first. Before that, update the
    index, as at the end of a request.
    """
    index.refresh()
    answer = engine.search(question, Viewpoint(at or timezone.now()), **options)
    return {group.kind.name.lower(): [r.entry.title for r in group.results] for group in answer.groups}


def film(title="Lantern", **values):
    contest = values.pop("contest", None) or make.ContestFactory(revealed=True)
    row = make.SubmissionFactory(contest=contest, title=title, **values)
    index.refresh()
    return row


@pytest.fixture(params=["sealed", "approved_future", "draft"])
def hidden(request):
    """Create a hidden work with a creator, texts and a source, each with a unique word."""
    contest = make.ContestFactory(title="Announced", **({} if request.param == "draft" else {request.param: True}))
    row = film("Wolkenkuckuck", contest=contest)
    source = make.SourceFactory(title="Quellenkuckuck")
    person = make.CreditFactory(submission=row, person__name="Namenkuckuck", source=source).person
    make.QuoteFactory(event__contest=contest, speaker=person, text="Wortkuckuck", submission=row, source=source)
    make.RecognitionFactory(award__contest=contest, submission=row, source=source)
    index.refresh()
    return row


WORDS = ["Wolkenkuckuck", "Quellenkuckuck", "Namenkuckuck", "Wortkuckuck"]


@pytest.mark.parametrize("word", WORDS)
def test_nothing_hidden_is_found_suggested_or_offered_as_a_correction(client, hidden, word):
    film("Lantern")
    for question in (word, word[:5], f"{word[:4]}{word[5:]}", f"{word}s", f"lantern {word}"):
        for address in ("/search/", "/search/suggestions/", "/search/?kind=works"):
            address += ("&" if "?" in address else "?") + urlencode({"q": question})
            body = client.get(address).content.decode()
            assert "kuckuck" not in body.replace(question, "").replace(question.replace(" ", "+"), ""), address
    assert Spelling.objects.filter(word=word.lower()).exists(), "there was something to leak"


def test_nothing_hidden_moves_what_is_shown(client, hidden):
    """
    The hidden work has every word of the query in its title, so it would be the first result. Responses must be the
    same with and without it.
    """
    film("The Lantern of the Harbour", logline="A light")
    addresses = ["/search/?q=lantern", "/search/?q=lantrn", "/search/?q=lan&kind=works", "/search/suggestions/?q=lant"]
    without = [client.get(address).content for address in addresses]
    rival = film("Lantern", contest=hidden.contest, logline="Lantern lantren")
    make.RecognitionFactory(award__contest=hidden.contest, award__kind="grand_prize", submission=rival)
    index.refresh()
    assert [client.get(address).content for address in addresses] == without


@pytest.mark.parametrize(
    ("public", "secret", "question"),
    [
        ("Lanterns", "The Lantern", "lanxern"),  # The two texts have the same word stem.
        ("C-one", "Cone", "conx"),  # The words of one text are joined in the other.
        ("Lantern Dances", "Lanterns", "lantern-dancing"),  # One text has a further word beside the word of the query.
        ("Lamplight", "Lamp", "lanp"),  # One word is the beginning of the other.
    ],
)
def test_a_hidden_word_that_is_akin_to_a_public_one_changes_no_answer(client, hidden, public, secret, question):
    film(public)
    addresses = [f"{path}?{urlencode({'q': question})}" for path in ("/search/", "/search/suggestions/")]
    without = [client.get(address).content for address in addresses]
    film(secret, contest=hidden.contest)
    assert [client.get(address).content for address in addresses] == without


def test_the_last_part_of_a_compound_is_found_by_its_stem(client):
    film("Lantern Dances")
    assert found("lantern-dancing") == {"work": ["Lantern Dances"]}


def test_a_word_that_is_too_long_to_be_kept_whole_is_found():
    film("Lantern" * 12)
    assert found("lantern" * 12) == {"work": ["Lantern" * 12]}


def test_a_suggestion_says_that_it_is_made_up(client):
    film("Lantern")
    Submission.objects.update(key="synthetic-x")
    index.refresh()
    [suggestion] = client.get("/search/suggestions/?q=lant").json()["suggestions"]
    assert suggestion["kind"] == "Work, synthetic"


def test_a_hidden_credit_does_not_stand_in_the_entry_of_a_public_person(hidden):
    person = hidden.credits.get().person
    make.CreditFactory(submission=film("Lantern"), person=person)
    assert found("namenkuckuck") == {"person": ["Namenkuckuck"], "work": ["Lantern"]}
    entry = Entry.objects.get(kind=Kind.PERSON, object_id=person.pk)
    assert "wolken" not in (entry.tokens + entry.text).lower()


def test_an_award_of_another_contest_does_not_stand_in_the_entry_of_a_film():
    """The database allows such a row. If the other contest had hidden results, the award would reveal them."""
    row = film("Lantern")
    make.RecognitionFactory(award__contest=make.ContestFactory(sealed=True), award__name="Geheimpreis", submission=row)
    index.refresh()
    assert "geheim" not in Entry.objects.get(kind=Kind.WORK).tokens


def test_the_moment_of_the_reveal_shows_it_without_a_refresh():
    contest = make.ContestFactory(approved_future=True)
    film("Lantern", contest=contest)
    before, after = contest.reveal_at - timedelta(seconds=1), contest.reveal_at
    for question in ("lantern", "lantren"):
        assert engine.search(question, Viewpoint(before)).groups == []
        [group] = engine.search(question, Viewpoint(after)).groups
        assert [result.entry.title for result in group.results] == ["Lantern"]


def test_a_typo_is_said_in_the_spelling_of_what_was_found(client, nextgen):
    response = client.get("/search/?q=Alzhimer")
    assert "No results for “Alzhimer”. Showing results for “Alzheimer”." in response.content.decode()
    assert found("Alzhimer")["work"] == ["Alzheimer"]


def test_where_nothing_has_all_the_words_some_are_enough_and_it_is_said(client, nextgen):
    answer = engine.search("alzheimer zebra", Viewpoint.now())
    assert answer.is_loose
    assert answer.groups[0].results[0].entry.title == "Alzheimer"
    assert "No results with all the words of" in client.get("/search/?q=alzheimer+zebra").content.decode()


def test_no_answer_is_one_line_one_sentence_and_one_way_on(client, nextgen):
    body = client.get("/search/?q=xyzzyq").content.decode()
    assert "No results for “<bdi>xyzzyq</bdi>”." in body
    assert 'class="search-group' not in body


def test_no_question_says_what_can_be_searched(client, nextgen):
    for address in ("/search/", "/search/?q=", "/search/?q=%20", "/search/?q=...", "/search/?kind=works"):
        body = client.get(address).content.decode()
        assert "search-start" in body, address


def test_titles_come_before_texts_and_winners_before_others():
    contest = make.ContestFactory(revealed=True, title="Gala")
    rows = {
        "text": film("A", contest=contest, logline="a lantern"),
        "plain": film("Blue Lantern", contest=contest),
        "grand": film("The Green Lantern at Night", contest=contest),
        "mention": film("My Lantern and I, by Night", contest=contest),
        "begins": film("Lantern Song", contest=contest),
        "whole": film("Lantern", contest=contest),
    }
    make.RecognitionFactory(award__contest=contest, award__kind="grand_prize", submission=rows["grand"])
    make.RecognitionFactory(award__contest=contest, submission=rows["mention"], standing="mention")
    index.refresh()
    [group] = engine.search("lantern", Viewpoint.now(), kind=Kind.WORK).groups
    assert [result.entry.title for result in group.results] == [
        rows[name].title for name in ("whole", "begins", "grand", "mention", "plain", "text")
    ]


def test_each_kind_has_its_count_and_its_pages(client):
    contest = make.ContestFactory(revealed=True)
    for number in range(30):
        film(f"Lantern {number:02}", contest=contest)
    everything = client.get("/search/?q=lantern").context["answer"].groups[0]
    assert (everything.count, len(everything.results)) == (30, 5)
    pages = [client.get(f"/search/?q=lantern&kind=works&page={number}").context["answer"] for number in (1, 2)]
    titles = [result.entry.title for answer in pages for result in answer.groups[0].results]
    assert titles == [f"Lantern {number:02}" for number in range(30)]
    assert client.get("/search/?q=lantern&kind=works&page=nonsense").status_code == 200
    assert b"No results of this kind" in client.get("/search/?q=lantern&kind=people").content


def test_more_than_a_thousand_are_not_counted(client, monkeypatch):
    monkeypatch.setattr(engine, "MOST", 4)
    contest = make.ContestFactory(revealed=True)
    for number in range(6):
        film(f"Lantern {number}", contest=contest)
    response = client.get("/search/?q=lantern")
    assert "more than 4" in response.content.decode()
    group = response.context["answer"].groups[0]
    assert (group.is_more, group.shown_count) == (True, 4)


def test_what_answers_is_marked_and_everything_else_escaped(client):
    film("<b>Lost</b> & “Found”", logline='<script>alert("lost")</script>')
    body = client.get("/search/?q=lost").content.decode()
    assert "&lt;b&gt;<mark>Lost</mark>&lt;/b&gt; &amp; “Found”" in body
    assert "&lt;script&gt;alert(&quot;<mark>lost</mark>&quot;)&lt;/script&gt;" in body


def test_a_quote_stands_letter_for_letter(client, nextgen):
    quote = Quote.objects.get(slug="tim-yip-you-can-do-anything")
    body = client.get("/search/?q=anything").content.decode()
    assert quote.text in re.sub(r"</?mark>", "", body)


def test_a_long_text_is_shown_around_the_place_that_answers():
    text = "word " * 200 + "then the lantern burned " + "word " * 200
    result = engine.search("lantern", Viewpoint.now(), kind=film("A", synopsis=text) and Kind.WORK).groups[0].results[0]
    assert "<mark>lantern</mark>" in result.passage
    assert result.passage.startswith("…word")
    assert result.passage.endswith("word…")
    assert len(result.passage) < 230


@pytest.mark.parametrize("word", ["कहानी", "ひみつ", "여행"])
def test_marks_stand_in_every_script(client, word):
    film(f"x {word} y")
    assert f"x <mark>{word}</mark> y" in client.get("/search/", {"q": word}).content.decode()


HOSTILE = [
    '"', "'", "''", '" OR "', "lost AND", "NOT lost", "NEAR(lost found)", "title:lost", "*", "lost*", "^lost", "(", ")",
    "lost) OR (found", "& | ! :*", "'lost' & 'found'", "\\", "%", "%s", "%(x)s", "_", "=lost", "{}", "--", ";DROP",
    "\x00", "lost\x00found", "lost " * 2000, "x" * 10_000, "é" * 10_000, "夢" * 10_000, "\u0301" * 500, "\ud7ff\ufffe",
    "🎬" * 300, "<script>", "../../etc", "&amp;", "a" * 59 + "’" + "b" * 80, "\u202e\u2066", "١٢٣", "ﷺ", "ǆ", "ß" * 200,
]  # fmt: skip


@pytest.mark.parametrize("question", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_questions_are_plain_text(client, question):
    film("Lost & Found", logline="ﷺ ١٢٣ %s")
    for address in ("/search/", "/search/suggestions/"):
        for kind in ("", "works", "'\x00"):
            assert client.get(address, {"q": question, "kind": kind, "page": question}).status_code == 200


def test_an_operator_is_no_operator(client):
    film("Lost & Found")
    film("Not Lost")
    assert found("not lost")["work"] == ["Not Lost"]
    assert found('"lost"')["work"] == ["Lost & Found", "Not Lost"]
    assert found("lost*")["work"] == ["Lost & Found", "Not Lost"]


def test_a_hostile_record_is_indexed(client):
    film("q" * 200, synopsis="夢" * 50_000 + " " + " ".join(f"w{n}'\"\\" for n in range(20_000)))
    assert found("q" * 200)["work"] == ["q" * 200]


def suggested(client, question):
    return [row["title"] for row in client.get("/search/suggestions/", {"q": question}).json()["suggestions"]]


def test_suggestions_are_titles_and_names_the_best_first(client, nextgen):
    [first] = client.get("/search/suggestions/?q=alz").json()["suggestions"]
    assert first == {
        "title": "Alzheimer", "language": "", "kind": "Work", "url": "/works/alzheimer/"
    }  # fmt: skip
    assert suggested(client, "tim") == ["Tim Yip"]
    assert suggested(client, "found lo") == ["Lost & Found"]
    assert suggested(client, "alzhimer") == ["Alzheimer"]
    assert suggested(client, "") == []


def test_at_most_eight_are_suggested(client):
    contest = make.ContestFactory(revealed=True)
    for number in range(12):
        film(f"Lantern {number:02}", contest=contest)
    assert suggested(client, "lan") == [f"Lantern {number:02}" for number in range(8)]


@pytest.mark.parametrize("question", ["alzheimer", "alzhimer", "alzheimer zebra", "xyzzyq", "a"])
def test_a_search_needs_few_statements(client, nextgen, question):
    index.refresh()
    with CaptureQueriesContext(connection) as captured:
        client.get("/search/", {"q": question})
    assert len(captured) <= 10


def test_countries_are_found_by_their_names(client):
    film("Lantern", countries="PL,KR")
    make.AppearanceFactory(event__contest=make.ContestFactory(revealed=True), person__name="Ada", person__country="PL")
    assert found("poland") == {"work": ["Lantern"], "person": ["Ada"]}
