"""Citations, read with independent libraries: pybtex and pylatexenc for BibTeX, citeproc for CSL-JSON."""

import json
from datetime import UTC, date, datetime

import jsonschema_rs
import pytest
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from pybtex.database import parse_string
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from contests.models import Figure, Quote, Submission
from publishing import citations
from tests import factories as make
from tests.reveal_rows import add_hidden, portal
from tests.test_reveal_sweep import crawl, leaks

__all__ = ["portal"]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
HARD = (
    "100 % of $x_1 & y#2 ~ ^ \\alpha {unbalanced",
    "closing } only, then @misc{evil, title = {x}}",
    "受賞者は言った、「人と機械は」",
    "أليس فازت بالجائزة",
    "한국어로 말했다 😀 e\u0301",
    'She said "yes", and — no',
    "two\n\nlines\tand a control character \x01",
    "Ends with a backslash \\",
    "a -- b --- c ``quoted'' `so' ?`",
)
NAME = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("family", "given", "literal")},
    "additionalProperties": False,
    "minProperties": 1,
}
NUMBERS = {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3}
DATE = {
    "type": "object",
    "properties": {"date-parts": {"type": "array", "items": NUMBERS, "minItems": 1, "maxItems": 2}},
    "required": ["date-parts"],
    "additionalProperties": False,
}
TEXTS = ("title", "event", "event-place", "container-title", "language", "note", "source", "URL")
# The parts of the JSON schema of CSL (csl-data.json, version 1.0) that our citations use, described in our own words.
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "type": {"enum": ["speech", "webpage", "motion_picture"]},
            "author": {"type": "array", "items": NAME, "minItems": 1},
            "issued": DATE,
            **{name: {"type": "string", "minLength": 1} for name in TEXTS},
        },
        "required": ["id", "type", "title", "URL"],
        "additionalProperties": False,
    },
}


def latex():
    """Return the LaTeX parser of pylatexenc with three commands that it lacks or confuses with a similar character."""
    known = get_default_latex_context_db()
    lacking = {"textbraceleft": "{", "textbraceright": "}", "textasciicircum": "^"}
    known.add_context_category("braces", prepend=True, macros=[MacroTextSpec(*pair) for pair in lacking.items()])
    return LatexNodes2Text(latex_context=known)


def unescaped(tex):
    """Return the text that a reader of the LaTeX output sees."""
    return latex().latex_to_text(tex)


def shown(text):
    """Return a text on one line, without control characters, which citation software rejects."""
    return " ".join(text.replace("\x01", "").split())


@pytest.fixture
def quote():
    source = make.SourceFactory(
        title="A & B report", author="Ann Author", publisher="The Paper", published_on=date(2025, 11, 3)
    )
    contest = make.ContestFactory(title="Contest", revealed=True, time_zone="Asia/Tokyo")
    event = make.EventFactory(
        contest=contest, title="Evening", city="Tokyo", starts_at=datetime(2025, 10, 31, 18, tzinfo=UTC)
    )
    speaker = make.PersonFactory(name="Tim Yip", sort_name="Yip, Tim")
    return make.QuoteFactory(event=event, speaker=speaker, text="It is a tool.", slug="tool", source=source)


def bib(client, address="/quotes/tool/citation.bib"):
    return parse_string(client.get(address).content.decode(), "bibtex").entries


def csl(client, address="/quotes/tool/citation.json"):
    response = client.get(address)
    items = json.loads(response.content)
    jsonschema_rs.validate(SCHEMA, items)
    return items


def test_a_quote_is_cited_with_its_speaker_occasion_source_and_address(client, quote):
    response = client.get("/quotes/tool/citation.txt")
    # In Tokyo it was already the next day.
    assert response.content.decode() == (
        "Tim Yip. “It is a tool.” Evening, Tokyo, Contest. 2025-11-01. Reported in: Ann Author, A & B report, "
        "The Paper, 2025-11-03. Laurel, http://testserver/quotes/tool/\n"
    )
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="tool.txt"'


def test_the_same_is_said_in_bibtex(client, quote):
    [(key, entry)] = bib(client).items()
    assert key == f"laurel-{quote.key}"
    assert entry.type == "misc"
    [author] = entry.persons["author"]
    assert (author.last_names, author.first_names) == (["Yip"], ["Tim"])
    assert {name: unescaped(value) for name, value in entry.fields.items()} == {
        "title": "It is a tool.",
        "howpublished": "Evening, Tokyo, Contest",
        "year": "2025",
        "note": "Reported in: Ann Author, A & B report, The Paper, 2025-11-03",
        "language": "en",
        "url": "http://testserver/quotes/tool/",
    }


