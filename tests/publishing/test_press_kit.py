"""Press kits, read with zipfile, json and pypdf, and compared with the JSON schemas of the API."""

import io
import json
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from pybtex.database import parse_string
from pypdf import PdfReader

from api import schemas
from contests.models import Contest, Quote, Recognition, Submission
from publishing import press_kit
from publishing.laurels import FILES
from publishing.press_kit import chunks
from publishing.press_kit.archive import Member, stream, text
from publishing.press_kit.file_names import LONGEST, Paths, safe
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.kept_client import let_the_next_change_count
from tests.reveal_rows import add_hidden, picture, portal
from tests.test_reveal_sweep import crawl, leaks

__all__ = ["portal"]
pytestmark = pytest.mark.django_db
KIT = "/contests/contest/press-kit.zip"
FILM = "/contests/contest/submissions/film/press-kit.zip"
SHAPES = {
    "figures": schemas.Figure,
    "organisation_figures": schemas.Figure,
    "leading_regions": schemas.LeadingRegion,
    "categories": schemas.Category,
    "awards": schemas.Award,
    "recognitions": schemas.Recognition,
    "submissions": schemas.Submission,
    "events": schemas.Event,
    "quotes": schemas.Quote,
    "people": schemas.Person,
    "sources": schemas.Source,
}


def unpacked(client, address):
    let_the_next_change_count()
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    archive = ZipFile(io.BytesIO(response.getvalue()))
    assert archive.testzip() is None
    return archive


def read(archive, path):
    return archive.read(path).decode()


def data(archive):
    return json.loads(read(archive, "press-kit.json"))


@pytest.fixture
def contest():
    source = make.SourceFactory(title="Report of the house", publisher="The Paper")
    contest = make.ContestFactory(title="Contest", slug="contest", revealed=True, about="What it is.", sources=[source])
    contest.hero.save("hero.png", picture("hero"))
    Contest.objects.update(hero_credit="Photo: Ann")
    make.FigureFactory(contest=contest, label="submissions", qualifier="more_than", value=4600, source=source)
    film = make.SubmissionFactory(contest=contest, title="受賞者", slug="film", logline="A logline.", sources=[source])
    drawn = make.SubmissionFactory(contest=contest, title="Drawn", slug="drawn")
    film.poster.save("poster.png", picture("poster"))
    creator = make.PersonFactory(name="Ann Lee", slug="ann-lee", country="KR")
    creator.portrait.save("portrait.png", picture("portrait"))
    make.CreditFactory(submission=film, person=creator, source=source)
    award = make.AwardFactory(contest=contest, name="Grand Prize")
    make.RecognitionFactory(award=award, submission=film, citation="The jury's words.", source=source)
    make.RecognitionFactory(award=award, submission=drawn)
    event = make.EventFactory(contest=contest, title="Evening")
    make.QuoteFactory(event=event, speaker__name="Tim", text="It is a tool.", submission=film, source=source)
    return contest


def test_a_contests_kit_has_texts_data_images_citations_and_a_sheet(client, contest):
    archive = unpacked(client, KIT)
    assert archive.namelist() == [
        "README.txt",
        "fact-sheet.pdf",
        "contest.txt",
        "winners.txt",
        "figures.txt",
        "quotes.txt",
        "submissions.txt",
        "press-kit.json",
        "sources.txt",
        "citations.txt",
        "citations.bib",
        "citations.json",
        *(f"laurels/grand-prize-{film}/on-{ground}.svg" for film in ("film", "drawn") for ground in ("light", "dark")),
        "images/contest.png",
        "images/film.png",
        "images/ann-lee.png",
        "artwork/drawn.svg",
        "images/CREDITS.txt",
    ]
    assert "What it is." in read(archive, "contest.txt")
    assert "more than 4,600 submissions\n    Source: Report of the house, The Paper" in read(archive, "figures.txt")
    assert "“It is a tool.”\n    Tim, Evening, Contest\n    Film: 受賞者" in read(archive, "quotes.txt")
    assert "Grand Prize: 受賞者\n    Creator: Ann Lee, South Korea" in read(archive, "winners.txt")
    assert "    “The jury's words.”" in read(archive, "winners.txt")
    assert "Report of the house, The Paper" in read(archive, "sources.txt")
    assert len(parse_string(read(archive, "citations.bib"), "bibtex").entries) == 2
    assert len(json.loads(read(archive, "citations.json"))) == 2
    assert len(PdfReader(io.BytesIO(archive.read("fact-sheet.pdf"))).pages) == 1


