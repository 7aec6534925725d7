"""The options of a facet are counted by the database, for at most 1,001 rows of the list."""

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from contests.filters import SubmissionFilterSet
from contests.models import Recognition, Submission
from contests.recognition_filters import WinnerFilterSet
from record import facets
from record.viewpoint import Viewpoint
from tests import factories as make

pytestmark = pytest.mark.django_db


def counted(model, filterset, name, rows=None):
    """Count the options of the facet `name`. Return the result and the number of rows that the database returned."""
    viewpoint = Viewpoint.now()
    facet = filterset(RequestFactory().get("/").GET).filters[name]
    rows = model.objects.public(viewpoint) if rows is None else rows
    keys = list(rows.order_by().values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as captured:
        found = facet.counted(rows, keys, viewpoint)
    returned = []
    for query in captured:
        with connection.cursor() as cursor:
            cursor.execute(query["sql"])
            returned.append(len(cursor.fetchall()))
    return found, returned


@pytest.fixture
def gallery():
    contest = make.ContestFactory(revealed=True, public_entries="all")
    short, long = (
        make.CategoryFactory(contest=contest, slug=slug, name=slug, order=n) for n, slug in enumerate("sl", 1)
    )
    for number in range(12):
        work = make.SubmissionFactory(contest=contest, categories=[short if number % 3 else long])
        for _ in range(2):
            make.CreditFactory(submission=work, person=make.PersonFactory(country="PL" if number % 2 else "KR"))


def test_the_database_returns_a_row_for_each_option_not_for_each_work(gallery):
    found, returned = counted(Submission, SubmissionFilterSet, "category")
    assert (found.options, returned) == ([("s", "s", 8), ("l", "l", 4)], [2])
    assert (found.are_exact, found.is_cut) == (True, False)


def test_a_work_with_two_people_from_a_country_counts_once(gallery):
    found, returned = counted(Submission, SubmissionFilterSet, "country")
    assert ([(value, number) for value, _text, number in found.options], returned) == ([("PL", 6), ("KR", 6)], [2])


@pytest.mark.parametrize(("large", "are_exact"), [(12, True), (11, False)])
def test_counts_above_the_limit_are_not_exact(gallery, monkeypatch, large, are_exact):
    monkeypatch.setattr(facets, "LARGE", large)
    found, _returned = counted(Submission, SubmissionFilterSet, "country")
    assert (found.are_exact, found.is_cut) == (are_exact, not are_exact)


def test_awards_of_several_contests_with_the_same_slug_are_options_of_their_own():
    for number, name in enumerate(("Zebra", "Apple", "Melon")):
        contest = make.ContestFactory(revealed=True, title=f"Gala {number}", slug=f"gala-{number}")
        award = make.AwardFactory(contest=contest, slug="one", name=name)
        make.RecognitionFactory.create_batch(number + 1, award=award)
    found, returned = counted(Recognition, WinnerFilterSet, "award")
    options = [
        ("gala-2/one", "Melon, Gala 2", 3),
        ("gala-1/one", "Apple, Gala 1", 2),
        ("gala-0/one", "Zebra, Gala 0", 1),
    ]
    assert (found.options, returned) == (options, [3])


def test_an_empty_list_has_no_options(gallery):
    found, _returned = counted(Submission, SubmissionFilterSet, "category", Submission.objects.none())
    assert found.options == []