def test_the_same_is_said_in_csl_json(client, quote):
    assert csl(client) == [
        {
            "id": f"laurel-{quote.key}",
            "type": "speech",
            "title": "It is a tool.",
            "author": [{"family": "Yip", "given": "Tim"}],
            "issued": {"date-parts": [[2025, 11, 1]]},
            "event": "Evening",
            "event-place": "Tokyo",
            "container-title": "Contest",
            "language": "en",
            "note": "Reported in: Ann Author, A & B report, The Paper, 2025-11-03",
            "source": "Laurel",
            "URL": "http://testserver/quotes/tool/",
        }
    ]


def test_a_processor_of_csl_sets_the_citation(client, quote):
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    [item] = csl(client)
    bibliography = CitationStylesBibliography(style, CiteProcJSON([item]), formatter.plain)
    bibliography.register(Citation([CitationItem(item["id"].lower())]))
    [line] = map(str, bibliography.bibliography())
    assert "Yip" in line
    assert "It is a tool" in line
    assert "2025" in line


@pytest.mark.parametrize("text", HARD)
def test_every_character_survives_in_every_form(client, quote, text):
    Quote.objects.update(text=text)
    quote.speaker.name = quote.speaker.sort_name = text.replace("\x01", "")[:200]
    quote.speaker.save()
    [entry] = bib(client).values()
    assert unescaped(entry.fields["title"]) == shown(text)
    [author] = entry.persons["author"]
    assert unescaped(" ".join(author.last_names)) == shown(quote.speaker.name)
    [item] = csl(client)
    assert (item["title"], item["author"]) == (shown(text), [{"literal": shown(quote.speaker.name)}])
    assert shown(text) in client.get("/quotes/tool/citation.txt").content.decode()


def test_what_is_not_known_is_left_out_and_never_guessed(client):
    contest = make.ContestFactory(title="Contest", revealed=True)
    event = make.EventFactory(contest=contest, title="Evening")
    source = make.SourceFactory(title="Report", accessed_on=date(2026, 1, 2))
    make.QuoteFactory(event=event, text="Words.", slug="tool", speaker__name="Ann", source=source)
    [entry] = bib(client).values()
    assert set(entry.fields) == {"title", "howpublished", "note", "language", "url"}
    [item] = csl(client)
    assert {"issued", "event-place", "accessed"}.isdisjoint(item)
    assert client.get("/quotes/tool/citation.txt").content.decode() == (
        "Ann. “Words.” Evening, Contest. n.d. Reported in: Report. Laurel, http://testserver/quotes/tool/\n"
    )


@pytest.mark.parametrize(
    ("name", "sort_name", "expected"),
    [
        ("Dawid Meller", "Meller, Dawid", ("Meller", "Dawid")),
        ("Zeng Yushen", "Zeng, Yushen", ("Zeng", "Yushen")),
        ("C·one", "C·one", ("", "")),
        ("Prince", "Nelson, Prince", ("", "")),
        ("Ann Lee, PhD", "Lee, Ann, PhD", ("", "")),
    ],
)
def test_a_name_is_taken_apart_only_where_the_record_does(name, sort_name, expected):
    found = citations.name_of(make.PersonFactory.build(name=name, sort_name=sort_name))
    assert (found.literal, found.family, found.given) == (name, *expected)


def test_a_name_that_bibtex_would_take_for_two_stays_one(client, quote):
    quote.speaker.name = quote.speaker.sort_name = "Lost and Found"
    quote.speaker.save()
    [author] = next(iter(bib(client).values())).persons["author"]
    assert unescaped(" ".join(author.last_names)) == "Lost and Found"


def test_a_team_has_no_family_name():
    found = citations.name_of(make.PersonFactory.build(name="Ann Lee", sort_name="Lee, Ann", team=True))
    assert found.family == ""