def test_a_films_kit_has_what_was_won_and_said_and_no_other_film(client, contest):
    archive = unpacked(client, FILM)
    assert {"work.txt", "awards.txt", "quotes.txt", "images/film.png", "images/ann-lee.png"} <= set(archive.namelist())
    assert "A logline." in read(archive, "work.txt")
    assert sorted(name for name in archive.namelist() if name.startswith("laurels/")) == sorted(
        f"laurels/grand-prize-film/{file}" for file in FILES
    )
    assert Image.open(archive.open("laurels/grand-prize-film/on-light.png")).width == 2400
    assert [film["title"] for film in data(archive)["submissions"]] == ["受賞者"]
    assert "Drawn" not in "".join(read(archive, name) for name in archive.namelist() if name.endswith("txt"))


@pytest.mark.parametrize("address", [KIT, FILM])
def test_the_data_have_the_shapes_of_the_api_and_whatever_they_refer_to(client, contest, address):
    found = data(unpacked(client, address))
    assert (found["format"], found["version"]) == ("laurel-press-kit", 1)
    schemas.Contest.model_validate(found["contest"])
    for name, shape in SHAPES.items():
        for row in found.get(name, []):
            shape.model_validate(row)
    assert [person["name"] for person in found["people"]] == ["Ann Lee", "Tim"]
    assert found["sources"][0]["title"] == "Report of the house"
    told = {source["id"] for source in found["sources"]}
    assert {quote["source"]["id"] for quote in found["quotes"]} <= told


def test_images_are_as_they_were_stored_and_their_credits_stand_beside(client, contest):
    archive = unpacked(client, KIT)
    film = Submission.objects.get(slug="film")
    with film.poster.open() as stored:
        assert archive.read("images/film.png") == stored.read()
    assert archive.getinfo("images/film.png").compress_type == ZIP_STORED
    credits = read(archive, "images/CREDITS.txt")
    assert "images/contest.png\n    Credit: Photo: Ann" in credits
    assert "images/film.png\n    Credit: Unknown: ask the organiser" in credits
    assert "artwork/drawn.svg\n    Credit: Artwork by Laurel, not a still" in credits
    assert "<title>Artwork by Laurel, not a still</title>" in read(archive, "artwork/drawn.svg")


def test_a_picture_lost_from_the_storage_spoils_nothing_else(client, contest):
    film = Submission.objects.get(slug="film")
    film.poster.storage.delete(film.poster.name)
    assert "images/film.png" not in unpacked(client, KIT).namelist()
    Submission.objects.filter(pk=film.pk).update(poster="../outside.png")  # `loaddata` would save such a value.
    assert "images/film.png" not in unpacked(client, KIT).namelist()


def test_a_revoked_award_has_its_notice_and_neither_laurel_nor_image(client, contest):
    film = make.SubmissionFactory(contest=contest, title="Revoked", slug="revoked")
    make.RecognitionFactory(award__contest=contest, award__name="Best Idea", submission=film, revoked=True)
    archive = unpacked(client, KIT)
    assert ": The work was not made by its creator." in read(archive, "winners.txt")
    assert [name for name in archive.namelist() if "revoked" in name or "best-idea" in name] == []


@pytest.mark.parametrize(("address", "page"), [(KIT, "winners.txt"), (FILM, "awards.txt")])
def test_who_did_not_win_is_named_without_a_laurel(client, contest, address, page):
    film = Submission.objects.get(slug="film")
    for standing in ("runner_up", "finalist", "nominee", "mention"):
        make.RecognitionFactory(
            award__contest=contest, award__name=f"Best {standing}", submission=film, standing=standing
        )
    archive = unpacked(client, address)
    assert "Best finalist, Finalist: 受賞者" in read(archive, page)
    if address == KIT:
        won, named = read(archive, page).split("Nominees, finalists and mentions")
        assert ("Grand Prize" in won, "Best nominee" in won, "Best nominee, Nominee" in named) == (True, False, True)
    folders = {name.split("/")[1] for name in archive.namelist() if name.startswith("laurels/")}
    assert {folder.rpartition("-")[0] for folder in folders} == {"grand-prize"}


