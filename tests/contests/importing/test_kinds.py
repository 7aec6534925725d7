"""The other kinds of tables: what they make, and what they refuse."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from contests.models import Appearance, Award, AwardLine, Contest, Event, Quote, Recognition, Submission, Work
from people.models import Organisation, Person
from record.importing.kinds import kinds
from record.importing.running import take_back
from record.models import Source, TableImport
from tests import factories as make

from .tables import imported, previewed, problems, table

pytestmark = pytest.mark.django_db


def same_again(kind, content, **options):
    """Import the file twice and return the report of the second time."""
    first = imported(kind, content, **options)
    assert first.state == "done", first.report["problems"]
    return imported(kind, content, **options).report["counts"]


def test_people_with_names_identifiers_and_partial_dates():
    content = table(
        "Name,Last name first,Nationality,Date of birth,IMDb,Other names,Biography",
        ["Ada Specimen", "Specimen, Ada", "波兰", "May 1932", "nm0002354", "Ada S.; A. Specimen", "Made up."],
        ["Bo Sample", "", "", "", "", "", ""],
    )
    assert same_again("people", content) == {"new": 0, "changed": 0, "same": 2, "bad": 0}
    ada = Person.objects.get(name="Ada Specimen")
    assert (ada.sort_name, str(ada.country.code), ada.born) == ("Specimen, Ada", "PL", "1932-05")
    assert [row.value for row in ada.identifiers.all()] == ["nm0002354"]
    assert sorted(row.name for row in ada.other_names.all()) == ["A. Specimen", "Ada S."]


def test_a_person_is_the_same_by_identifier_even_with_another_name():
    ada = make.PersonFactory(name="Ada")
    make.PersonIdentifierFactory(person=ada, scheme="imdb", value="nm0002354")
    imported("people", table("name,imdb", ["Ada Specimen", "https://www.imdb.com/name/nm0002354/"]))
    ada.refresh_from_db()
    assert ada.name == "Ada Specimen"


def test_a_person_is_the_same_by_name_and_country_but_not_by_name_alone():
    make.PersonFactory(name="Ada Specimen", country="PL")
    sure = previewed("people", table("name,country,bio", ["Ada Specimen", "Poland", "Made up."]))
    assert sure["counts"] == {"new": 0, "changed": 1, "same": 0, "bad": 0}
    other = previewed("people", table("name,country", ["Ada Specimen", "Japan"]))
    assert other["counts"]["new"] == 1
    unsure = previewed("people", table("name,bio", ["Ada Specimen", "Made up."]))
    assert (unsure["counts"]["bad"], len(unsure["questions"])) == (1, 1)


def test_an_identifier_of_somebody_else_is_refused():
    make.PersonIdentifierFactory(person=make.PersonFactory(name="Bo"), scheme="imdb", value="nm0002354")
    ada = make.PersonFactory(name="Ada")
    report = previewed("people", table("key,name,imdb", [ada.key, "Ada", "nm0002354"]))
    assert problems(report) == [("C2", "This identifier belongs to “Bo”.")]


def test_organisations():
    content = table("Company,Country,Founded", ["Specimen Films", "Korea", "1994"])
    assert same_again("organisations", content)["same"] == 1
    assert Organisation.objects.get(name="Specimen Films").founded == "1994"


def test_works_with_their_credits():
    content = table(
        "Title,Year,Country,Language,Written by,Production company",
        ["Specimen Street", "1994", "PL; JP", "Polish, Japanese", "Ada Specimen & Bo Sample", "Specimen Films"],
    )
    assert same_again("works", content)["same"] == 1
    work = Work.objects.get()
    assert (work.year_from, work.languages) == (1994, "pl,ja")
    assert {credit.role.slug: str(credit.party) for credit in work.credits.all()}[
        "production-company"
    ] == "Specimen Films"
    assert Organisation.objects.filter(name="Specimen Films").exists()


def test_editions_of_a_series():
    content = table(
        "series,title,edition,year,held from,organiser",
        ["Specimen Awards", "Specimen Awards", "1", "1927/28", "1929-05-16", "Specimen Society"],
        ["Specimen Awards", "Specimen Awards", "2", "1928/29", "1930", "Specimen Society"],
    )
    assert same_again("contests", content)["same"] == 2
    one, two = Contest.objects.order_by("edition_number")
    assert (one.series, one.organiser) == (two.series, two.organiser)
    assert (one.held_from, one.published_at, one.approved_at) == ("1929-05-16", None, None)


def test_award_lines_and_awards():
    series = make.SeriesFactory()
    contest = make.ContestFactory(series=series, slug="c")
    lines = table("name,slug,continues", ["Best Specimen", "best", ""], ["Best New Specimen", "new", "Best Specimen"])
    assert same_again("award_lines", lines, target=series)["same"] == 2
    assert AwardLine.objects.get(slug="new").continues.slug == "best"
    awards = table("contest,award,line,kind,prize money,currency", ["c", "Best", "new", "Grand prize", "$1,000", "USD"])
    assert same_again("awards", awards)["same"] == 1
    award = Award.objects.get()
    assert (award.contest, award.line.slug, award.kind, award.precedence) == (contest, "new", "grand_prize", 1)
    report = previewed("awards", table("contest,award,line", ["c", "Best", "no such line"]))
    assert "no continuing award" in problems(report)[0][1]


@pytest.fixture
def contest():
    contest = make.ContestFactory(slug="c")
    make.AwardFactory(contest=contest, name="Best Actress", slug="actress")
    make.AwardFactory(contest=contest, name="Best Film", slug="film")
    return contest


NOMINATIONS = table(
    "contest,category,winner,film,nominees,company",
    ["c", "Best Actress", "nominee", "Specimen Street", "Ada Specimen (Lead)", ""],
    ["c", "Best Actress", "winner", "Sample Moon", "Bo Sample", ""],
    ["c", "Best Film", "1", "Specimen Street", "", "Specimen Films (Production)"],
)


def test_nominations_with_their_works_and_recipients(contest):
    assert same_again("recognitions", NOMINATIONS)["same"] == 3
    assert Submission.objects.count() == Work.objects.count() == 2
    row = Recognition.objects.get(award__slug="actress", standing="nominee")
    assert [(party.person.name, party.part) for party in row.parties.all()] == [("Ada Specimen", "Lead")]
    film = Recognition.objects.get(award__slug="film")
    assert (film.standing, film.works[0].title, film.parties.get().organisation.name) == (
        "winner",
        "Specimen Street",
        "Specimen Films",
    )


@pytest.mark.parametrize("state", [{}, {"sealed": True}, {"approved_future": True}, {"revealed": True}])
def test_imported_results_are_never_approved_so_they_stay_sealed(client, state):
    contest = make.ContestFactory(slug="c", **state)
    make.AwardFactory(contest=contest, name="Best Film")
    content = table("contest,award,people", ["c", "Best Film", "Ada Specimen Unknown"])
    assert imported("recognitions", content).state == "done"
    row = Recognition.objects.get()
    assert (row.approved_at, row.reveal_at) == (None, None)
    page = client.get("/contests/c/winners/")
    assert b"Ada Specimen Unknown" not in page.content
    assert client.get(f"/people/{Person.objects.get(name='Ada Specimen Unknown').slug}/").status_code == 404


def test_an_approved_recognition_is_not_changed(contest):
    public = make.ContestFactory(slug="p", revealed=True)
    row = make.RecognitionFactory(award__contest=public, approved_at=timezone.now())
    header = "key,contest,award,standing,people"
    report = previewed("recognitions", table(header, [row.key, "p", row.award.slug, "nominee", ""]))
    assert "approved" in problems(report)[0][1]
    report = previewed("recognitions", table(header, [row.key, "p", row.award.slug, "winner", "Ada Specimen"]))
    assert [cell for cell, _message in problems(report)] == ["E2"]


def test_an_unknown_award_is_named(contest):
    report = previewed(
        "recognitions", table("contest,award,people", ["c", "Best Hat", "Ada"], ["d", "Best Film", "Ada"])
    )
    assert problems(report) == [
        ("B2", "The contest has no award “Best Hat”. Import the awards first."),
        ("A3", "There is no contest “d”."),
    ]


def test_events_appearances_and_quotes(contest):
    events = table("title,starts,kind", ["Gala", "2026-10-31 19:30", "Ceremony"])
    assert same_again("events", events, target=contest)["same"] == 1
    assert Event.objects.get().starts_at.isoformat() == "2026-10-31T19:30:00+00:00"
    appearances = table("event,person,role", ["Gala", "Ada Specimen", "moderator"], ["gala", "Bo Sample", "Host"])
    assert same_again("appearances", appearances, target=contest)["same"] == 2
    assert Appearance.objects.count() == 2
    quotes = table("event,speaker,words", ["Gala", "Ada Specimen", "“A specimen of words.”"])
    report = previewed("quotes", quotes, target=contest)
    assert "needs a source" in " ".join(message for _cell, message in problems(report))
    key = Person.objects.get(name="Ada Specimen").key
    sourced = {"target": contest, "source": make.SourceFactory(), "answers": {"person:Ada Specimen": key}}
    assert same_again("quotes", quotes, **sourced)["same"] == 1
    assert (Quote.objects.get().text, Quote.objects.get().speaker.key) == ("A specimen of words.", key)


def test_sources():
    content = table("title,publisher,link,date", ["Report", "Specimen News", "https://example.org/a", "3 April 2026"])
    assert same_again("sources", content)["same"] == 1
    assert Source.objects.get(title="Report").published_on.isoformat() == "2026-04-03"


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
def test_a_table_without_a_needed_column_or_row_is_refused_with_words(kind):
    required = [str(column.label) for column in kind.columns() if column.required]
    row = imported(kind.name, table("something,else", ["1", "2"]))
    assert row.state == "failed"
    assert all(label in row.report["failure"] for label in required)


def test_the_command_imports_a_file_that_the_search_then_finds(client, tmp_path, capsys):
    contest = make.ContestFactory(revealed=True, public_entries="all", slug="c")
    entry = make.SubmissionFactory(contest=contest, title="Specimen Street", tracking_number="SP1")
    file = tmp_path / "films.csv"
    file.write_bytes(table("tracking number,title,directors,unknown", ["SP1", "Specimen Street", "Ada Specimen", "x"]))
    call_command("import_table", "submissions", file, "--contest", "c", "--dry-run")
    assert not entry.credits.exists()
    call_command("import_table", "submissions", file, "--contest", "c")
    said = capsys.readouterr().out
    assert "unknown -> (left out)" in said
    assert "0 new, 1 changed, 0 the same, 0 with problems" in said
    assert entry.credits.get().person.name == "Ada Specimen"
    assert "/people/ada-specimen/" in client.get("/search/?q=ada+specimen").content.decode()


def test_the_command_names_the_cell_and_writes_nothing(tmp_path, capsys):
    file = tmp_path / "people.csv"
    file.write_bytes(table("name,born", ["Ada Specimen", "1932"], ["Bo Sample", "soon"]))
    with pytest.raises(CommandError, match="1 rows have problems. Nothing was written"):
        call_command("import_table", "people", file)
    assert "row 3, born, B3, “soon”" in capsys.readouterr().err
    assert not Person.objects.exists()
    assert not TableImport.objects.exists()


def test_a_work_of_another_country_with_the_same_title_and_year_is_asked_for():
    make.WorkFactory(title="Home", year_from=2024, countries=["PL"])
    content = table("Title,Year,Country", ["Home", "2024", "JP"])
    assert [question[1] for question in previewed("works", content)["questions"]] == ["Home"]
    same = table("Title,Year,Country", ["Home", "2024", "PL; JP"])
    assert previewed("works", same)["counts"]["changed"] == 1


@pytest.mark.parametrize(
    ("kind", "header", "row"),
    [
        ("sources", "title,publisher", ["Report", "Specimen News"]),
        ("award_lines", "name", ["Best"]),
        ("contests", "title,year,organiser", ["Gala", "2026", "Specimen Society"]),
    ],
)
def test_two_equal_rows_of_a_table_are_told(kind, header, row):
    target = make.SeriesFactory() if kind != "sources" else None
    report = previewed(kind, table(header, row, row), target=target)
    assert (report["counts"]["new"], report["counts"]["bad"]) == (1, 1)


def test_sources_with_one_title_and_other_publishers_are_two():
    content = table("title,publisher", ["Report", ""], ["Report", "Specimen News"])
    assert same_again("sources", content)["same"] == 2
    assert sorted(Source.objects.filter(title="Report").values_list("publisher", flat=True)) == ["", "Specimen News"]


def test_other_names_and_identifiers_of_a_known_person_are_in_the_preview():
    make.PersonFactory(name="Ada", country="PL")
    content = table("Name,Country,Other names,IMDb", ["Ada", "PL", "A. S.", "nm0002354"])
    [row] = previewed("people", content)["rows"]
    assert (row[1], [change[2] for change in row[3]]) == ("changed", ["nm0002354", "A. S."])
    assert same_again("people", content)["same"] == 1


@pytest.mark.parametrize("kind", ["contests", "events"])
def test_a_known_row_gets_a_new_organisation_and_an_undo_takes_both_back(kind):
    row = make.ContestFactory() if kind == "contests" else make.EventFactory(host=None)
    name = "organiser" if kind == "contests" else "host"
    before = getattr(row, name)
    content = table(f"Key,Title,{name}", [row.key, row.title, "Specimen Society"])
    options = {"target": row.contest} if kind == "events" else {}
    [line] = previewed(kind, content, **options)["rows"]
    assert [change[2] for change in line[3]] == ["Specimen Society"]
    done = imported(kind, content, **options)
    row.refresh_from_db()
    assert str(getattr(row, name)) == "Specimen Society"
    assert imported(kind, content, **options).report["counts"]["same"] == 1
    take_back(done, actor=None)
    row.refresh_from_db()
    assert getattr(row, name) == before
    assert not Organisation.objects.filter(name="Specimen Society").exists()
