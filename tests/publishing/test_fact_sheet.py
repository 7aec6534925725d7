"""Fact sheets, read with the independent library pypdf."""

import unicodedata
from io import BytesIO

import pytest
import time_machine
from django.utils import timezone
from pypdf import PdfReader

from contests.models import Contest, Quote, Recognition, Submission
from tests import factories as make
from tests.reveal_rows import add_hidden, portal
from tests.test_reveal_sweep import crawl, leaks

__all__ = ["portal"]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
SHEET = "/contests/contest/fact-sheet.pdf"
FILM = "/contests/contest/submissions/film/fact-sheet.pdf"


def read(client, address):
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return PdfReader(BytesIO(response.content), strict=True)


def words(reader):
    """Return all text of the file with normalised spaces."""
    found = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(unicodedata.normalize("NFKC", found).split())


def letters(text):
    """
    Return the letters in alphabetical order, because PDF readers may return right-to-left text in the order of display.
    """
    return sorted(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


@pytest.fixture
def contest():
    contest = make.ContestFactory(
        title="Contest",
        slug="contest",
        revealed=True,
        city="Tokyo",
        organiser__name="House of Film",
        tagline="A tagline.",
        about="What it is about.",
    )
    make.FigureFactory(
        contest=contest,
        label="submissions",
        qualifier="more_than",
        value=4600,
        source=make.SourceFactory(title="Report of the house", publisher="The Paper"),
    )
    film = make.SubmissionFactory(contest=contest, title="Film", slug="film", logline="A logline.", year=2025)
    make.CreditFactory(submission=film, person__name="Ann Lee", person__country="KR")
    make.RecognitionFactory(award__contest=contest, award__name="Grand Prize", submission=film)
    make.QuoteFactory(event__contest=contest, event__title="Evening", speaker__name="Tim", text="It is a tool.")
    return contest


def test_a_contest_is_told_on_one_page_with_its_sources(client, contest):
    sheet = read(client, SHEET)
    text = words(sheet)
    assert len(sheet.pages) == 1
    for part in (
        "CONTEST FACT SHEET",
        "Organiser House of Film",
        "Place Tokyo",
        "More than 4,600",
        "submissions",
        "GRAND PRIZE Film",
        "Ann Lee, South Korea",
        "“It is a tool.”",
        "Tim, Evening",
        "Report of the house, The Paper",
        "http://testserver/contests/contest/",
    ):
        assert part in text, part
    assert (sheet.metadata.title, sheet.root_object["/Lang"]) == ("Contest", "en")
    assert [round(float(side)) for side in sheet.pages[0].mediabox[2:]] == [595, 842]  # The size of a page is A4.


def test_a_film_is_told_on_one_page(client, contest):
    sheet = read(client, FILM)
    text = words(sheet)
    assert len(sheet.pages) == 1
    assert "GRAND PRIZE" in text
    assert "Creator Ann Lee, South Korea" in text
    assert "A logline." in text
    assert sheet.metadata.title == "Film"


@pytest.mark.parametrize(
    "title",
    ["受賞者", "최우수 작품", "获奖者名单", "أليس في المدينة", "Łódź, ế and Żółć", "पुरस्कार", "ผู้ชนะ", "C·one & 😀"],
)
def test_a_title_in_any_script_is_text_and_not_a_picture(client, contest, title):
    Submission.objects.update(title=title)
    sheet = read(client, FILM)
    missing = [c for c in set(letters(title)) if c not in letters(words(sheet))]
    assert (sheet.metadata.title, missing) == (title, [])


def test_nothing_in_a_text_is_read_as_markup(client, contest):
    hostile = '#panic("x") $x^2$ *b* _i_ @ref <label> = h #import "/etc/passwd" \\ ` // c /* d */ \x01 [x](y)'
    Contest.objects.update(title=hostile[:100], about=hostile, tagline=hostile)
    text = words(read(client, SHEET))
    assert '#panic("x") $x^2$ *b* _i_ @ref <label> = h #import "/etc/passwd" \\ ` // c /* d */ [x](y)' in text


def test_however_much_there_is_to_say_it_stays_one_page_and_leads_to_the_rest(client, contest):
    Contest.objects.update(title="Endless words " * 14, about="\n\n".join(["All about it. " * 200] * 5))
    award = make.AwardFactory(contest=contest, name="Official Selection " * 6)
    for number in range(14):
        film = make.SubmissionFactory(contest=contest, slug=f"f{number}", title="A very long title of a film " * 7)
        make.RecognitionFactory(award=award, submission=film)
        label = "a number of something " * 5
        make.FigureFactory(contest=contest, slug=f"n{number}", label=label, value="123456789012345678.90")
        make.QuoteFactory(event__contest=contest, slug=f"q{number}", text="Long words on stage. " * 90)
    sheet = read(client, SHEET)
    text = words(sheet)
    assert len(sheet.pages) == 1
    assert "http://testserver/contests/contest/" in text
    assert "GRAND PRIZE" in text  # The highest award is not left out.
    assert "/15" in text  # The sheet shows the total number of winners.


def test_a_quote_is_never_cut(client, contest):
    long = "Word upon word that was said. " * 40
    make.QuoteFactory(event__contest=contest, text=long)
    assert "…" not in words(read(client, SHEET))


def test_a_revoked_award_is_told_with_its_notice(client, contest):
    make.RecognitionFactory(
        award__contest=contest, award__name="Best Idea", submission=Submission.objects.get(), revoked=True
    )
    text = words(read(client, FILM))
    assert "Best Idea. The work was not made by its creator." in text
    assert "Best Idea" not in words(read(client, SHEET))


def test_what_is_sealed_is_on_no_sheet(client):
    contest = make.ContestFactory(title="Contest", slug="contest", sealed=True)
    film = make.SubmissionFactory(contest=contest, title="Sealedword", slug="film")
    make.RecognitionFactory(award__contest=contest, submission=film)
    make.QuoteFactory(event__contest=contest, text="Sealedword.")
    assert "Sealedword" not in words(read(client, SHEET))
    assert client.get(FILM).status_code == 404


def test_the_same_content_on_the_same_day_gives_the_same_file(client, contest):
    with time_machine.travel(timezone.now(), tick=False):
        first = client.get(SHEET)
        assert first.content == client.get(SHEET).content
        assert client.get(SHEET, headers={"if-none-match": first["ETag"]}).status_code == 304


def test_a_former_slug_leads_to_the_sheet_of_today(client, contest):
    make.FormerSlugFactory(object=contest, slug="before")
    make.FormerSlugFactory(object=Submission.objects.get(), slug="old")
    assert client.get("/contests/before/fact-sheet.pdf")["Location"] == SHEET
    assert client.get("/contests/before/submissions/old/fact-sheet.pdf")["Location"] == FILM
    assert client.get("/contests/never/fact-sheet.pdf").status_code == 404
    assert client.post(SHEET).status_code == 405


@pytest.mark.parametrize("model", [Contest, Recognition, Submission, Quote], ids=lambda model: model.__name__)
def test_without_the_rule_a_sheet_tells_what_is_hidden(client, portal, monkeypatch, model):
    add_hidden(portal)
    addresses = [f"{contest.get_absolute_url()}fact-sheet.pdf" for contest in portal.values()]
    addresses += [f"{film.entry_path}fact-sheet.pdf" for film in Submission.objects.all()]
    # Each of these words is complete in the title, though a PDF reader may return it with a line break inside.
    words = ("sealedword", "futureword", "draftword", "Draftword")
    assert leaks(crawl(client, addresses), *words) == []
    monkeypatch.setattr(type(model.objects.all()), "public", lambda rows, viewpoint: rows)
    assert leaks(crawl(client, addresses), *words) != []