def test_a_figure_is_cited_as_it_was_reported(client):
    contest = make.ContestFactory(title="Contest", slug="contest", revealed=True)
    source = make.SourceFactory(title="Report")
    make.FigureFactory(
        contest=contest, slug="entries", label="submissions", qualifier="more_than", value=4600, source=source
    )
    address = "/contests/contest/figures/entries/citation"
    assert client.get(f"{address}.txt").content.decode() == (
        "“more than 4,600 submissions”. Contest. n.d. Reported in: Report. Laurel, http://testserver/contests/contest/\n"
    )
    assert [item["type"] for item in csl(client, f"{address}.json")] == ["webpage"]
    assert "author" not in next(iter(bib(client, f"{address}.bib").values())).persons


def test_a_film_is_cited_by_its_directors_or_else_its_creators(client):
    contest = make.ContestFactory(title="Contest", slug="contest", revealed=True)
    film = make.SubmissionFactory(contest=contest, title="Film", slug="film", year=2025, work__slug="film")
    make.CreditFactory(submission=film, person__name="Creator", role="creator", order=1)
    address = "/contests/contest/submissions/film/citation"
    said = "“Film”. Contest. 2025. Laurel, http://testserver/works/film/\n"
    assert client.get(f"{address}.txt").content.decode() == f"Creator. {said}"
    make.CreditFactory(submission=film, person__name="Director", role="director", order=2)
    assert client.get(f"{address}.txt").content.decode() == f"Director. {said}"
    [item] = csl(client, f"{address}.json")
    assert (item["type"], item["issued"]) == ("motion_picture", {"date-parts": [[2025]]})


def test_the_same_content_gives_the_same_answer_which_is_not_sent_twice(client, quote):
    first = client.get("/quotes/tool/citation.bib")
    again = client.get("/quotes/tool/citation.bib", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("extension", ["txt", "bib", "json"])
def test_a_former_slug_leads_to_the_citation_of_today(client, quote, extension):
    make.FormerSlugFactory(object=quote, slug="before")
    response = client.get(f"/quotes/before/citation.{extension}")
    assert (response.status_code, response["Location"]) == (301, f"/quotes/tool/citation.{extension}")
    assert client.get(f"/quotes/never/citation.{extension}").status_code == 404
    assert client.post(f"/quotes/tool/citation.{extension}").status_code == 405
    assert client.get("/quotes/tool/citation.xml").status_code == 404


def test_a_made_up_quote_says_so_in_every_form(client, quote):
    Quote.objects.update(key="synthetic-1")
    [entry] = bib(client).values()
    assert unescaped(entry.fields["title"]) == "It is a tool. (synthetic)"
    assert csl(client)[0]["title"] == "It is a tool. (synthetic)"


def test_several_citations_make_one_file_of_each_form(quote):
    found = citations.of_quote(quote, lambda path: f"http://testserver{path}")
    two = [found, citations.Citation("laurel-other", "speech", (), "Other", "http://testserver/other/")]
    assert len(parse_string("".join(citations.bibtex(two)), "bibtex").entries) == 2
    assert [item["id"] for item in json.loads("".join(citations.csl(two)))] == [found.key, "laurel-other"]
    assert json.loads("".join(citations.csl([]))) == []
    assert "".join(citations.plain(two)).count("\n\n") == 1


def test_the_page_of_a_quote_shows_the_citation_and_leads_to_its_files(client, quote):
    page = client.get("/quotes/tool/").content.decode()
    assert "Tim Yip. “It is a tool.” Evening, Tokyo, Contest." in page
    for extension in ("txt", "bib", "json"):
        assert f'href="/quotes/tool/citation.{extension}"' in page


@pytest.mark.parametrize("model", [Quote, Figure, Submission], ids=lambda model: model.__name__)
@pytest.mark.parametrize("extension", ["txt", "bib", "json"])
def test_without_the_rule_a_citation_tells_what_is_hidden(client, portal, monkeypatch, model, extension):
    add_hidden(portal)
    figure = make.FigureFactory(contest=portal["draft"], label="Figures of the draft", slug="figure")
    addresses = [f"{quote.get_absolute_url()}citation.{extension}" for quote in Quote.objects.all()]
    addresses += [f"{film.entry_path}citation.{extension}" for film in Submission.objects.all()]
    addresses.append(f"{figure.contest.get_absolute_url()}figures/figure/citation.{extension}")
    # No slug contains these words, so the requested URLs don't contain them either.
    words = ("Words sealed", "Film future", "Figures of the draft", "Contest Figures", "Creator sealed")
    assert leaks(crawl(client, addresses), *words) == []
    monkeypatch.setattr(type(model.objects.all()), "public", lambda rows, viewpoint: rows)
    assert leaks(crawl(client, addresses), *words) != []
