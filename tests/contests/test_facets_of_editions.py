"""The filters of lists over many editions: the common first, and editions of the same title told apart by year."""

import pytest
from django.utils.translation import override

from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive():
    series = make.SeriesFactory(name="Specimen Awards")
    values = {"series": series, "title": "Specimen Awards", "revealed": True}
    editions = [
        make.ContestFactory(slug="specimen-1927", year_label="1927/28", **values),
        make.ContestFactory(slug="specimen-1975", year_label="1975", **values),
        make.ContestFactory(slug="specimen-3", edition_number=3, **values),
        make.ContestFactory(slug="gala-2001", title="Gala 2001", year_label="2001", revealed=True),
        make.ContestFactory(slug="plain", title="Plain Prize", revealed=True),
    ]
    for number, contest in enumerate(editions, 1):
        rare = make.AwardFactory(contest=contest, name="Rare Prize", slug="rare", precedence=1)
        common = make.AwardFactory(contest=contest, name="Common Prize", slug="common", precedence=2)
        make.RecognitionFactory(award=rare)
        for _each in range(number):
            make.RecognitionFactory(award=common)
    return editions


def options(client, url, name):
    [facet] = [facet for facet in client.get(url).context["list"].facets if facet.name == name]
    return [(option.label, option.number) for option in [*facet.first, *facet.rest]]


def test_editions_of_one_title_are_told_apart_by_year_or_number(client, archive):
    assert options(client, "/winners/", "contest") == [
        ("Plain Prize", "6"),
        ("Gala 2001", "5"),
        ("Specimen Awards 3", "4"),
        ("Specimen Awards 1975", "3"),
        ("Specimen Awards 1927/28", "2"),
    ]
    shown = client.get("/winners/?contest=specimen-1975").context["list"]
    assert shown.described == "Specimen Awards 1975"


def test_the_most_common_award_comes_first(client, archive):
    assert options(client, "/winners/", "award")[:3] == [
        ("Common Prize, Plain Prize", "5"),
        ("Common Prize, Gala 2001", "4"),
        ("Common Prize, Specimen Awards 3", "3"),
    ]
    own = options(client, "/contests/specimen-1975/winners/?award=common", "award")
    assert own == [("Rare Prize", "1"), ("Common Prize", "2")], "a contest has an order of its own"


def test_awards_and_categories_of_several_contests_are_not_joined_by_their_slug(client, archive):
    categories = [
        make.CategoryFactory(contest=contest, slug="short", name=f"Short {n}") for n, contest in enumerate(archive[:2])
    ]
    for number, category in enumerate(categories):
        contest = category.contest
        contest.awards.filter(slug="rare").update(name=f"Golden {number}")
        for work in contest.submissions.all():
            work.categories.add(category)
    shown = client.get("/winners/?award=specimen-1975/rare").context["list"]
    assert (shown.total, shown.described) == (1, "Golden 1, Specimen Awards 1975")
    shown = client.get("/winners/?category=specimen-1975/short").context["list"]
    assert (shown.total, shown.described) == (3, "Short 1, Specimen Awards 1975")
    labels = dict(options(client, "/winners/", "category"))
    assert (labels["Short 0, Specimen Awards 1927/28"], labels["Short 1, Specimen Awards 1975"]) == ("2", "3")
    assert client.get("/winners/?award=rare&standing=all").context["list"].unknown == ["award"]


def test_an_award_that_goes_on_is_found_by_its_line_under_any_name(client, archive):
    line = make.AwardLineFactory(series=archive[0].series, name="Common Prize")
    for contest in archive[:2]:
        contest.awards.filter(slug="common").update(line=line)
    assert ("Common Prize, Specimen Awards", "3") in options(client, "/winners/", "line")
    assert "Common Prize, Specimen Awards 1975" not in dict(options(client, "/winners/", "award"))


def test_the_mark_of_a_synthetic_edition_follows_the_language(client, archive):
    type(archive[0]).objects.filter(slug="specimen-1975").update(key="synthetic-specimen")
    assert "Specimen Awards 1975 (synthetic)" in dict(options(client, "/winners/", "contest"))
    with override("pl"):
        labels = dict(options(client, "/pl/winners/", "contest"))
    assert not any("(synthetic)" in label for label in labels)
    assert any(label.startswith("Specimen Awards 1975 (") for label in labels)


def test_speakers_events_and_works_of_quotes_are_told_apart(client, archive):
    speakers = [make.PersonFactory(name="Ada Quill", slug=f"quill-{told}", disambiguation=told) for told in ("a", "b")]
    for contest, speaker in zip(archive[:2], speakers, strict=True):
        event = make.EventFactory(contest=contest, title="Ceremony", slug="ceremony")
        work = contest.submissions.first()
        for _each in range(4):
            make.QuoteFactory(event=event, speaker=speaker, submission=work)
    assert [label for label, _number in options(client, "/quotes/", "speaker")] == ["Ada Quill (a)", "Ada Quill (b)"]
    events = {label for label, _number in options(client, "/quotes/", "event")}
    assert events == {"Ceremony · 1927/28", "Ceremony · 1975"}