def test_the_same_content_at_the_same_moment_makes_the_same_bytes(client, contest):
    with time_machine.travel(datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC), tick=False):
        Contest.objects.update(published_at=timezone.now(), approved_at=timezone.now(), reveal_at=timezone.now())
        assert client.get(KIT).getvalue() == client.get(KIT).getvalue()
        archive = unpacked(client, KIT)
    assert {info.date_time for info in archive.infolist()} == {(2026, 3, 4, 5, 6, 8)}
    assert "as of 2026-03-04 05:06:08 UTC" in " ".join(read(archive, "README.txt").split())


def test_what_is_sealed_is_in_no_kit(client):
    contest = make.ContestFactory(title="Contest", slug="contest", sealed=True)
    film = make.SubmissionFactory(contest=contest, title="Sealedword", slug="film")
    make.RecognitionFactory(award__contest=contest, submission=film)
    make.QuoteFactory(event__contest=contest, text="Sealedword.")
    archive = unpacked(client, KIT)
    assert "Sealedword" not in "".join(read(archive, name) for name in archive.namelist() if name[-3:] != "pdf")
    assert client.get(FILM).status_code == 404


def test_what_is_taken_back_while_somebody_downloads_is_in_no_part_still_to_come(contest, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 2)
    make.SubmissionFactory.create_batch(5, contest=contest)
    found = Submission.objects.public(Viewpoint.now()).filter(contest=contest).order_by("pk")
    read_so_far = chunks.in_chunks(found)
    next(read_so_far)
    Submission.objects.update(status=Submission.Status.WITHDRAWN)
    assert len(list(read_so_far)) == 1  # The second row was read together with the first.


def test_a_list_ends_at_its_limit(contest):
    make.SubmissionFactory.create_batch(5, contest=contest)
    assert len(list(chunks.in_chunks(Submission.objects.order_by("pk"), limit=4))) == 4


def statements(client, address):
    let_the_next_change_count()
    with CaptureQueriesContext(connection) as captured:
        client.get(address).getvalue()
    return len(captured)


def test_the_number_of_statements_grows_by_the_chunk_and_not_by_the_row(client, contest):
    few = statements(client, KIT)
    make.SubmissionFactory.create_batch(90, contest=contest)
    assert statements(client, KIT) == few == 77
    make.SubmissionFactory.create_batch(100, contest=contest)
    # Each further hundred rows need three statements for the list and two for the JSON.
    assert statements(client, KIT) == few + 5


def test_memory_does_not_grow_with_the_number_of_submissions(contest, rf):
    """
    The test measures only Python's memory. `benchmarks/press_kit.py` measures the whole server with 5,000 submissions.
    """
    few = peak(contest, rf)
    make.SubmissionFactory.create_batch(600, contest=contest, logline="Words " * 40)
    assert peak(contest, rf) < few + 4_000_000


def peak(contest, rf):
    request = rf.get("/")
    request.viewpoint = Viewpoint.now()
    found = Contest.objects.public(request.viewpoint).for_page().with_counts(request.viewpoint).get()
    # The first run loads rows that are then kept in memory.
    for _part in stream(press_kit.of_contest(found, request), request.viewpoint.at):
        pass
    tracemalloc.start()
    try:
        for _part in stream(press_kit.of_contest(found, request), request.viewpoint.at):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_who_asks_for_the_head_makes_no_kit(client, contest, django_assert_num_queries):
    with django_assert_num_queries(1):  # One statement reads the contest with its sources.
        response = client.head(KIT)
    assert (response.status_code, response.getvalue()) == (200, b"")
    assert response["Content-Disposition"] == 'attachment; filename="contest-press-kit.zip"'
    assert "Content-Length" not in response


def status(client, address, **headers):
    response = client.get(address, **headers)
    response.getvalue()
    return response.status_code


