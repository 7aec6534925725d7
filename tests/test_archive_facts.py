"""
Every fact of a synthetic archive is found on a public page and in the API, and the pages claim nothing else. The rows
are compared with the texts of the elements that show them.
"""

from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client

from contests.demo.removal import records
from contests.models import Recognition, Series
from contests.recognition_words import numbers_in_words
from tests import archive_pages as pages
from tests.archive_rows import Archive, same

pytestmark = pytest.mark.django_db
# Two editions have every kind of fact, and so few pages that each can be read.
EDITIONS = 2
Standing = Recognition.Standing


@pytest.fixture(scope="module")
def archive(django_db_setup, django_db_blocker):
    """Create the archive once for all tests of this module."""
    with django_db_blocker.unblock(), Archive.of(EDITIONS) as found:
        yield found


@pytest.fixture
def db(archive):
    """Replace the fixture `db` of pytest-django, which does not allow rows that outlive a test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def client(db):
    return Client()


def test_the_page_of_each_person_says_what_the_rows_say_and_nothing_else(archive, client):
    for person in archive.people:
        page, recognitions, works = pages.whole_career(client, person.get_absolute_url())
        assert page.first("h1").text == f"{person.name}{person.native_name}"
        assert page.first("p", "told-apart").text == person.disambiguation
        same(pages.facts(page), archive.facts_of_person(person))
        same(recognitions, archive.career(person))
        assert page.first(with_class="career").first("p", "lead").text == numbers_in_words(archive.summary(person))
        same(works, archive.made(person))


def test_the_page_of_each_organisation_says_what_the_rows_say_and_nothing_else(archive, client):
    for organisation in archive.organisations:
        page, recognitions, works = pages.whole_career(client, organisation.get_absolute_url())
        assert page.first("h1").text == organisation.name
        same(pages.facts(page), archive.facts_of_organisation(organisation))
        same(recognitions, archive.career(organisation))
        same(works, archive.made(organisation))


def test_the_page_of_each_work_says_what_the_rows_say_and_nothing_else(archive, client):
    for work in archive.works:
        page = pages.page(client, work.get_absolute_url())
        assert page.first("h1").text == work.title
        assert page.first("header").first("p", "lead").text == work.original_title
        same(pages.facts(page), archive.facts_of_work(work))
        same(pages.awards_of_work(page), archive.awards_of_work(work))
        same(pages.citations(page), archive.citations(work))


def test_the_results_of_each_contest_are_its_recognitions(archive, client):
    for contest in archive.contests:
        page = pages.page(client, f"{contest.get_absolute_url()}winners/")
        same(pages.results(page), archive.results(contest))
        number = len(archive.of_contest[contest.pk])
        assert page.first("p", "count").text == f"{number} recognitions"


def test_the_results_of_all_contests_are_all_recognitions(archive, client):
    found, url = [], "/winners/?standing=all&view=table"
    while url:
        page = pages.page(client, url)
        found += pages.results(page)
        url = pages.next_page(page)
    same(found, map(archive.result, archive.recognitions))


def test_the_page_of_each_contest_says_what_the_rows_say(archive, client):
    for contest in archive.contests:
        page = pages.page(client, contest.get_absolute_url())
        assert page.first("h1").text == str(contest)
        same(pages.facts(page), archive.facts_of_contest(contest))


def test_the_page_of_each_continuing_award_has_the_winners_of_each_year(archive, client):
    for line in archive.lines:
        page = pages.page(client, line.get_absolute_url())
        assert page.first("h1").text == line.name
        assert pages.years(page) == archive.years(line)
        before = [("Continues", line.continues.name)] if line.continues else []
        after = [("Continued by", other.name) for other in archive.lines if other.continues == line]
        assert pages.facts(page) == [*before, *after]


def test_the_page_of_the_series_has_every_edition_and_award(archive, client):
    series = Series.objects.get()
    page = pages.page(client, series.get_absolute_url())
    assert pages.editions(page) == archive.editions()
    organisers = series.organisers.select_related("organisation").order_by("since")
    periods = [f"{row.since}–{row.until}" if row.until else f"since {row.since}" for row in organisers]
    assert pages.facts(page) == [
        ("Organiser", f"{row.organisation.name} {period}") for row, period in zip(organisers, periods, strict=True)
    ]
    assert pages.leaders(page, "awards") == [
        (line.get_absolute_url(), line.name, archive.numbers_of(line)) for line in archive.lines
    ]


def test_the_people_on_the_page_of_the_series_are_those_with_the_most_recognitions(archive, client):
    listed = pages.leaders(pages.page(client, Series.objects.get().get_absolute_url()), "people")
    numbers = {person.get_absolute_url(): archive.summary(person) for person in archive.people}
    for url, _name, words in listed:
        of_all, won = numbers[url].total(), numbers[url][Standing.WINNER]
        wins = f", {won} win{'s' if won > 1 else ''}" if won else ""
        assert words == f"{of_all} recognitions{wins}"
    others = [summary.total() for url, summary in numbers.items() if url not in [row[0] for row in listed]]
    assert max(others) <= min(numbers[url].total() for url, _name, _words in listed)


def api(client, name, **query):
    """Return all rows of a list of the API by their permanent keys. `query` may have the lists to `expand`."""
    url, found = f"/api/v1/{name}?{urlencode({'limit': 100, **query})}", {}
    while url:
        answer = client.get(url).json()
        found |= {row["id"]: row for row in answer["items"]}
        url = answer["next"]
    return found


def test_the_api_has_each_person_with_names_identifiers_and_credits(archive, client):
    found = api(client, "people", expand="credits,identifiers,other_names")
    assert found.keys() == {person.key for person in archive.people}
    for person in archive.people:
        row = found[person.key]
        for name in ("name", "native_name", "native_language", "disambiguation", "born", "died", "country"):
            assert row[name] == (str(getattr(person, name)) or None), name
        names = [(name.name, name.kind, name.language or None) for name in person.other_names.all()]
        same([(name["name"], name["kind"], name["language"]) for name in row["other_names"]], names)
        identifiers = [(each.scheme, each.value) for each in person.identifiers.all()]
        same([(each["scheme"], each["value"]) for each in row["identifiers"]], identifiers)
        credits = [credit_values(credit, credit.work.key) for credit in archive.credits_of[person]]
        same([said_of_credit(credit, credit["work"]) for credit in row["credits"]], credits)


def test_the_api_has_each_organisation_with_names_and_identifiers(archive, client):
    found = api(client, "organisations", expand="identifiers,other_names")
    assert found.keys() == {organisation.key for organisation in archive.organisations}
    for organisation in archive.organisations:
        row = found[organisation.key]
        for name in ("name", "disambiguation", "founded", "dissolved", "country"):
            assert row[name] == (str(getattr(organisation, name)) or None), name
        names = [(name.name, name.kind, name.language or None) for name in organisation.other_names.all()]
        same([(name["name"], name["kind"], name["language"]) for name in row["other_names"]], names)
        identifiers = [(each.scheme, each.value) for each in organisation.identifiers.all()]
        same([(each["scheme"], each["value"]) for each in row["identifiers"]], identifiers)


def test_the_api_has_each_work_with_credits_and_entries(archive, client):
    found = api(client, "works", expand="credits,entries")
    assert found.keys() == {work.key for work in archive.works}
    for work in archive.works:
        row = found[work.key]
        for name in ("title", "original_title", "title_language", "original_title_language", "disambiguation"):
            assert row[name] == (getattr(work, name) or None), name
        assert (row["year_from"], row["year_to"]) == (work.year_from, work.year_to)
        assert ",".join(row["languages"]) == work.languages
        assert row["countries"] == [str(country) for country in work.countries]
        identifiers = [(each.scheme, each.value) for each in work.identifiers.all()]
        same([(each["scheme"], each["value"]) for each in row["identifiers"]], identifiers)
        credits = [credit_values(credit, credit.party.key) for credit in archive.credits[work.pk]]
        same([said_of_credit(each, each["person"] or each["organisation"]) for each in row["credits"]], credits)
        entries = [
            (
                entry.key,
                entry.contest.key,
                entry.title,
                entry.year,
                tuple(each.name for each in entry.listed_categories),
            )
            for entry in archive.entries[work.pk]
        ]
        same(
            [
                (each["id"], each["contest"]["id"], each["title"], each["year"], tuple(labels(each["categories"])))
                for each in row["entries"]
            ],
            entries,
        )


def credit_values(credit, other):
    return (other, credit.role.slug, credit.character or None, credit.credited_as or None)


def said_of_credit(row, other):
    return (other["id"], row["role"], row["character"], row["credited_as"])


def labels(rows):
    return [row["label"] for row in rows]


def test_the_api_has_each_recognition_with_works_and_parties(archive, client):
    found = api(client, "recognitions")
    assert found.keys() == {row.key for row in archive.recognitions}
    for stored in archive.recognitions:
        row = found[stored.key]
        assert (row["award"]["id"], row["contest"]["id"]) == (stored.award.key, stored.award.contest.key)
        for name in ("standing", "outcome", "is_tied", "is_shared", "rank"):
            assert row[name] == getattr(stored, name), name
        for name in ("detail", "note", "citation"):
            assert row[name] == (getattr(stored, name) or None), name
        assert [work["id"] for work in row["submissions"]] == [work.key for work in stored.works]
        assert [
            ((each["person"] or each["organisation"])["id"], each["part"], each["credited_as"])
            for each in row["parties"]
        ] == [(each.recipient.key, each.part or None, each.credited_as or None) for each in stored.parties.all()]


def test_the_api_has_the_series_with_its_editions_and_continuing_awards(archive, client):
    (series,) = api(client, "series", expand="editions,lines,organisers").values()
    assert [
        (row["id"], row["edition_number"], row["year_label"], row["held_from"], row["held_to"], row["organiser"]["id"])
        for row in series["editions"]
    ] == [
        (row.key, row.edition_number, row.year_label, row.held_from, row.held_to or None, row.organiser.key)
        for row in archive.contests
    ]
    assert [
        (row["label"], row["description"], row["continues"] and row["continues"]["label"]) for row in series["lines"]
    ] == [(line.name, line.description or None, line.continues and line.continues.name) for line in archive.lines]
    organisers = Series.objects.get().organisers.order_by("since")
    assert [(row["organisation"]["id"], row["since"], row["until"]) for row in series["organisers"]] == [
        (row.organisation.key, row.since, row.until or None) for row in organisers
    ]
    awards = api(client, "awards")
    assert {key: (row["name"], row["kind"], row["line"] and row["line"]["id"]) for key, row in awards.items()} == {
        award.key: (award.name, award.kind, award.line and award.line.key) for award in archive.awards
    }


def test_every_kind_of_row_of_the_archive_is_compared(archive, client):
    """A new kind of row in the archive needs a test of its pages here."""
    made = {model.__name__ for model in records() if model.objects.exists()}
    assert made == {
        *("Source", "Person", "PersonName", "PersonIdentifier", "Organisation", "OrganisationName"),
        *("OrganisationIdentifier", "Series", "SeriesOrganiser", "AwardLine", "Contest", "Award", "Category", "Work"),
        *("WorkIdentifier", "Submission", "Credit", "CreditRole", "Recognition", "Party"),
    }
