"""The pages of series and of continuing awards, and the order of contests by edition."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import strip_tags

from contests.models import Contest
from contests.models.edition_key import edition_key
from contests.series_queries import earlier_and_later, headline_winners, most_recognised
from record.viewpoint import Viewpoint
from tests import factories as make

pytestmark = pytest.mark.django_db


def edition(series, year, *, state="revealed", **values):
    named = {"title": "Reel", "slug": f"reel-{year}", "year_label": str(year)}
    return make.ContestFactory(**{state: True, "series": series, **named, **values})


def shown(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return text(response)


def text(response):
    return " ".join(unescape(strip_tags(response.content.decode())).split())


@pytest.fixture
def series():
    return make.SeriesFactory(name="Golden Reel", description="The oldest prize.", sources=[make.SourceFactory()])


def test_a_key_is_made_from_dates_and_numbers_and_not_from_the_publication():
    in_order = [
        edition_key(["", "", None, None], "", None),
        edition_key(["", "", None, None], "third", 3),
        edition_key(["", "", None, None], "1927/28", 1),
        edition_key(["1929", "", None, None], "1927/28", 1),
        edition_key(["1929-05-16", "", None, None], "", None),
        edition_key(["1929-05-16T20:00", "", None, None], "", None),
        edition_key(["", "", None, datetime(2026, 1, 1, tzinfo=UTC)], "1927/28", None),
    ]
    assert in_order == sorted(in_order)
    assert len(set(in_order)) == len(in_order)


def test_lists_are_in_the_order_of_the_editions_whenever_they_were_published(client, series):
    now = timezone.now()
    undated = make.ContestFactory(revealed=True, title="Undated", published_at=now)
    for age, year in enumerate((1950, 1931, 1927)):
        edition(series, year, published_at=now - timedelta(days=30 + age), held_from=f"{year + 1}-05")
    edition(series, 1940, published_at=now - timedelta(days=400))
    titles = [str(contest) for contest in client.get("/contests/").context["list"].page]
    assert titles == ["Reel 1950", "Reel 1940", "Reel 1931", "Reel 1927", "Undated"]
    assert undated.edition_key < Contest.objects.get(year_label="1927").edition_key
    api = client.get("/api/v1/contests").json()["items"]
    assert [row["label"] for row in api] == titles


def test_a_series_shows_its_editions_by_decade_with_their_headline_winners(client, series):
    old, later = edition(series, 1929, edition_number=1), edition(series, 1931)
    make.RecognitionFactory(award__contest=old, award__precedence=2, submission__title="Second film")
    make.RecognitionFactory(award__contest=old, award__precedence=1, submission__title="First film")
    make.RecognitionFactory(award__contest=old, award__precedence=1 + 2, submission__title="Third film")
    make.RecognitionFactory(award__contest=later, submission__title="Taken back", revoked=True)
    make.RecognitionFactory(award__contest=later, submission__title="Nominated", standing="nominee")
    make.RecognitionFactory(award__contest=edition(series, 1933, state="approved_future"), submission__title="Sealed")
    make.ContestFactory(series=series, title="Draft")
    response = client.get("/series/golden-reel/")
    decades = [
        (decade, [(str(row.contest), row.winner and str(row.winner.honouree)) for row in rows])
        for decade, rows in response.context["decades"]
    ]
    assert decades == [
        ("1930–1939", [("Reel 1933", None), ("Reel 1931", None)]),
        ("1920–1929", [("Reel 1929", "First film")]),
    ]
    page = text(response)
    assert "First film" in page
    assert not [word for word in ("Second film", "Taken back", "Nominated", "Sealed", "Draft") if word in page]


def test_the_headline_winner_is_known_with_the_reveal(series):
    contest = edition(series, 1933, state="approved_future")
    won = make.RecognitionFactory(award__contest=contest)
    assert headline_winners(Viewpoint.now(), [contest.pk]) == {}
    assert headline_winners(Viewpoint(contest.reveal_at), [contest.pk]) == {contest.pk: won}


def test_a_series_without_a_public_contest_does_not_exist(client, series):
    make.ContestFactory(series=series)
    line = make.AwardLineFactory(series=series, slug="picture")
    make.AwardFactory(contest=Contest.objects.get(), line=line)
    assert client.get("/series/golden-reel/").status_code == 404
    assert client.get("/series/golden-reel/awards/picture/").status_code == 404
    assert "Golden Reel" not in shown(client, "/series/")
    assert client.get("/api/v1/series").json()["items"] == []


def test_a_line_without_a_public_award_does_not_exist(client, series):
    edition(series, 1929)
    make.AwardFactory(
        contest=make.ContestFactory(series=series),
        line=make.AwardLineFactory(series=series, slug="x", name="New prize"),
    )
    assert client.get("/series/golden-reel/awards/x/").status_code == 404
    assert "New prize" not in shown(client, "/series/golden-reel/")
    expanded = client.get("/api/v1/series?expand=lines").json()["items"]
    assert [row["lines"] for row in expanded] == [[]]


def test_organisers_are_shown_with_their_time(client, series):
    edition(series, 1929)
    make.SeriesOrganiserFactory(series=series, organisation__name="Film Society", since="1929", until="1957")
    make.SeriesOrganiserFactory(series=series, organisation__name="Academy", since="1957-05")
    page = shown(client, "/series/golden-reel/")
    assert "Film Society 1929–1957" in page
    assert "Academy since May 1957" in page
    assert '"@type": "EventSeries"' in client.get("/series/golden-reel/").content.decode()


def test_people_are_those_who_are_named_most_often(client, series):
    one, two = edition(series, 1929), edition(series, 1930)
    often, once = make.PersonFactory(name="Ann Often"), make.PersonFactory(name="Once Only")
    for contest, standing in ((one, "nominee"), (two, "winner")):
        make.RecognitionFactory(award__contest=contest, submission=None, person=often, standing=standing)
    make.RecognitionFactory(award__contest=one, submission=None, person=once)
    for contest in (edition(series, 1950, state="approved_future"), make.ContestFactory(revealed=True)):
        make.RecognitionFactory(award__contest=contest, submission=None, person=once)
    [found] = most_recognised(Viewpoint.now(), series.pk)
    assert (found["name"], found["number"], found["won"]) == ("Ann Often", 2, 1)
    assert "2 recognitions, 1 win" in shown(client, "/series/golden-reel/")


def test_namesakes_among_the_most_recognised_are_told_apart(client, series):
    contest = edition(series, 1929)
    for told in ("composer", "painter"):
        person = make.PersonFactory(name="Ada Quill", disambiguation=told, slug=told)
        for _each in range(2):
            make.RecognitionFactory(award__contest=contest, submission=None, person=person)
    page = shown(client, "/series/golden-reel/")
    people = page[page.index("Most often recognised") :]
    assert "Ada Quill (composer)" in people
    assert "Ada Quill (painter)" in people


def test_figures_are_a_table_over_the_editions_that_report_them(client, series):
    one, two = edition(series, 1929), edition(series, 1930)
    make.FigureFactory(contest=one, slug="entries", label="entries", value=120, qualifier="about")
    make.FigureFactory(contest=two, slug="entries", label="entries", value=250)
    make.FigureFactory(contest=two, slug="guests", label="guests", value=999)
    context = client.get("/series/golden-reel/").context
    assert context["columns"] == ["entries"]
    assert [(contest.year_label, row[0].value) for contest, row in context["figures"]] == [("1930", 250), ("1929", 120)]


def test_a_contest_leads_to_the_editions_beside_it(client, series):
    first, second, third = (edition(series, year) for year in (1929, 1930, 1931))
    make.ContestFactory(series=series, year_label="1929", slug="draft")
    assert earlier_and_later(second, Viewpoint.now()) == (first, third)
    assert earlier_and_later(first, Viewpoint.now()) == (None, second)
    assert earlier_and_later(make.ContestFactory(revealed=True), Viewpoint.now()) == (None, None)
    page = client.get("/contests/reel-1930/").content.decode()
    assert 'rel="prev" href="/contests/reel-1929/"' in page
    assert 'rel="next" href="/contests/reel-1931/"' in page
    assert 'href="/series/golden-reel/"' in page


def test_editions_without_a_date_follow_each_other_in_the_order_of_entry(series):
    rows = make.ContestFactory.create_batch(3, revealed=True, series=series)
    assert earlier_and_later(rows[1], Viewpoint.now()) == (rows[0], rows[2])


def test_a_line_shows_its_winners_year_by_year(client, series):
    line = make.AwardLineFactory(series=series, name="Best Picture", slug="picture")
    make.AwardFactory(
        contest=edition(series, 1960), line=make.AwardLineFactory(series=series, name="Later prize", continues=line)
    )
    for year, name in ((1929, "Outstanding Picture"), (1930, "Best Picture")):
        award = make.AwardFactory(contest=edition(series, year), name=name, line=line)
        make.RecognitionFactory(award=award, submission__title=f"Film {year}")
        make.RecognitionFactory.create_batch(2, award=award, standing="nominee")
        make.RecognitionFactory(award=award, submission__title=f"Taken back {year}", revoked=True)
    sealed = make.AwardFactory(contest=edition(series, 1931, state="approved_future"), line=line)
    make.RecognitionFactory(award=sealed, submission__title="Sealed film")
    response = client.get("/series/golden-reel/awards/picture/")
    years = [
        (year.award.contest.year_label, [str(row.honouree) for row in year.winners], year.more, year.others)
        for year in response.context["years"]
    ]
    assert years == [
        ("1931", [], 0, []),
        ("1930", ["Film 1930"], 0, ["2 nominations"]),
        ("1929", ["Film 1929"], 0, ["2 nominations"]),
    ]
    page = text(response)
    assert "Outstanding Picture" in page
    assert "Later prize" in page
    assert not [word for word in ("Sealed film", "Taken back") if word in page]
    assert "Best Picture" in shown(client, response.context["after"][0].get_absolute_url())


def test_an_award_with_many_winners_says_how_many_more(client, series):
    line = make.AwardLineFactory(series=series, slug="selection")
    award = make.AwardFactory(contest=edition(series, 1929), line=line)
    make.RecognitionFactory.create_batch(9, award=award)
    [year] = client.get("/series/golden-reel/awards/selection/").context["years"]
    assert (len(year.winners), year.more) == (6, 3)


def test_the_page_of_an_award_counts_like_the_page_of_its_series(client, series):
    line = make.AwardLineFactory(series=series, slug="picture")
    award = make.AwardFactory(contest=edition(series, 1929), line=line)
    make.RecognitionFactory(award=award, outcome="declined", submission__title="Declined film")
    make.RecognitionFactory(award=award, outcome="unofficial")
    make.RecognitionFactory(award=award, standing="nominee")
    make.RecognitionFactory(award=award, standing="nominee", outcome="withdrawn")
    response = client.get("/series/golden-reel/awards/picture/")
    [year] = response.context["years"]
    assert (len(year.winners), year.more, year.others) == (1, 0, ["1 nomination"])
    assert "Declined film Declined" in text(response)
    assert client.get("/series/golden-reel/").context["lines"][0].summary == "1 award and 1 nomination"
    assert "Declined" in shown(client, "/series/golden-reel/")


@pytest.mark.parametrize("moved", ["series", "line"])
def test_a_former_slug_leads_to_the_present_page(client, series, moved):
    line = make.AwardLineFactory(series=series, slug="picture")
    make.AwardFactory(contest=edition(series, 1929), line=line)
    make.FormerSlugFactory(object=series if moved == "series" else line, slug="before")
    old = "/series/before/awards/picture/" if moved == "series" else "/series/golden-reel/awards/before/"
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (301, "/series/golden-reel/awards/picture/")
    if moved == "series":
        assert client.get("/series/before/")["Location"] == "/series/golden-reel/"


def test_an_award_belongs_to_a_line_of_its_own_series(series):
    award = make.AwardFactory(contest=edition(series, 1929), line=make.AwardLineFactory(series=series))
    award.full_clean()
    award.contest.full_clean()
    award.line = make.AwardLineFactory()
    with pytest.raises(ValidationError, match="another series"):
        award.full_clean()
    contest = award.contest
    contest.series = make.SeriesFactory()
    with pytest.raises(ValidationError, match="Change the awards first"):
        contest.full_clean()
    line = contest.awards.get().line
    line.series = contest.series
    with pytest.raises(ValidationError, match="can’t move"):
        line.full_clean()


def test_lines_follow_each_other_within_a_series_and_in_one_direction(series):
    first, second = make.AwardLineFactory(series=series), make.AwardLineFactory(series=series)
    second.continues = first
    second.full_clean()
    second.save()
    first.continues = second
    with pytest.raises(ValidationError, match="came after it"):
        first.full_clean()
    first.continues = first
    with pytest.raises(ValidationError, match="can’t continue itself"):
        first.full_clean()
    first.continues = make.AwardLineFactory()
    with pytest.raises(ValidationError, match="same series"):
        first.full_clean()


def test_the_api_has_series_with_editions_and_lines(client, series):
    line = make.AwardLineFactory(series=series, slug="picture", name="Best Picture")
    make.AwardFactory(contest=edition(series, 1929, held_from="1930-05", edition_number=2), line=line)
    edition(series, 1927)
    [row] = client.get("/api/v1/series?expand=editions,lines,organisers").json()["items"]
    assert [(found["label"], found["held_from"], found["edition_number"]) for found in row["editions"]] == [
        ("Reel 1929", "1930-05", 2),
        ("Reel 1927", None, None),
    ]
    assert [found["label"] for found in row["lines"]] == ["Best Picture"]
    assert len(client.get(row["editions_href"]).json()["items"]) == 2
    [award] = client.get(row["lines"][0]["awards_href"]).json()["items"]
    assert award["line"]["label"] == "Best Picture"


def test_the_sitemap_has_the_pages_of_series_and_lines(client, series):
    line = make.AwardLineFactory(series=series, slug="picture")
    make.AwardFactory(contest=edition(series, 1929), line=line)
    make.AwardLineFactory(slug="hidden")
    listed = client.get("/sitemap-results.xml").content.decode()
    assert "/series/golden-reel/<" in listed
    assert "/series/golden-reel/awards/picture/<" in listed
    assert "hidden" not in listed


def test_a_series_counts_its_recognitions_by_edition_and_by_continuing_award(client):
    series = make.SeriesFactory(slug="reels")
    line = make.AwardLineFactory(series=series, name="Best Picture")
    for year in range(1990, 1994):
        edition = make.ContestFactory(revealed=True, series=series, year_label=str(year), held_from=str(year))
        award = make.AwardFactory(contest=edition, line=line)
        for standing in ("winner", "nominee", "nominee")[: year - 1990]:
            make.RecognitionFactory(award=award, submission__contest=edition, standing=standing)
        make.RecognitionFactory(award=award, submission__contest=edition, outcome="unofficial")
    hidden = make.ContestFactory(sealed=True, series=series)
    make.RecognitionFactory(award__contest=hidden, award__line=line, submission__contest=hidden)
    response = client.get("/series/reels/")
    times = response.context["over_time"]
    assert [(moment.label, numbers) for moment, numbers in times.rows] == [
        ("1993", [1, 2]),
        ("1992", [1, 1]),
        ("1991", [1, 0]),
    ]
    assert response.context["lines"][0].summary == "3 awards and 3 nominations"
    text = response.content.decode()
    assert "5 editions, 3 awards and 3 nominations" in text
    assert "Awards and nominations by edition" in text


def test_an_edition_belongs_to_the_decade_that_people_call_it_by(client, series):
    edition(series, 1929, held_from="1930-05")
    edition(series, 1930, held_from="1931-05")
    make.ContestFactory(revealed=True, series=series, title="Reel", slug="unlabelled", held_from="1932-05")
    decades = client.get("/series/golden-reel/").context["decades"]
    assert [(decade, len(editions)) for decade, editions in decades] == [("1930–1939", 2), ("1920–1929", 1)]


def test_a_joint_award_names_all_its_winners(client, series):
    line = make.AwardLineFactory(series=series, slug="song")
    award = make.AwardFactory(contest=edition(series, 1950), line=line, honours="people")
    row = make.RecognitionFactory(award=award, submission=None, detail="A Song of Rain")
    for number, name in enumerate(("Ada Quill", "Bo Reed", "Cy Stone", "Di Thorn")):
        make.PartyFactory(recognition=row, person__name=name, order=number)
        row = type(row).objects.get(pk=row.pk)
        named = ("Ada Quill", "Ada Quill and Bo Reed", "Ada Quill, Bo Reed and Cy Stone")
        assert row.named == (*named, "Ada Quill, Bo Reed and 2 more")[number]
    for path in ("/series/golden-reel/awards/song/", "/contests/reel-1950/winners/?view=large"):
        page = shown(client, path)
        assert "Ada Quill, Bo Reed and 2 more" in page
        assert "Di Thorn" in page
