"""An entry may be in several categories of its contest."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from contests.four_eyes import hands_of
from contests.models import Submission
from tests import factories as make
from tests.admin_pages import filled, page, saved
from tests.public_pages import body

pytestmark = pytest.mark.django_db


@pytest.fixture
def film():
    contest = make.ContestFactory(slug="c", title="Contest", revealed=True, public_entries="all")
    sorted_in = [make.CategoryFactory(contest=contest, name=name, order=n) for n, name in ((2, "Drama"), (1, "Shorts"))]
    return make.SubmissionFactory(contest=contest, title="Lantern", slug="lantern", categories=sorted_in)


def test_page_shows_all_categories_in_the_order_of_the_contest(client, film):
    shown = body(client, film.get_absolute_url())
    assert shown.index("<dd>Shorts</dd>") < shown.index("<dd>Drama</dd>")


def test_api_has_all_categories_in_the_order_of_the_contest(client, film):
    found = client.get(f"/api/v1/submissions/{film.key}").json()
    assert [category["label"] for category in found["categories"]] == ["Shorts", "Drama"]


def test_form_refuses_a_category_of_another_contest(desk, film):
    other = make.CategoryFactory(name="Elsewhere")
    response = desk.post(page(film), filled(desk.get(page(film)), categories=[other.pk]))
    assert response.context["adminform"].form.errors == {"categories": ["This category belongs to another contest."]}
    one = film.categories.get(name="Drama")
    saved(desk.post(page(film), filled(desk.get(page(film)), categories=[one.pk])))
    assert list(film.categories.all()) == [one]


def test_no_way_of_writing_links_rows_of_different_contests(film):
    category, award = make.CategoryFactory(name="Elsewhere"), make.AwardFactory()
    won = make.RecognitionFactory(award=award, submission=None)
    for rows, row in (
        (film.categories, category),
        (category.submissions, film),
        (won.submissions, film),
        (film.recognitions, won),
    ):
        with pytest.raises(ValidationError), transaction.atomic():
            rows.add(row)
        assert row not in rows.all()


def test_category_with_entries_cannot_be_deleted(film):
    with pytest.raises(ProtectedError):
        film.categories.get(name="Drama").delete()


def test_who_sorts_an_entry_into_a_category_decides_its_result(film, editor):
    won = make.RecognitionFactory(award__contest=film.contest, submission=film)
    assert editor.pk not in hands_of([won])[won.pk]
    entry = Submission.objects.get(pk=film.pk)
    entry._history_user = editor
    entry.categories.add(make.CategoryFactory(contest=film.contest))
    assert editor.pk in hands_of([won])[won.pk]