def test_one_address_gets_so_many_kits_a_minute(client, contest, settings):
    settings.PRESS_KIT_RATE_LIMIT = 2
    with time_machine.travel(datetime(2100, 1, 1, tzinfo=UTC), tick=False):
        assert [status(client, KIT) for _time in range(3)] == [200, 200, 429]
        refused = client.get(KIT)
        assert (refused["Retry-After"], "Too many requests" in refused.content.decode()) == ("60", True)
        assert status(client, KIT, REMOTE_ADDR="192.0.2.7") == 200
        assert client.get("/contests/contest/fact-sheet.pdf").status_code == 200
    with time_machine.travel(datetime(2100, 1, 1, tzinfo=UTC) + timedelta(minutes=1), tick=False):
        assert status(client, KIT) == 200


def test_a_former_slug_leads_to_the_kit_of_today(client, contest):
    make.FormerSlugFactory(object=contest, slug="before")
    make.FormerSlugFactory(object=Submission.objects.get(slug="film"), slug="old")
    assert client.get("/contests/before/press-kit.zip")["Location"] == KIT
    assert client.get("/contests/before/submissions/old/press-kit.zip")["Location"] == FILM
    assert client.get("/contests/never/press-kit.zip").status_code == 404
    assert client.post(KIT).status_code == 405


def test_a_made_up_contest_says_so_in_its_texts(client, contest):
    Contest.objects.update(key="synthetic-1")
    archive = unpacked(client, KIT)
    assert read(archive, "contest.txt").startswith("Contest (synthetic)\n")
    assert "synthetic" in PdfReader(io.BytesIO(archive.read("fact-sheet.pdf"))).metadata.title
    assert data(archive)["contest"]["is_synthetic"] is True


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("受賞者", "受賞者"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\a<b>|c?.txt", "C-a-b-c-.txt"),
        ("con", "_con"),
        ("LPT1.png", "_LPT1.png"),
        ("COM²", "_COM²"),
        ("console", "console"),
        ("ends with dots and spaces. . ", "ends-with-dots-and-spaces"),
        (".hidden", "hidden"),
        ("\u202egnp.exe\x00", "gnp.exe"),
        ("", "file"),
        ("...", "file"),
    ],
)
def test_a_file_name_is_safe_on_every_system(name, expected):
    assert safe(name) == expected


def test_a_long_name_is_cut_between_characters():
    assert safe("受" * 200) == "受" * (LONGEST // len("受".encode()))


def test_no_two_files_have_names_that_a_system_takes_for_one():
    paths = Paths()
    found = [paths.new("images", name, ".png") for name in ("Film", "film", "FILM", "e\u0301", "é")]
    assert found == ["images/Film.png", "images/film-2.png", "images/FILM-3.png", "images/é.png", "images/é-2.png"]


def test_an_archive_is_read_by_other_programs(tmp_path):
    members = [text("words.txt", ["受賞", "者"]), Member("picture.bin", [b"a" * 100_000, b"b"], stored=True)]
    file = tmp_path / "kit.zip"
    file.write_bytes(b"".join(stream(members, datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC))))
    command = [sys.executable, "-m", "zipfile", "-e", str(file), str(tmp_path)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert (tmp_path / "words.txt").read_text() == "受賞者"
    assert (tmp_path / "picture.bin").stat().st_size == 100_001
    with ZipFile(file) as archive:
        assert [info.compress_type for info in archive.infolist()] == [ZIP_DEFLATED, ZIP_STORED]


@pytest.mark.parametrize("model", [Contest, Recognition, Submission, Quote], ids=lambda model: model.__name__)
def test_without_the_rule_a_kit_tells_what_is_hidden(client, portal, monkeypatch, model):
    add_hidden(portal)
    # Use a contest that is published tomorrow instead of one without a publication date.
    Contest.objects.filter(published_at=None).update(published_at=timezone.now() + timedelta(days=1))
    addresses = [f"{contest.get_absolute_url()}press-kit.zip" for contest in portal.values()]
    words = ("sealedword", "futureword", "draftword", "Draftword")
    assert leaks(crawl(client, addresses), *words) == []
    monkeypatch.setattr(type(model.objects.all()), "public", lambda rows, viewpoint: rows)
    assert leaks(crawl(client, addresses), *words) != []
