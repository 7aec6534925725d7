"""
The pages of somebody with a long career show exactly their recognitions: sixty nominations, through eighty works with
four hundred recognitions in all.
"""

import pytest
from django.db import transaction
from django.test import Client

from contests.models import Recognition
from contests.recognition_words import numbers_in_words
from tests import archive_pages as pages
from tests.archive_rows import Archive, same

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def archive(django_db_setup, django_db_blocker):
    """Create an archive of so many editions that the career has its whole length."""
    with django_db_blocker.unblock(), Archive.of(12) as found:
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


@pytest.fixture
def composer(archive):
    return next(person for person in archive.people if person.name == "Ada Specimen")


def test_a_long_career_has_every_nomination_and_none_of_others_for_the_same_works(archive, client, composer):
    through_works = {row for credit in archive.credits_of[composer] for row in archive.of_work[credit.work_id]}
    assert len(archive.of_party[composer]) == 60
    assert len(archive.credits_of[composer]) == 80
    assert len(through_works) in range(390, 411)
    page, recognitions, works = pages.whole_career(client, composer.get_absolute_url())
    same(recognitions, archive.career(composer))
    same(works, archive.made(composer))
    summary = archive.summary(composer)
    assert 0 < summary[Recognition.Standing.WINNER] < 10
    assert page.first(with_class="career").first("p", "lead").text == numbers_in_words(summary)


def test_a_career_is_in_the_order_of_the_editions_the_newest_first(archive, client, composer):
    _page, recognitions, _works = pages.whole_career(client, composer.get_absolute_url())
    urls = [contest.get_absolute_url() for contest in archive.contests]
    places = [urls.index(contest) for contest, *_rest in recognitions]
    assert places == sorted(places)


def test_a_namesake_has_a_career_of_their_own(archive, client, composer):
    (other,) = [person for person in archive.people if person.name == composer.name and person != composer]
    page, recognitions, works = pages.whole_career(client, other.get_absolute_url())
    assert page.first("p", "told-apart").text == other.disambiguation != composer.disambiguation
    same(recognitions, archive.career(other))
    same(works, archive.made(other))


def test_an_organisation_has_every_recognition_that_names_it(archive, client):
    large = max(archive.organisations, key=lambda organisation: len(archive.of_party[organisation]))
    assert len(archive.of_party[large]) == 36
    _page, recognitions, works = pages.whole_career(client, large.get_absolute_url())
    same(recognitions, archive.career(large))
    same(works, archive.made(large))


def test_the_largest_works_have_every_recognition(archive, client):
    largest = sorted(archive.works, key=lambda work: -len(archive.of_work[work.pk]))[:12]
    assert len(archive.of_work[largest[0].pk]) > 12
    for work in largest:
        page = pages.page(client, work.get_absolute_url())
        same(pages.awards_of_work(page), archive.awards_of_work(work))


def test_the_winner_two_years_before_a_film_is_found_on_three_pages(archive, client):
    """From a film to its contest, from there to the award through the years: who won two years before."""
    row = next(row for row in archive.of_contest[archive.contests[0].pk] if row.award.line.slug == "film")
    film = pages.page(client, row.works[0].get_absolute_url())
    line = next(link.href for link in film.all("a") if link.text == row.award.name)
    years = pages.years(pages.page(client, line))
    assert years[0][1] == row.award.contest.get_absolute_url()
    two_before = archive.of_contest[archive.contests[2].pk]
    assert years[2][2] == [each.named for each in two_before if each.award.line == row.award.line and each.is_won]
