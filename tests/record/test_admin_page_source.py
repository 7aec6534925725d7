"""A field above the inline rows sets the source of all rows that have none."""

import pytest

from contests.models import Contest, Event, Submission
from people.models import Organisation, Person
from tests import factories as make
from tests.admin_pages import account_that_may, filled, page, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    return make.SourceFactory(title="Report of the evening")


def test_rows_without_a_source_get_that_of_the_page_new_ones_and_old_ones(desk, report):
    film, other = make.SubmissionFactory(), make.SourceFactory()
    first = make.CreditFactory(submission=film, source=None)
    second = make.CreditFactory(submission=film, source=other)
    values = filled(desk.get(page(film)), rows_source=report.pk)
    writer, creator = make.role("writer"), make.role("creator")
    values |= {"credits-2-person": make.PersonFactory().pk, "credits-2-role": writer.pk, "credits-2-source": ""}
    # The last row has the data that browsers send for an empty row.
    values |= {"credits-3-person": "", "credits-3-role": creator.pk, "credits-3-source": ""}
    saved(desk.post(page(film), {**values, "credits-TOTAL_FORMS": 4}))
    assert list(film.credits.values_list("source", flat=True)) == [report.pk, other.pk, report.pk]
    assert (first.history.count(), second.history.count()) == (2, 1)
    assert not film.sources.exists()


def test_rows_that_need_a_source_have_it_from_the_page(desk, report):
    contest, person, event = make.ContestFactory(), make.PersonFactory(), make.EventFactory()
    leading = {"leading_regions-0-country": "CN", "leading_regions-TOTAL_FORMS": 1}
    past = {"past_works-0-title": "An early film", "past_works-TOTAL_FORMS": 1}
    said = {"quotes-0-text": "Words", "quotes-0-speaker": person.pk, "quotes-0-language": "en", "quotes-TOTAL_FORMS": 1}
    for row, typed in ((contest, leading), (person, past), (event, said)):
        # Without JavaScript, the text is typed into the field after the list.
        saved(desk.post(page(row), filled(desk.get(page(row)), **typed, rows_source=["", report.slug])))
    assert contest.leading_regions.get().source == person.past_works.get().source == event.quotes.get().source == report


def test_a_page_saved_with_a_source_and_no_rows_changes_nothing(desk, report):
    film = make.SubmissionFactory()
    before = film.history.count()
    saved(desk.post(page(film), filled(desk.get(page(film)), rows_source=report.pk)))
    assert (film.history.count(), film.credits.count()) == (before, 0)


def test_source_that_there_is_not_is_told_at_the_box(desk):
    film = make.SubmissionFactory()
    response = desk.post(page(film), filled(desk.get(page(film)), rows_source="987654"))
    assert list(response.context["adminform"].form.errors) == ["rows_source"]


@pytest.mark.parametrize("model", [Contest, Submission, Event, Person, Organisation])
def test_every_form_with_rows_below_has_the_box_and_who_may_only_look_has_none(desk, client, model):
    assert "Source for the rows below" in desk.get(page(model, "add")).content.decode()
    factories = (make.ContestFactory, make.SubmissionFactory, make.EventFactory, make.PersonFactory)
    row = {factory._meta.model: factory for factory in (*factories, make.OrganisationFactory)}
    shown = row[model]()
    assert "Source for the rows below" in desk.get(page(shown)).content.decode()
    client.force_login(account_that_may(f"view_{model._meta.model_name}"))
    assert "Source for the rows below" not in client.get(page(shown)).content.decode()


@pytest.mark.parametrize("factory", [make.AwardFactory, make.RecognitionFactory])
def test_form_without_rows_or_with_rows_that_have_no_source_has_no_box(desk, factory):
    assert "Source for the rows below" not in desk.get(page(factory())).content.decode()
